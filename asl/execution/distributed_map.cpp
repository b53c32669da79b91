// Distributed Map: the items become the inputs of child executions, which the host runs as a map run.

#include <cmath>
#include <utility>

#include "asl/execution/interpreter.h"
#include "emulator/base/arn.h"

namespace backlot::asl::detail {

namespace {

constexpr std::int64_t kMaxChildConcurrency = 10'000;
constexpr std::size_t kMaxChildInputBytes = 262'144;

/// "arn:aws:states:REGION:ACCOUNT:mapRun:MACHINE/LABEL:UUID"
std::string mapRunArn(const ExecutionState& state, const State& map, Dice& dice) {
    const auto machine = parseArn(state.identity.stateMachineArn);
    const std::string label = map.map->label.empty() ? randomUuid(dice) : map.map->label;
    return arn("states", machine ? machine->region : "us-east-1", machine ? machine->account : "000000000000",
               "mapRun:" + state.identity.stateMachineName + "/" + label + ":" + randomUuid(dice));
}

/// Text that Java shows for a value in an error: strings bare, objects as JSON.
std::string shown(const Json& value) { return value.IsString() ? text(value) : writeJson(value); }

const JsonPath* pathOf(const Field& field) { return field.value.expression ? field.value.expression->path() : nullptr; }

}  // namespace

/// MaxConcurrency, ToleratedFailureCount, MaxItems …: whole numbers, from a path also as text.
std::int64_t Interpreter::wholeNumber(const Field& field, const FrameScene& scene) {
    const JsonPath* path = pathOf(field);
    const Payload value = path ? Payload(readPathOrFail(*path, scene)) : field.value.evaluate(scene, field.name);
    const Json& json = value.json();
    if (json.IsInt64()) return json.GetInt64();
    if (path && json.IsString())
        if (const auto number = tryParseJson(view(json)); number && number->IsInt64()) return number->GetInt64();
    if (!path && json.IsDouble() && json.GetDouble() == std::floor(json.GetDouble()) &&
        std::abs(json.GetDouble()) < 9e15)
        return static_cast<std::int64_t>(json.GetDouble());
    if (path)
        throw runtimeFailure("The " + field.name + " field refers to value \"" + shown(json) +
                             "\" which is not a valid integer: " + path->text());
    const std::string expression = field.value.expression ? field.value.expression->text() : value.text();
    throw evaluationFailure("The JSONata expression '" + expression + "' specified for the field '" + field.name +
                                "' returned an unexpected result type. Expected 'integer', but was '" + typeName(json) +
                                "' for value: " + value.text(),
                            field.name);
}

std::int64_t Interpreter::maxConcurrency(const State& state, const FrameScene& scene) {
    const auto most = state.map->maxConcurrency ? wholeNumber(*state.map->maxConcurrency, scene) : 0;
    if (most < 0) throw runtimeFailure("MaxConcurrency cannot be negative.");
    note("maxConcurrency", Payload(Json(most)));
    return most;
}

/// An item as its child gets it; the scene's input is the Map's effective input.
Payload Interpreter::itemInput(const State& state, const Json& item, std::size_t index, FrameScene& scene) {
    const auto& map = *state.map;
    if (!map.itemSelector) return Payload(copy(item));
    scene.setMapItem(Payload(object({{"Index", static_cast<std::uint64_t>(index)}, {"Value", copy(item)}})));
    return map.itemSelector->evaluate(scene, map.itemSelectorIsParameters ? "Parameters" : "ItemSelector");
}

void Interpreter::runDistributedMap(Frame& frame, const State& state, const Payload& items, FrameScene& scene) {
    const auto& map = *state.map;
    emit(frame, EventType::MapStateStarted,
         {{Member::length, map.reader ? std::int64_t{0} : static_cast<std::int64_t>(items.json().Size())}});
    if (map.toleratedFailureCount) {
        const auto count = wholeNumber(*map.toleratedFailureCount, scene);
        if (count < 0) throw runtimeFailure("ToleratedFailureCount cannot be negative.");
        note("toleratedFailureCount", Payload(Json(count)));
    }
    if (map.toleratedFailurePercentage)
        note("toleratedFailurePercentage", Payload(Json(percentage(*map.toleratedFailurePercentage, scene))));
    maxConcurrency(state, scene);
    std::optional<ReadItems> read;
    if (map.reader) {
        read.emplace();
        read->stateName = state.name;
        read->resource = map.reader->resource;
        const char* field = state.language == QueryLanguage::jsonata ? "ItemReader/Arguments" : "ItemReader/Parameters";
        if (map.reader->parameters) read->parameters = map.reader->parameters->evaluate(scene, field);
        Json config(rapidjson::kObjectType);
        if (map.reader->config) config = copy(map.reader->config->evaluate(scene, "ItemReader/ReaderConfig").json());
        if (map.reader->maxItems) {
            const auto most = wholeNumber(*map.reader->maxItems, scene);
            if (most < 0) throw runtimeFailure("field MaxItems must be positive");
            if (most > 0) set(config, "MaxItems", most);  // 0 reads everything
        }
        read->readerConfig = Payload(std::move(config));
    }
    if (inspection_) return await(frame, Phase::task);
    frame.mapRunArn = mapRunArn(state_, state, dice_);
    emit(frame, EventType::MapRunStarted, {{Member::mapRunArn, frame.mapRunArn}});
    if (!read) return startMapRun(frame, state, items, scene);
    await(frame, Phase::readingItems);
    read->attempt = frame.attempt;
    command(std::move(*read));
}

double Interpreter::percentage(const Field& field, const FrameScene& scene) {
    const JsonPath* path = pathOf(field);
    const Payload value = path ? Payload(readPathOrFail(*path, scene)) : field.value.evaluate(scene, field.name);
    const Json& json = value.json();
    std::optional<double> number;
    if (json.IsNumber())
        number = json.GetDouble();
    else if (path && json.IsString())
        if (const auto parsed = tryParseJson(view(json)); parsed && parsed->IsNumber()) number = parsed->GetDouble();
    if (!number && path)
        throw runtimeFailure("The " + field.name + " field refers to value \"" + shown(json) +
                             "\" which is not a valid float: " + path->text());
    if (!number) {
        const std::string expression = field.value.expression ? field.value.expression->text() : value.text();
        throw evaluationFailure("The JSONata expression '" + expression + "' specified for the field '" + field.name +
                                    "' returned an unexpected result type. Expected 'number', but was '" +
                                    typeName(json) + "' for value: " + value.text(),
                                field.name);
    }
    if (*number < 0 || *number > 100) throw runtimeFailure("ToleratedFailurePercentage must be between 0 and 100.");
    return *number;
}

void Interpreter::on(const ItemsRead& read) {
    Frame* frame = waiting(read.attempt, Phase::readingItems);
    if (!frame) return;
    const State& state = stateOf(*frame);
    guarded(*frame, [&] {
        FrameScene scene(state_, *frame, now_, dice_);
        if (state.language == QueryLanguage::jsonPath) scene.input = select(state.inputPath, frame->input, scene);
        const Payload items =
            read.items;  // whole: with an ItemReader there is no use of ItemsPath, recorded executions show
        if (!items.json().IsArray()) {
            const TaskFailed failed{read.attempt, "States.ItemReaderFailed",
                                    "Attempting to map over non-iterable node."};
            return on(failed);
        }
        startMapRun(*frame, state, items, scene);
    });
}

void Interpreter::startMapRun(Frame& frame, const State& state, const Payload& items, FrameScene& scene) {
    const auto& map = *state.map;
    StartMapRun run{.attempt = 0, .stateName = state.name, .mapRunArn = frame.mapRunArn, .scope = map.processor};
    run.childType = map.childType;
    for (rapidjson::SizeType i = 0; i < items.json().Size(); ++i)
        run.inputs.push_back(itemInput(state, items.json()[i], i, scene));
    run.itemCounts.assign(run.inputs.size(), 1);
    if (map.batcher) batch(run, state, scene);
    run.maxConcurrency = maxConcurrency(state, scene);
    if (run.maxConcurrency == 0 || run.maxConcurrency > kMaxChildConcurrency) run.maxConcurrency = kMaxChildConcurrency;
    if (map.toleratedFailureCount) run.toleratedFailureCount = wholeNumber(*map.toleratedFailureCount, scene);
    if (map.toleratedFailurePercentage)
        run.toleratedFailurePercentage = percentage(*map.toleratedFailurePercentage, scene);
    if (map.writer) {
        Json writer = object({{"Resource", map.writer->resource.arn}});
        const char* field =
            state.language == QueryLanguage::jsonata ? "ResultWriter/Arguments" : "ResultWriter/Parameters";
        if (map.writer->parameters)
            set(writer, "Parameters", copy(map.writer->parameters->evaluate(scene, field).json()));
        if (map.writer->config)
            set(writer, "WriterConfig", copy(map.writer->config->evaluate(scene, "ResultWriter/WriterConfig").json()));
        run.resultWriter = Payload(std::move(writer));
    }
    await(frame, Phase::mapRun);
    run.attempt = frame.attempt;
    command(std::move(run));
}

/// Turns the inputs into {"BatchInput": …, "Items": […]}, each as full as both limits allow.
void Interpreter::batch(StartMapRun& run, const State& state, FrameScene& scene) {
    const auto& batcher = *state.map->batcher;
    const auto mostItems = batcher.maxItemsPerBatch ? wholeNumber(*batcher.maxItemsPerBatch, scene) : INT64_MAX;
    const auto mostBytes = batcher.maxInputBytesPerBatch ? wholeNumber(*batcher.maxInputBytesPerBatch, scene)
                                                         : std::int64_t{kMaxChildInputBytes};
    if (mostItems <= 0) throw runtimeFailure("field MaxItemsPerBatch must be positive");
    if (mostBytes <= 0) throw runtimeFailure("field MaxInputBytesPerBatch must be positive");
    std::string head = "{";
    if (batcher.batchInput)
        head += "\"BatchInput\":" + batcher.batchInput->evaluate(scene, "ItemBatcher/BatchInput").text() + ",";
    head += "\"Items\":[";
    std::vector<Payload> out;
    run.itemCounts.clear();
    std::string batch = head;
    std::int64_t count = 0;
    const auto close = [&] {
        if (count) {
            out.emplace_back(batch + "]}");
            run.itemCounts.push_back(static_cast<std::uint32_t>(count));
        }
        batch = head;
        count = 0;
    };
    for (const auto& input : run.inputs) {
        if (count && (count >= mostItems || static_cast<std::int64_t>(batch.size() + input.size() + 3) > mostBytes))
            close();
        batch += (count ? "," : "") + input.text();
        ++count;
    }
    close();
    run.inputs = std::move(out);
}

void Interpreter::on(const MapRunEnded& ended) {
    Frame* frame = waiting(ended.attempt, Phase::mapRun);
    if (!frame) return;
    frame->attempt = 0;
    if (ended.error || ended.cause) {
        std::vector<Detail> details;
        if (ended.error) details.emplace_back(Member::error, *ended.error);
        if (ended.cause) details.emplace_back(Member::cause, *ended.cause);
        emit(*frame, EventType::MapRunFailed, std::move(details));
        return guarded(*frame, [&] { fail(*frame, {ended.error, ended.cause}); });
    }
    emit(*frame, EventType::MapRunSucceeded);
    // Differs: AWS, whose MapStateExited named MapRunSucceeded here until the summer of 2024, has named MapRunStarted
    // since then.
    emitAfter(frame->lastEventId, EventType::MapStateSucceeded);
    guarded(*frame, [&] { leave(*frame, ended.output); });
}

}  // namespace backlot::asl::detail
