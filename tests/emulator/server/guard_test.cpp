#include "emulator/server/guard.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>

using namespace backlot;
using namespace backlot::server;

namespace {

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("backlot-guard-test-" + std::to_string(::getpid()));
    explicit Folder(const std::string& name = "") {
        path += name;
        std::filesystem::create_directories(path);
        std::ofstream(path / "libbacklot-guard.so") << "x";
    }
    ~Folder() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE("a guarded program preloads the guard before its own, and has Backlot for a proxy in each spelling") {
    const Folder folder;
    const auto variables = guardEnvironment(folder.path, 4566, "/usr/lib/other.so");
    CHECK(variables.at("LD_PRELOAD") == (folder.path / "libbacklot-guard.so").string() + ":/usr/lib/other.so");
    CHECK(variables.at("BACKLOT_GUARD") == "4566");
    for (const char* name : {"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "all_proxy"})
        CHECK(variables.at(name) == "http://127.0.0.1:4566");
    CHECK(variables.at("NO_PROXY").find("127.0.0.1") != std::string::npos);
}

TEST_CASE("without its library there is no guard, and nothing is started that believes in one") {
    CHECK_THROWS_AS(guardEnvironment("/nowhere", 4566), std::runtime_error);
    const Folder folder(" two words");
    CHECK_THROWS_AS(guardEnvironment(folder.path, 4566), std::runtime_error);
}
