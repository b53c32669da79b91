#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "emulator/services/lambda/function_config.h"
#include "emulator/services/lambda/log_buffer.h"
#include "emulator/world/outlet.h"

namespace backlot::lambda {

/// Source: AWS Lambda Developer Guide, "Lambda quotas"; the odd 100 bytes are AWS's, recorded.
inline constexpr std::size_t kPayloadLimitBytes = 6'291'556, kEventPayloadLimitBytes = 1'048'576;
inline constexpr int kAccountConcurrency = 1000;

/// One version of a function as its instances need to know it. Immutable; its rows may change or go meanwhile.
struct Version {
    std::string account, region, name, version, arn;  // the ARN without qualifier
    std::string instance;                             // instances of an older one are not used again
    std::string handler, runtime;
    Language language = Language::provided;
    std::chrono::seconds timeout{3};
    int memoryMegabytes = 128;
    int temporaryMegabytes = 512;  // of its /tmp
    std::vector<std::pair<std::string, std::string>> environment;
    std::string codeSha, codeFolder;  // an archive in the store, or a folder of the machine
    std::string logGroup;
    bool jsonLogs = false, activeTracing = false;
};

/// An invocation from its request to its answer. Lives in memory; what must outlast the process is the job that waits
/// for it.
struct Invocation {
    std::shared_ptr<const Version> version;
    std::string id, invokedArn, payload, clientContext;
    std::string streamName;  // of a new instance's log, if this needs one
    std::string trace;
    std::uint64_t entry = 0, parent = 0;               // of the record: its own, and of the call that asked for it
    std::uint64_t seed = 0;                            // the function's randomness
    Time start{};                                      // of the world's clock
    std::chrono::steady_clock::time_point assigned{};  // to an instance, perhaps one to be started
    std::int64_t wallMicros = 0;                       // from then on to its end, by the machine's clock
    std::shared_ptr<const std::string> zip;            // the code, where it was not unpacked yet
    std::shared_ptr<void> slot;  // counts among the function's concurrent invocations while it lives
    std::shared_ptr<BusyHold> hold;

    bool ended = false;
    std::string functionError;  // "Unhandled"; empty: it went well
    std::string result;         // what the function answered, or AWS's description of its failure
    std::string logStream;
    LogBuffer printed;          // while it runs
    std::vector<LogLine> log;   // when it has ended
    std::size_t logStored = 0;  // so many lines of it are with CloudWatch Logs

    std::string topic() const { return "lambda:invocation:" + id; }
    /// The last 4 KiB of its log.
    std::string logTail() const;
};

}  // namespace backlot::lambda
