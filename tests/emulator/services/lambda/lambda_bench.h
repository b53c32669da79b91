#pragma once
// A world with Lambda whose functions are C++ lambdas, and stand-ins for the services that it calls.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "emulator/base/base64.h"
#include "emulator/services/lambda/service.h"
#include "tests/emulator/bench.h"
#include "tests/emulator/services/lambda/fake_outside.h"

namespace backlot {

/// The smallest archive with one stored file, with what the caller wants wrong about it.
struct ZipFile {
    std::string path = "handler.py", content = "def handler(event, context): pass\n";
    std::uint32_t mode = 0100644;
    std::uint16_t flags = 0;
    bool wrongChecksum = false;
    std::uint32_t claimedSize = 0;  // 0: the true one
};
std::string zipOf(const std::vector<ZipFile>& files);

/// What must be there before the world and after it.
struct LambdaParts {
    FakeOutside outside;
    /// What was asked of the stand-ins: "sqs:SendMessage" and the request.
    std::vector<std::pair<std::string, std::string>> asked;
    std::string logs;                  // all that AppendLogs got
    int appends = 0;                   // in so many calls
    std::vector<std::string> visible;  // messages of the queue, by their bodies
    std::vector<std::string> deleted;  // receipt handles
    std::vector<Json> streamRecords;

    std::vector<Service> services();
};

struct LambdaBench : LambdaParts, Bench {
    explicit LambdaBench(ClockMode mode = ClockMode::virtualTime);
    void settleAll();
    std::shared_ptr<std::optional<Outcome>> begin(const std::string& operation, Json request);
    Json lambda(const std::string& operation, Json request);
    std::string lambdaError(const std::string& operation, Json request);
    void create(const std::string& name, const std::string& handler, Json more = object());
    Json invoke(const std::string& name, const std::string& payload = "{}", Json more = object());
    void moveClock(Duration by);
    /// Tells the mappings that the queue has messages.
    void offer(std::vector<std::string> bodies);
    void addStreamRecords(int count);
};

}  // namespace backlot
