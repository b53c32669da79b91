#include "asl/language/reader.h"

#include <algorithm>
#include <array>

namespace backlot::asl {

namespace {

constexpr std::size_t kNameLimit = 80;
constexpr int kScopeDepth = 40;
constexpr std::int64_t kMaxSeconds = 99'999'999;

// States, as bits of the table below.
enum : unsigned { T = 1, P = 2, C = 4, W = 8, S = 16, F = 32, L = 64, M = 128, All = 255 };

unsigned bitOf(StateType type) {
    constexpr std::array<unsigned, 8> bits = {T, P, C, W, S, F, L, M};
    return bits[static_cast<std::size_t>(type)];
}

enum class In { both, jsonPath, jsonata };

struct FieldRule {
    std::string_view name;
    unsigned states;
    In language;
};

/// Which state has which field, in which query language.
constexpr FieldRule kFields[] = {
    {"Type", All, In::both},
    {"Comment", All, In::both},
    {"QueryLanguage", All, In::both},
    {"Next", T | P | W | L | M, In::both},
    {"End", T | P | W | L | M, In::both},
    {"InputPath", T | P | C | W | S | L | M, In::jsonPath},
    {"OutputPath", T | P | C | W | S | L | M, In::jsonPath},
    {"Parameters", T | P | L | M, In::jsonPath},
    {"ResultSelector", T | L | M, In::jsonPath},
    {"ResultPath", T | P | L | M, In::jsonPath},
    {"Arguments", T | L, In::jsonata},
    {"Output", T | P | C | W | S | L | M, In::jsonata},
    {"Assign", T | P | C | W | L | M, In::both},
    {"Result", P, In::jsonPath},
    {"Resource", T, In::both},
    {"TimeoutSeconds", T, In::both},
    {"TimeoutSecondsPath", T, In::jsonPath},
    {"HeartbeatSeconds", T, In::both},
    {"HeartbeatSecondsPath", T, In::jsonPath},
    {"Credentials", T, In::both},
    {"Retry", T | L | M, In::both},
    {"Catch", T | L | M, In::both},
    {"Choices", C, In::both},
    {"Default", C, In::both},
    {"Seconds", W, In::both},
    {"SecondsPath", W, In::jsonPath},
    {"Timestamp", W, In::both},
    {"TimestampPath", W, In::jsonPath},
    {"Error", F, In::both},
    {"ErrorPath", F, In::jsonPath},
    {"Cause", F, In::both},
    {"CausePath", F, In::jsonPath},
    {"Branches", L, In::both},
    {"ItemProcessor", M, In::both},
    {"Iterator", M, In::both},
    {"Items", M, In::jsonata},
    {"ItemsPath", M, In::jsonPath},
    {"ItemSelector", M, In::both},
    {"ItemReader", M, In::both},
    {"ItemBatcher", M, In::both},
    {"ResultWriter", M, In::both},
    {"Label", M, In::both},
    {"MaxConcurrency", M, In::both},
    {"MaxConcurrencyPath", M, In::jsonPath},
    {"ToleratedFailureCount", M, In::both},
    {"ToleratedFailureCountPath", M, In::jsonPath},
    {"ToleratedFailurePercentage", M, In::both},
    {"ToleratedFailurePercentagePath", M, In::jsonPath},
};

constexpr std::array<std::string_view, 8> kTypes = {"Task",    "Pass", "Choice",   "Wait",
                                                    "Succeed", "Fail", "Parallel", "Map"};

std::string join(const std::string& at, std::string_view name) {
    return (at == "/" ? at : at + "/") + std::string(name);
}

}  // namespace

std::string_view nameOf(StateType type) { return kTypes[static_cast<std::size_t>(type)]; }

void Findings::error(std::string_view location, std::string message, std::string_view code) {
    list_.push_back({Severity::error, std::string(code), std::move(message), std::string(location)});
}

void Findings::warning(std::string_view location, std::string message, std::string_view code) {
    list_.push_back({Severity::warning, std::string(code), std::move(message), std::string(location)});
}

bool Reader::require(const Json& definition, std::initializer_list<const char*> names, const std::string& at) {
    std::string missing;
    for (const char* name : names)
        if (!find(definition, name)) missing += (missing.empty() ? "" : ", ") + std::string(name);
    if (missing.empty()) return true;
    findings_.error(at, "These fields are required: [" + missing + "]");
    return false;
}

void Reader::machine(const Json& definition) {
    machine_.type = options_.type;
    machine_.comment = textOr(definition, "Comment");
    if (const Json* language = find(definition, "QueryLanguage")) {
        if (language->IsString() && view(*language) == "JSONata")
            machine_.queryLanguage = QueryLanguage::jsonata;
        else if (!language->IsString() || view(*language) != "JSONPath")
            findings_.error("/QueryLanguage",
                            "The field 'QueryLanguage' should have one of these values: [JSONPath, JSONata]");
    }
    if (const Json* timeout = find(definition, "TimeoutSeconds"))
        machine_.timeoutSeconds = fields_.integer(*timeout, "/TimeoutSeconds", 1, kMaxSeconds);
    if (const Json* version = find(definition, "Version"); version && (!version->IsString() || view(*version) != "1.0"))
        findings_.error("/Version", "The field 'Version' should have one of these values: [1.0]");
    for (const auto& member : definition.GetObject()) {
        constexpr std::string_view known[] = {"Comment",        "QueryLanguage", "StartAt",        "States",
                                              "TimeoutSeconds", "Version",       "ProcessorConfig"};
        if (std::find(std::begin(known), std::end(known), view(member.name)) == std::end(known))
            findings_.error(join("/", view(member.name)),
                            "The field '" + text(member.name) + "' is not supported by Step Functions");
    }
    scope(definition, "/", std::nullopt);
}

ScopeId Reader::scope(const Json& definition, const std::string& at, std::optional<StateId> owner) {
    const auto id = static_cast<ScopeId>(machine_.scopes.size());
    machine_.scopes.emplace_back();
    machine_.scopes.back().owner = owner;
    if (!definition.IsObject()) {
        findings_.error(at, "Expected value of type Object");
        return id;
    }
    if (++depth_ > kScopeDepth) {
        findings_.error(at, "The definition is nested too deep");
        --depth_;
        return id;
    }
    require(definition, {"States", "StartAt"}, at);
    const Json* states = find(definition, "States");
    if (states && !states->IsObject()) findings_.error(join(at, "States"), "Expected value of type Object");
    if (states && states->IsObject() && states->ObjectEmpty())
        findings_.error(join(at, "States"), "Value cannot be empty");
    if (states && states->IsObject()) {
        const auto outer = std::exchange(currentScope_, id);
        for (const auto& member : states->GetObject()) {
            const auto name = text(member.name);
            machine_.scopes[static_cast<std::size_t>(id)].states.emplace(name,
                                                                         static_cast<StateId>(machine_.states.size()));
            machine_.states.emplace_back();
            machine_.states.back().name = name;
            machine_.states.back().scope = id;
        }
        for (const auto& member : states->GetObject()) {
            const auto where = join(join(at, "States"), view(member.name));
            if (member.name.GetStringLength() > kNameLimit)
                findings_.error(where, "State name cannot exceed 80 characters");
            currentScope_ = id;
            state(member.value, machine_.scope(id).states.find(view(member.name))->second, where);
        }
        currentScope_ = outer;
    }
    if (const Json* startAt = find(definition, "StartAt")) {
        const auto name = fields_.string(*startAt, join(at, "StartAt"));
        const auto& names = machine_.scope(id).states;
        const auto found = name ? names.find(*name) : names.end();
        if (found != names.end())
            machine_.scopes[static_cast<std::size_t>(id)].startAt = found->second;
        else if (name && states)
            findings_.error(join(at, "StartAt"), "Missing 'StartAt' target: " + *name, "MISSING_TRANSITION_TARGET");
    }
    --depth_;
    return id;
}

void Reader::state(const Json& definition, StateId id, const std::string& at) {
    State state;
    state.name = machine_.state(id).name;
    state.scope = currentScope_;
    state.language = machine_.queryLanguage;
    if (!definition.IsObject()) return findings_.error(at, "Expected value of type Object");
    if (!require(definition, {"Type"}, at)) return;
    const auto type = fields_.string(*find(definition, "Type"), at + "/Type");
    const auto known = std::find(kTypes.begin(), kTypes.end(), type.value_or(""));
    if (known == kTypes.end())
        return findings_.error(at + "/Type",
                               "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, "
                               "Choice, Parallel, Map]");
    state.type = static_cast<StateType>(known - kTypes.begin());
    if (const Json* language = find(definition, "QueryLanguage")) {
        const auto name = language->IsString() ? view(*language) : std::string_view();
        if (name == "JSONata")
            state.language = QueryLanguage::jsonata;
        else if (name != "JSONPath")
            findings_.error(at + "/QueryLanguage",
                            "The field 'QueryLanguage' should have one of these values: [JSONPath, JSONata]");
        else if (machine_.queryLanguage == QueryLanguage::jsonata)
            return findings_.error(at,
                                   "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
    }
    allowedFields(definition, state, at);
    transition(definition, state, at);
    dataFlow(definition, state, at);
    switch (state.type) {
        case StateType::task: task(definition, state, at); break;
        case StateType::pass: pass(definition, state, at); break;
        case StateType::choice: choice(definition, state, at); break;
        case StateType::wait: wait(definition, state, at); break;
        case StateType::succeed: break;
        case StateType::fail: fail(definition, state, at); break;
        case StateType::parallel: parallel(definition, state, id, at); break;
        case StateType::map: map(definition, state, id, at); break;
    }
    errors(definition, state, at);
    machine_.states[static_cast<std::size_t>(id)] = std::move(state);
}

void Reader::allowedFields(const Json& definition, const State& state, const std::string& at) {
    for (const auto& member : definition.GetObject()) {
        const auto name = view(member.name);
        const auto* rule =
            std::find_if(std::begin(kFields), std::end(kFields), [&](const auto& field) { return field.name == name; });
        if (rule == std::end(kFields) || !(rule->states & bitOf(state.type))) {
            findings_.error(join(at, name), "The field '" + std::string(name) + "' is not supported by Step Functions");
        } else if (rule->language != In::both &&
                   (rule->language == In::jsonata) != (state.language == QueryLanguage::jsonata)) {
            const auto language = state.language == QueryLanguage::jsonata ? "JSONata" : "JSONPath";
            findings_.error(join(at, name), "The field '" + std::string(name) +
                                                "' is not supported when 'QueryLanguage' is '" + language + "'");
        }
    }
}

StateId Reader::target(const Json& value, const State& state, std::string_view field, const std::string& at) {
    const auto name = fields_.string(value, at);
    if (!name) return kEnd;
    const auto& states = machine_.scope(state.scope).states;
    const auto found = states.find(*name);
    if (found != states.end()) return found->second;
    findings_.error(at, "Missing '" + std::string(field) + "' target: " + *name, "MISSING_TRANSITION_TARGET");
    return kEnd;
}

void Reader::transition(const Json& definition, State& state, const std::string& at) {
    if (bitOf(state.type) & (C | S | F)) return;
    const Json* next = find(definition, "Next");
    const Json* end = find(definition, "End");
    if (end && !fields_.boolean(*end, at + "/End")) return;
    if (next && end && end->IsTrue()) return findings_.error(at, "Only one of these fields may be used: [Next, End]");
    if (next)
        state.next = target(*next, state, "Next", at + "/Next");
    else if (!end || !end->IsTrue())
        findings_.error(at, "One of these fields is required: [Next, End]");
}

void Reader::dataFlow(const Json& definition, State& state, const std::string& at) {
    if (const Json* value = find(definition, "Assign")) {
        if (!value->IsObject())
            findings_.error(at + "/Assign", "Expected value of type Object");
        else
            state.assign = fields_.payload(*value, state.language, at + "/Assign");
    }
    if (state.language == QueryLanguage::jsonata) {
        if (const Json* value = find(definition, "Arguments"))
            state.arguments = fields_.payload(*value, state.language, at + "/Arguments");
        if (const Json* value = find(definition, "Output"))
            state.output = fields_.payload(*value, state.language, at + "/Output");
        return;
    }
    if (const Json* value = find(definition, "InputPath"))
        state.inputPath = fields_.pathOrNull(*value, at + "/InputPath");
    if (const Json* value = find(definition, "OutputPath"))
        state.outputPath = fields_.pathOrNull(*value, at + "/OutputPath");
    if (const Json* value = find(definition, "ResultPath")) {
        state.resultPath = fields_.pathOrNull(*value, at + "/ResultPath", true);
        if (state.resultPath.path && state.resultPath.path->root() != JsonPath::Root::input)
            findings_.error(at + "/ResultPath", "Value is not a Reference Path");
    }
    if (const Json* value = find(definition, "Parameters"); value && state.type != StateType::map)
        state.parameters = fields_.payload(*value, state.language, at + "/Parameters");
    if (const Json* value = find(definition, "ResultSelector"))
        state.resultSelector = fields_.payload(*value, state.language, at + "/ResultSelector");
}

std::vector<std::string> Reader::errorEquals(const Json& definition, const std::string& at, bool last) {
    std::vector<std::string> names;
    if (!require(definition, {"ErrorEquals"}, at)) return names;
    const Json& list = *find(definition, "ErrorEquals");
    const auto where = at + "/ErrorEquals";
    if (!list.IsArray()) {
        findings_.error(where, "Expected value of type Array");
        return names;
    }
    if (list.Empty()) findings_.error(where, "Value cannot be empty");
    for (const auto& name : list.GetArray()) {
        if (auto text = fields_.string(name, where)) names.push_back(std::move(*text));
        if (!names.empty() && names.back() == "States.ALL" && (list.Size() > 1 || !last))
            findings_.error(where, "States.ALL must appear alone and in the last element");
    }
    return names;
}

Retrier Reader::retrier(const Json& definition, const std::string& at, bool last) {
    Retrier retrier;
    retrier.errorEquals = errorEquals(definition, at, last);
    if (const Json* value = find(definition, "IntervalSeconds"))
        retrier.intervalSeconds = fields_.number(*value, at + "/IntervalSeconds", 1, kMaxSeconds).value_or(1);
    if (const Json* value = find(definition, "MaxAttempts"))
        retrier.maxAttempts = fields_.integer(*value, at + "/MaxAttempts", 0, kMaxSeconds).value_or(3);
    if (const Json* value = find(definition, "BackoffRate"))
        retrier.backoffRate = fields_.number(*value, at + "/BackoffRate", 1, 1e300).value_or(2);
    if (const Json* value = find(definition, "MaxDelaySeconds")) {
        retrier.maxDelaySeconds = fields_.number(*value, at + "/MaxDelaySeconds", 1, 31'622'399);
        if (retrier.maxDelaySeconds && *retrier.maxDelaySeconds <= retrier.intervalSeconds)
            findings_.error(at + "/MaxDelaySeconds", "MaxDelaySeconds must be greater than IntervalSeconds");
    }
    if (const Json* value = find(definition, "JitterStrategy")) {
        const auto name = value->IsString() ? view(*value) : std::string_view();
        if (name != "FULL" && name != "NONE")
            findings_.error(at + "/JitterStrategy",
                            "The field 'JitterStrategy' should have one of these values: [FULL, NONE]");
        retrier.fullJitter = name == "FULL";
    }
    return retrier;
}

Catcher Reader::catcher(const Json& definition, const State& state, const std::string& at, bool last) {
    Catcher catcher;
    catcher.errorEquals = errorEquals(definition, at, last);
    if (require(definition, {"Next"}, at))
        catcher.next = target(*find(definition, "Next"), state, "Next", at + "/Next");
    if (const Json* value = find(definition, "Assign"))
        catcher.assign = fields_.payload(*value, state.language, at + "/Assign");
    if (const Json* value = find(definition, "ResultPath")) {
        if (state.language == QueryLanguage::jsonata)
            findings_.error(at + "/ResultPath",
                            "The field 'ResultPath' is not supported when 'QueryLanguage' is 'JSONata'");
        else
            catcher.resultPath = fields_.pathOrNull(*value, at + "/ResultPath", true);
    }
    if (const Json* value = find(definition, "Output")) {
        if (state.language == QueryLanguage::jsonPath)
            findings_.error(at + "/Output", "The field 'Output' is not supported when 'QueryLanguage' is 'JSONPath'");
        else
            catcher.output = fields_.payload(*value, state.language, at + "/Output");
    }
    return catcher;
}

void Reader::errors(const Json& definition, State& state, const std::string& at) {
    const auto each = [&](std::string_view field, const auto& read) {
        const Json* list = bitOf(state.type) & (T | L | M) ? find(definition, field) : nullptr;
        if (!list) return;
        const auto where = join(at, field);
        if (!list->IsArray()) return findings_.error(where, "Expected value of type Array");
        for (rapidjson::SizeType i = 0; i < list->Size(); ++i) {
            const auto own = where + "[" + std::to_string(i) + "]";
            if (!(*list)[i].IsObject())
                findings_.error(own, "Expected value of type Object");
            else
                read((*list)[i], own, i + 1 == list->Size());
        }
    };
    each("Retry", [&](const Json& value, const std::string& own, bool last) {
        state.retry.push_back(retrier(value, own, last));
    });
    each("Catch", [&](const Json& value, const std::string& own, bool last) {
        state.catchers.push_back(catcher(value, state, own, last));
    });
}

std::optional<Resource> Reader::resource(const Json& definition, const std::string& at) {
    if (!require(definition, {"Resource"}, at)) return std::nullopt;
    const auto where = at + "/Resource";
    const auto text = fields_.string(*find(definition, "Resource"), where);
    if (!text) return std::nullopt;
    if (!text->starts_with("arn:")) {
        findings_.error(where, "Value is not a valid resource ARN");
        return std::nullopt;
    }
    return parseResource(*text);
}

void Reader::task(const Json& definition, State& state, const std::string& at) {
    if (auto found = resource(definition, at)) {
        state.resource = std::move(*found);
        const auto where = at + "/Resource";
        if (state.resource.kind == ResourceKind::integration && (!isKnownIntegration(state.resource)))
            findings_.error(where, "The resource provided " + state.resource.arn +
                                       " is not recognized. The value is not a valid resource ARN, or the resource is "
                                       "not available in this region.");
        if (options_.type == MachineType::express) {
            if (state.resource.kind == ResourceKind::activity)
                findings_.error(where, "Express state machine does not support Activity ARN");
            if (state.resource.pattern == IntegrationPattern::sync ||
                state.resource.pattern == IntegrationPattern::sync2)
                findings_.error(where, "Express state machine does not support '.sync' service integration");
            if (state.resource.pattern == IntegrationPattern::waitForTaskToken)  // the blank at the end is AWS's
                findings_.error(where,
                                "Express state machine does not support '.waitForTaskToken' service integration ");
        }
    }
    const FieldReader::Range seconds{.least = 1, .most = kMaxSeconds};
    state.timeoutSeconds = fields_.numberOrPath(definition, "TimeoutSeconds", state.language, at, seconds);
    state.heartbeatSeconds = fields_.numberOrPath(definition, "HeartbeatSeconds", state.language, at, seconds);
    const Json* timeout = find(definition, "TimeoutSeconds");
    const Json* heartbeat = find(definition, "HeartbeatSeconds");
    if (timeout && heartbeat && timeout->IsInt64() && heartbeat->IsInt64() &&
        heartbeat->GetInt64() >= timeout->GetInt64())
        findings_.error(at, "HeartbeatSeconds must be smaller than TimeoutSeconds");
    if (const Json* credentials = find(definition, "Credentials")) {
        const auto where = at + "/Credentials";
        const Json* plain = find(*credentials, "RoleArn");
        const Json* computed = state.language == QueryLanguage::jsonPath ? find(*credentials, "RoleArn.$") : nullptr;
        if (!plain && !computed) {
            findings_.error(where, "The field 'RoleArn' is required but was missing");
        } else {
            Json wrapped(rapidjson::kObjectType);
            set(wrapped, computed ? "RoleArn.$" : "RoleArn", copy(computed ? *computed : *plain));
            auto read = fields_.payload(wrapped, state.language, where);
            Template role;
            if (read.kind == Template::Kind::object)
                role = std::move(read.members[0].value);
            else
                role.literal = Payload(copy(computed ? *computed : *plain));
            state.credentialsRoleArn = Field{computed ? "RoleArn.$" : "RoleArn", std::move(role)};
        }
    }
}

void Reader::pass(const Json& definition, State& state, const std::string&) {
    if (const Json* value = find(definition, "Result"); value && state.language == QueryLanguage::jsonPath) {
        state.result = Payload(copy(*value));
        state.result->text();
    }
}

void Reader::choice(const Json& definition, State& state, const std::string& at) {
    if (const Json* value = find(definition, "Default"))
        state.defaultState = target(*value, state, "Default", at + "/Default");
    if (!require(definition, {"Choices"}, at)) return;
    const Json& rules = *find(definition, "Choices");
    const auto where = at + "/Choices";
    if (!rules.IsArray()) return findings_.error(where, "Expected value of type Array");
    if (rules.Empty()) findings_.error(where, "Value cannot be empty");
    for (rapidjson::SizeType i = 0; i < rules.Size(); ++i) {
        const auto own = where + "[" + std::to_string(i) + "]";
        const Json& definitionOfRule = rules[i];
        if (!definitionOfRule.IsObject()) {
            findings_.error(own, "Expected value of type Object");
            continue;
        }
        ChoiceRule rule;
        if (require(definitionOfRule, {"Next"}, own))
            rule.next = target(*find(definitionOfRule, "Next"), state, "Next", own + "/Next");
        if (const Json* value = find(definitionOfRule, "Assign"))
            rule.assign = fields_.payload(*value, state.language, own + "/Assign");
        if (const Json* value = find(definitionOfRule, "Output"); value && state.language == QueryLanguage::jsonata)
            rule.output = fields_.payload(*value, state.language, own + "/Output");
        if (auto read = condition(definitionOfRule, state, own, 0)) rule.condition = std::move(*read);
        state.choices.push_back(std::move(rule));
    }
}

std::optional<Condition> Reader::condition(const Json& rule, const State& state, const std::string& at, int depth) {
    if (!rule.IsObject()) {
        findings_.error(at, "Expected value of type Object");
        return std::nullopt;
    }
    if (depth > kScopeDepth) {
        findings_.error(at, "The condition is nested too deep");
        return std::nullopt;
    }
    Condition out;
    if (state.language == QueryLanguage::jsonata) {
        if (!require(rule, {"Condition"}, at)) return std::nullopt;
        out.kind = Condition::Kind::jsonata;
        out.expression = fields_.payload(*find(rule, "Condition"), state.language, at + "/Condition");
        return out;
    }
    constexpr std::pair<const char*, Condition::Kind> kGroups[] = {{"And", Condition::Kind::allOf},
                                                                   {"Or", Condition::Kind::anyOf}};
    for (const auto& [name, kind] : kGroups) {
        const Json* parts = find(rule, name);
        if (!parts) continue;
        out.kind = kind;
        const auto where = at + "/" + name;
        if (!parts->IsArray() || parts->Empty()) {
            findings_.error(where, parts->IsArray() ? "Value cannot be empty" : "Expected value of type Array");
            return std::nullopt;
        }
        for (rapidjson::SizeType i = 0; i < parts->Size(); ++i)
            if (auto part = condition((*parts)[i], state, where + "[" + std::to_string(i) + "]", depth + 1))
                out.parts.push_back(std::move(*part));
        return out;
    }
    if (const Json* negated = find(rule, "Not")) {
        auto part = condition(*negated, state, at + "/Not", depth + 1);
        if (!part) return std::nullopt;
        out.kind = Condition::Kind::negation;
        out.parts.push_back(std::move(*part));
        return out;
    }
    if (!require(rule, {"Variable"}, at)) return std::nullopt;
    out.variable = fields_.path(*find(rule, "Variable"), at + "/Variable");
    for (const auto& member : rule.GetObject()) {
        const auto* op = findChoiceOperator(view(member.name));
        if (!op) continue;
        if (out.op) {
            findings_.error(at, "Only one comparison operator may be used");
            return std::nullopt;
        }
        out.op = op;
        const auto where = join(at, view(member.name));
        if (takesPath(*op)) {
            auto path = fields_.path(member.value, where);
            if (!path) return std::nullopt;
            out.operand = std::move(*path);
        } else {
            const auto type = operandOf(*op);
            if (type == OperandType::number) fields_.number(member.value, where, -1e308, 1e308);
            if (type == OperandType::boolean) fields_.boolean(member.value, where);
            if (type == OperandType::string) fields_.string(member.value, where);
            if (type == OperandType::timestamp && (!member.value.IsString() || !parseIso8601(view(member.value))))
                findings_.error(where, "String does not match RFC3339 timestamp");
            out.operand = copy(member.value);
        }
    }
    if (!out.op) findings_.error(at, "A comparison operator is required");
    if (!out.op || !out.variable) return std::nullopt;
    return out;
}

void Reader::wait(const Json& definition, State& state, const std::string& at) {
    state.seconds = fields_.numberOrPath(definition, "Seconds", state.language, at, {.least = 0, .most = kMaxSeconds});
    state.timestamp = fields_.textOrPath(definition, "Timestamp", state.language, at, false);
    if (state.timestamp && state.timestamp->name == "Timestamp" &&
        state.timestamp->value.kind == Template::Kind::literal &&
        !parseIso8601(view(state.timestamp->value.literal.json())))
        findings_.error(at + "/Timestamp", "String does not match RFC3339 timestamp");
    int forms = 0;
    for (const char* name : {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"})
        forms += find(definition, name) ? 1 : 0;
    if (forms != 1)
        findings_.error(at,
                        forms ? "Only one of these fields may be used: [Seconds, SecondsPath, Timestamp, TimestampPath]"
                              : "One of these fields is required: [Seconds, SecondsPath, Timestamp, TimestampPath]");
}

void Reader::fail(const Json& definition, State& state, const std::string& at) {
    state.error = fields_.textOrPath(definition, "Error", state.language, at, true);
    state.cause = fields_.textOrPath(definition, "Cause", state.language, at, true);
}

void Reader::parallel(const Json& definition, State& state, StateId id, const std::string& at) {
    if (!require(definition, {"Branches"}, at)) return;
    const Json& branches = *find(definition, "Branches");
    const auto where = at + "/Branches";
    if (!branches.IsArray()) return findings_.error(where, "Expected value of type Array");
    if (branches.Empty()) findings_.error(where, "Value cannot be empty");
    for (rapidjson::SizeType i = 0; i < branches.Size(); ++i)
        state.branches.push_back(scope(branches[i], where + "[" + std::to_string(i) + "]", id));
}

}  // namespace backlot::asl
