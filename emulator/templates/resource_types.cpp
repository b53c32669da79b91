#include "emulator/templates/resource_types.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>

#include "emulator/templates/physical.h"

namespace backlot::templates {

namespace {

const ResourceTypes& allTypes() {
    static const ResourceTypes types = [] {
        ResourceTypes all;
        addDataTypes(all);
        addComputeTypes(all);
        addApiTypes(all);
        addAccountTypes(all);
        addStorageTypes(all);
        addSimpleTypes(all);
        return all;
    }();
    return types;
}

const std::set<std::string_view> kNumbers = {"ReadCapacityUnits",
                                             "WriteCapacityUnits",
                                             "MaxReadRequestUnits",
                                             "MaxWriteRequestUnits",
                                             "BatchSize",
                                             "MaximumBatchingWindowInSeconds",
                                             "ParallelizationFactor",
                                             "MaximumRecordAgeInSeconds",
                                             "MaximumRetryAttempts",
                                             "TumblingWindowInSeconds",
                                             "MaximumConcurrency",
                                             "MaximumEventAgeInSeconds",
                                             "MemorySize",
                                             "Timeout",
                                             "Size",
                                             "MinimumPollers",
                                             "MaximumPollers",
                                             "MaximumWindowInMinutes",
                                             "RetentionInDays",
                                             "MaxSessionDuration",
                                             "TimeoutInMillis",
                                             "timeoutInMillis",
                                             "MessageGroupIdCount",
                                             "InvocationRateLimitPerSecond",
                                             "RetentionDays"};
const std::set<std::string_view> kBooleans = {"StreamEnabled",
                                              "SSEEnabled",
                                              "Enabled",
                                              "BisectBatchOnFunctionError",
                                              "includeExecutionData",
                                              "IncludeExecutionData",
                                              "enabled",
                                              "DeletionProtectionEnabled",
                                              "PointInTimeRecoveryEnabled",
                                              "IsValueSecret"};

}  // namespace

std::string Making::generatedName(std::size_t limit) const { return physicalName(environment, logicalId, limit); }

std::string Making::nameFrom(std::string_view property, std::size_t limit) const {
    const auto* given = find(properties, property);
    return given ? scalarText(*given) : generatedName(limit);
}

bool canMake(std::string_view type) { return allTypes().contains(type); }

Actions make(const std::string& type, Making& making) { return allTypes().at(type).make(making); }

Actions unmake(const std::string& type, const Physical& physical) {
    const auto& entry = allTypes().at(type);
    if (!entry.unmake) return {};
    auto actions = entry.unmake(physical);
    for (auto& action : actions) {
        if (!action.otherwise) action.otherwise = ignore;
    }
    return actions;
}

std::string scalarText(const Json& value) {
    if (value.IsString()) return text(value);
    return writeJson(value);
}

int wholeNumber(const Json& value, std::string_view property) {
    const auto number = value.IsString() ? tryParseJson(view(value)) : std::optional(copy(value));
    if (!number || !number->IsInt())
        throw std::runtime_error(std::string(property) + " must be a whole number, not " + scalarText(value));
    return number->GetInt();
}

std::string documentText(const Json& value) { return scalarText(value); }

Json typed(const Json& value) {
    if (value.IsArray()) return array(value.GetArray(), typed);
    if (!value.IsObject()) return str(scalarText(value));
    rapidjson::CrtAllocator allocator;
    Json result(rapidjson::kObjectType);
    for (const auto& member : value.GetObject()) {
        Json converted;
        const std::string content = member.value.IsObject() || member.value.IsArray() ? "" : scalarText(member.value);
        std::int64_t number = 0;
        if (kBooleans.contains(view(member.name)) && (content == "true" || content == "false")) {
            converted = Json(content == "true");
        } else if (kNumbers.contains(view(member.name)) &&
                   std::from_chars(content.data(), content.data() + content.size(), number).ptr ==
                       content.data() + content.size() &&
                   !content.empty()) {
            converted = Json(number);
        } else {
            converted = typed(member.value);
        }
        result.AddMember(copy(member.name), std::move(converted), allocator);
    }
    return result;
}

Json pick(const Json& properties, std::initializer_list<Renamed> names) {
    Json result = object();
    for (const auto& name : names) {
        if (const auto* value = find(properties, name.from)) {
            Json wrapped = object();
            set(wrapped, name.from, copy(*value));
            set(result, name.to, copy(*find(typed(wrapped), name.from)));
        }
    }
    return result;
}

std::filesystem::path localFile(const Making& making, const std::string& name) {
    namespace fs = std::filesystem;
    const fs::path path = making.folder / name;
    if (!making.confined) return path;
    const auto isIn = [](const fs::path& inner, const fs::path& outer) {
        return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
    };
    const fs::path real = fs::weakly_canonical(path), store = fs::weakly_canonical(making.store);
    if (!isIn(real, fs::weakly_canonical(making.folder)))
        throw std::runtime_error(name +
                                 " lies outside of the folder that Backlot was started in, which a template that comes "
                                 "by the API may not leave");
    if (isIn(real, store) || isIn(store, real)) throw std::runtime_error(name + " holds Backlot's own data");
    return path;
}

std::string require(const Making& making, std::string_view property) {
    const auto* value = find(making.properties, property);
    if (!value || value->IsNull()) throw std::runtime_error("the property " + std::string(property) + " is missing");
    return scalarText(*value);
}

Json tagMap(const Json& tags) {
    if (tags.IsObject()) return typed(tags);
    Json result = object();
    if (!tags.IsArray()) return result;
    for (const auto& tag : tags.GetArray()) {
        const auto* key = find(tag, "Key");
        const auto* value = find(tag, "Value");
        if (key && value) set(result, scalarText(*key), scalarText(*value));
    }
    return result;
}

std::function<std::optional<Actions>(const AwsError&)> on(std::vector<std::string> codes,
                                                          std::function<Actions()> instead) {
    return [codes = std::move(codes), instead = std::move(instead)](const AwsError& error) -> std::optional<Actions> {
        if (std::find(codes.begin(), codes.end(), error.code()) == codes.end()) return std::nullopt;
        return instead();
    };
}

std::optional<Actions> ignore(const AwsError&) { return Actions{}; }

}  // namespace backlot::templates
