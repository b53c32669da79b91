// JSONata's own test suite, as far as version 2.0.6 passes it.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "asl/query/jsonata.h"
#include "tests/conformance.h"

namespace backlot::asl {
namespace {

namespace fs = std::filesystem;

std::string readFile(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// A lone surrogate has no place in UTF-8, but JSONata's own escape for it has: \ud800 in the file becomes \\ud800,
/// which the expression reads as the same character.
std::string withSurrogatesEscaped(std::string text) {
    for (auto at = text.find("\\ud800"); at != std::string::npos; at = text.find("\\ud800", at + 7))
        text.insert(at, "\\");
    return text;
}

struct Suite {
    std::map<std::string, Json> datasets;
    int passed = 0, failed = 0, outOfScope = 0;

    const Json* inputOf(const Json& test) {
        if (const auto* data = find(test, "data")) return data;
        const auto* name = find(test, "dataset");
        return name && name->IsString() ? &datasets.at(text(*name)) : nullptr;
    }

    static bool sameBag(const Json& a, const Json& b) {
        if (!a.IsArray() || !b.IsArray() || a.Size() != b.Size()) return equal(a, b);
        std::vector<bool> used(b.Size());
        for (const auto& item : a.GetArray()) {
            rapidjson::SizeType i = 0;
            while (i < b.Size() && (used[i] || !equal(item, b[i]))) ++i;
            if (i == b.Size()) return false;
            used[i] = true;
        }
        return true;
    }

    /// Empty where the case passes; else what came instead.
    std::string difference(const Json& test) {
        std::vector<JsonataBinding> bindings;
        if (const auto* given = find(test, "bindings"); given && given->IsObject())
            for (const auto& member : given->GetObject()) bindings.push_back({view(member.name), &member.value});
        JsonataHost host;
        host.random = [] { return 0.25; };
        host.now = fromMillis(1'700'000'000'000);
        Jsonata::Result result;
        auto compiled = Jsonata::compile(view(test["expr"]));
        if (auto* error = std::get_if<JsonataError>(&compiled))
            result = *error;
        else
            result = std::get<Jsonata>(compiled).evaluate(bindings, inputOf(test), host);

        const auto* code = find(test, "code");
        const auto* expected = find(test, "error");
        if (expected) code = find(*expected, "code");
        if (const auto* error = std::get_if<JsonataError>(&result)) {
            if (!code) return "error " + error->text();
            if (view(*code) != error->code) return "error " + error->text() + " instead of " + text(*code);
            const auto* message = expected ? find(*expected, "message") : nullptr;
            if (message && view(*message) != error->message) return "message " + error->message;
            return "";
        }
        const auto& value = std::get<std::optional<Json>>(result);
        const std::string got = value ? writeJson(*value) : "nothing";
        if (code) return got + " instead of error " + text(*code);
        if (find(test, "undefinedResult")) return value ? got + " instead of nothing" : "";
        const auto& wanted = test["result"];
        const bool same = value && (find(test, "unordered") ? sameBag(*value, wanted) : equal(*value, wanted));
        return same ? "" : got + " instead of " + writeJson(wanted);
    }

    void run(const Json& test) {
        if (find(test, "jsonata_2_0_6") || view(test["expr"]).find("$eval") != std::string_view::npos) {
            ++outOfScope;
            return;
        }
        const auto wrong = difference(test);
        wrong.empty() ? ++passed : ++failed;
        if (!wrong.empty()) MESSAGE(text(test["id"]) << ": " << text(test["expr"]) << " gave " << wrong.substr(0, 600));
    }
};

}  // namespace

TEST_CASE("every case of JSONata's suite that 2.0.6 passes is passed") {
    if (!conformance::has("jsonata/groups")) return;
    const auto folder = conformance::folder() / "jsonata";
    Suite suite;
    for (const auto& entry : fs::directory_iterator(folder / "datasets"))
        suite.datasets.emplace(entry.path().stem().string(), parseJson(readFile(entry.path())));
    for (const auto& entry : fs::directory_iterator(folder / "groups")) {
        const Json cases = parseJson(withSurrogatesEscaped(readFile(entry.path())));
        for (const auto& test : cases.GetArray()) suite.run(test);
    }
    MESSAGE(suite.passed << " passed, " << suite.failed << " failed, " << suite.outOfScope << " out of scope");
    CHECK(suite.failed == 0);
    CHECK(suite.passed > 1000);
}

}  // namespace backlot::asl
