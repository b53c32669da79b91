#include "emulator/templates/plan.h"

#include <algorithm>

#include "emulator/templates/resource_types.h"

namespace backlot::templates {

namespace {

/// Leaves out the resources whose condition is false, and evaluates the properties of the others as far as they can be.
void evaluateResources(Template& source, const Scope& scope) {
    std::erase_if(source.resources, [&](const ResourceDeclaration& resource) {
        return !resource.condition.empty() && !scope.condition(resource.condition, resource.line);
    });
    for (auto& resource : source.resources) resource.properties = scope.evaluate(resource.properties);
}

/// Depth first, so that a resource comes after what it needs and otherwise where the template has it.
class Order {
public:
    Order(const Template& source, const std::set<std::string>& known) : source_(source), known_(known) {}

    std::vector<const ResourceDeclaration*> run() {
        for (const auto& resource : source_.resources) visit(resource);
        return std::move(order_);
    }

private:
    void visit(const ResourceDeclaration& resource) {
        if (done_.contains(resource.logicalId)) return;
        if (!open_.insert(resource.logicalId).second)
            source_.fail(resource.line, "circular dependency: " + trail(resource.logicalId));
        path_.push_back(resource.logicalId);
        auto needed = references(resource.properties);
        for (const auto& name : resource.dependsOn) {
            if (!source_.find(name) && !known_.contains(name))
                source_.fail(resource.line, resource.logicalId + " depends on " + name + ", which is not there");
            needed.insert(name);
        }
        for (const auto& name : needed) {
            const auto alias = source_.aliases.find(name);
            const auto* other = source_.find(alias == source_.aliases.end() ? name : alias->second);
            // What is not made has no place in the order, and may stand in a circle.
            if (other && other->logicalId != resource.logicalId && canMake(other->type)) visit(*other);
        }
        path_.pop_back();
        open_.erase(resource.logicalId);
        done_.insert(resource.logicalId);
        order_.push_back(&resource);
    }
    std::string trail(const std::string& end) const {
        std::string text;
        for (auto at = std::find(path_.begin(), path_.end(), end); at != path_.end(); ++at) text += *at + " → ";
        return text + end;
    }

    const Template& source_;
    const std::set<std::string>& known_;
    std::set<std::string> open_, done_;
    std::vector<std::string> path_;
    std::vector<const ResourceDeclaration*> order_;
};

}  // namespace

Plan makePlan(Template source, Environment environment, bool strict) {
    Plan plan;
    plan.environment = std::move(environment);
    std::set<std::string> written;
    for (const auto& resource : source.resources) {
        written.insert(resource.logicalId);
        if (resource.type.starts_with("AWS::Serverless::") && !source.serverless) {
            source.fail(resource.line,
                        resource.type + " needs Transform: AWS::Serverless-2016-10-31 at the top of the template");
        }
    }
    for (const auto& note : source.notes) plan.warnings.push_back({note.line, "template", note.problem});
    const auto onGap = [&plan](int line, const std::string& subject, const std::string& problem) {
        plan.warnings.push_back({line, subject, problem});
    };
    {
        Scope early(source, plan.environment);
        early.onGap = onGap;
        source.globals = early.evaluate(source.globals);
        evaluateResources(source, early);
    }
    if (source.serverless) expandServerless(source, plan.warnings);
    plan.source = std::move(source);

    Scope scope(plan.source, plan.environment);
    scope.onGap = onGap;
    scope.known.emplace(written);
    for (const auto& resource : plan.source.resources) {
        if (!scope.known->insert(resource.logicalId).second && !written.contains(resource.logicalId)) {
            plan.source.fail(resource.line, "two resources are called " + resource.logicalId);
        }
    }
    for (const auto& [alias, resource] : plan.source.aliases) scope.known->insert(resource);
    evaluateResources(plan.source, scope);
    for (const auto& output : plan.source.outputs) {
        if (output.condition.empty() || scope.condition(output.condition, output.line)) scope.evaluate(output.value);
    }

    for (const auto* resource : Order(plan.source, *scope.known).run()) {
        if (!canMake(resource->type)) {
            plan.warnings.push_back(
                {resource->line, resource->logicalId, resource->type + " is not made: a placeholder stands for it"});
            plan.placeholders.emplace_back(resource->logicalId, resource->type);
            continue;
        }
        plan.steps.push_back(
            {resource->logicalId, resource->type, resource->line, resource->properties, resource->retain});
    }
    plan.strict = strict;
    if (strict && !plan.warnings.empty())
        plan.source.fail(plan.warnings.front().line,
                         plan.warnings.front().logicalId + ": " + plan.warnings.front().problem);
    return plan;
}

Json describe(const Plan& plan) {
    return array(plan.steps, [](const Step& step) {
        return object({{"logicalId", step.logicalId},
                       {"type", step.type},
                       {"line", step.line},
                       {"properties", toJson(step.properties)}});
    });
}

}  // namespace backlot::templates
