#include "emulator/template/deployer.h"

#include <algorithm>
#include <deque>

#include "emulator/template/resource_types.h"

namespace backlot::deploy {

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

    void run(Actions actions, Ended ended) {
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
    void finish(std::string error) {
        waiting_.clear();
        const auto ended = std::exchange(ended_, {});
        ended(std::move(error));
    }

    World& world_;
    std::string account_, region_;
    std::deque<Action> waiting_;
    Ended ended_;
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
        if (!options_.store || !world_.find("cloudformation", "LoadStack")) return makeNext();
        auto action = stackAction("LoadStack", object({{"StackName", plan_.environment.stackName}}));
        action.then = [self = shared_from_this()](const Json& stack) {
            self->previous_ = keptResources(stack);
            return Actions{};
        };
        run({std::move(action)}, [self = shared_from_this()](const std::string&) { self->makeNext(); });
    }

private:
    void run(Actions actions, Runner::Ended ended) {
        std::make_shared<Runner>(world_, plan_.environment)->run(std::move(actions), std::move(ended));
    }

    [[nodiscard]] std::string at(const Step& step, const std::string& problem) const {
        return TemplateError(plan_.source.file, step.line, step.logicalId + ": " + problem).what();
    }

    void makeNext() {
        if (next_ == plan_.steps.size()) return removeOld();
        const Step& step = plan_.steps[next_];
        Actions actions;
        try {
            making_.reset(new Making{.logicalId = step.logicalId,
                                     .properties = toJson(localised(scope_.evaluate(step.properties))),
                                     .previous = previousOf(step),
                                     .environment = plan_.environment,
                                     .folder = options_.folder,
                                     .confined = options_.confined,
                                     .store = world_.store().folder(),
                                     .result = {}});
            requireSettled(step);
            actions = make(step.type, *making_);
        } catch (const TemplateError& error) {
            return fail(error.what());
        } catch (const std::exception& error) {
            return fail(at(step, error.what()));
        }
        if (const auto missing = notServed(actions); !missing.empty()) {
            result_.warnings.push_back({step.line, step.logicalId, step.type + ": " + missing + " is not built in"});
            scope_.resources[step.logicalId] = {.ref = step.logicalId, .attributes = {}};
            ++next_;
            return makeNext();
        }
        run(std::move(actions), [self = shared_from_this()](const std::string& error) { self->made(error); });
    }

    /// Fails where a reference is left: to a resource whose condition is false, or that could not be made.
    void requireSettled(const Step& step) const {
        const Node left = scope_.evaluate(step.properties);
        if (settled(left)) return;
        const auto names = references(left);
        throw std::runtime_error("refers to " + (names.empty() ? std::string("something") : *names.begin()) +
                                 ", which was not made");
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

    void made(const std::string& error) {
        const Step& step = plan_.steps[next_];
        if (!error.empty()) return fail(at(step, error));
        if (step.type == "AWS::ApiGateway::RestApi" || step.type == "AWS::ApiGatewayV2::Api")
            apiIds_.insert(making_->result.ref);
        if (step.type == "AWS::ApiGateway::Stage" || step.type == "AWS::ApiGatewayV2::Stage") noteApi(step);
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
            push(outputs,
                 object({{"OutputKey", name}, {"OutputValue", value}, {"Description", std::move(description)}}));
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

}  // namespace backlot::deploy
