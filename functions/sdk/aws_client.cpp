#include "functions/sdk/aws_client.h"

#include <algorithm>
#include <thread>

namespace backlot::sdk {
namespace {

using namespace std::chrono_literals;
constexpr int kTries = 4;
constexpr auto kFirstBackoff = 50ms;

enum class Protocol { json10, json11, query, restJson };

struct Service {
    std::string_view name, signingName, endpointPrefix, target;  // target: X-Amz-Target's prefix, or Query's Version
    Protocol protocol;
};

constexpr Service kServices[] = {
    {"dynamodb", "dynamodb", "dynamodb", "DynamoDB_20120810", Protocol::json10},
    {"sqs", "sqs", "sqs", "AmazonSQS", Protocol::json10},
    {"events", "events", "events", "AWSEvents", Protocol::json11},
    {"states", "states", "states", "AWSStepFunctions", Protocol::json10},
    {"sns", "sns", "sns", "2010-03-31", Protocol::query},
    {"sesv2", "ses", "email", "", Protocol::restJson},
};

/// REST operations have a method and a path of their own each.
struct RestOperation {
    std::string_view name, method, path;
};
constexpr RestOperation kRestOperations[] = {{"SendEmail", "POST", "/v2/email/outbound-emails"}};

template <typename Table>
const auto& lookUp(const Table& table, std::string_view name) {
    const auto found =
        std::find_if(std::begin(table), std::end(table), [&](const auto& entry) { return entry.name == name; });
    if (found == std::end(table))
        throw LambdaError("ConfigurationError", "this client does not know " + std::string(name));
    return *found;
}

void flatten(std::string& form, const std::string& prefix, const Json& value) {
    const auto under = [&](const std::string& name) { return prefix.empty() ? name : prefix + "." + name; };
    if (value.IsObject()) {
        for (const auto& member : value.GetObject()) {
            const auto name = under(std::string(view(member.name)));
            if (member.value.IsObject()) {  // every map of SNS is a map of structures or texts by name
                int index = 0;
                for (const auto& entry : member.value.GetObject()) {
                    const auto item = name + ".entry." + std::to_string(++index);
                    form += "&" + percentEncode(item + ".Name") + "=" + percentEncode(view(entry.name));
                    flatten(form, item + ".Value", entry.value);
                }
            } else {
                flatten(form, name, member.value);
            }
        }
    } else if (value.IsArray()) {
        int index = 0;
        for (const auto& element : value.GetArray())
            flatten(form, prefix + ".member." + std::to_string(++index), element);
    } else {
        const auto text = value.IsString() ? std::string(view(value))
                          : value.IsBool() ? (value.GetBool() ? "true" : "false")
                                           : numberText(value);
        form += "&" + percentEncode(prefix) + "=" + percentEncode(text);
    }
}

/// The text between <name> and </name>, entities resolved; enough for the flat answers and errors of Query services.
std::string xmlText(std::string_view xml, std::string_view name) {
    const auto open = "<" + std::string(name) + ">";
    const auto from = xml.find(open);
    const auto to = xml.find("</" + std::string(name) + ">", from);
    if (from == std::string_view::npos || to == std::string_view::npos) return "";
    std::string text(xml.substr(from + open.size(), to - from - open.size()));
    for (const auto& [entity, plain] :
         {std::pair{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}})
        for (std::size_t at = 0; (at = text.find(entity, at)) != std::string::npos; ++at)
            text.replace(at, std::string_view(entity).size(), plain);
    return text;
}

Json parseAnswer(const std::string& body) {
    try {
        return body.empty() ? object() : parseJson(body);
    } catch (const JsonError&) {
        return object();
    }
}

AwsError errorOf(const Service& service, const HttpResponse& response) {
    std::string code, message;
    Json body = object();
    if (service.protocol == Protocol::query) {
        code = xmlText(response.body, "Code");
        message = xmlText(response.body, "Message");
    } else {
        body = parseAnswer(response.body);
        code = textOr(body, "__type", textOr(body, "code", response.headers.get("x-amzn-ErrorType")));
        code = code.substr(0, code.find(':'));
        code = code.substr(code.find('#') + 1);  // npos + 1 is 0: all of it
        message = textOr(body, "message", textOr(body, "Message"));
    }
    if (code.empty()) code = "HttpStatus" + std::to_string(response.status);
    return AwsError(code, message, response.status, std::move(body));
}

/// Where no answer came it may have been done all the same: nothing tells SES that a mail is the same one.
bool isSentOnce(std::string_view operation) { return operation == "SendEmail"; }

bool worthRetrying(const AwsError& error) {
    if (error.status() >= 500 || error.status() == 429) return true;
    for (const auto code :
         {"ProvisionedThroughputExceededException", "ThrottlingException", "Throttling", "RequestLimitExceeded",
          "TooManyRequestsException", "TransactionInProgressException", "RequestThrottled"})
        if (error.is(code)) return true;
    return false;
}

}  // namespace

std::string queryForm(std::string_view action, std::string_view version, const Json& request) {
    std::string form = "Action=" + percentEncode(action) + "&Version=" + percentEncode(version);
    flatten(form, "", request);
    return form;
}

AwsClient::AwsClient(const Transport& transport, Signer& signer, std::string endpointUrl, CallScope scope)
    : transport_(transport), signer_(signer), endpointUrl_(std::move(endpointUrl)), scope_(std::move(scope)) {}

HttpRequest AwsClient::build(std::string_view serviceName, std::string_view operation, const Json& request) const {
    const auto& service = lookUp(kServices, serviceName);
    HttpRequest http{.method = "POST", .url = endpointUrl_};
    if (http.url.empty())
        http.url = "https://" + std::string(service.endpointPrefix) + "." + signer_.region() + ".amazonaws.com";
    if (http.url.ends_with('/')) http.url.pop_back();
    std::string_view path = "/", contentType;
    switch (service.protocol) {
        case Protocol::json10:
        case Protocol::json11:
            contentType =
                service.protocol == Protocol::json10 ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1";
            http.headers.add("X-Amz-Target", std::string(service.target) + "." + std::string(operation));
            http.body = writeJson(request);
            break;
        case Protocol::query:
            contentType = "application/x-www-form-urlencoded";
            http.body = queryForm(operation, service.target, request);
            break;
        case Protocol::restJson: {
            const auto& rest = lookUp(kRestOperations, operation);
            http.method = rest.method;
            path = rest.path;
            contentType = "application/json";
            http.body = writeJson(request);
        }
    }
    http.url += path;
    http.once = isSentOnce(operation);
    http.headers.add("Content-Type", std::string(contentType));
    if (!scope_.traceId.empty()) http.headers.add("X-Amzn-Trace-Id", scope_.traceId);
    return http;
}

Json AwsClient::call(std::string_view serviceName, std::string_view operation, const Json& request) {
    const auto& service = lookUp(kServices, serviceName);
    const auto unsignedRequest = build(serviceName, operation, request);
    const auto url = parseUrl(unsignedRequest.url);
    for (int attempt = 1;; ++attempt) {
        auto http = unsignedRequest;
        Headers toSign = http.headers;
        toSign.add("Host", url.authority());
        // The wall clock, never the world's: a signature is stale after five minutes of it.
        signer_.sign(service.signingName, http.method, url.target, toSign, http.body,
                     std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
        for (const auto name : {"X-Amz-Date", "X-Amz-Security-Token", "Authorization"})
            if (const auto value = toSign.get(name); !value.empty()) http.headers.set(name, std::string(value));

        const auto backoff = kFirstBackoff * (1 << (attempt - 1));
        const auto pause = std::chrono::milliseconds(
            scope_.random ? scope_.random() % static_cast<std::uint64_t>(backoff.count()) : 0);
        const bool mayTryAgain = attempt < kTries && (scope_.deadline == kNoDeadline ||
                                                      std::chrono::steady_clock::now() + pause < scope_.deadline);
        try {
            const auto response = transport_(http, scope_.deadline);
            if (response.status < 300) {
                if (service.protocol == Protocol::query)
                    return object({{"MessageId", xmlText(response.body, "MessageId")}});
                return parseAnswer(response.body);
            }
            const auto error = errorOf(service, response);
            if (!mayTryAgain || !worthRetrying(error)) throw error;
        } catch (const ConnectionError&) {
            if (!mayTryAgain || isSentOnce(operation)) throw;
        }
        std::this_thread::sleep_for(pause);
    }
}

}  // namespace backlot::sdk
