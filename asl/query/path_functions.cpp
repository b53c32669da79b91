#include "asl/query/path_functions.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace backlot::asl {
namespace {

using Values = std::vector<const Json*>;

/// What a function gets: the node it stands at, its items as a list, and its evaluated arguments.
struct Subject {
    const Json* node;  ///< null where the path is not definite
    Values items;
    std::vector<Json> arguments;

    std::vector<double> numbers() const {
        std::vector<double> out;
        for (const Json* item : items)
            if (item->IsNumber()) out.push_back(item->GetDouble());
        for (const auto& argument : arguments) {
            if (argument.IsNumber()) out.push_back(argument.GetDouble());
            if (argument.IsArray())
                for (const auto& element : argument.GetArray())
                    if (element.IsNumber()) out.push_back(element.GetDouble());
        }
        if (out.empty()) throw PathNotFound("Aggregation function attempted to calculate value using empty array");
        return out;
    }
    const Json& itemAt(std::int64_t index) const {
        if (index < 0) index += static_cast<std::int64_t>(items.size());
        if (index < 0 || index >= static_cast<std::int64_t>(items.size()))
            throw PathNotFound("Array index out of range");
        return *items[static_cast<std::size_t>(index)];
    }
};

double sum(const std::vector<double>& numbers) { return std::accumulate(numbers.begin(), numbers.end(), 0.0); }
double average(const std::vector<double>& numbers) { return sum(numbers) / static_cast<double>(numbers.size()); }
double deviation(const std::vector<double>& numbers) {
    const double mean = average(numbers);
    double squares = 0;
    for (const double number : numbers) squares += (number - mean) * (number - mean);
    return std::sqrt(squares / static_cast<double>(numbers.size()));
}

Json length(const Subject& subject) {
    if (!subject.arguments.empty()) {
        const auto& argument = subject.arguments.front();
        return argument.IsArray() ? Json(argument.Size()) : argument.IsObject() ? Json(argument.MemberCount()) : Json();
    }
    if (!subject.node) return Json(static_cast<std::uint64_t>(subject.items.size()));
    if (subject.node->IsArray()) return Json(subject.node->Size());
    if (subject.node->IsObject()) return Json(subject.node->MemberCount());
    return {};
}

Json keys(const Subject& subject) {
    Json names(rapidjson::kArrayType);
    if (!subject.node || !subject.node->IsObject()) return {};
    for (const auto& member : subject.node->GetObject()) push(names, view(member.name));
    return names;
}

Json concat(const Subject& subject) {
    std::string out;
    const auto add = [&](const Json& value) {
        if (value.IsString())
            out += view(value);
        else if (!value.IsNull())
            out += writeJson(value);
    };
    for (const Json* item : subject.items)
        if (item->IsString()) add(*item);
    for (const auto& argument : subject.arguments) {
        if (argument.IsArray())
            for (const auto& element : argument.GetArray()) add(element);
        else
            add(argument);
    }
    return str(out);
}

Json append(const Subject& subject) {
    Json out = array(subject.items, [](const Json* item) { return copy(*item); });
    for (const auto& argument : subject.arguments) push(out, copy(argument));
    return out;
}

Json index(const Subject& subject) {
    if (subject.arguments.empty() || !subject.arguments[0].IsInt64()) throw PathNotFound("index() needs a number");
    return copy(subject.itemAt(subject.arguments[0].GetInt64()));
}

struct PathFunction {
    std::string_view name;
    Json (*apply)(const Subject&);
};

const PathFunction kFunctions[] = {
    {"length", length},
    {"size", length},
    {"keys", keys},
    {"concat", concat},
    {"append", append},
    {"first", [](const Subject& subject) { return copy(subject.itemAt(0)); }},
    {"last", [](const Subject& subject) { return copy(subject.itemAt(-1)); }},
    {"index", index},
    {"sum", [](const Subject& subject) { return Json(sum(subject.numbers())); }},
    {"avg", [](const Subject& subject) { return Json(average(subject.numbers())); }},
    {"stddev", [](const Subject& subject) { return Json(deviation(subject.numbers())); }},
    {"min",
     [](const Subject& subject) {
         const auto n = subject.numbers();
         return Json(*std::min_element(n.begin(), n.end()));
     }},
    {"max",
     [](const Subject& subject) {
         const auto n = subject.numbers();
         return Json(*std::max_element(n.begin(), n.end()));
     }},
};

const PathFunction* findFunction(std::string_view name) {
    const auto* found =
        std::find_if(std::begin(kFunctions), std::end(kFunctions), [&](const auto& f) { return f.name == name; });
    return found == std::end(kFunctions) ? nullptr : found;
}

}  // namespace

bool isPathFunction(std::string_view name) { return findFunction(name) != nullptr; }

Json applyPathFunction(const JsonPath::Step& function, const std::vector<const Json*>& nodes, bool definite,
                       const Json& root) {
    Subject subject{nullptr, nodes, {}};
    if (definite) {
        if (nodes.empty()) throw PathNotFound("No results for path: $" + function.canonical());
        subject.node = nodes.front();
        subject.items.clear();
        if (subject.node->IsArray())
            for (const auto& element : subject.node->GetArray()) subject.items.push_back(&element);
    }
    for (const auto& argument : function.arguments) subject.arguments.push_back(copy(argument));
    for (const auto& path : function.paths) subject.arguments.push_back(path.read(root));
    return findFunction(function.names[0])->apply(subject);
}

}  // namespace backlot::asl
