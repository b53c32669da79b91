#include "emulator/harness/control.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/emulator/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

Json note(Call& call, const Fields& request) {
    call.about(request.text("name"));
    call.put(Key("note").text(request.text("name")), iso8601Seconds(call.now));
    return object({{"at", iso8601Seconds(call.now)}});
}

Json noteLater(Call& call, const Fields& request) {
    call.later(call.now + std::chrono::seconds(request.integer("seconds")),
               {.service = "notes",
                .operation = "Note",
                .request = object({{"name", request.text("name")}}),
                .label = "note " + request.text("name")});
    return object();
}

Json listNotes(Call& call, const Fields&) {
    Json names(rapidjson::kArrayType);
    call.scan(Key("note"), [&](std::string_view key, std::string_view) {
        KeyReader reader(key);
        reader.text();
        push(names, reader.text());
        return true;
    });
    return object({{"names", std::move(names)}});
}

Json refuseNote(Call&, const Fields&) { throw AwsError("NoteRefused", "no room"); }

Service notes() {
    return {.name = "notes",
            .operations = {{"Note", note},
                           {"NoteLater", noteLater},
                           {"ListNotes", listNotes, readOnly},
                           {"RefuseNote", refuseNote},
                           {"HiddenNote", note, internal}}};
}

/// An inbox with one mail and one text message.
Service inbox() {
    return {.name = "ses",
            .operations = {
                {"ListInbox",
                 [](Call& call, const Fields& request) -> Reply {
                     Json messages = list();
                     if (request.valueOr("kind", "") == "email")
                         push(messages, object({{"id", "1"},
                                                {"at", epochMillis(call.now)},
                                                {"kind", "email"},
                                                {"from", "shop@example.com"},
                                                {"to", list({"ann@example.com"})},
                                                {"cc", list({"bob@example.com"})},
                                                {"bcc", list()},
                                                {"subject", "Order"},
                                                {"text", "Thanks"},
                                                {"region", "us-east-1"}}));
                     else
                         push(messages,
                              object({{"id", "2"}, {"kind", "sms"}, {"to", list({"+15550100"})}, {"text", "Shipped"}}));
                     return object({{"messages", std::move(messages)}});
                 },
                 readOnly}}};
}

/// A world with the control API in front of it.
struct Desk {
    Bench bench{[] {
        std::vector<Service> services;
        services.push_back(notes());
        services.push_back(inbox());
        return services;
    }()};
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("backlot-control-test-" + std::to_string(::getpid()));
    SnapshotFolder snapshots{folder};
    std::string stage = "ready";
    harness::ControlContext context{.world = bench.world,
                                    .endpoint = "http://127.0.0.1:4566",
                                    .version = "9.9",
                                    .snapshots = snapshots,
                                    .stage = [this] { return stage; },
                                    .deploy = {},
                                    .shutdown = {},
                                    .info = object(),
                                    .documents = {{"/some.pem", "PEM"}}};
    harness::Control control{context};

    ~Desk() { std::filesystem::remove_all(folder); }

    Response ask(std::string method, std::string target, std::string body = "",
                 Headers headers = {{"Content-Type", "application/json"}}) {
        const Request request{.method = std::move(method),
                              .target = std::move(target),
                              .headers = std::move(headers),
                              .body = std::move(body)};
        REQUIRE_MESSAGE(control.handles(request), request.target);
        std::optional<Response> answer;
        control.handle(request, [&](Response response) { answer = std::move(response); });
        bench.settle();
        REQUIRE_MESSAGE(answer.has_value(), request.target << " did not answer");
        return std::move(*answer);
    }
    Json json(std::string method, std::string target, std::string body = "") {
        const Response response = ask(std::move(method), std::move(target), std::move(body));
        CHECK_MESSAGE(response.status == 200, response.body);
        return parseJson(response.body);
    }
    std::string names() { return writeJson(*find(bench.call("notes", "ListNotes"), "names")); }
};

}  // namespace

TEST_CASE("health, ready and info say what runs") {
    Desk desk;
    CHECK(textOr(desk.json("GET", "/_backlot/health"), "version") == "9.9");
    CHECK(boolOr(desk.json("GET", "/_backlot/ready"), "ready", false));
    desk.stage = "deploying shop.yaml";
    const auto response = desk.ask("GET", "/_backlot/ready");
    CHECK(response.status == 503);
    CHECK(response.body.find("deploying shop.yaml") != std::string::npos);
    const Json info = desk.json("GET", "/_backlot/info");
    CHECK(textOr(info, "clock") == "virtual");
    CHECK(writeJson(*at(info, {"services", "notes"})) == R"(["ListNotes","Note","NoteLater","RefuseNote"])");
}

TEST_CASE("where a token is wanted, only what tells nothing answers without it") {
    Desk desk;
    desk.context.token = "0123456789abcdef";
    for (const char* path : {"/_backlot/health", "/_backlot/ready", "/_localstack/health"})
        CHECK_MESSAGE(desk.ask("GET", path).status == 200, path);
    const std::vector<std::pair<const char*, const char*>> closed = {
        {"GET", "/_backlot/info"},   {"POST", "/_backlot/reset"},          {"POST", "/_backlot/call/notes/Note"},
        {"GET", "/_backlot/record"}, {"POST", "/_localstack/state/reset"}, {"POST", "/moto-api/reset"},
        {"GET", "/_aws/ses"},        {"POST", "/_backlot/shutdown"}};
    for (const auto& [method, path] : closed)
        for (const char* token : {"", "0123456789abcdeF", "0123456789abcde", "0123456789abcdef0"})
            CHECK_MESSAGE(
                desk.ask(method, path, "", {{"Content-Type", "application/json"}, {"X-Backlot-Token", token}}).status ==
                    401,
                path << ' ' << token);
    CHECK(desk.ask("GET", "/_backlot/info").status == 401);
    CHECK(desk.ask("GET", "/_backlot/info", "", {{"X-Backlot-Token", "0123456789abcdef"}}).status == 200);
    CHECK(desk.ask("POST", "/moto-api/reset", "", {{"X-Backlot-Token", "0123456789abcdef"}}).status == 200);
}

TEST_CASE("idle answers when all is done, and says what is due") {
    Desk desk;
    desk.bench.call("notes", "NoteLater", object({{"name", "tea"}, {"seconds", 60}}));
    const Json idle = desk.json("POST", "/_backlot/idle", R"({"timeout": "1s"})");
    CHECK(boolOr(idle, "idle", false));
    CHECK(textOr((*find(idle, "nextDue"))[0], "label") == "note tea");
    CHECK(textOr((*find(idle, "nextDue"))[0], "at") == "2026-01-05T09:01:00.000Z");
}

TEST_CASE("the clock is shown, advanced, set and taken to the next job") {
    Desk desk;
    for (const auto& [name, seconds] : {std::pair{"first", 60}, {"second", 120}, {"third", 86400}})
        desk.bench.call("notes", "NoteLater", object({{"name", name}, {"seconds", seconds}}));
    CHECK(textOr(desk.json("GET", "/_backlot/clock"), "now") == "2026-01-05T09:00:00.000Z");
    CHECK(intOr(desk.json("POST", "/_backlot/clock", R"({"advance": "90s"})"), "fired", 0) == 1);
    CHECK(desk.names() == R"(["first"])");
    CHECK(textOr(desk.json("POST", "/_backlot/clock", R"({"next": true})"), "now") == "2026-01-05T09:02:00.000Z");
    CHECK(textOr(desk.json("POST", "/_backlot/clock", R"({"set": "2026-02-01T00:00:00Z"})"), "now") ==
          "2026-02-01T00:00:00.000Z");
    CHECK(desk.names() == R"(["first","second","third"])");
    CHECK(desk.ask("POST", "/_backlot/clock", R"({"set": "2026-01-01T00:00:00Z"})").status == 400);
    CHECK(desk.ask("POST", "/_backlot/clock", R"({"advance": "-1s"})").status == 400);
    CHECK(desk.ask("POST", "/_backlot/clock", R"({"mode": "sideways"})").status == 400);
    CHECK(textOr(desk.json("POST", "/_backlot/clock", R"({"mode": "real"})"), "mode") == "real");
}

TEST_CASE("functions may ask for health and for code, and for nothing else") {
    Desk desk;
    desk.context.fromFunction = [](const std::string&) { return true; };
    desk.bench.call("notes", "Note", object({{"name", "kept"}}));
    CHECK(desk.ask("GET", "/_backlot/health").status == 200);
    for (const auto& [method, path] : {std::pair{"POST", "/_backlot/reset"},
                                       {"POST", "/_backlot/clock"},
                                       {"GET", "/_backlot/record"},
                                       {"POST", "/_backlot/shutdown"},
                                       {"POST", "/_localstack/state/reset"}})
        CHECK_MESSAGE(desk.ask(method, path, "{}").status == 403, path);
    CHECK(desk.names() == R"(["kept"])");
}

TEST_CASE("reset forgets everything") {
    Desk desk;
    desk.bench.call("notes", "Note", object({{"name", "gone"}}));
    desk.json("POST", "/_backlot/reset");
    CHECK(desk.names() == "[]");
}

TEST_CASE("a snapshot brings rows, time and what is due back") {
    Desk desk;
    desk.bench.call("notes", "NoteLater", object({{"name", "later"}, {"seconds", 60}}));
    desk.json("POST", "/_backlot/snapshots/before");
    desk.json("POST", "/_backlot/clock", R"({"advance": "1h"})");
    CHECK(desk.names() == R"(["later"])");
    desk.json("POST", "/_backlot/snapshots", R"({"name": "before", "load": true})");
    CHECK(desk.names() == "[]");
    CHECK(textOr(desk.json("GET", "/_backlot/clock"), "now") == "2026-01-05T09:00:00.000Z");
    desk.json("POST", "/_backlot/clock", R"({"advance": "1h"})");
    CHECK(desk.names() == R"(["later"])");
    CHECK(textOr((*find(desk.json("GET", "/_backlot/snapshots"), "snapshots"))[0], "name") == "before");
    desk.json("DELETE", "/_backlot/snapshots/before");
    CHECK(desk.ask("DELETE", "/_backlot/snapshots/before").status == 404);
    CHECK(desk.ask("POST", "/_backlot/snapshots/nowhere", R"({"load": true})").status == 404);
}

TEST_CASE("a snapshot's name cannot leave its folder, and the control API takes no file") {
    Desk desk;
    for (const char* name : {"..", "a%2Fb", "%2Fetc%2Fpasswd", ".hidden", "a b", "a/b"})
        for (const char* method : {"POST", "GET", "PUT", "DELETE"})
            CHECK_MESSAGE(desk.ask(method, std::string("/_backlot/snapshots/") + name).status == 400, method << name);
    const auto file = desk.folder / "precious";
    std::filesystem::create_directories(desk.folder);
    std::ofstream(file) << "precious";
    for (const char* load : {"true", "false"})
        CHECK(desk.ask("POST", "/_backlot/snapshots",
                       R"({"name": "a", "file": ")" + file.string() + R"(", "load": )" + load + "}")
                  .status == 400);
    CHECK(std::filesystem::file_size(file) == 8);
}

TEST_CASE("a snapshot's bytes are fetched and sent in portions") {
    Desk desk;
    desk.bench.call("notes", "Note", object({{"name", "kept"}}));
    const auto size = intOr(desk.json("POST", "/_backlot/snapshots/here"), "bytes", 0);
    std::string bytes;
    while (bytes.size() < static_cast<std::size_t>(size)) {
        const std::string range = "bytes=" + std::to_string(bytes.size()) + "-" + std::to_string(bytes.size() + 9'999);
        const Response portion = desk.ask("GET", "/_backlot/snapshots/here", "", {{"Range", range}});
        REQUIRE(portion.status == 206);
        CHECK(portion.headers.get("Content-Range").ends_with("/" + std::to_string(size)));
        bytes += portion.body;
    }
    CHECK(desk.ask("GET", "/_backlot/snapshots/here", "").body == bytes);
    CHECK(desk.ask("GET", "/_backlot/snapshots/here", "", {{"Range", "bytes=999999999-999999999"}}).status == 416);
    CHECK(desk.ask("GET", "/_backlot/snapshots/here", "", {{"Range", "bytes=x"}}).status == 400);
    desk.json("POST", "/_backlot/reset");
    const auto send = [&](const std::string& name, std::size_t first, std::size_t count) {
        const std::string range = "bytes " + std::to_string(first) + "-" + std::to_string(first + count - 1) + "/" +
                                  std::to_string(bytes.size());
        return desk.ask("PUT", "/_backlot/snapshots/" + name, bytes.substr(first, count),
                        {{"X-Backlot", "1"}, {"Content-Range", range}});
    };
    CHECK(send("there", 5000, 10).status == 409);
    CHECK(send("there", 0, 5000).status == 200);
    CHECK(desk.ask("POST", "/_backlot/snapshots/there", R"({"load": true})").status == 404);
    CHECK(boolOr(parseJson(send("there", 5000, bytes.size() - 5000).body), "complete", false));
    CHECK(desk.ask("PUT", "/_backlot/snapshots/web", bytes, {{"Content-Type", "text/plain"}}).status ==
          403);  // what a page could send
    desk.json("POST", "/_backlot/snapshots/there", R"({"load": true})");
    CHECK(desk.names() == R"(["kept"])");
}

TEST_CASE("what is no whole snapshot is refused in words, and the world goes on as it was") {
    Desk desk;
    desk.bench.call("notes", "Note", object({{"name", "mine"}}));
    desk.json("POST", "/_backlot/snapshots/good");
    std::string bytes = desk.ask("GET", "/_backlot/snapshots/good").body;
    const auto refused = [&](const std::string& content, int status) {
        desk.ask("PUT", "/_backlot/snapshots/bad", content, {{"X-Backlot", "1"}});
        const Response answer = desk.ask("POST", "/_backlot/snapshots/bad", R"({"load": true})");
        CHECK_MESSAGE(answer.status == status, answer.body);
        CHECK_FALSE(textOr(*find(parseJson(answer.body), "error"), "message").empty());
        CHECK(desk.names() == R"(["mine"])");
    };
    refused("", 400);
    refused("no snapshot at all", 400);
    refused(bytes.substr(0, bytes.size() / 2), 400);
    std::string flipped = bytes;
    flipped[bytes.find("mine")] ^= 1;
    refused(flipped, 400);
    std::filesystem::remove(desk.folder / "bad.snapshot");
    std::filesystem::create_directory(desk.folder / "bad.snapshot");
    refused("", 409);
    desk.bench.call("notes", "Note", object({{"name", "more"}}));
    CHECK(desk.names() == R"(["mine","more"])");
}

TEST_CASE("the record names what was called and what caused it") {
    Desk desk;
    desk.bench.call("notes", "NoteLater", object({{"name", "tea"}, {"seconds", 1}}));
    desk.bench.advance(1s);
    const Json record = desk.json("GET", "/_backlot/record");
    const Json& events = *find(record, "events");
    REQUIRE(events.Size() == 2);
    CHECK(textOr(events[0], "operation") == "NoteLater");
    CHECK(textOr(events[1], "operation") == "Note");
    CHECK(textOr(events[1], "resource") == "tea");
    CHECK(intOr(events[1], "parent", 0) == intOr(events[0], "sequence", -1));
    const Json traces = desk.json("GET", "/_backlot/traces?about=tea");
    REQUIRE(find(traces, "traces")->Size() == 1);
    const Json trace = desk.json("GET", "/_backlot/traces/" + textOr((*find(traces, "traces"))[0], "id"));
    CHECK(find(trace, "events")->Size() == 2);
    CHECK(desk.ask("GET", "/_backlot/traces/1-nothing").status == 404);
}

TEST_CASE("any operation can be called as JSON, internal ones cannot") {
    Desk desk;
    CHECK(textOr(desk.json("POST", "/_backlot/call/notes/Note", R"({"name": "x"})"), "at") == "2026-01-05T09:00:00Z");
    const auto refused = desk.ask("POST", "/_backlot/call/notes/RefuseNote", "{}");
    CHECK(refused.status == 400);
    CHECK(textOr(*find(parseJson(refused.body), "error"), "code") == "NoteRefused");
    CHECK(desk.ask("POST", "/_backlot/call/notes/HiddenNote", R"({"name": "x"})").status == 400);
    CHECK(desk.ask("POST", "/_backlot/call/notes/NoSuchThing", "{}").status == 400);
}

TEST_CASE("what changes something wants a header that no page can send unasked") {
    Desk desk;
    CHECK(desk.ask("POST", "/_backlot/reset", "", {{"Content-Type", "text/plain"}}).status == 403);
    CHECK(desk.ask("POST", "/_backlot/reset", "", {}).status == 403);
    CHECK(desk.ask("POST", "/_backlot/reset", "", {{"X-Backlot", "1"}}).status == 200);
    CHECK(desk.ask("GET", "/_backlot/health", "", {}).status == 200);
}

TEST_CASE("unknown paths, methods and bodies have errors of their own") {
    Desk desk;
    CHECK(desk.ask("GET", "/_backlot/nonsense").status == 404);
    CHECK(desk.ask("DELETE", "/_backlot/clock").status == 405);
    CHECK(desk.ask("POST", "/_backlot/clock", "{").status == 400);
    CHECK(desk.ask("POST", "/_backlot/clock", "[]").status == 400);
    CHECK(desk.ask("POST", "/_backlot/deploy", "{}").status == 501);
}

TEST_CASE("the paths of other emulators are served") {
    Desk desk;
    CHECK(textOr(*find(desk.json("GET", "/_localstack/health"), "services"), "notes") == "running");
    desk.bench.call("notes", "Note", object({{"name", "gone"}}));
    CHECK(desk.ask("POST", "/moto-api/reset", "", {}).status == 200);
    CHECK(desk.names() == "[]");
    CHECK(desk.ask("POST", "/_localstack/state/reset", "", {}).status == 200);
}

TEST_CASE("certificates are served to whoever asks") {
    Desk desk;
    CHECK(desk.ask("GET", "/some.pem", "", {}).body == "PEM");
    CHECK_FALSE(desk.control.handles({.method = "GET", .target = "/other.pem", .headers = {}, .body = {}}));
}

TEST_CASE("mails and text messages are shown as tools for LocalStack expect them") {
    Desk desk;
    const Json mails = desk.json("GET", "/_aws/ses");
    const Json& mail = (*find(mails, "messages"))[0];
    CHECK(textOr(mail, "Timestamp") == "2026-01-05T09:00:00Z");
    CHECK(writeJson(*find(mail, "Destination")) ==
          R"({"ToAddresses":["ann@example.com"],"CcAddresses":["bob@example.com"]})");
    CHECK(textOr(*find(mail, "Body"), "text_part") == "Thanks");
    CHECK(find(desk.json("GET", "/_aws/ses?id=1"), "messages")->Size() == 1);
    CHECK(find(desk.json("GET", "/_aws/ses?id=7"), "messages")->Empty());
    CHECK(find(desk.json("GET", "/_aws/ses?email=other@example.com"), "messages")->Empty());
    CHECK(writeJson(desk.json("GET", "/_aws/sns/sms-messages")) ==
          R"({"sms_messages":{"+15550100":[{"PhoneNumber":"+15550100","Message":"Shipped","MessageId":"2"}]}})");
}
