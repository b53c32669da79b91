#include "emulator/wire/check.h"

#include "emulator/wire/apis.h"
#include "emulator/wire/check_constraints.h"
#include "emulator/wire/check_types.h"
#include "emulator/wire/java_text.h"

namespace backlot::wire {
namespace {

using Style = ValidationManners::Style;

constexpr std::size_t kReported = 10;  // AWS counts no further

AwsError asError(const std::vector<Violation>& found, const ValidationManners& manners) {
    if (manners.style == Style::missingParameter)
        return {std::string(manners.code), "The request must contain the parameter " + found.front().parameter + "."};
    std::string message = std::to_string(found.size()) +
                          (found.size() == 1 ? " validation error detected: " : " validation errors detected: ");
    for (std::size_t i = 0; i < found.size(); ++i) message += (i ? "; " : "") + found[i].text;
    return {std::string(manners.code), std::move(message)};
}

void checkAgainst(const ServiceDescription& service, const Model& model, const OperationShape& operation,
                  const Json& input) {
    if (!operation.input) return;
    const Shape& shape = model.shape(*operation.input);
    checkTypes(service.json, model, shape, input);
    const ValidationManners& manners = service.validation;
    if (manners.first) manners.first(operation.name, input);
    if (!shape.constrained || manners.style == Style::none) return;
    const bool requiredOnly = manners.style == Style::missingParameter;
    std::vector<Violation> found;
    if (!satisfied(model, shape, input, requiredOnly)) {
        ConstraintStyle style{.requiredOnly = requiredOnly, .namesNull = manners.namesNull};
        if (manners.bodyAfterInput) style.bodyPrefix = lowerFirst(operation.name) + "Input.";
        found = violations(model, shape, input, style, kReported);
    }
    if (manners.amend) {
        const auto asText = [&model](std::string_view name, const Json& value) {
            return javaText(model, *model.findShape(name), value);
        };
        manners.amend(operation.name, input, asText, found);
    }
    if (!found.empty()) throw asError(found, manners);
}

}  // namespace

void check(const Target& target, const Json& input) {
    if (!target.model || !target.modelled) return;
    try {
        checkAgainst(*target.description, *target.model, *target.modelled, input);
    } catch (const AwsError& error) {
        throw Refusal(target, error);
    }
}

void checkInput(const Apis& apis, std::string_view service, std::string_view operation, const Json& input) {
    const Api* api = apis.find(service);
    const OperationShape* modelled = api ? api->model().operation(operation) : nullptr;
    if (!modelled)
        throw AwsError("UnknownOperationException",
                       "There is no operation " + std::string(service) + ":" + std::string(operation) + ".");
    checkAgainst(api->description(), api->model(), *modelled, input);
}

bool knowsMember(const Apis& apis, std::string_view service, std::string_view operation, std::string_view path) {
    const Api* api = apis.find(service);
    const OperationShape* modelled = api ? api->model().operation(operation) : nullptr;
    if (!modelled || !modelled->input) return false;
    const Shape* shape = &api->model().shape(*modelled->input);
    while (!path.empty()) {
        while (shape->type == Type::list) shape = &api->model().shape(shape->element.shape);
        const std::string_view name = path.substr(0, path.find('.'));
        path.remove_prefix(std::min(path.size(), name.size() + 1));
        if (shape->type == Type::map) return true;  // keys may have dots
        const Member* member = shape->type == Type::structure ? shape->member(name) : nullptr;
        if (!member) return false;
        shape = &api->model().shape(member->shape);
    }
    return true;
}

}  // namespace backlot::wire
