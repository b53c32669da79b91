#include "asl/execution/map_run.h"

#include <algorithm>
#include <utility>

#include "asl/execution/bytes.h"

namespace backlot::asl {

MapRun::MapRun(StartMapRun command)
    : command_(std::move(command)),
      statuses_(command_.inputs.size(), ChildStatus::pending),
      outputs_(command_.inputs.size()) {
    for (const auto count : command_.itemCounts) totalItems_ += count;
}

MapRun::MapRun(StartMapRun command, std::vector<Child> started) : MapRun(std::move(command)) {
    for (auto& child : started) {
        if (child.index >= statuses_.size()) continue;
        statuses_[child.index] = child.status;
        outputs_[child.index] = std::move(child.output);
        running_ += child.status == ChildStatus::running ? 1 : 0;
        next_ = std::max(next_, child.index + 1);
        countEnd(child.index);
    }
}

void MapRun::setLimits(std::optional<std::int64_t> maxConcurrency, std::optional<std::int64_t> toleratedFailureCount,
                       std::optional<double> toleratedFailurePercentage) {
    command_.maxConcurrency = maxConcurrency.value_or(command_.maxConcurrency);
    command_.toleratedFailureCount = toleratedFailureCount.value_or(command_.toleratedFailureCount);
    command_.toleratedFailurePercentage = toleratedFailurePercentage.value_or(command_.toleratedFailurePercentage);
}

std::optional<std::size_t> MapRun::startNext() {
    if (isOver() || next_ == statuses_.size()) return std::nullopt;
    if (command_.maxConcurrency > 0 && running_ >= static_cast<std::size_t>(command_.maxConcurrency))
        return std::nullopt;
    statuses_[next_] = ChildStatus::running;
    ++running_;
    return next_++;
}

void MapRun::childEnded(std::size_t index, ChildStatus status, Payload output) {
    if (index >= statuses_.size() || statuses_[index] != ChildStatus::running) return;
    statuses_[index] = status;
    outputs_[index] = std::move(output);
    --running_;
    countEnd(index);
}

/// Keeps the number of failed items at hand: it is asked for with every child.
void MapRun::countEnd(std::size_t index) {
    if (statuses_[index] == ChildStatus::failed || statuses_[index] == ChildStatus::timedOut)
        failedItems_ += command_.itemCounts[index];
}

void MapRun::abort() { aborted_ = true; }

bool MapRun::exceededTolerance() const {
    const auto bad = failedItems_;
    if (bad == 0) return false;
    const bool byCount = command_.toleratedFailureCount > 0, byPercentage = command_.toleratedFailurePercentage > 0;
    if (byCount && bad > command_.toleratedFailureCount) return true;
    if (byPercentage &&
        static_cast<double>(bad) * 100 > command_.toleratedFailurePercentage * static_cast<double>(totalItems_))
        return true;
    return !byCount && !byPercentage;
}

bool MapRun::isOver() const { return aborted_ || exceededTolerance() || (next_ == statuses_.size() && running_ == 0); }

std::vector<std::size_t> MapRun::running() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < statuses_.size(); ++i)
        if (statuses_[i] == ChildStatus::running) out.push_back(i);
    return out;
}

MapRunEnded MapRun::result() const {
    if (aborted_) return {command_.attempt, {}, "States.Runtime", "The map run was aborted."};
    if (exceededTolerance())
        return {command_.attempt,
                {},
                "States.ExceedToleratedFailureThreshold",
                "The specified tolerated failure threshold was exceeded"};
    std::string results = "[";
    for (std::size_t i = 0; i < statuses_.size(); ++i)
        if (statuses_[i] == ChildStatus::succeeded) results += (results.size() > 1 ? "," : "") + outputs_[i].text();
    return {command_.attempt, Payload(results + "]"), std::nullopt, std::nullopt};
}

MapRun::Counts MapRun::counts(bool items) const {
    Counts out;
    std::int64_t* const byStatus[] = {&out.pending, &out.running,  &out.succeeded,
                                      &out.failed,  &out.timedOut, &out.aborted};
    for (std::size_t i = 0; i < statuses_.size(); ++i) {
        const std::int64_t count = items ? command_.itemCounts[i] : 1;
        *byStatus[static_cast<std::size_t>(statuses_[i])] += count;
        out.total += count;
    }
    return out;
}

std::string MapRun::bytes() const {
    BytesWriter out;
    out.text(toBytes(Command(command_)));
    for (const auto status : statuses_) out.number(static_cast<std::uint64_t>(status));
    for (const auto& output : outputs_) out.payload(output);
    out.number(next_);
    out.flag(aborted_);
    return out.take();
}

MapRun MapRun::fromBytes(std::string_view bytes) {
    BytesReader in(bytes);
    auto command = commandFromBytes(in.text());
    MapRun out(std::get<StartMapRun>(std::move(command)));
    for (auto& status : out.statuses_) {
        status = in.enumeration<ChildStatus>(6);
        out.running_ += status == ChildStatus::running ? 1 : 0;
        out.countEnd(static_cast<std::size_t>(&status - out.statuses_.data()));
    }
    for (auto& output : out.outputs_) output = in.payload();
    out.next_ = static_cast<std::size_t>(in.number());
    out.aborted_ = in.flag();
    return out;
}

}  // namespace backlot::asl
