// Parallel and inline Map: children run as frames of the same execution and are joined by index.

#include <algorithm>

#include "asl/execution/interpreter.h"

namespace backlot::asl::detail {

namespace {

constexpr std::uint32_t kMaxInlineConcurrency = 40;  // AWS's limit for an inline Map

/// The path of ItemsPath; of one into the context object AWS shows a single `$`.
std::string shownPath(const MapFields& map) {
    std::string path = map.items ? map.items->value.expression->text() : "$";
    return path.starts_with("$$") ? path.substr(1) : path;
}

std::vector<Detail> iteration(const State& state, std::uint32_t index) {
    return {{Member::name, state.name}, {Member::index, static_cast<std::int64_t>(index)}};
}

}  // namespace

void Interpreter::runParallel(Frame& frame, const State& state) {
    FrameScene scene(state_, frame, now_, dice_);
    const auto prepared = prepare(frame, state, scene);
    emit(frame, EventType::ParallelStateStarted);
    await(frame, Phase::joining);
    frame.join = std::make_unique<Join>();
    frame.join->items = prepared.arguments;
    frame.join->count = static_cast<std::uint32_t>(state.branches.size());
    frame.join->results.resize(state.branches.size());
    if (inspection_) return;
    startChildren(frame.id, frame.lastEventId);
}

void Interpreter::runMap(Frame& frame, const State& state) {
    const auto& map = *state.map;
    FrameScene scene(state_, frame, now_, dice_);
    const auto prepared = prepare(frame, state, scene);
    if (state.language == QueryLanguage::jsonPath) scene.input = prepared.effective;
    Payload items = prepared.effective;
    const bool readsItems = map.distributed && map.reader;
    if (map.items && !readsItems) {
        const auto* expression = map.items->value.expression.get();
        items = expression && expression->path() ? Payload(readPathOrFail(*expression->path(), scene))
                                                 : map.items->value.evaluate(scene, "Items");
    }
    if (!readsItems && !items.json().IsArray()) {
        if (state.language == QueryLanguage::jsonPath)
            throw runtimeFailure("Reference path \"" + shownPath(map) + "\" must point to array.");
        if (!map.items) throw evaluationFailure("Map state input must be an array but was: " + items.text());
        const auto* expression = map.items->value.expression.get();
        throw evaluationFailure(
            "The JSONata expression '" + (expression ? expression->text() : items.text()) +
                "' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was '" +
                typeName(items.json()) + "' for value: " + items.text(),
            "Items");
    }
    if (state.language == QueryLanguage::jsonPath && !readsItems) note("afterItemsPath", items);
    if (map.distributed) return runDistributedMap(frame, state, items, scene);
    emit(frame, EventType::MapStateStarted, {{Member::length, static_cast<std::int64_t>(items.json().Size())}});
    const auto most = maxConcurrency(state, scene);
    if (items.json().Empty() && !inspection_) {
        emitAfter(frame.lastEventId, EventType::MapStateSucceeded);
        return leave(frame, items);
    }
    await(frame, Phase::joining);
    frame.join = std::make_unique<Join>();
    frame.join->items = items;
    frame.join->count = items.json().Size();
    frame.join->maxConcurrency = static_cast<std::uint32_t>(std::clamp<std::int64_t>(most, 0, 1'000'000));
    frame.join->results.resize(frame.join->count);
    if (inspection_) return;
    startChildren(frame.id, frame.lastEventId);
}

void Interpreter::startChildren(FrameId parent, std::uint64_t previousEventId) {
    Frame& frame = this->frame(parent);
    Join& join = *frame.join;
    std::uint32_t limit = join.maxConcurrency;
    if (stateOf(frame).type == StateType::map)
        limit = limit ? std::min(limit, kMaxInlineConcurrency) : kMaxInlineConcurrency;
    while (join.next < join.count && (limit == 0 || join.running < limit))
        startChild(frame, join.next, previousEventId);
}

void Interpreter::startChild(Frame& parent, std::uint32_t index, std::uint64_t previousEventId) {
    const State& state = stateOf(parent);
    Join& join = *parent.join;
    Frame child;
    child.id = state_.nextFrame++;
    child.parent = parent.id;
    child.index = index;
    child.lastEventId = previousEventId;
    if (state.type == StateType::map) {
        child.scope = state.map->processor;
        FrameScene scene(state_, parent, now_, dice_);
        if (state.language == QueryLanguage::jsonPath && state.map->itemSelector)
            scene.input = select(state.inputPath, parent.input, scene);
        const Json& item = join.items.json()[index];
        child.mapItem = Payload(object({{"Index", index}, {"Value", copy(item)}}));
        child.input = itemInput(state, item, index, scene);
    } else {
        child.scope = state.branches[index];
        child.input = join.items;
    }
    child.state = machine().scope(child.scope).startAt;
    ++join.next;
    ++join.running;
    if (state.type == StateType::map) emit(child, EventType::MapIterationStarted, iteration(state, index));
    const auto id = child.id;
    state_.frames.emplace(id, std::move(child));
    state_.ready.push_back({id, Turn::enter});
}

void Interpreter::childSucceeded(FrameId parentId, std::uint32_t index, std::uint64_t lastEventId, Payload output) {
    Frame& parent = frame(parentId);
    const State& state = stateOf(parent);
    Join& join = *parent.join;
    join.results[index] = std::move(output);
    --join.running;
    // Recorded: …Succeeded events name the child's last event, and so does what follows them.
    if (state.type == StateType::map) emitAfter(lastEventId, EventType::MapIterationSucceeded, iteration(state, index));
    guarded(parent, [&] {
        if (join.next < join.count) startChildren(parentId, lastEventId);
        if (join.running > 0) return;
        parent.lastEventId = lastEventId;
        emitAfter(lastEventId,
                  state.type == StateType::map ? EventType::MapStateSucceeded : EventType::ParallelStateSucceeded);
        std::string joined = "[";
        for (const auto& result : join.results) joined += (joined.size() > 1 ? "," : "") + result->text();
        leave(parent, Payload(joined + "]"));
    });
}

void Interpreter::childFailed(Frame& child, const StateError& error) {
    if (!beforeFailure_ && !inspection_) beforeFailure_ = toBytes(state_);
    const auto last = child.lastEventId;
    const auto failed = child.id;  // its frame is gone before its siblings'
    const auto parentId = child.parent;
    Frame& parent = frame(parentId);
    const State& state = stateOf(parent);
    if (state.type == StateType::map) emitAfter(last, EventType::MapIterationFailed, iteration(state, child.index));
    std::vector<FrameId> siblings{failed};
    for (const auto& [id, frame] : state_.frames)
        if (frame.parent == parentId && id != kRoot && id != failed) siblings.push_back(id);
    for (const auto id : siblings) {
        const Frame& sibling = frame(id);
        if (id != failed && state.type == StateType::map)
            emitAfter(last, EventType::MapIterationAborted, iteration(state, sibling.index));
        abort(id, last);
    }
    parent.lastEventId = last;
    parent.attempt = 0;
    parent.join.reset();
    fail(parent, error);
}

void Interpreter::abandonChildren(Frame& frame) {
    std::vector<FrameId> children;
    for (const auto& [id, child] : state_.frames)
        if (child.parent == frame.id && id != kRoot) children.push_back(id);
    for (const auto id : children) abort(id, frame.lastEventId);
    frame.join.reset();
    frame.attempt = 0;
}

/// Ends a child that will not finish: its state is aborted, and what runs below it.
void Interpreter::abort(FrameId id, std::uint64_t previousEventId) {
    Frame& frame = this->frame(id);
    const State& state = stateOf(frame);
    std::vector<FrameId> children;
    for (const auto& [other, candidate] : state_.frames)
        if (candidate.parent == id && other != kRoot && other != id) children.push_back(other);
    for (const auto child : children) {
        if (state.type == StateType::map)
            emitAfter(previousEventId, EventType::MapIterationAborted, iteration(state, this->frame(child).index));
        abort(child, previousEventId);
    }
    const bool entered = frame.enteredEventId != 0 && frame.lastEventId >= frame.enteredEventId;
    if (entered && state.type == StateType::task) emitAfter(previousEventId, EventType::TaskStateAborted);
    if (entered && state.type == StateType::wait) emitAfter(previousEventId, EventType::WaitStateAborted);
    if (entered && state.type == StateType::map && frame.join) emitAfter(previousEventId, EventType::MapStateAborted);
    if (entered && state.type == StateType::parallel && frame.join)
        emitAfter(previousEventId, EventType::ParallelStateAborted);
    if (frame.attempt) command(Cancel{frame.attempt});
    state_.frames.erase(id);
}

}  // namespace backlot::asl::detail
