#include "emulator/base/base64.h"
#include "emulator/services/ses/mime.h"
#include "emulator/services/ses/service.h"
#include "tests/emulator/bench.h"

using namespace backlot;

namespace {

struct SesBench : Bench {
    SesBench() : Bench(services()) {}
    static std::vector<Service> services() {
        std::vector<Service> all;
        all.push_back(ses::sesService());
        all.push_back(ses::sesv2Service());
        return all;
    }
    Json inbox(Json request = object()) {
        auto answer = std::make_shared<std::optional<Outcome>>();
        world.submit({.service = "ses", .operation = "ListInbox", .request = std::move(request), .done = [answer](Outcome outcome) { *answer = std::move(outcome); }, .fromClient = false});
        settle();
        return copy(*find(std::get<Json>(**answer), "messages"));
    }
};

constexpr const char* kRaw =
    "From: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= <shop@example.com>\r\nTo: Ann <ann@example.com>,\r\n bob@example.com\r\nSubject: =?utf-8?B?QmVzdGVsbHVuZyDinJM=?=\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"outer\"\r\n\r\npreamble\r\n--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n"
    "--inner\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe=\r\n!\r\n--inner\r\nContent-Type: text/html\r\n\r\n"
    "<p>hi</p>\r\n--inner--\r\n--outer\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"receipt.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    "AAEC\r\n--outer--\r\n";

}  // namespace

TEST_CASE("a mail lies in the inbox") {
    SesBench bench;
    const Json answer = bench.call("ses", "SendEmail", parseJson(R"({"Source": "shop@example.com", "Destination": {"ToAddresses": ["ann@example.com"]},
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
    bench.call("ses", "CreateTemplate", parseJson(R"({"Template": {"TemplateName": "receipt", "SubjectPart": "Hello {{name}}",
        "TextPart": "{{#each items}}{{qty}}x {{sku}};{{/each}}{{#if note}} {{note}}{{else}} -{{/if}}", "HtmlPart": "<b>{{name}}</b>"}})"));
    const auto send = [&](const char* data) {
        bench.call("ses", "SendTemplatedEmail", object({{"Source", "shop@example.com"}, {"Destination", object({{"ToAddresses", list({"ann@example.com"})}})},
                                                        {"Template", "receipt"}, {"TemplateData", data}}));
    };
    send(R"({"name": "Ann & Bob", "items": [{"qty": 2, "sku": "A"}, {"qty": 1, "sku": "B"}]})");
    send(R"({"items": []})");
    const Json mails = bench.inbox();
    REQUIRE(mails.Size() == 1);
    CHECK(textOr(mails[0], "text") == "2x A;1x B; -");
    CHECK(textOr(mails[0], "html") == "<b>Ann & Bob</b>");
    CHECK(bench.errorOf("ses", "TestRenderTemplate", object({{"TemplateName", "receipt"}, {"TemplateData", "{}"}})) == "MissingRenderingAttributeException");
}

TEST_CASE("what is wrong with an address or a tag is said in AWS's words") {
    SesBench bench;
    const char* base = R"({"Source": "shop@example.com", "Destination": {"ToAddresses": ["ann@example.com"]}, "Message": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}})";
    Json tagged = parseJson(base);
    set(tagged, "Tags", parseJson(R"([{"Name": "a:b", "Value": "x"}])"));
    CHECK(bench.errorOf("ses", "SendEmail", std::move(tagged)) == "InvalidParameterValue");
    Json nobody = parseJson(base);
    set(nobody, "Source", "nobody");
    CHECK(bench.errorOf("ses", "SendEmail", std::move(nobody)) == "InvalidParameterValue");
    CHECK(bench.inbox().Empty());
}
