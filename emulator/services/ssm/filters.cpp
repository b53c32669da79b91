#include "emulator/services/ssm/filters.h"

#include <algorithm>

#include "emulator/services/ssm/errors.h"

namespace backlot::ssm {
namespace {

struct Filter {
    std::string key, option;
    std::vector<std::string> values;
};

Filter filterOf(const Json& json) {
    Filter filter{textOr(json, "Key"), textOr(json, "Option"), Fields(json).texts("Values")};
    if (filter.option.empty()) filter.option = filter.key == "Path" ? "OneLevel" : "Equals";
    return filter;
}

bool isOption(const Filter& filter) {
    if (filter.key == "Path") return filter.option == "OneLevel" || filter.option == "Recursive";
    if (filter.option == "Equals") return true;
    if (filter.option == "BeginsWith") return filter.key != "Label" && filter.key != "Tier";
    return filter.option == "Contains" && filter.key == "Name";
}

void requireFilter(const Filter& filter, FilterUse use) {
    const bool known = use == FilterUse::byPath ? filter.key == "Type" || filter.key == "KeyId" || filter.key == "Label"
                                                : filter.key != "Label";
    if (!known)
        throw AwsError("InvalidFilterKey",
                       "The following filter key is not valid: " + filter.key + ". Valid filter keys include: " +
                           (use == FilterUse::byPath ? "[Type, KeyId, Label]."
                                                     : "[Path, Name, Type, KeyId, Tier, DataType, tag:key]."));
    if (!isOption(filter))
        throw AwsError("InvalidFilterOption",
                       "The following filter option is not valid: " + filter.option + ". Valid options include: " +
                           (filter.key == "Path" ? "[Recursive, OneLevel]." : "[BeginsWith, Equals]."));
    if (filter.values.empty() && !filter.key.starts_with("tag:"))
        throw AwsError("InvalidFilterValue",
                       "The following filter values are missing : null for filter key " + filter.key);
    if (filter.key == "Path" && std::any_of(filter.values.begin(), filter.values.end(),
                                            [](const std::string& path) { return !path.starts_with('/'); }))
        throw validation(
            "The parameter doesn't meet the parameter name requirements. The parameter name must begin "
            "with a forward slash \"/\".");
}

bool isLike(const std::string& text, const Filter& filter) {
    return std::any_of(filter.values.begin(), filter.values.end(), [&](const std::string& value) {
        if (filter.option == "BeginsWith") return text.starts_with(value);
        if (filter.option == "Contains") return text.find(value) != std::string::npos;
        return text == value;
    });
}

/// A name is compared with and without its leading slash.
bool isNamed(const std::string& name, const Filter& filter) {
    return isLike(name, filter) || (name.starts_with('/') && isLike(name.substr(1), filter));
}

bool passesOne(Call& call, const Filter& filter, const Parameter& parameter, const Version& version) {
    const auto any = [&](const auto& texts) {
        return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) { return isLike(text, filter); });
    };
    if (filter.key == "Name") return isNamed(parameter.name, filter);
    if (filter.key == "Type") return isLike(version.type, filter);
    if (filter.key == "KeyId") return isLike(version.key, filter);
    if (filter.key == "Tier") return isLike(version.tier, filter);
    if (filter.key == "DataType") return isLike(version.dataType, filter);
    if (filter.key == "Path")
        return std::any_of(filter.values.begin(), filter.values.end(), [&](const std::string& path) {
            return liesBelow(parameter.name, path, filter.option == "Recursive");
        });
    if (filter.key == "Label") {
        std::vector<std::string> labels;
        for (const auto& one : versionsOf(call, parameter.name))
            labels.insert(labels.end(), one.labels.begin(), one.labels.end());
        return any(labels);
    }
    for (const auto& tag : parameter.tags.GetArray())
        if ("tag:" + textOr(tag, "Key") == filter.key)
            return filter.values.empty() || isLike(textOr(tag, "Value"), filter);
    return false;
}

}  // namespace

void requireFilters(const std::vector<const Json*>& filters, FilterUse use) {
    for (const Json* filter : filters) requireFilter(filterOf(*filter), use);
}

bool passes(Call& call, const std::vector<const Json*>& filters, const Parameter& parameter, const Version& version) {
    return std::all_of(filters.begin(), filters.end(),
                       [&](const Json* filter) { return passesOne(call, filterOf(*filter), parameter, version); });
}

bool passesOld(const std::vector<const Json*>& filters, const Parameter& parameter, const Version& version) {
    return std::all_of(filters.begin(), filters.end(), [&](const Json* json) {
        Filter filter = filterOf(*json);
        filter.option = filter.key == "Name" ? "BeginsWith" : "Equals";
        if (filter.key == "Name") return isNamed(parameter.name, filter);
        return isLike(filter.key == "Type" ? version.type : version.key, filter);
    });
}

bool liesBelow(const std::string& name, const std::string& path, bool recursive) {
    const std::string folder = path.ends_with('/') ? path : path + "/";
    if (!name.starts_with(folder)) return false;
    return recursive || name.find('/', folder.size()) == std::string::npos;
}

}  // namespace backlot::ssm
