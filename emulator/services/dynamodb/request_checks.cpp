#include "emulator/services/dynamodb/request_checks.h"

#include <algorithm>

#include "emulator/base/aws_error.h"

namespace backlot::dynamodb {
namespace {

constexpr std::size_t kNameMax = 255;
constexpr rapidjson::SizeType kTableKeyParts = 2;  // the model, which allows for the indexes' more, sets no limit

bool isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
}

[[noreturn]] void refuseName(std::string_view name, const std::string& constraint) {
    throw AwsError("ValidationException", "1 validation error detected: Value '" + std::string(name) +
                                              "' at 'tableName' failed to satisfy constraint: Member must " +
                                              constraint);
}

/// Operations on tables miss the name in words of their own; those on items leave it to the model.
bool isTableOperation(std::string_view operation) {
    static constexpr std::string_view kOperations[] = {"CreateTable", "DeleteTable", "DescribeTable",
                                                       "DescribeTimeToLive", "UpdateTable"};
    return std::find(std::begin(kOperations), std::end(kOperations), operation) != std::end(kOperations);
}

bool isTagOperation(std::string_view operation) {
    return operation == "ListTagsOfResource" || operation == "TagResource" || operation == "UntagResource";
}

/// The model takes names and ARNs alike, up to 1,024 characters; a name that is no ARN has a name's limits.
void checkTableName(std::string_view operation, const Json& input) {
    const Json* value = find(input, "TableName");
    if (!value || !value->IsString()) {
        if (isTableOperation(operation))
            throw AwsError("ValidationException",
                           "The parameter 'TableName' is required but was not present in the request");
        return;
    }
    const auto name = view(*value);
    if (name.starts_with("arn:")) return;
    const std::size_t least = operation == "CreateTable" ? 3 : 1;
    if (name.size() < least) refuseName(name, "have length greater than or equal to " + std::to_string(least));
    if (name.size() > kNameMax) refuseName(name, "have length less than or equal to 255");
    if (!std::all_of(name.begin(), name.end(), isNameCharacter))
        refuseName(name, "satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
}

void checkRequestItems(std::string_view operation, const Json& input) {
    const Json* items = find(input, "RequestItems");
    if (!items || items->IsNull() || (items->IsObject() && items->ObjectEmpty()))
        throw AwsError("ValidationException", "The requestItems parameter is required for " + std::string(operation));
}

bool isNameOrArn(std::string_view name) {
    return name.starts_with("arn:") ||
           (name.size() >= 3 && name.size() <= kNameMax && std::all_of(name.begin(), name.end(), isNameCharacter));
}

/// Drops the value and spells the path in the API's own words: "Value at 'Limit' failed …".
void reword(Violation& violation, const std::string& path) {
    const auto rest = violation.text.find("' failed to satisfy constraint:");
    if (rest != std::string::npos) violation.text = "Value at '" + path + violation.text.substr(rest);
}

void rewordAll(std::string_view operation, std::vector<Violation>& found) {
    for (auto& violation : found) {
        if (operation == "Query" && violation.path == "limit") reword(violation, "Limit");
        if (operation == "BatchGetItem" && violation.path.starts_with("requestItems.") &&
            violation.path.ends_with(".member.keys") &&
            violation.text.find("Member must have length") != std::string::npos)
            reword(violation, "R" + violation.path.substr(1, violation.path.size() - 5) + "Keys");
    }
}

void addUnmodelled(std::string_view operation, const Json& input, const ValueText& asText,
                   std::vector<Violation>& found) {
    if (operation == "BatchGetItem" || operation == "BatchWriteItem") {
        const Json& items = *find(input, "RequestItems");
        if (std::all_of(items.MemberBegin(), items.MemberEnd(),
                        [](const auto& entry) { return isNameOrArn(view(entry.name)); }))
            return;
        found.insert(found.begin(),
                     {.path = "requestItems",
                      .parameter = "RequestItems",
                      .text = "Value '" + writeJson(items) +
                              "' at 'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: ["
                              "Member must have length less than or equal to 255, "
                              "Member must have length greater than or equal to 3, "
                              "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]"});
        return;
    }
    const Json* keys = operation == "CreateTable" ? find(input, "KeySchema") : nullptr;
    if (!keys || !keys->IsArray() || keys->Size() <= kTableKeyParts) return;
    found.insert(
        found.begin(),
        {.path = "keySchema",
         .parameter = "KeySchema",
         .text = "Value '" + asText("KeySchema", *keys) +
                 "' at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2"});
}

}  // namespace

void checkFirst(std::string_view operation, const Json& input) {
    if (!input.IsObject()) return;
    if (operation == "BatchGetItem" || operation == "BatchWriteItem")
        checkRequestItems(operation, input);
    else if (isTableOperation(operation) || find(input, "TableName"))
        checkTableName(operation, input);
    if (isTagOperation(operation))
        if (const Json* arn = find(input, "ResourceArn"); !arn || arn->IsNull())
            throw AwsError("ValidationException", "Invalid TableArn");
}

void amendViolations(std::string_view operation, const Json& input, const ValueText& asText,
                     std::vector<Violation>& found) {
    rewordAll(operation, found);
    addUnmodelled(operation, input, asText, found);
}

}  // namespace backlot::dynamodb
