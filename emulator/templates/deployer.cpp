#include "emulator/templates/deployer.h"

#include <algorithm>
#include <deque>

#include "emulator/templates/dynamic_references.h"
#include "emulator/templates/physical.h"
#include "emulator/templates/resource_types.h"

namespace backlot::templates {

namespace {

/// A resource as the CloudFormation service keeps it.
struct Kept {
    std::string logicalId, type;
    Physical physical;
    bool retain = false;
};

Json describe(const Kept& kept) {
    Json attributes = object();
    for (const auto& [name, value] : kept.physical.attributes) set(attributes, name, value);
    return object({{"LogicalResourceId", kept.logicalId},
                   {"ResourceType", kept.type},
                   {"PhysicalResourceId", kept.physical.ref},
                   {"Attributes", std::move(attributes)},
                   {"Retain", kept.retain}});
}

std::vector<Kept> keptResources(const Json& stack) {
    std::vector<Kept> result;
    for (const auto* one : Fields(stack).items("Resources")) {
        Kept kept{.logicalId = textOr(*one, "LogicalResourceId"),
                  .type = textOr(*one, "ResourceType"),
                  .physical = {.ref = textOr(*one, "PhysicalResourceId")},
                  .retain = boolOr(*one, "Retain", false)};
        if (const auto* attributes = find(*one, "Attributes")) {
            for (const auto& attribute : attributes->GetObject())
                kept.physical.attributes[text(attribute.name)] = text(attribute.value);
        }
        result.push_back(std::move(kept));
    }
    return result;
}

/// Runs actions one after the other. Keeps itself alive by the callbacks it hands out.
class Runner : public std::enable_shared_from_this<Runner> {
public:
    using Ended = std::function<void(std::string error)>;
    Runner(World& world, const Environment& environment)
        : world_(world), account_(environment.account), region_(environment.region) {}

    using OnGap = std::function<void(const std::string& problem)>;
    void run(Actions actions, Ended ended, OnGap onGap = {}) {
        onGap_ = std::move(onGap);
        waiting_.assign(std::make_move_iterator(actions.begin()), std::make_move_iterator(actions.end()));
        ended_ = std::move(ended);
        next();
    }

private:
    void next() {
        if (waiting_.empty()) return finish({});
        auto action = std::make_shared<Action>(std::move(waiting_.front()));
        waiting_.pop_front();
        Submission submission{.service = action->service,
                              .operation = action->operation,
                              .request = std::move(action->request.json),
                              .account = account_,
                              .region = region_};
        submission.checked = !action->modelled;  // what a template says is checked as a client's request would be
        submission.fromClient = false;
        submission.done = [self = shared_from_this(), action](Outcome outcome) {
            self->answered(*action, std::move(outcome));
        };
        world_.submit(std::move(submission));
    }
    void answered(const Action& action, Outcome outcome) {
        try {
            if (const auto* error = std::get_if<AwsError>(&outcome)) {
                auto instead = action.otherwise ? action.otherwise(*error) : std::nullopt;
                if (!instead && error->message().starts_with("Backlot ")) return notThere(error->message());
                if (!instead)
                    return finish(action.service + " " + action.operation + ": " + error->code() + ": " +
                                  error->message());
                putFirst(std::move(*instead));
            } else if (action.then) {
                putFirst(action.then(std::get<Json>(outcome)));
            }
        } catch (const std::exception& problem) {
            return finish(action.service + " " + action.operation + ": " + problem.what());
        }
        next();
    }
    void putFirst(Actions actions) {
        waiting_.insert(waiting_.begin(), std::make_move_iterator(actions.begin()),
                        std::make_move_iterator(actions.end()));
    }
    /// What AWS has and Backlot does not, in our own words: no reason to stop the deployment.
    void notThere(const std::string& problem) {
        if (onGap_) onGap_(problem);
        finish({});
    }
    void finish(std::string error) {
        waiting_.clear();
        const auto ended = std::exchange(ended_, {});
        ended(std::move(error));
    }

    World& world_;
    std::string account_, region_;
    std::deque<Action> waiting_;
    Ended ended_;
    OnGap onGap_;
};

Action stackAction(const char* operation, Json request) {
    return {"cloudformation", operation, std::move(request), {}, ignore, false};
}

class Deployment : public std::enable_shared_from_this<Deployment> {
public:
    Deployment(World& world, Plan plan, DeployOptions options, std::function<void(DeployResult)> done)
        : world_(world),
          plan_(std::move(plan)),
          options_(std::move(options)),
          done_(std::move(done)),
          scope_(plan_.source, plan_.environment) {
        result_.warnings = plan_.warnings;
    }

    void start() {
        scope_.known.emplace();
        for (const auto& resource : plan_.source.resources) scope_.known->insert(resource.logicalId);
        for (const auto& [logicalId, type] : plan_.placeholders)
            scope_.resources[logicalId] = placeholder(plan_.environment, logicalId, type);
        scope_.imports.emplace();
        scope_.onGap = [this](int line, const std::string& subject, const std::string& problem) {
            warnOnce({line, subject, problem});
        };
        if (!options_.store || !world_.find("cloudformation", "LoadStack")) return makeNext();
        auto action = stackAction("LoadStack", object({{"StackName", plan_.environment.stackName}}));
        action.then = [self = shared_from_this()](const Json& stack) {
            self->previous_ = keptResources(stack);
            return self->importActions();
        };
        run({std::move(action)}, [self = shared_from_this()](const std::string&) { self->makeNext(); });
    }

private:
    /// What other stacks export.
    Actions importActions(std::optional<std::string> token = {}) {
        Action list{"cloudformation", "ListExports", object({{"NextToken", std::move(token)}}),
                    [self = shared_from_this()](const Json& answer) {
                        for (const auto* one : Fields(answer).items("Exports"))
                            (*self->scope_.imports)[textOr(*one, "Name")] = textOr(*one, "Value");
                        const auto next = optionalText(answer, "NextToken");
                        return next ? self->importActions(next) : Actions{};
                    },
                    ignore};
        Actions actions;
        actions.push_back(std::move(list));
        return actions;
    }

    void run(Actions actions, Runner::Ended ended, Runner::OnGap onGap = {}) {
        std::make_shared<Runner>(world_, plan_.environment)
            ->run(std::move(actions), std::move(ended), std::move(onGap));
    }

    [[nodiscard]] std::string at(const Step& step, const std::string& problem) const {
        return TemplateError(plan_.source.file, step.line, step.logicalId + ": " + problem).what();
    }

    void makeNext() {
        if (plan_.strict && !result_.warnings.empty()) {
            const Warning& first = result_.warnings.front();
            return fail(TemplateError(plan_.source.file, first.line, first.logicalId + ": " + first.problem).what());
        }
        if (next_ == plan_.steps.size()) return removeOld();
        const Step& step = plan_.steps[next_];
        Actions actions;
        try {
            if (Actions asking = unresolved(step); !asking.empty())
                return run(std::move(asking), [self = shared_from_this(), &step](const std::string& error) {
                    error.empty() ? self->makeNext() : self->fail(self->at(step, error));
                });
            making_.reset(
                new Making{.logicalId = step.logicalId,
                           .properties = toJson(withValues(localised(scope_.evaluate(step.properties)), resolved_)),
                           .previous = previousOf(step),
                           .environment = plan_.environment,
                           .folder = options_.folder,
                           .confined = options_.confined,
                           .store = world_.store().folder(),
                           .result = {},
                           .warn = [this, &step](const std::string& problem) {
                               warnOnce({step.line, step.logicalId, problem});
                           }});
            requireSettled(step);
            actions = make(step.type, *making_);
        } catch (const TemplateError& error) {
            return fail(error.what());
        } catch (const std::exception& error) {
            return made(error.what());
        }
        if (const auto missing = notServed(actions); !missing.empty()) {
            result_.warnings.push_back({step.line, step.logicalId,
                                        step.type + ": " + missing + " is not built in: a placeholder stands for it"});
            scope_.resources[step.logicalId] = placeholder(plan_.environment, step.logicalId, step.type);
            ++next_;
            return makeNext();
        }
        run(
            std::move(actions), [self = shared_from_this()](const std::string& error) { self->made(error); },
            [self = shared_from_this(), &step](const std::string& problem) {
                self->warnOnce({step.line, step.logicalId, problem});
                if (self->making_->result.ref.empty())
                    self->making_->result = placeholder(self->plan_.environment, step.logicalId, step.type);
            });
    }

    /// Fails where a reference is left: to a resource whose condition is false, or that could not be made.
    void requireSettled(const Step& step) const {
        const Node left = scope_.evaluate(step.properties);
        if (settled(left)) return;
        const auto names = references(left);
        throw std::runtime_error("refers to " + (names.empty() ? std::string("something") : *names.begin()) +
                                 ", which was not made");
    }

    void warnOnce(Warning warning) {
        const bool said = std::any_of(result_.warnings.begin(), result_.warnings.end(), [&](const Warning& other) {
            return other.logicalId == warning.logicalId && other.problem == warning.problem;
        });
        if (!said) result_.warnings.push_back(std::move(warning));
    }

    std::string notServed(const Actions& actions) const {
        for (const auto& action : actions) {
            if (!world_.find(action.service, action.operation)) return action.service + " " + action.operation;
        }
        return {};
    }

    std::optional<Physical> previousOf(const Step& step) const {
        const auto found = std::find_if(previous_.begin(), previous_.end(), [&](const Kept& kept) {
            return kept.logicalId == step.logicalId && kept.type == step.type;
        });
        return found == previous_.end() ? std::nullopt : std::optional(found->physical);
    }

    /// The calls that find the values of dynamic references that are not known yet.
    Actions unresolved(const Step& step) {
        Actions asking;
        for (const auto& reference : dynamicReferences(scope_.evaluate(step.properties)))
            if (!resolved_.contains(reference))
                asking.push_back(resolveReference(reference, resolved_, [this, &step](const std::string& problem) {
                    warnOnce({step.line, step.logicalId, problem});
                }));
        return asking;
    }

    /// A placeholder that the step refers to; empty: none.
    std::string placeholderOf(const Step& step) const {
        for (const auto& name : references(step.properties)) {
            const auto found = scope_.resources.find(name);
            if (found != scope_.resources.end() && !found->second.placeholderOf.empty()) return name;
        }
        return {};
    }

    void made(const std::string& error) {
        const Step& step = plan_.steps[next_];
        if (const std::string absent = error.empty() ? "" : placeholderOf(step); !absent.empty()) {
            warnOnce({step.line, step.logicalId,
                      "it cannot be made, since it refers to " + absent + ", which is a placeholder: " + error});
            making_->result = placeholder(plan_.environment, step.logicalId, step.type);
        } else if (!error.empty()) {
            return fail(at(step, error));
        }
        if (step.type == "AWS::ApiGateway::RestApi" || step.type == "AWS::ApiGatewayV2::Api")
            apiIds_.insert(making_->result.ref);
        if (step.type == "AWS::ApiGateway::Stage" || step.type == "AWS::ApiGatewayV2::Stage")
            if (making_->result.placeholderOf.empty()) noteApi(step);
        if (making_->result.placeholderOf.empty())
            kept_.push_back({step.logicalId, step.type, making_->result, step.retain});
        scope_.resources[step.logicalId] = std::move(making_->result);
        ++result_.made;
        ++next_;
        if (options_.progress) options_.progress(step.logicalId, step.type, next_, plan_.steps.size());
        makeNext();
    }

    void noteApi(const Step& step) {
        const std::string api = making_->result.attributes.at("ApiId"), stage = making_->result.ref;
        const std::string suffix = stage == "$default" ? "" : "/" + stage;
        result_.apis.push_back({step.logicalId, api, stage, options_.endpoint + "/_aws/execute-api/" + api + suffix});
    }

    /// An API's public address is put down as the one where this machine serves it.
    std::string localised(std::string text) const {
        if (options_.endpoint.empty()) return text;
        for (const auto& api : apiIds_) {
            const std::string host = "://" + api + ".execute-api." + plan_.environment.region + ".amazonaws.com";
            for (auto at = text.find(host); at != std::string::npos; at = text.find(host)) {
                auto begin = at;
                while (begin > 0 && std::isalpha(static_cast<unsigned char>(text[begin - 1]))) --begin;
                text.replace(begin, at + host.size() - begin, options_.endpoint + "/_aws/execute-api/" + api);
            }
        }
        return text;
    }
    Node localised(Node node) const {
        if (node.isScalar() && node.text.find(".execute-api.") != std::string::npos)
            node.text = localised(std::move(node.text));
        for (auto& item : node.items) item = localised(std::move(item));
        for (auto& member : node.members) member.value = localised(std::move(member.value));
        return node;
    }

    void removeOld() {
        Actions actions;
        for (auto kept = previous_.rbegin(); kept != previous_.rend(); ++kept) {
            const bool still = std::any_of(kept_.begin(), kept_.end(), [&](const Kept& now) {
                return now.type == kept->type &&
                       (now.logicalId == kept->logicalId || now.physical.ref == kept->physical.ref);
            });
            if (still || kept->retain || !canMake(kept->type)) continue;
            for (auto& action : unmake(kept->type, kept->physical)) actions.push_back(std::move(action));
            ++result_.removed;
        }
        run(std::move(actions), [self = shared_from_this()](const std::string& error) {
            if (!error.empty()) return self->fail(error);
            self->finish();
        });
    }

    void finish() {
        try {
            for (const auto& output : plan_.source.outputs) {
                if (!output.condition.empty() && !scope_.condition(output.condition, output.line)) continue;
                const Node value = localised(scope_.evaluate(output.value));
                if (!settled(value)) {
                    result_.warnings.push_back({output.line, output.name, "this output refers to what was not made"});
                    continue;
                }
                result_.outputs.emplace_back(output.name, value.isScalar() ? value.text : writeJson(toJson(value)));
            }
        } catch (const TemplateError& error) {
            return fail(error.what());
        }
        store("COMPLETE");
    }

    void fail(std::string error) {
        result_.error = std::move(error);
        for (const auto& kept : previous_) {  // what this run has not come to is still there
            const bool seen = std::any_of(kept_.begin(), kept_.end(),
                                          [&](const Kept& now) { return now.logicalId == kept.logicalId; });
            if (!seen) kept_.push_back(kept);
        }
        store("FAILED");
    }

    /// The error; of a stack that is complete, what was left out of it.
    std::string statusReason() const {
        std::string reason = result_.error;
        if (reason.empty())
            for (const auto& warning : result_.warnings)
                reason += (reason.empty() ? "Left out: " : "; ") + warning.logicalId + ": " + warning.problem;
        return reason;
    }

    void store(const char* status) {
        result_.resources = scope_.resources;
        if (!options_.store || !world_.find("cloudformation", "SaveStack")) return done_(std::move(result_));
        Json parameters = object(), hidden = object();
        for (const auto& parameter : plan_.source.parameters.members) {
            const Node value = scope_.evaluate(fromJson(object({{"Ref", parameter.name}})));
            set(parameters, parameter.name, value.isScalar() ? value.text : "");
            if (parameter.value.textOf("NoEcho") == "true") set(hidden, parameter.name, true);
        }
        Json outputs(rapidjson::kArrayType);
        for (const auto& [name, value] : result_.outputs) {
            const auto declared = std::find_if(plan_.source.outputs.begin(), plan_.source.outputs.end(),
                                               [&](const auto& output) { return output.name == name; });
            std::optional<std::string> description;
            if (!declared->description.empty()) description = declared->description;
            std::optional<std::string> exported;
            if (declared->exportName.kind != Node::Kind::null) exported = scope_.evaluate(declared->exportName).text;
            push(outputs, object({{"OutputKey", name},
                                  {"OutputValue", value},
                                  {"Description", std::move(description)},
                                  {"ExportName", std::move(exported)}}));
        }
        std::optional<Json> failed;
        if (!result_.error.empty() && next_ < plan_.steps.size()) {
            failed = object(
                {{"LogicalResourceId", plan_.steps[next_].logicalId}, {"ResourceType", plan_.steps[next_].type}});
        }
        Json stack = object({{"StackName", plan_.environment.stackName},
                             {"Status", status},
                             {"FailedResource", std::move(failed)},
                             {"StatusReason", statusReason()},
                             {"TemplateBody", plan_.source.text},
                             {"Description", plan_.source.description},
                             {"Parameters", std::move(parameters)},
                             {"NoEcho", std::move(hidden)},
                             {"Outputs", std::move(outputs)},
                             {"Resources", array(kept_, [](const Kept& kept) { return describe(kept); })}});
        run({stackAction("SaveStack", std::move(stack))},
            [self = shared_from_this()](const std::string&) { self->done_(std::move(self->result_)); });
    }

    World& world_;
    Plan plan_;
    DeployOptions options_;
    std::function<void(DeployResult)> done_;
    Scope scope_;
    DeployResult result_;
    std::vector<Kept> previous_, kept_;
    std::set<std::string> apiIds_;
    std::map<std::string, std::string> resolved_;  // dynamic references
    std::size_t next_ = 0;
    std::unique_ptr<Making> making_;
};

}  // namespace

void deploy(World& world, Plan plan, DeployOptions options, std::function<void(DeployResult)> done) {
    std::make_shared<Deployment>(world, std::move(plan), std::move(options), std::move(done))->start();
}

void destroy(World& world, const Environment& environment, std::function<void(DeployResult)> done) {
    auto resources = std::make_shared<std::vector<Kept>>();
    auto load = stackAction("LoadStack", object({{"StackName", environment.stackName}}));
    load.then = [resources](const Json& stack) {
        *resources = keptResources(stack);
        return Actions{};
    };
    Actions first;
    first.push_back(std::move(load));
    std::make_shared<Runner>(world, environment)
        ->run(std::move(first), [&world, environment, resources, done = std::move(done)](const std::string&) {
            auto result = std::make_shared<DeployResult>();
            Actions actions;
            for (auto kept = resources->rbegin(); kept != resources->rend(); ++kept) {
                if (kept->retain || !canMake(kept->type)) continue;
                for (auto& action : unmake(kept->type, kept->physical)) actions.push_back(std::move(action));
                ++result->removed;
            }
            actions.push_back(stackAction("ForgetStack", object({{"StackName", environment.stackName}})));
            std::make_shared<Runner>(world, environment)
                ->run(std::move(actions), [result, done](const std::string& error) {
                    result->error = error;
                    done(std::move(*result));
                });
        });
}

}  // namespace backlot::templates
