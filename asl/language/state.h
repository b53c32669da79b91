#pragma once
// The eight states and their fields, compiled. Field names are the States Language's.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/language/choice.h"
#include "asl/language/resource.h"
#include "asl/language/template.h"

namespace backlot::asl {

using StateId = std::int32_t;  ///< index into Machine::states
using ScopeId = std::int32_t;  ///< index into Machine::scopes
inline constexpr StateId kEnd = -1;

enum class QueryLanguage : std::uint8_t { jsonPath, jsonata };
enum class StateType : std::uint8_t { task, pass, choice, wait, succeed, fail, parallel, map };
/// "Task", "Pass" …
std::string_view nameOf(StateType type);

/// A field whose value may be written in several ways: a literal, `…Path`, or a JSONata expression.
/// `name` is the member that holds it ("TimeoutSecondsPath"), as error texts cite it.
struct Field {
    std::string name;
    Template value;
};

/// InputPath, OutputPath, ResultPath: a path, or JSON null.
struct PathField {
    bool discards = false;  ///< null: no input, no output, no result
    std::optional<JsonPath> path;
    bool isWhole() const { return !discards && !path; }  ///< "$", the default
};

struct Retrier {
    std::vector<std::string> errorEquals;
    double intervalSeconds = 1;
    std::int64_t maxAttempts = 3;
    double backoffRate = 2;
    std::optional<double> maxDelaySeconds;
    bool fullJitter = false;
};

struct Catcher {
    std::vector<std::string> errorEquals;
    StateId next = kEnd;
    PathField resultPath;
    std::optional<Template> output, assign;
};

struct ChoiceRule {
    Condition condition;
    StateId next = kEnd;
    std::optional<Template> output, assign;
};

enum class ChildType : std::uint8_t { standard, express };

/// What only a Map has.
struct MapFields {
    ScopeId processor = 0;
    bool distributed = false;
    ChildType childType = ChildType::standard;
    std::string label;                     ///< empty where none is given
    std::optional<Field> items;            ///< Items, or ItemsPath; the effective input where there is neither
    std::optional<Template> itemSelector;  ///< ItemSelector, or the older Parameters
    bool itemSelectorIsParameters = false;
    std::optional<Field> maxConcurrency;
    std::optional<Field> toleratedFailureCount, toleratedFailurePercentage;
    struct Reader {
        Resource resource;
        std::optional<Template> parameters;  ///< Parameters, or Arguments
        std::optional<Template> config;      ///< ReaderConfig, without MaxItems
        std::optional<Field> maxItems;
    };
    std::optional<Reader> reader;
    struct Batcher {
        std::optional<Field> maxItemsPerBatch, maxInputBytesPerBatch;
        std::optional<Template> batchInput;
    };
    std::optional<Batcher> batcher;
    struct Writer {
        Resource resource;
        std::optional<Template> parameters, config;
    };
    std::optional<Writer> writer;
};

struct State {
    std::string name;
    StateType type = StateType::pass;
    QueryLanguage language = QueryLanguage::jsonPath;
    ScopeId scope = 0;
    StateId next = kEnd;

    PathField inputPath, outputPath, resultPath;
    std::optional<Template> parameters;  ///< Parameters
    std::optional<Template> arguments;   ///< Arguments
    std::optional<Template> resultSelector;
    std::optional<Template> output;  ///< Output
    std::optional<Template> assign;

    std::optional<Payload> result;  // Pass
    Resource resource;              // Task
    std::optional<Field> timeoutSeconds, heartbeatSeconds, credentialsRoleArn;
    std::vector<Retrier> retry;  // Task, Parallel, Map
    std::vector<Catcher> catchers;
    std::vector<ChoiceRule> choices;  // Choice
    std::optional<StateId> defaultState;
    std::optional<Field> seconds, timestamp;  // Wait
    std::optional<Field> error, cause;        // Fail
    std::vector<ScopeId> branches;            // Parallel
    std::unique_ptr<MapFields> map;           // Map
};

}  // namespace backlot::asl
