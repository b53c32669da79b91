#include "emulator/services/kit/bind.h"

#include "tests/emulator/bench.h"

namespace backlot::kit {
namespace {

struct Kept {
    int calls = 0;
    Json counted(Call&, const Fields&) { return object({{"calls", ++calls}}); }
};

Json before(Kept& kept, Call&, const Fields&) { return object({{"calls", ++kept.calls}}); }
Reply behind(Call&, const Fields& request, const Kept& kept) {
    return object({{"calls", kept.calls}, {"name", request.text("Name")}});
}
Json shared(Call&, const Fields&, const std::shared_ptr<Kept>& kept) { return object({{"holders", kept.use_count()}}); }

TEST_CASE("Operations of every form work on the same thing") {
    const auto kept = std::make_shared<Kept>();
    const auto with = bind(kept);
    const auto borrowed = bind(kept.get());
    std::vector<Service> services;
    services.push_back({.name = "counter",
                        .operations = {{"Before", with(before)},
                                       {"Behind", with(behind)},
                                       {"Counted", with(&Kept::counted)},
                                       {"Shared", with(shared)},
                                       {"Borrowed", borrowed(before)}}});
    Bench bench(std::move(services));
    const auto answer = [&](const char* operation) {
        return writeJson(bench.call("counter", operation, object({{"Name", "a"}})));
    };
    CHECK(answer("Before") == R"({"calls":1})");
    CHECK(answer("Counted") == R"({"calls":2})");
    CHECK(answer("Borrowed") == R"({"calls":3})");
    CHECK(answer("Behind") == R"({"calls":3,"name":"a"})");
    CHECK(intOr(bench.call("counter", "Shared"), "holders", 0) > 1);
}

}  // namespace
}  // namespace backlot::kit
