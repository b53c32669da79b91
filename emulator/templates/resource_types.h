#pragma once
// How each type of resource is made: the calls on the services, one after the other.

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/aws_error.h"
#include "emulator/templates/template.h"

namespace backlot::templates {

/// A request that may be copied, so that actions can stand in lists.
struct ActionRequest {
    Json json;
    ActionRequest(Json&& request) : json(std::move(request)) {}
    ActionRequest(const ActionRequest& other) : json(copy(other.json)) {}
    ActionRequest(ActionRequest&&) = default;
    ActionRequest& operator=(ActionRequest&&) = default;
};

/// One call, and what comes of its answer.
struct Action {
    std::string service, operation;
    ActionRequest request;
    /// Reads the answer; may ask for further calls, which come before those that were waiting already.
    std::function<std::vector<Action>(const Json& answer)> then = {};
    /// What to do instead where the call fails; nothing: the deployment fails.
    std::function<std::optional<std::vector<Action>>(const AwsError& error)> otherwise = {};
    bool modelled = true;  // false: an operation of ours, which the API model does not know
};
using Actions = std::vector<Action>;

/// A resource at work. Lives until its last action has been answered; the actions refer to it.
struct Making {
    std::string logicalId;
    Json properties;                   // every function evaluated
    std::optional<Physical> previous;  // what the stack's last deployment made of it
    const Environment& environment;
    std::filesystem::path folder;  // that local paths of the template are relative to
    bool confined = false;         // and that they may not leave
    std::filesystem::path store;   // Backlot's own data, which no confined template reads
    Physical result;               // to be filled: what Ref and Fn::GetAtt give
    /// What of the resource is not made, for people.
    std::function<void(const std::string& problem)> warn = {};

    /// "shop-Orders-1A2B3C4D5E6F" as CloudFormation names what has no name; the same for the same stack and logical id.
    /// Where that is longer than `limit` characters, stack's name and logical id are cut and the end is kept.
    std::string generatedName(std::size_t limit = 255) const;
    /// The property, else the generated name.
    std::string nameFrom(std::string_view property, std::size_t limit = 255) const;
};

/// False for types that Backlot has no service for.
bool canMake(std::string_view type);
/// The calls that make the resource or bring the one that is there up to date.
/// Throws std::runtime_error with a text for people where a property is missing or a local file cannot be read.
Actions make(const std::string& type, Making& making);
/// The calls that remove it. What is gone already is no error.
Actions unmake(const std::string& type, const Physical& physical);

// --- for the files that define types ----------------------------------------------------------------------------

struct ResourceType {
    std::function<Actions(Making&)> make;
    std::function<Actions(const Physical&)> unmake;
};
using ResourceTypes = std::map<std::string, ResourceType, std::less<>>;
void addDataTypes(ResourceTypes& types);     // DynamoDB, SQS, SNS, EventBridge, Scheduler
void addComputeTypes(ResourceTypes& types);  // Lambda, Step Functions
void addApiTypes(ResourceTypes& types);      // API Gateway
void addAccountTypes(ResourceTypes& types);  // IAM, CloudWatch Logs, SES
void addStorageTypes(ResourceTypes& types);  // S3, Secrets Manager, SSM
void addSimpleTypes(ResourceTypes& types);   // those that are one call: a table

/// Copies `names` from the properties where they are there, typed() on the way. A pair renames.
struct Renamed {
    std::string_view from, to;
    Renamed(const char* same) : from(same), to(same) {}
    Renamed(const char* a, const char* b) : from(a), to(b) {}
};
Json pick(const Json& properties, std::initializer_list<Renamed> names);
/// A template's "5", 5, "true" as the API wants them: members whose names are those of numbers and booleans in the
/// services' models become such, every other scalar becomes text.
Json typed(const Json& value);
std::string scalarText(const Json& value);
/// 5, "5". Throws std::runtime_error that names the property.
int wholeNumber(const Json& value, std::string_view property);
/// A document given as an object or as its text: its text.
std::string documentText(const Json& value);
/// A file or folder that the template names. Throws std::runtime_error where a confined one may not.
std::filesystem::path localFile(const Making& making, const std::string& name);
/// The text of a property that must be there.
std::string require(const Making& making, std::string_view property);
/// [{"Key": k, "Value": v}] as {k: v}.
Json tagMap(const Json& tags);

/// For Action::otherwise: goes on with `instead` where the error's code is one of `codes`.
std::function<std::optional<Actions>(const AwsError&)> on(std::vector<std::string> codes,
                                                          std::function<Actions()> instead);
/// For Action::otherwise: what is gone, or there, already is fine.
std::optional<Actions> ignore(const AwsError& error);

}  // namespace backlot::templates
