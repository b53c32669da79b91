#pragma once
// What is known about one service, in one place: emulator/services/NAME/description.cpp. main.cpp hands the list of all
// to whoever has to tell services apart (the wire, the trail, traces, state machines); none of them knows one by name.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/base/violation.h"

namespace backlot {

/// An operation that a caller need not sign.
struct UnsignedOperation {
    std::string_view name;
    /// Where a person may open it as a link (a GET without version and signature): the parameter whose ARN names
    /// account and region.
    std::string_view linkArn = {};
};

/// How the service is spoken to and answers in the JSON protocols and in CBOR.
struct JsonManners {
    /// In front of __type: "com.amazonaws.sqs#"; empty: none, not even the framework's.
    std::string_view errorNamespace = {};
    std::string_view validationNamespace = {};  // the same of ValidationException; empty: as above
    bool modelledStatus = false;  // errors have the status of their model; else 400, or 500 where it is our fault
    bool strictBodies = false;    // an empty body is malformed, another content type 404
    bool readsByName = false;     // members that the model does not know need not be dropped
    bool checksums = false;       // answers bear x-amz-crc32, are gzipped on request, and have ids of 52 letters
    /// Type mismatches are worded by a reader of its own, with the names of its classes: their namespace
    /// ("com.amazonaws.dynamodb.v20120810.").
    std::string_view readerClasses = {};
    /// Boolean shapes that take words ("yes", "0"), which the service reads.
    std::vector<std::string_view> spelledFlags = {};
};

/// An error's message where it reads otherwise in Query.
struct QueryWording {
    std::string_view exception, message, inQuery;
};

struct QueryManners {
    /// With {action} and {version} in it.
    std::string_view unknownAction = "Could not find operation {action} for version {version}";
    std::string_view pathMember = {};  // the member that the URL itself stands for where no parameter gives it
    bool declaration = false;          // answers begin with <?xml version="1.0"?>
    bool errorDetail = false;          // errors have an empty <Detail/>, but for those of batches
    std::vector<QueryWording> wordings = {};
};

struct RestManners {
    /// Paths are names and bodies are data: any path fits its templates, so only a signature tells it; paths are
    /// signed as they stand; bodies may come in aws-chunked coding, and their Content-Encoding is kept.
    bool objectStore = false;
    /// The part of a Host that stands for the first segment of the path (a bucket); empty where there is none.
    std::string_view (*hostLabel)(std::string_view host) = nullptr;
    std::string_view payloadType = "application/octet-stream";  // of answers that are bytes and say no type
    std::string_view xmlNamespace = {};                         // of answers in XML, where the model has none
    /// Operation → the root element of its answer, where the model does not name it.
    std::vector<std::pair<std::string_view, std::string_view>> xmlRoots = {};
    bool errorEnvelope = true;  // <ErrorResponse> around <Error>
};

/// An error that the model leaves out, by both its names.
struct ErrorName {
    std::string_view exception, queryCode;
};

/// What the check against the API model does for the service, and what the service does of it itself.
struct ValidationManners {
    enum class Style {
        gathered,          // "2 validation errors detected: …"
        missingParameter,  // "The request must contain the parameter X."; the rest is the service's
        none               // all is left to the service
    };
    std::string_view code = "ValidationException";
    Style style = Style::gathered;
    bool namesNull = false;       // "…, Member must not be null" at the end of whatever entries must satisfy
    bool bodyAfterInput = false;  // members of the body are at "createRestApiInput.name"
    /// Runs after the types and before the model's constraints; throws the AwsError that ends the request.
    void (*first)(std::string_view operation, const Json& input) = nullptr;
    /// Adds to, rewords or clears what was found; may throw an AwsError of the service's own instead.
    void (*amend)(std::string_view operation, const Json& input, const ValueText& asText,
                  std::vector<Violation>& found) = nullptr;
};

/// How X-Ray shows the service's calls.
struct TraceManners {
    std::string_view name = {};  // of a call about no resource ("DynamoDB"); empty: the service's own
    /// Of its nodes in the service graph: "AWS::DynamoDB::Table"; empty: "AWS::" and the service's name.
    std::string_view type = {};
    /// The name of the node that a call on `resource` belongs to, where resources have nodes of their own.
    std::string (*node)(std::string_view operation, std::string_view resource) = nullptr;
    /// Operations that begin a trace; they are shown though no client can call them.
    std::vector<std::string_view> begins = {};
};

/// "Orders" of "arn:aws:dynamodb:eu-central-1:000000000000:table/Orders" and of "Orders": the last part of a resource.
std::string lastPart(std::string_view operation, std::string_view resource);

/// Which headers the HTTP exchange behind a task's answer is shown with.
enum class TaskHeaders { none, checked, json, query, invocation };

/// The execution that a task belongs to, by its ARNs; empty in a test of one state.
struct TaskOwner {
    std::string_view execution, machine;
};

/// What an SDK sends by itself where the caller says nothing.
struct SdkDefault {
    std::string_view operation, member, value;
};

/// The service as the tasks of state machines call it.
/// Source: AWS Step Functions Developer Guide, "Integrating services"; recorded executions.
struct TaskManners {
    // aws-sdk:SERVICE:action. Errors are those of the AWS SDK for Java 2: "DynamoDb.ResourceNotFoundException".
    std::string_view sdk = {};        // "eventbridge"; empty: no such task
    std::string_view sdkErrors = {};  // in front of its errors: "EventBridge"
    std::vector<SdkDefault> sdkDefaults = {};
    bool extendedRequestId = false;  // causes name one
    // An optimised integration, SERVICE:action. Errors are those of the AWS SDK for Java 1:
    // "DynamoDB.ResourceNotFoundException".
    std::string_view optimised = {};             // "events"; empty: none
    std::vector<std::string_view> actions = {};  // "putEvents"
    std::string_view errors = {};                // in front of its errors: "EventBridge"
    std::string_view otherError = {};  // where the SDK has no exception for the code: "AmazonEventBridgeException"
    std::string_view inCauses = {};    // "AmazonEventBridge"
    TaskHeaders headers = TaskHeaders::none;
    std::string_view arnMember = {};  // the parameter whose ARN says account and region
    /// The operation's request, of the task's parameters; null: as they are. Throws the AwsError that the task fails
    /// with.
    Json (*request)(const Json& parameters, const TaskOwner& owner) = nullptr;
};

/// For TaskManners::request. A value that goes into a text member: an object becomes JSON text, a text stays.
void asTextMember(Json& json, const char* name);

/// Where the service keeps access keys.
struct KeyManners {
    /// Its internal operation that answers {"SecretAccessKey"} to {"AccessKeyId"}, or {} where it has no such key;
    /// empty: it keeps none.
    std::string_view findSecret = {};
    std::string_view prefix = {};  // what its keys begin with: "ASIA"; empty: those that no other claims
};

struct ServiceDescription {
    std::string_view name;   // ours, in tables, jobs and the record: "sqs", "states"
    std::string_view model;  // the text of its API model, a file beside the description
    /// AWS's names of the protocols it is spoken in ("json", "query", "rest-json", "rest-xml"), the model's own first.
    std::vector<std::string_view> protocols;
    std::string_view endpointPrefix;  // of its host name
    std::string_view signingName;     // in the credential scope; with ".amazonaws.com" it is CloudTrail's event source
    std::string_view apiVersion;      // Query's Version
    std::string_view targetPrefix = {};                      // of X-Amz-Target, in the JSON protocols
    std::vector<std::string_view> otherTargetPrefixes = {};  // that clients were seen to send
    std::vector<UnsignedOperation> unsignedOperations = {};
    std::vector<std::string_view> openToPages = {};  // what a web page of any site may link to or show
    /// A request that names no service at all is answered as this one answers it.
    bool answersNameless = false;
    JsonManners json = {};
    QueryManners query = {};
    RestManners rest = {};
    std::vector<ErrorName> errorNames = {};
    ValidationManners validation = {};
    std::string_view resourceType = {};  // as CloudTrail names what its calls are about: "AWS::SQS::Queue"
    TraceManners trace = {};
    TaskManners tasks = {};
    KeyManners keys = {};
    /// Its internal operation for HTTP that is no API of AWS: requests to the APIs that people have made. Empty: none.
    std::string_view routes = {};
};

/// All services that Backlot has heard of, served or not, sorted by name.
class ServiceDirectory {
public:
    /// The descriptions outlive the directory.
    explicit ServiceDirectory(std::vector<const ServiceDescription*> services);
    const ServiceDescription* find(std::string_view name) const;
    auto begin() const { return services_.begin(); }
    auto end() const { return services_.end(); }

private:
    std::vector<const ServiceDescription*> services_;
};

}  // namespace backlot
