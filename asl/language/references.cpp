#include "asl/language/machine.h"

namespace backlot::asl {

namespace {

class References {
public:
    explicit References(std::set<std::string>& names) : names_(names) {}

    void state(const State& state) {
        for (const auto* path : {&state.inputPath, &state.outputPath, &state.resultPath}) add(path->path);
        for (const auto* part :
             {&state.parameters, &state.arguments, &state.resultSelector, &state.output, &state.assign})
            add(*part);
        for (const auto* field : {&state.timeoutSeconds, &state.heartbeatSeconds, &state.credentialsRoleArn,
                                  &state.seconds, &state.timestamp, &state.error, &state.cause})
            add(*field);
        for (const auto& rule : state.choices) {
            condition(rule.condition);
            add(rule.output);
            add(rule.assign);
        }
        for (const auto& catcher : state.catchers) {
            add(catcher.output);
            add(catcher.assign);
        }
        if (state.map) map(*state.map);
    }

private:
    void add(const std::optional<JsonPath>& path) {
        if (path && path->root() == JsonPath::Root::variable) names_.insert(path->variable());
    }
    void add(const std::optional<Template>& part) {
        if (part) part->collectVariables(names_);
    }
    void add(const std::optional<Field>& field) {
        if (field) field->value.collectVariables(names_);
    }
    void condition(const Condition& condition) {
        for (const auto& part : condition.parts) this->condition(part);
        add(condition.variable);
        if (const auto* path = std::get_if<JsonPath>(&condition.operand)) add(std::optional(*path));
        add(condition.expression);
    }
    void map(const MapFields& map) {
        for (const auto* field :
             {&map.items, &map.maxConcurrency, &map.toleratedFailureCount, &map.toleratedFailurePercentage})
            add(*field);
        add(map.itemSelector);
        if (map.reader) {
            add(map.reader->parameters);
            add(map.reader->config);
            add(map.reader->maxItems);
        }
        if (map.batcher) {
            add(map.batcher->maxItemsPerBatch);
            add(map.batcher->maxInputBytesPerBatch);
            add(map.batcher->batchInput);
        }
        if (map.writer) add(map.writer->parameters);
    }
    std::set<std::string>& names_;
};

}  // namespace

std::map<std::string, std::set<std::string>> variableReferences(const Machine& machine) {
    std::map<std::string, std::set<std::string>> out;
    for (const auto& state : machine.states) {
        std::set<std::string> names;
        References(names).state(state);
        if (!names.empty()) out[state.name].merge(names);
    }
    return out;
}

}  // namespace backlot::asl
