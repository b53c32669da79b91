#include "functions/sdk/event.h"

#include "functions/sdk/errors.h"
#include "functions/sdk/http.h"

namespace backlot::sdk {
namespace {

/// "arn:aws:dynamodb:us-east-1:000000000000:table/Orders/stream/2026-…" gives "Orders".
std::string tableOf(const std::string& streamArn) {
    const auto from = streamArn.find(":table/");
    if (from == std::string::npos) return "";
    const auto name = streamArn.substr(from + 7);
    return name.substr(0, name.find('/'));
}

Item image(const Json& record, std::string_view name) {
    const auto found = at(record, {"dynamodb", name});
    return Item(found ? copy(*found) : object());
}

template <typename Function>
void eachRecord(const Json& event, Function&& use) {
    if (const auto records = find(event, "Records"); records && records->IsArray())
        for (const auto& record : records->GetArray()) use(record);
}

}  // namespace

std::optional<std::string> ApiRequest::header(std::string_view name) const {
    if (const auto headers = find(*event_, "headers"); headers && headers->IsObject())
        for (const auto& member : headers->GetObject())
            if (member.value.IsString() && sameIgnoringCase(view(member.name), name))
                return std::string(view(member.value));
    return std::nullopt;
}

std::optional<std::string> ApiRequest::query(std::string_view name) const {
    const auto value = at(*event_, {"queryStringParameters", name});
    if (!value || !value->IsString()) return std::nullopt;
    return std::string(view(*value));
}

std::string ApiRequest::path(std::string_view name) const {
    const auto value = at(*event_, {"pathParameters", name});
    return value && value->IsString() ? percentDecode(view(*value)) : "";
}

const Json& ApiRequest::body() const {
    if (!body_) {
        try {
            body_ = parseJson(textOr(*event_, "body"));
        } catch (const JsonError&) {
        }
        if (!body_ || !body_->IsObject()) {
            body_.reset();
            throw HttpError(400, "The body must be a JSON object.");
        }
    }
    return *body_;
}

SqsBatch sqsBatch(const Json& event) {
    SqsBatch batch;
    eachRecord(event, [&](const Json& record) {
        batch.push_back({textOr(record, "messageId"), textOr(record, "body"), textOr(record, "eventSourceARN")});
    });
    return batch;
}

StreamBatch streamBatch(const Json& event) {
    StreamBatch batch;
    eachRecord(event, [&](const Json& record) {
        const auto principal = at(record, {"userIdentity", "principalId"});
        batch.push_back(
            {.eventId = textOr(record, "eventID"),
             .eventName = textOr(record, "eventName"),
             .tableName = tableOf(textOr(record, "eventSourceARN")),
             .sequenceNumber = textOr(*at(record, {"dynamodb"}), "SequenceNumber"),
             .keys = image(record, "Keys"),
             .newImage = image(record, "NewImage"),
             .oldImage = image(record, "OldImage"),
             .expired = principal && principal->IsString() && view(*principal) == "dynamodb.amazonaws.com"});
    });
    return batch;
}

Json toJson(const ApiResponse& response) {
    Json headers = object({{"Content-Type", "application/json"}, {"Access-Control-Allow-Origin", "*"}});
    for (const auto& [name, value] : response.headers) set(headers, name, value);
    return object(
        {{"statusCode", response.status}, {"headers", std::move(headers)}, {"body", writeJson(response.body)}});
}

Json toJson(const BatchFailures& failures) {
    return object({{"batchItemFailures", array(failures.ids, [](const std::string& id) {
                        return object({{"itemIdentifier", id}});
                    })}});
}

BusEvent::BusEvent(const Json& event)
    : id(textOr(event, "id")),
      source(textOr(event, "source")),
      detailType(textOr(event, "detail-type")),
      time(textOr(event, "time")) {
    const auto found = find(event, "detail");
    detail = found ? copy(*found) : object();
}

}  // namespace backlot::sdk
