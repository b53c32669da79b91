#include "emulator/services/dynamodb/tags.h"

#include <algorithm>
#include <map>

#include "emulator/base/arn.h"
#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/rows.h"

namespace backlot::dynamodb {
namespace {

constexpr std::size_t kTagLimit = 50, kPageSize = 10;

using Tags = std::map<std::string, std::string>;

Tags loadTags(const Call& call, std::string_view arn) {
    Tags tags;
    if (const auto row = call.getJson(tagsRow(arn)))
        for (const auto& tag : row->GetObject()) tags[text(tag.name)] = text(tag.value);
    return tags;
}

void saveTags(Call& call, std::string_view arn, const Tags& tags) {
    if (tags.empty()) {
        call.erase(tagsRow(arn));
        return;
    }
    Json row = object();
    for (const auto& [key, value] : tags) set(row, key, value);
    call.putJson(tagsRow(arn), row);
}

/// Six parts, none of them empty, and a slash in the last.
bool looksLikeArn(std::string_view text) {
    for (int part = 0; part < 5; ++part) {
        const auto colon = text.find(':');
        if (colon == std::string_view::npos || colon == 0) return false;
        text.remove_prefix(colon + 1);
    }
    const auto slash = text.find('/');
    return slash != std::string_view::npos && slash > 0 && slash + 1 < text.size();
}

bool isTable(std::string_view resource) {
    constexpr std::string_view kTable = "table/";
    if (!resource.starts_with(kTable)) return false;
    const auto name = resource.substr(kTable.size());
    return name.size() >= 3 && name.size() <= 255 && name.find('/') == std::string_view::npos;
}

AwsError accessDenied(const Call& call, std::string_view operation, const std::string& arn) {
    return {"AccessDeniedException", "User: arn:aws:iam::" + call.account +
                                         ":root is not authorized to perform: dynamodb:" + std::string(operation) +
                                         " on resource: " + (arn.empty() ? "*" : arn)};
}

/// The ARN of a table that is there, and the caller's. `list`: the member of the request that must not be empty.
std::string requireTaggable(Memory& memory, Call& call, const Fields& request, std::string_view operation,
                            std::string_view list = {}) {
    const auto given = request.text("ResourceArn");
    const auto parsed = parseArn(given);
    if (!looksLikeArn(given) || !parsed || parsed->service != "dynamodb" || !isTable(parsed->resource))
        throw validation("Invalid TableArn: Invalid ResourceArn provided as input " + given);
    if (!list.empty() && request.items(list).empty())
        throw validation("Atleast one " + std::string(list == "Tags" ? "Tag" : "Tag Key") +
                         " needs to be provided as Input.");
    if (parsed->account != call.account || parsed->region != call.region) throw accessDenied(call, operation, given);
    call.about(given);
    const auto table = findTable(memory, call, given);
    if (!table && operation == "ListTagsOfResource")
        throw accessDenied(call, operation, given);  // AWS does not tell who may not know
    if (!table && operation == "UntagResource") throw resourceNotFound();
    if (!table || table->arn() != given)
        throw resourceNotFound("Requested resource not found: ResourcArn: " + given + " not found");
    return given;
}

bool isTagCharacter(unsigned char c) {
    return c >= 0x80 || std::isalnum(c) ||
           std::string_view(" _.:/=+-@").find(static_cast<char>(c)) != std::string_view::npos;
}

}  // namespace

void addTags(Call& call, std::string_view arn, const std::vector<const Json*>& given) {
    auto tags = loadTags(call, arn);
    Tags added;
    for (const Json* tag : given) {
        const auto key = Fields(*tag).text("Key"), value = Fields(*tag).text("Value");
        if (key.starts_with("aws:"))
            throw validation(
                "One or more parameter values were invalid: Tag keys starting with 'aws:' are reserved for system use");
        if (!std::all_of(key.begin(), key.end(), isTagCharacter) ||
            !std::all_of(value.begin(), value.end(), isTagCharacter))
            throw invalidParameter("Tag keys and values may hold letters, digits, spaces and _ . : / = + - @ only");
        if (!added.emplace(key, value).second)
            throw invalidParameter("Cannot provide multiple Tags with the same key: " + key);
        tags[key] = value;
    }
    if (tags.size() > kTagLimit) throw invalidParameter("Too many tags: a resource may have at most 50 tags");
    saveTags(call, arn, tags);
}

void forgetTags(Call& call, std::string_view arn) { call.erase(tagsRow(arn)); }

Json tagResource(Memory& memory, Call& call, const Fields& request) {
    const auto arn = requireTaggable(memory, call, request, "TagResource", "Tags");
    addTags(call, arn, request.items("Tags"));
    return object();
}

Json untagResource(Memory& memory, Call& call, const Fields& request) {
    const auto arn = requireTaggable(memory, call, request, "UntagResource", "TagKeys");
    auto tags = loadTags(call, arn);
    for (const auto& key : request.texts("TagKeys")) tags.erase(key);
    saveTags(call, arn, tags);
    return object();
}

Json listTagsOfResource(Memory& memory, Call& call, const Fields& request) {
    const auto arn = requireTaggable(memory, call, request, "ListTagsOfResource");
    const auto tags = loadTags(call, arn);
    const auto token = request.valueOr("NextToken", "");  // the last key of the page before
    Json page = list();
    std::optional<std::string> last, next;
    for (auto tag = token.empty() ? tags.begin() : tags.upper_bound(token); tag != tags.end(); ++tag) {
        if (page.Size() == kPageSize) {
            next = last;
            break;
        }
        push(page, object({{"Key", tag->first}, {"Value", tag->second}}));
        last = tag->first;
    }
    return object({{"Tags", std::move(page)}, {"NextToken", next}});
}

}  // namespace backlot::dynamodb
