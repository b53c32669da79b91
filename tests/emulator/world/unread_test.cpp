// Members that no code reads are noticed (emulator/base/reading.h).
#include <doctest/doctest.h>

#include "emulator/world/world.h"

using namespace backlot;

#ifdef BACKLOT_WATCHES_READING
namespace {

using Members = std::vector<std::string>;

/// What the world says that `operation` did not look at of `request`, which the client sends.
Members unreadBy(OperationFunction operation, const char* request, std::vector<Ignored> ignores = {},
                 bool fromClient = true) {
    Members unread;
    World world({.clock = ClockMode::virtualTime, .start = Time{}, .seed = 1},
                {.onUnread = [&](const std::string& service, std::string_view name, const std::string& member) {
                    CHECK(service == "shelf");
                    CHECK(name == "Put");
                    unread.push_back(member);
                }});
    world.add({.name = "shelf", .operations = {{"Put", std::move(operation), writes, std::move(ignores)}}});
    world.start();
    world.submit({.service = "shelf", .operation = "Put", .request = parseJson(request), .fromClient = fromClient});
    while (world.drain()) {
    }
    return unread;
}

Reply readsNameAndTags(Call&, const Fields& request) {
    request.text("Name");
    for (const auto* tag : request.items("Tags")) Fields(*tag).text("Key");
    return object();
}

}  // namespace

TEST_CASE("a member of a client's request that the operation never asked for is named") {
    CHECK(unreadBy(readsNameAndTags, R"({"Name": "a", "Color": "red", "Size": {"Height": 1}})") ==
          Members{"Color", "Size"});
    CHECK(unreadBy(readsNameAndTags, R"({"Name": "a"})").empty());
}

TEST_CASE("members in objects and lists are named by their path") {
    CHECK(unreadBy(readsNameAndTags,
                   R"({"Name": "a", "Tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": "w"}]})") ==
          Members{"Tags.Value"});
}

TEST_CASE("what is copied, written or handed out whole has been looked at") {
    const char* const request = R"({"Item": {"a": 1, "b": {"c": 2}}})";
    CHECK(unreadBy([](Call&, const Fields& given) -> Reply { return copy(given.value("Item")); }, request).empty());
    CHECK(unreadBy(
              [](Call& call, const Fields& given) -> Reply {
                  call.put("k", writeJson(given.child("Item").json()));
                  return object();
              },
              request)
              .empty());
    CHECK(unreadBy(
              [](Call&, const Fields& given) -> Reply {
                  given.child("Item").text("a");
                  return object();
              },
              R"({"Item": {"a": "1", "b": {"c": 2}}})") == Members{"Item.b"});
    CHECK(unreadBy(
              [](Call&, const Fields& given) -> Reply {
                  find(given.value("Item"), "a");  // read by name, and then all of it by an iterator
                  for (const auto& member : whole(given.value("Item")).GetObject()) view(member.name);
                  return object();
              },
              request)
              .empty());
}

TEST_CASE("what an operation ignores or passes over is not named, nor what is in it") {
    const char* const request = R"({"Name": "a", "Token": "t", "Options": {"X": 1}, "Optional": 1})";
    CHECK(unreadBy(readsNameAndTags, request, {{"Token", "not repeated"}, {"Options", "tunes what is not here"}}) ==
          Members{"Optional"});
    CHECK(unreadBy(
              [](Call&, const Fields& given) -> Reply {
                  given.passOver({"Name", "Token", "Options", "Optional", "Absent"});
                  return object();
              },
              request)
              .empty());
}

TEST_CASE("an operation that fails, or that the program itself calls, may leave members alone") {
    CHECK(unreadBy([](Call&, const Fields&) -> Reply { throw AwsError("No", "no"); }, R"({"Color": "red"})").empty());
    CHECK(unreadBy(readsNameAndTags, R"({"Name": "a", "Color": "red"})", {}, false).empty());
}
#endif
