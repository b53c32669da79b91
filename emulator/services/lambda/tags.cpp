#include "emulator/services/lambda/tags.h"

#include "emulator/base/arn.h"
#include "emulator/services/lambda/errors.h"
#include "emulator/services/lambda/event_source_mappings.h"

namespace backlot::lambda {
namespace {

constexpr std::size_t kTagLimit = 50;

// Recorded; the API model's pattern is another one.
constexpr const char* kArnPattern =
    "Member must satisfy regular expression pattern: "
    "arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:(function:[a-zA-Z0-9-_]+"
    "(:(\\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:["
    "0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-"
    "[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)";

struct Tagged {
    std::string key;  // of the row that holds {"tags"}
    Json row;
};

Tagged taggedRow(const Call& call, const std::string& resource) {
    const auto arn = parseArn(resource);
    if (!arn || arn->service != "lambda") throw validation(resource, "resource", kArnPattern);
    if (arn->resource.starts_with("function:")) {
        const FunctionName function = functionName(call, resource);
        if (function.qualifier)
            throw invalidParameter(
                "Tags on function aliases and versions are not supported. Please specify a function ARN.");
        return {functionKey(function).bytes(), requireFunction(call, function)};
    }
    if (arn->resource.starts_with("event-source-mapping:")) {
        const std::string uuid = arn->resource.substr(std::string_view("event-source-mapping:").size());
        return {mappingKey(call, uuid).bytes(), requireMapping(call, uuid)};
    }
    if (arn->resource.starts_with("capacity-provider:") && arn->resource.find(':', 18) == std::string::npos)
        throw notFound("Capacity provider not found: " + resource);
    throw validation(resource, "resource", kArnPattern);
}

}  // namespace

Json tagResource(Call& call, const Fields& request) {
    Tagged tagged = taggedRow(call, request.text("Resource"));
    Json tags = find(tagged.row, "tags") ? copy(*find(tagged.row, "tags")) : object();
    for (const auto& tag : request.value("Tags").GetObject()) set(tags, view(tag.name), copy(tag.value));
    if (tags.MemberCount() > kTagLimit) throw invalidParameter("Number of tags exceeds resource tag limit.");
    set(tagged.row, "tags", std::move(tags));
    call.putJson(tagged.key, tagged.row);
    return object();
}

Json untagResource(Call& call, const Fields& request) {
    Tagged tagged = taggedRow(call, request.text("Resource"));
    if (Json* tags = find(tagged.row, "tags"))
        for (const auto& key : request.texts("TagKeys")) erase(*tags, key);
    call.putJson(tagged.key, tagged.row);
    return object();
}

Json listTags(Call& call, const Fields& request) {
    const Tagged tagged = taggedRow(call, request.text("Resource"));
    const Json* tags = find(tagged.row, "tags");
    return object({{"Tags", tags ? copy(*tags) : object()}});
}

}  // namespace backlot::lambda
