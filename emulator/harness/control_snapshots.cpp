// snapshots: saved and loaded by name, beside the world; their bytes fetched and sent in portions.

#include <exception>

#include "emulator/harness/control_routes.h"

namespace backlot::harness {
namespace {

constexpr std::uint64_t kPortionBytes = 4 << 20;

std::string nameOf(const ControlCall& call) {
    if (find(*call.body, "file"))
        throw AwsError("InvalidRequest",
                       "The control API takes the name of a snapshot, never a file. The command line copies files: "
                       "backlot snapshot save ./FILE.");
    const auto name = call.segments.empty() ? optionalText(*call.body, "name") : std::optional(call.segments.front());
    if (!name) throw AwsError("InvalidRequest", "Say the snapshot's name.");
    if (call.segments.size() > 1 || !SnapshotFolder::isName(*name))
        throw AwsError("InvalidRequest",
                       "A snapshot's name is letters, digits, '.', '_' and '-', at most 128 of them.");
    return *name;
}

AwsError noSnapshot(const std::string& name) { return AwsError("NotFound", "There is no snapshot " + name, 404); }

Descriptor openNamed(SnapshotFolder& snapshots, const std::string& name) {
    Descriptor file = snapshots.open(name);
    if (!file) throw noSnapshot(name);
    return file;
}

/// Does `work` while the world goes on, then `then` in the world's turn; answers with what either throws.
void beside(const ControlCall& call, std::function<void()> work, std::function<void()> then) {
    auto failure = std::make_shared<std::exception_ptr>();
    auto guarded = [work = std::move(work), failure] {
        try {
            work();
        } catch (...) {
            *failure = std::current_exception();
        }
    };
    auto done = [call, failure, then = std::move(then)] {
        call.attempt([&] {
            if (*failure) std::rethrow_exception(*failure);
            then();
        });
    };
    if (call.context.aside) return call.context.aside(std::move(guarded), std::move(done));
    guarded();
    done();
}

/// What is saved is the world at the moment of asking, whatever happens while it is written.
void saveSnapshot(ControlCall call, const std::string& name) {
    auto& snapshots = call.context.snapshots;
    auto contents = std::make_shared<std::optional<Saving>>(call.context.world.save());
    auto bytes = std::make_shared<std::uint64_t>(0);
    beside(
        call,
        [&snapshots, name, contents, bytes] {
            const std::optional<Saving> taken = std::move(*contents);  // let go of here, not in the world's turn
            contents->reset();
            *bytes = snapshots.save(name, *taken);
        },
        [call, name, bytes] {
            call.answer(200, object({{"saved", name}, {"bytes", *bytes}}));
        });
}

void loadSnapshot(ControlCall call, const std::string& name) {
    auto& snapshots = call.context.snapshots;
    auto& world = call.context.world;
    auto incoming = std::make_shared<Incoming>();
    beside(
        call,
        [&snapshots, &store = world.store(), name, incoming] {
            const Descriptor file = openNamed(snapshots, name);
            try {
                *incoming = store.receive(file.get());
            } catch (const DamageError& error) {
                throw AwsError(
                    "InvalidSnapshot",
                    "The snapshot " + name + " cannot be loaded, and everything stays as it is: " + error.what() + ".");
            }
        },
        [call, &world, name, incoming] {
            auto before = world.load(std::move(*incoming));
            call.answer(200, object({{"loaded", name}, {"now", iso8601Millis(world.now())}}));
            if (call.context.aside) call.context.aside([before = std::move(before)] {}, [] {});
        });
}

/// One path for both: {"name": …, "load": true} loads.
void snapshotAction(ControlCall call) {
    const std::string name = nameOf(call);
    boolOr(*call.body, "load", false) ? loadSnapshot(std::move(call), name) : saveSnapshot(std::move(call), name);
}

void listSnapshots(ControlCall call) {
    call.answer(200, object({{"snapshots", array(call.context.snapshots.list(), [](const auto& entry) {
                                  return object({{"name", entry.name}, {"bytes", entry.bytes}});
                              })}}));
}

void removeSnapshot(ControlCall call) {
    auto& snapshots = call.context.snapshots;
    const std::string name = nameOf(call);
    beside(
        call,
        [&snapshots, name] {
            if (!snapshots.remove(name)) throw noSnapshot(name);
        },
        [call, name] {
            call.answer(200, object({{"removed", name}}));
        });
}

/// The two numbers of "bytes=FIRST-LAST" or "bytes FIRST-LAST/…"; `rest` is what follows them.
std::optional<std::pair<std::uint64_t, std::uint64_t>> rangeOf(std::string_view text, std::string_view& rest) {
    if (!text.starts_with("bytes=") && !text.starts_with("bytes ")) return std::nullopt;
    text.remove_prefix(6);
    const auto number = [&text]() -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
        if (digits == 0 || digits > 15) return std::nullopt;
        for (const char digit : text.substr(0, digits)) value = value * 10 + static_cast<std::uint64_t>(digit - '0');
        text.remove_prefix(digits);
        return value;
    };
    const auto first = number();
    if (!first || !text.starts_with('-')) return std::nullopt;
    text.remove_prefix(1);
    const auto last = number();
    if (!last || *last < *first) return std::nullopt;
    rest = text;
    return std::pair(*first, *last);
}

void readSnapshot(ControlCall call) {
    auto& snapshots = call.context.snapshots;
    const std::string name = nameOf(call);
    const std::string asked(call.request->headers.get("Range"));
    auto response = std::make_shared<Response>();
    beside(
        call,
        [&snapshots, name, asked, response] {
            const Descriptor file = openNamed(snapshots, name);
            const std::uint64_t size = sizeOf(file.get());
            std::string_view rest;
            const auto range = rangeOf(asked, rest);
            if (!range && (!asked.empty() || size > kPortionBytes))
                throw AwsError("InvalidRequest", "Ask for " + std::to_string(size) + " bytes in portions of at most " +
                                                     std::to_string(kPortionBytes) + ": Range: bytes=0-" +
                                                     std::to_string(kPortionBytes - 1));
            const std::uint64_t first = range ? range->first : 0;
            if (range && first >= size)
                throw AwsError("InvalidRange", "The snapshot has " + std::to_string(size) + " bytes.", 416);
            const std::uint64_t bytes =
                std::min({range ? range->second - first + 1 : size, size - first, kPortionBytes});
            response->body.resize(bytes);
            if (readAt(file.get(), response->body.data(), bytes, first) != bytes)
                throw StoreError("the snapshot " + name + " became shorter");
            response->status = range ? 206 : 200;
            response->headers = {{"Content-Type", "application/octet-stream"}, {"X-Content-Type-Options", "nosniff"}};
            if (range)
                response->headers.add("Content-Range", "bytes " + std::to_string(first) + "-" +
                                                           std::to_string(first + bytes - 1) + "/" +
                                                           std::to_string(size));
        },
        [call, response] {
            response->headers.add("X-Backlot-Time", iso8601Millis(call.context.world.now()));
            call.respond(std::move(*response));
        });
}

/// A portion of a file that is to become a snapshot; without a Content-Range, all of it.
void writeSnapshot(ControlCall call) {
    auto& snapshots = call.context.snapshots;
    const std::string name = nameOf(call);
    const std::uint64_t bytes = call.request->body.size();
    std::uint64_t first = 0, total = bytes;
    if (const auto text = call.request->headers.get("Content-Range"); !text.empty()) {
        std::string_view rest;
        const auto range = rangeOf(text, rest);
        const bool sized = range && rest.starts_with('/') && rest.size() > 1 && rest.size() <= 16 &&
                           rest.find_first_not_of("0123456789", 1) == rest.npos;
        if (!sized || range->second - range->first + 1 != bytes)
            throw AwsError("InvalidRequest", "Content-Range is bytes FIRST-LAST/TOTAL, and the body as long.");
        first = range->first;
        total = std::stoull(std::string(rest.substr(1)));
    }
    auto complete = std::make_shared<bool>(false);
    beside(
        call,
        [&snapshots, name, first, total, request = call.request, complete] {
            *complete = snapshots.receive(name, first, total, request->body);
        },
        [call, name, complete] {
            call.answer(200, object({{"name", name}, {"complete", *complete}}));
        });
}

}  // namespace

const std::vector<ControlRoute>& snapshotRoutes() {
    static const std::vector<ControlRoute> routes = {
        {"GET", "/_backlot/snapshots", listSnapshots},    {"POST", "/_backlot/snapshots", snapshotAction},
        {"POST", "/_backlot/snapshots/", snapshotAction}, {"GET", "/_backlot/snapshots/", readSnapshot},
        {"PUT", "/_backlot/snapshots/", writeSnapshot},   {"DELETE", "/_backlot/snapshots/", removeSnapshot},
    };
    return routes;
}

}  // namespace backlot::harness
