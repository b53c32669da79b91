#include "asl/query/expression.h"

#include <algorithm>

#include "asl/dice.h"
#include "asl/failure.h"
#include "emulator/base/text.h"

namespace backlot::asl {
namespace {

bool readsExecutionInput(const Jsonata& program) {
    return std::any_of(program.references().begin(), program.references().end(), [](const JsonataReference& reference) {
        const auto& path = reference.path;
        if (reference.name != "states" || path.empty() || path[0] != "context") return false;
        return path.size() == 1 || (path[1] == "Execution" && (path.size() == 2 || path[2] == "Input"));
    });
}

/// The value of `$states` as far as the expression reads it: copying an input that nobody looks at would be waste.
Json statesObject(const Jsonata& program, const Scene& scene) {
    bool all = false;
    const auto reads = [&](std::string_view member) {
        return all ||
               std::any_of(
                   program.references().begin(), program.references().end(), [&](const JsonataReference& reference) {
                       return reference.name == "states" && !reference.path.empty() && reference.path[0] == member;
                   });
    };
    for (const auto& reference : program.references())
        all = all || (reference.name == "states" && reference.path.empty());
    Json states(rapidjson::kObjectType);
    if (reads("input")) set(states, "input", copy(scene.input.json()));
    if (reads("context")) set(states, "context", copy(scene.context(all || readsExecutionInput(program))));
    if (scene.result && reads("result")) set(states, "result", copy(scene.result->json()));
    if (scene.errorOutput && reads("errorOutput")) set(states, "errorOutput", copy(scene.errorOutput->json()));
    return states;
}

Json evaluateJsonata(const Jsonata& program, const Scene& scene, std::string_view field) {
    std::vector<JsonataBinding> bindings;
    Json states;
    for (const auto& reference : program.references()) {
        const auto known = [&](const JsonataBinding& binding) { return binding.name == reference.name; };
        if (std::any_of(bindings.begin(), bindings.end(), known)) continue;
        if (reference.name == "states") {
            states = statesObject(program, scene);
            bindings.push_back({"states", &states});
        } else if (const auto* value = scene.variable(reference.name)) {
            bindings.push_back({reference.name, &value->json()});
        }
    }
    const JsonataHost host{.random = [&] { return randomNumber(*scene.dice); },
                           .uuid = [&] { return randomUuid(*scene.dice); },
                           .now = scene.now};
    auto result = program.evaluate(bindings, nullptr, host);
    const auto cited = [&] {
        return "The JSONata expression '" + program.text() + "' specified for the field '" + std::string(field) + "' ";
    };
    if (const auto* error = std::get_if<JsonataError>(&result)) {
        if (error->unsupportedResult)
            throw evaluationFailure(cited() + "returned an unsupported result type.", std::string(field));
        throw evaluationFailure(cited() + "threw an error during evaluation. " + error->text(), std::string(field));
    }
    auto& value = std::get<std::optional<Json>>(result);
    if (!value) throw evaluationFailure(cited() + "returned nothing (undefined).", std::string(field));
    return std::move(*value);
}

}  // namespace

Expression Expression::parseJsonPath(std::string_view text) {
    if (Intrinsic::isCall(text)) return Expression(Intrinsic::parse(text));
    return Expression(JsonPath::parse(text));
}

std::optional<std::string_view> Expression::jsonataOf(std::string_view text) {
    if (text.size() < 4 || !text.starts_with("{%") || !text.ends_with("%}")) return std::nullopt;
    return trimmed(text.substr(2, text.size() - 4));
}

Json Expression::evaluate(const Scene& scene, std::string_view field) const {
    if (const auto* program = jsonata()) return evaluateJsonata(*program, scene, field);
    try {
        return path() ? readPath(*path(), scene) : intrinsic()->evaluate(scene);
    } catch (const PathNotFound&) {
        throw runtimeFailure("The JSONPath '" + text() + "' specified for the field '" + std::string(field) +
                             "' could not be found in the input '" + scene.input.text() + "'");
    }
}

const std::string& Expression::text() const {
    return std::visit([](const auto& code) -> const std::string& { return code.text(); }, code_);
}

void Expression::collectVariables(std::set<std::string>& names) const {
    if (path() && path()->root() == JsonPath::Root::variable) names.insert(path()->variable());
    if (intrinsic()) intrinsic()->collectVariables(names);
    if (jsonata())
        for (const auto& reference : jsonata()->references())
            if (reference.name != "states") names.insert(reference.name);
}

Json readPathOrFail(const JsonPath& path, const Scene& scene) {
    try {
        return readPath(path, scene);
    } catch (const PathNotFound& missing) {
        throw runtimeFailure("Invalid path '" + path.text() + "' : " + missing.what());
    }
}

}  // namespace backlot::asl
