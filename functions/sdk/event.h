#pragma once
// The events that AWS sends to functions, as handlers like to read them.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "functions/sdk/dynamodb.h"
#include "functions/sdk/json.h"

namespace backlot::sdk {

/// A request through API Gateway (REST API, Lambda proxy integration, payload 1.0).
class ApiRequest {
public:
    explicit ApiRequest(const Json& event) : event_(&event) {}
    /// A header by name without regard to case, or nothing.
    std::optional<std::string> header(std::string_view name) const;
    std::optional<std::string> query(std::string_view name) const;
    /// {productId} of the route, percent-decoded (API Gateway hands it over as it was sent).
    std::string path(std::string_view name) const;
    /// The body as a JSON object. Throws HttpError 400 on anything else.
    const Json& body() const;
    const Json& event() const { return *event_; }

private:
    const Json* event_;
    mutable std::optional<Json> body_;
};

struct ApiResponse {
    int status = 200;
    Json body = object();
    std::map<std::string, std::string> headers;
};

/// A queue's messages. Those whose ids the handler returns are delivered again (ReportBatchItemFailures).
struct SqsMessage {
    std::string messageId, body, queueArn;
};
using SqsBatch = std::vector<SqsMessage>;
struct BatchFailures {
    std::vector<std::string> ids;
};

/// A table's changes.
struct StreamRecord {
    std::string eventId, eventName, tableName;  // eventName: INSERT, MODIFY, REMOVE
    std::string sequenceNumber;
    Item keys, newImage, oldImage;  // images are empty where there is none
    bool expired = false;           // removed because its time to live had passed
};
using StreamBatch = std::vector<StreamRecord>;

SqsBatch sqsBatch(const Json& event);
StreamBatch streamBatch(const Json& event);
Json toJson(const ApiResponse& response);
Json toJson(const BatchFailures& failures);

/// An event of EventBridge.
struct BusEvent {
    explicit BusEvent(const Json& event);
    std::string id, source, detailType, time;
    Json detail;
};

}  // namespace backlot::sdk
