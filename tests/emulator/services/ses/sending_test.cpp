#include "emulator/base/base64.h"
#include "emulator/services/ses/mime.h"
#include "emulator/services/ses/service.h"
#include "tests/emulator/bench.h"

using namespace backlot;

namespace {

/// In place of SNS and EventBridge: keeps what SES publishes.
Json heard(Call& call, const Fields& request) {
    const auto before = call.getJson(Key("heard"));
    Json all = before ? copy(*before) : list();
    push(all, copy(request.json()));
    call.putJson(Key("heard"), all);
    return object();
}

Json listHeard(Call& call, const Fields&) {
    const auto all = call.getJson(Key("heard"));
    return object({{"heard", all ? copy(*all) : list()}});
}

Json topic(Call&, const Fields& request) {
    if (request.text("TopicArn") != "arn:aws:sns:us-east-1:000000000000:mails")
        throw AwsError("NotFound", "Topic does not exist", 404);
    return object();
}

Service listeners(const char* name, OperationTable operations) {
    return {.name = name, .operations = std::move(operations), .rows = "listeners"};
}

struct SesBench : Bench {
    SesBench() : Bench(services()) {}
    static std::vector<Service> services() {
        std::vector<Service> all;
        all.push_back(ses::sesService());
        all.push_back(ses::sesv2Service());
        all.push_back(listeners("sns", {{"GetTopicAttributes", topic}, {"Publish", heard}}));
        all.push_back(listeners("events", {{"PutEvents", heard}, {"ListHeard", listHeard}}));
        return all;
    }
    Json inbox(Json request = object()) {
        auto answer = std::make_shared<std::optional<Outcome>>();
        world.submit({.service = "ses",
                      .operation = "ListInbox",
                      .request = std::move(request),
                      .done = [answer](Outcome outcome) { *answer = std::move(outcome); },
                      .fromClient = false});
        settle();
        return copy(*find(std::get<Json>(**answer), "messages"));
    }
};

constexpr const char* kRaw =
    "From: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= <shop@example.com>\r\nTo: Ann <ann@example.com>,\r\n "
    "bob@example.com\r\nSubject: =?utf-8?B?QmVzdGVsbHVuZyDinJM=?=\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
    "boundary=\"outer\"\r\n\r\npreamble\r\n--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n"
    "--inner\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: "
    "quoted-printable\r\n\r\nGr=FC=DFe=\r\n!\r\n--inner\r\nContent-Type: text/html\r\n\r\n"
    "<p>hi</p>\r\n--inner--\r\n--outer\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; "
    "filename=\"receipt.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    "AAEC\r\n--outer--\r\n";

}  // namespace

TEST_CASE("a mail lies in the inbox") {
    SesBench bench;
    const Json answer =
        bench.call("ses", "SendEmail",
                   parseJson(R"({"Source": "shop@example.com", "Destination": {"ToAddresses": ["ann@example.com"]},
        "Message": {"Subject": {"Data": "Order ORDER#1"}, "Body": {"Text": {"Data": "Thank you"}, "Html": {"Data": "<p>Thank you</p>"}}}})"));
    const Json mails = bench.inbox(object({{"to", "ann@example.com"}}));
    REQUIRE(mails.Size() == 1);
    CHECK(textOr(mails[0], "id") == textOr(answer, "MessageId"));
    CHECK(textOr(mails[0], "subject") == "Order ORDER#1");
    CHECK(textOr(mails[0], "html") == "<p>Thank you</p>");
    CHECK(bench.inbox(object({{"to", "bob@example.com"}})).Empty());
}

TEST_CASE("a raw mail is taken apart") {
    const ses::Mail mail = ses::parseMail(kRaw);
    CHECK(mail.header("subject") == "Bestellung ✓");
    CHECK(mail.text == "Grüße!");
    CHECK(mail.html == "<p>hi</p>");
    REQUIRE(mail.attachments.size() == 1);
    CHECK(mail.attachments[0].name == "receipt.pdf");
    CHECK(mail.attachments[0].bytes == 3);
    CHECK(ses::addressesOf(mail.header("To")) == std::vector<std::string>{"Ann <ann@example.com>", "bob@example.com"});

    SesBench bench;
    bench.call("sesv2", "SendEmail", object({{"Content", object({{"Raw", object({{"Data", base64Encode(kRaw)}})}})}}));
    CHECK(bench.inbox(object({{"to", "bob@example.com"}})).Size() == 1);
}

TEST_CASE("a template is filled in, and a mail that cannot be is not delivered") {
    SesBench bench;
    bench.call("ses", "CreateTemplate",
               parseJson(R"({"Template": {"TemplateName": "receipt", "SubjectPart": "Hello {{name}}",
        "TextPart": "{{#each items}}{{qty}}x {{sku}};{{/each}}{{#if note}} {{note}}{{else}} -{{/if}}", "HtmlPart": "<b>{{name}}</b>"}})"));
    const auto send = [&](const char* data) {
        bench.call("ses", "SendTemplatedEmail",
                   object({{"Source", "shop@example.com"},
                           {"Destination", object({{"ToAddresses", list({"ann@example.com"})}})},
                           {"Template", "receipt"},
                           {"TemplateData", data}}));
    };
    send(R"({"name": "Ann & Bob", "items": [{"qty": 2, "sku": "A"}, {"qty": 1, "sku": "B"}]})");
    send(R"({"items": []})");
    const Json mails = bench.inbox();
    REQUIRE(mails.Size() == 1);
    CHECK(textOr(mails[0], "text") == "2x A;1x B; -");
    CHECK(textOr(mails[0], "html") == "<b>Ann & Bob</b>");
    CHECK(bench.errorOf("ses", "TestRenderTemplate", object({{"TemplateName", "receipt"}, {"TemplateData", "{}"}})) ==
          "MissingRenderingAttributeException");
}

TEST_CASE("what is wrong with an address or a tag is said in AWS's words") {
    SesBench bench;
    const char* base =
        R"({"Source": "shop@example.com", "Destination": {"ToAddresses": ["ann@example.com"]}, "Message": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}})";
    Json tagged = parseJson(base);
    set(tagged, "Tags", parseJson(R"([{"Name": "a:b", "Value": "x"}])"));
    CHECK(bench.errorOf("ses", "SendEmail", std::move(tagged)) == "InvalidParameterValue");
    Json nobody = parseJson(base);
    set(nobody, "Source", "nobody");
    CHECK(bench.errorOf("ses", "SendEmail", std::move(nobody)) == "InvalidParameterValue");
    CHECK(bench.inbox().Empty());
}

TEST_CASE("a configuration set tells its destinations of what becomes of a mail") {
    SesBench bench;
    bench.call("sesv2", "CreateConfigurationSet", object({{"ConfigurationSetName", "mails"}}));
    const auto create = [&](const char* name, const char* destination) {
        auto request = object({{"ConfigurationSetName", "mails"}, {"EventDestinationName", name}});
        set(request, "EventDestination", parseJson(destination));
        return bench.errorOf("sesv2", "CreateConfigurationSetEventDestination", std::move(request));
    };
    CHECK(create("bus", R"({"Enabled": true, "MatchingEventTypes": ["SEND"],
        "EventBridgeDestination": {"EventBusArn": "arn:aws:events:us-east-1:000000000000:event-bus/default"}})")
              .empty());
    CHECK(create("topic", R"({"Enabled": true, "MatchingEventTypes": ["DELIVERY", "BOUNCE"],
        "SnsDestination": {"TopicArn": "arn:aws:sns:us-east-1:000000000000:mails"}})")
              .empty());
    CHECK(
        create(
            "off",
            R"({"Enabled": false, "MatchingEventTypes": ["SEND"], "SnsDestination": {"TopicArn": "arn:aws:sns:us-east-1:000000000000:mails"}})")
            .empty());
    CHECK(create("bus", R"({"Enabled": true, "MatchingEventTypes": ["SEND"]})") == "AlreadyExistsException");
    CHECK(create("lost", R"({"SnsDestination": {"TopicArn": "arn:aws:sns:us-east-1:000000000000:none"}})") ==
          "BadRequestException");
    CHECK(
        create(
            "other",
            R"({"EventBridgeDestination": {"EventBusArn": "arn:aws:events:us-east-1:000000000000:event-bus/shop"}})") ==
        "BadRequestException");

    const Json answer = bench.call(
        "sesv2", "SendEmail", parseJson(R"({"FromEmailAddress": "shop@example.com", "ConfigurationSetName": "mails",
        "EmailTags": [{"Name": "notification", "Value": "NOTE.1"}], "Destination": {"ToAddresses": ["ann@example.com"]},
        "Content": {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "x"}}}}})"));
    const Json all = bench.call("events", "ListHeard");
    const Json& heardNow = *find(all, "heard");
    REQUIRE(heardNow.Size() == 2);
    const Json& entry = (*find(heardNow[0], "Entries"))[0];
    CHECK(textOr(entry, "Source") == "aws.ses");
    CHECK(textOr(entry, "DetailType") == "Email Sent");
    CHECK(view((*find(entry, "Resources"))[0]) == "arn:aws:ses:us-east-1:000000000000:configuration-set/mails");
    const Json sent = parseJson(textOr(entry, "Detail"));
    CHECK(textOr(sent, "eventType") == "Send");
    CHECK(textOr(*find(sent, "mail"), "messageId") == textOr(answer, "MessageId"));
    CHECK(view((*at(sent, {"mail", "tags", "notification"}))[0]) == "NOTE.1");
    CHECK(find(sent, "send")->IsObject());
    const Json delivered = parseJson(textOr(heardNow[1], "Message"));
    CHECK(textOr(delivered, "eventType") == "Delivery");
    CHECK(view((*at(delivered, {"delivery", "recipients"}))[0]) == "ann@example.com");

    // API v1 sees the same destinations, in its own words.
    const Json described = bench.call(
        "ses", "DescribeConfigurationSet",
        parseJson(R"({"ConfigurationSetName": "mails", "ConfigurationSetAttributeNames": ["eventDestinations"]})"));
    const Json& second = (*find(described, "EventDestinations"))[1];
    CHECK(view((*find(second, "MatchingEventTypes"))[0]) == "delivery");
    CHECK(textOr(*find(second, "SNSDestination"), "TopicARN") == "arn:aws:sns:us-east-1:000000000000:mails");
    CHECK(bench
              .errorOf("ses", "DeleteConfigurationSetEventDestination",
                       object({{"ConfigurationSetName", "mails"}, {"EventDestinationName", "topic"}}))
              .empty());
    CHECK(bench.errorOf("sesv2", "DeleteConfigurationSetEventDestination",
                        object({{"ConfigurationSetName", "mails"}, {"EventDestinationName", "topic"}})) ==
          "NotFoundException");
    CHECK(
        bench
            .errorOf(
                "sesv2", "UpdateConfigurationSetEventDestination",
                parseJson(
                    R"({"ConfigurationSetName": "mails", "EventDestinationName": "bus", "EventDestination": {"Enabled": false}})"))
            .empty());
    const Json left =
        bench.call("sesv2", "GetConfigurationSetEventDestinations", object({{"ConfigurationSetName", "mails"}}));
    CHECK(find(left, "EventDestinations")->Size() == 2);
}

TEST_CASE("a mail keeps where bounces go, its own headers, its attachments, and the tags of its place among many") {
    SesBench bench;
    bench.call("ses", "SendEmail", parseJson(R"({"Source": "shop@example.com", "ReturnPath": "bounces@example.com",
        "ReplyToAddresses": ["help@example.com"], "Destination": {"ToAddresses": ["ann@example.com"]},
        "Message": {"Subject": {"Data": "Order"}, "Body": {"Text": {"Data": "x"}}}})"));
    bench.call("sesv2", "SendEmail", parseJson(R"({"FromEmailAddress": "shop@example.com",
        "FeedbackForwardingEmailAddress": "bounces@example.com", "Destination": {"ToAddresses": ["bob@example.com"]},
        "Content": {"Simple": {"Subject": {"Data": "Order"}, "Body": {"Text": {"Data": "x"}},
            "Headers": [{"Name": "List-Unsubscribe", "Value": "<https://example.com/u>"}],
            "Attachments": [{"FileName": "receipt.pdf", "ContentType": "application/pdf", "RawContent": "AAEC"}]}}})"));
    bench.call("sesv2", "SendBulkEmail", parseJson(R"({"FromEmailAddress": "shop@example.com",
        "DefaultEmailTags": [{"Name": "kind", "Value": "receipt"}, {"Name": "lang", "Value": "en"}],
        "DefaultContent": {"Template": {"TemplateContent": {"Subject": "{{n}}", "Text": "{{n}}"}, "TemplateData": "{\"n\": 1}",
            "Headers": [{"Name": "X-A", "Value": "all"}]}},
        "BulkEmailEntries": [{"Destination": {"ToAddresses": ["eve@example.com"]},
            "ReplacementTags": [{"Name": "lang", "Value": "de"}], "ReplacementHeaders": [{"Name": "X-A", "Value": "one"}]}]})"));
    const Json mails = bench.inbox();
    REQUIRE(mails.Size() == 3);
    CHECK(textOr(mails[0], "returnPath") == "bounces@example.com");
    CHECK(view((*find(mails[0], "replyTo"))[0]) == "help@example.com");
    CHECK(textOr(mails[1], "returnPath") == "bounces@example.com");
    CHECK(textOr((*find(mails[1], "headers"))[0], "value") == "<https://example.com/u>");
    CHECK(textOr((*find(mails[1], "attachments"))[0], "name") == "receipt.pdf");
    CHECK(intOr((*find(mails[1], "attachments"))[0], "bytes", 0) == 3);
    CHECK(writeJson(*find(mails[2], "tags")) == R"([{"Name":"kind","Value":"receipt"},{"Name":"lang","Value":"de"}])");
    CHECK(writeJson(*find(mails[2], "headers")) == R"([{"name":"X-A","value":"one"}])");

    const auto error = [&](const char* member, const char* value) {
        Json request =
            parseJson(R"({"FromEmailAddress": "shop@example.com", "Destination": {"ToAddresses": ["a@example.com"]},
            "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "x"}}}}})");
        set(request, member, parseJson(value));
        return bench.errorOf("sesv2", "SendEmail", std::move(request));
    };
    CHECK(error("ListManagementOptions", R"({"ContactListName": "all"})") == "NotFoundException");
    CHECK(error("EndpointId", R"("abc.123")") == "NotFoundException");
    CHECK(error("TenantName", R"("shop")") == "NotFoundException");
    CHECK(error("FeedbackForwardingEmailAddress", R"("nobody")") == "BadRequestException");
    CHECK(bench.inbox().Size() == 3);
}

TEST_CASE(
    "a configuration set comes from the request, a raw mail's header or the sender's identity, and may send nothing") {
    SesBench bench;
    const char* destination = R"({"Enabled": true, "MatchingEventTypes": ["SEND", "RENDERING_FAILURE"],
        "SnsDestination": {"TopicArn": "arn:aws:sns:us-east-1:000000000000:mails"}})";
    bench.call("sesv2", "CreateConfigurationSet", parseJson(R"({"ConfigurationSetName": "mails",
        "TrackingOptions": {"CustomRedirectDomain": "links.example.com"}, "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
        "Tags": [{"Key": "team", "Value": "web"}]})"));
    bench.call("sesv2", "CreateConfigurationSet",
               parseJson(R"({"ConfigurationSetName": "off", "SendingOptions": {"SendingEnabled": false}})"));
    Json create = object({{"ConfigurationSetName", "mails"}, {"EventDestinationName", "topic"}});
    set(create, "EventDestination", parseJson(destination));
    bench.call("sesv2", "CreateConfigurationSetEventDestination", std::move(create));
    const Json shown = bench.call("sesv2", "GetConfigurationSet", object({{"ConfigurationSetName", "mails"}}));
    CHECK(textOr(*find(shown, "TrackingOptions"), "CustomRedirectDomain") == "links.example.com");
    CHECK(writeJson(*find(shown, "Tags")) == R"([{"Key":"team","Value":"web"}])");
    const Json described = bench.call("ses", "DescribeConfigurationSet", parseJson(R"({"ConfigurationSetName": "mails",
        "ConfigurationSetAttributeNames": ["trackingOptions", "deliveryOptions", "reputationOptions"]})"));
    CHECK(textOr(*find(described, "DeliveryOptions"), "TlsPolicy") == "Require");
    CHECK(textOr(*find(described, "TrackingOptions"), "CustomRedirectDomain") == "links.example.com");
    CHECK(boolOr(*find(described, "ReputationOptions"), "SendingEnabled", false));

    bench.call("sesv2", "CreateEmailIdentity",
               parseJson(R"({"EmailIdentity": "example.com", "ConfigurationSetName": "mails",
        "Tags": [{"Key": "team", "Value": "web"}], "DkimSigningAttributes": {"DomainSigningSelector": "s1", "DomainSigningPrivateKey": "c2VjcmV0"}})"));
    const Json identity = bench.call("sesv2", "GetEmailIdentity", object({{"EmailIdentity", "example.com"}}));
    CHECK(textOr(identity, "ConfigurationSetName") == "mails");
    CHECK(writeJson(*find(identity, "Tags")) == R"([{"Key":"team","Value":"web"}])");
    CHECK(writeJson(*at(identity, {"DkimAttributes", "Tokens"})) == R"(["s1"])");
    CHECK(writeJson(identity).find("c2VjcmV0") == std::string::npos);

    const auto heardSo = [&] { return copy(*find(bench.call("events", "ListHeard"), "heard")); };
    const std::string simple = R"("Destination": {"ToAddresses": ["ann@example.com"]},
        "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "x"}}}}})";
    bench.call("sesv2", "SendEmail", parseJson(R"({"FromEmailAddress": "shop@example.com", )" + simple));
    CHECK(heardSo().Size() == 1);
    bench.call("sesv2", "SendEmail", parseJson(R"({"FromEmailAddress": "shop@elsewhere.example", )" + simple));
    CHECK(heardSo().Size() == 1);
    CHECK(bench.errorOf("sesv2", "SendEmail",
                        parseJson(R"({"FromEmailAddress": "shop@example.com", "ConfigurationSetName": "off", )" +
                                  simple)) == "SendingPausedException");
    const std::string raw =
        "From: shop@elsewhere.example\r\nTo: ann@example.com\r\nX-SES-CONFIGURATION-SET: mails\r\n"
        "X-SES-MESSAGE-TAGS: kind=receipt, lang=de\r\n\r\nhi";
    bench.call("ses", "SendRawEmail", object({{"RawMessage", object({{"Data", base64Encode(raw)}})}}));
    REQUIRE(heardSo().Size() == 2);
    const Json sent = parseJson(textOr(heardSo()[1], "Message"));
    CHECK(view((*at(sent, {"mail", "tags", "lang"}))[0]) == "de");
    CHECK(textOr(*find(sent, "mail"), "sourceArn") ==
          "arn:aws:ses:us-east-1:000000000000:identity/shop@elsewhere.example");

    bench.call("sesv2", "SendEmail", parseJson(R"({"FromEmailAddress": "shop@example.com",
        "Destination": {"ToAddresses": ["ann@example.com"]},
        "Content": {"Template": {"TemplateContent": {"Subject": "{{name}}", "Text": "x"}, "TemplateData": "{}"}}})"));
    REQUIRE(heardSo().Size() == 3);
    const Json failure = parseJson(textOr(heardSo()[2], "Message"));
    CHECK(textOr(failure, "eventType") == "Rendering Failure");
    CHECK(textOr(*find(failure, "failure"), "errorMessage") ==
          "Attribute 'name' is not present in the rendering data.");
}

TEST_CASE("identities, templates and configuration sets that go leave no row") {
    SesBench bench;
    bench.call("sesv2", "CreateConfigurationSet", object({{"ConfigurationSetName", "mails"}}));
    bench.call("sesv2", "CreateConfigurationSetEventDestination", parseJson(R"({"ConfigurationSetName": "mails",
        "EventDestinationName": "bus", "EventDestination": {"Enabled": true, "MatchingEventTypes": ["SEND"],
        "CloudWatchDestination": {"DimensionConfigurations": []}}})"));
    bench.call("sesv2", "CreateEmailIdentity",
               parseJson(R"({"EmailIdentity": "example.com", "ConfigurationSetName": "mails",
        "Tags": [{"Key": "team", "Value": "web"}]})"));
    bench.call("ses", "VerifyEmailIdentity", object({{"EmailAddress", "shop@example.com"}}));
    bench.call("sesv2", "CreateEmailTemplate", parseJson(R"({"TemplateName": "t", "TemplateContent": {"Subject": "s"},
        "Tags": [{"Key": "team", "Value": "web"}]})"));
    CHECK(find(bench.call("sesv2", "GetEmailTemplate", object({{"TemplateName", "t"}})), "Tags")->Size() == 1);
    bench.call("sesv2", "DeleteConfigurationSet", object({{"ConfigurationSetName", "mails"}}));
    bench.call("sesv2", "DeleteEmailIdentity", object({{"EmailIdentity", "example.com"}}));
    bench.call("ses", "DeleteIdentity", object({{"Identity", "shop@example.com"}}));
    bench.call("sesv2", "DeleteEmailTemplate", object({{"TemplateName", "t"}}));
    CHECK(bench.rows("ses") == std::vector<std::string>{});

    bench.call("ses", "CreateConfigurationSet", parseJson(R"({"ConfigurationSet": {"Name": "mails"}})"));
    const Json destinations =
        bench.call("sesv2", "GetConfigurationSetEventDestinations", object({{"ConfigurationSetName", "mails"}}));
    CHECK(find(destinations, "EventDestinations")->Empty());
    bench.call("sesv2", "CreateEmailIdentity", object({{"EmailIdentity", "example.com"}}));
    CHECK(find(bench.call("sesv2", "GetEmailIdentity", object({{"EmailIdentity", "example.com"}})), "Tags")->Empty());
}
