#include <filesystem>
#include <fstream>

#include "emulator/services/lambda/zip.h"
#include "tests/emulator/services/lambda/lambda_bench.h"

using namespace backlot;
using namespace backlot::lambda;
namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / ("backlot-zip-test-" + std::to_string(::getpid()));
    Folder() { fs::remove_all(path); }
    ~Folder() { fs::remove_all(path); }
};

bool refused(std::vector<ZipFile> files) {
    Folder folder;
    fs::create_directories(folder.path);
    try {
        unzip(zipOf(files), folder.path / "code");
    } catch (const BadZip&) {
        return fs::is_empty(folder.path);  // nothing stays behind
    }
    return false;
}

}  // namespace

TEST_CASE("an archive appears whole, readable and executable as it was") {
    Folder folder;
    unzip(zipOf({{}, {.path = "lib/tool", .content = "#!/bin/sh\n", .mode = 0100755}}), folder.path);
    std::string line;
    std::getline(std::ifstream(folder.path / "handler.py"), line);
    CHECK(line == "def handler(event, context): pass");
    CHECK((fs::status(folder.path / "lib/tool").permissions() & fs::perms::owner_exec) != fs::perms::none);
    CHECK((fs::status(folder.path / "handler.py").permissions() & fs::perms::owner_write) == fs::perms::none);
}

TEST_CASE("an archive that reaches outside or is not what it says is refused and leaves nothing") {
    CHECK(refused({{.path = "../evil.py"}}));
    CHECK(refused({{.path = "a/../../evil.py"}}));
    CHECK(refused({{.path = "/etc/evil"}}));
    CHECK(refused({{.path = "..\\evil.py"}}));
    CHECK(refused({{.path = "link", .content = "/etc/passwd", .mode = 0120777}}));
    CHECK(refused({{.path = "device", .mode = 0020666}}));
    CHECK(refused({{.flags = 1}}));
    CHECK(refused({{.wrongChecksum = true}}));
    CHECK(refused({{.claimedSize = 300u << 20}}));
    CHECK(refused({{.claimedSize = 1000}}));
    CHECK(refused({{.path = "same"}, {.path = "same"}}));
    CHECK(refused({{.path = "a"}, {.path = "a/b"}}));
    CHECK(refused({}));
}

TEST_CASE("what is no archive is refused") {
    CHECK_THROWS_AS(inspectZip("hello"), BadZip);
    CHECK_THROWS_AS(inspectZip(""), BadZip);
    CHECK_THROWS_AS(inspectZip(zipOf({{}}).substr(0, 60)), BadZip);
}
