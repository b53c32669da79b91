// Calls that were recorded on AWS: the checker must pass what AWS took, and say of the rest what AWS said.
#include <map>
#include <set>

#include "tests/emulator/wire/conformance.h"

using namespace backlot;
using namespace backlot::wire;

namespace {

/// Whether `got` is `wanted`, in which <a-mark> stands for any text.
bool matches(std::string_view wanted, std::string_view got) {
    std::vector<std::string> parts{""};
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto end = wanted[i] == '<' ? wanted.find('>', i) : std::string_view::npos;
        const bool mark =
            end != std::string_view::npos &&
            wanted.substr(i + 1, end - i - 1)
                    .find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:- ") ==
                std::string_view::npos;
        if (mark) {
            parts.emplace_back();
            i = end;
        } else {
            parts.back() += wanted[i];
        }
    }
    if (parts.size() == 1) return got == wanted;
    if (!got.starts_with(parts.front()) || !got.ends_with(parts.back())) return false;
    std::size_t at = parts.front().size();
    for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
        at = got.find(parts[i], at);
        if (at == std::string_view::npos) return false;
        at += parts[i].size();
    }
    return true;
}

/// Parameters as boto3 takes them in the form they have inside the program. An empty map leaves no trace in Query.
Json inside(const Json& value, bool emptyMapsVanish) {
    if (value.IsArray())
        return array(value.GetArray(), [&](const Json& element) { return inside(element, emptyMapsVanish); });
    if (value.IsString()) {
        std::string out = text(value);
        for (auto at = out.find("${account}"); at != std::string::npos; at = out.find("${account}"))
            out.replace(at, 10, "111111111111");
        return str(out);
    }
    if (!value.IsObject()) return copy(value);
    if (const Json* bytes = find(value, "$b64")) return copy(*bytes);
    if (find(value, "$time")) return Json(1767603600);
    Json result = object();
    for (const auto& entry : value.GetObject())
        if (!entry.value.IsObject() || !entry.value.ObjectEmpty() || !emptyMapsVanish)
            set(result, view(entry.name), inside(entry.value, emptyMapsVanish));
    return result;
}

std::string checked(const std::string& service, const std::string& operation, const Json& input) {
    try {
        checkInput(service, operation, input);
        return "";
    } catch (const AwsError& error) {
        return error.code() + ": " + error.message();
    }
}

struct Said {
    bool known = false, error = false;
    std::string code, message;
};

Said saidByAws(const Json& step) {
    Said said;
    said.error = boolOr(step, "expect_error", false) || boolOr(step, "error", false);
    if (const Json* expect = find(step, "expect"); expect && expect->IsArray())
        for (const auto& pair : expect->GetArray())
            if (pair.IsArray() && pair.Size() == 2 && pair[0].IsString() && view(pair[0]) == "!") {
                said.known = said.error = true;
                said.code = pair[1].IsObject() ? textOr(*at(pair[1], {"Error"}), "Code") : "";
                if (const Json* error = at(pair[1], {"Error"})) said.message = textOr(*error, "Message");
            }
    return said;
}

}  // namespace

TEST_CASE("the checker agrees with what AWS said to recorded calls") {
    std::size_t passed = 0, refused = 0;
    for (const std::string service :
         {"sqs", "sns", "events", "lambda", "logs", "ses", "scheduler", "sts", "apigateway"}) {
        const auto cases = recordedCases(service + "/steps_" + service + ".json");
        if (!cases) return;
        const Json& list = cases->IsArray() ? *cases : *find(*cases, "cases");
        for (const auto& each : list.GetArray())
            for (const auto& step : find(each, "steps")->GetArray()) {
                std::string name = textOr(step, "service");
                if (name == "stepfunctions") name = "states";
                const std::string operation = textOr(step, "op");
                const Json* params = find(step, "params");
                if (const Api* api = apis().find(name); !api || !api->model().operation(operation) || !params) continue;
                const std::string ours =
                    checked(name, operation, inside(*params, modelOf(name).protocolName == "query"));
                if (ours.find("${") != std::string::npos) continue;  // stands for an answer that is not known here
                const Said aws = saidByAws(step);
                INFO(textOr(each, "name") << " " << name << ":" << operation << "\naws  " << aws.code << ": "
                                          << aws.message << "\nours " << ours);
                if (aws.known && aws.message.find("validation error") != std::string::npos) {
                    ++refused;
                    CHECK(matches(aws.code + ": " + aws.message, ours));
                } else if (!aws.error) {
                    ++passed;
                    CHECK(ours == "");
                } else if (!ours.empty() && aws.known && aws.message.empty()) {  // the recording leaves the message out
                    CHECK(ours.starts_with(aws.code));
                } else if (!ours.empty() && aws.known) {
                    CHECK(matches(aws.code + ": " + aws.message, ours));
                }
            }
    }
    MESSAGE(passed << " calls that AWS took and " << refused << " that it found invalid");
}

TEST_CASE("the checker agrees with what Step Functions said to recorded calls") {
    std::size_t passed = 0, refused = 0;
    for (const std::string file :
         {"script/test_sfn_api", "script/test_sfn_api_activities", "script/test_sfn_api_aliasing",
          "script/test_sfn_api_express", "script/test_sfn_api_logs", "script/test_sfn_api_map_run",
          "script/test_sfn_api_tagging", "script/test_sfn_api_versioning",
          "script/services.test_dynamodb_task_service"}) {
        const auto cases = recordedCases("asl/" + file + ".json");
        if (!cases) return;
        for (const auto& each : cases->GetArray()) {
            const auto steps = find(each, "steps")->GetArray();
            std::map<std::string, const Json*> answers;
            for (const auto& step : steps)
                if (find(step, "match")) answers.emplace(textOr(step, "of"), find(step, "expect"));
            for (const auto& step : steps) {
                std::string name = textOr(step, "service");
                if (name == "stepfunctions") name = "states";
                const std::string operation = textOr(step, "op");
                const Json* params = find(step, "params");
                if (const Api* api = apis().find(name); !api || !api->model().operation(operation) || !params) continue;
                const std::string ours = checked(name, operation, inside(*params, false));
                if (ours.find("{{") != std::string::npos || ours.find("@@") != std::string::npos) continue;
                const auto answer = answers.find(textOr(step, "id"));
                const Json* error =
                    answer == answers.end() || !answer->second ? nullptr : at(*answer->second, {"Error"});
                const std::string aws = error ? textOr(*error, "Code") + ": " + textOr(*error, "Message") : "";
                INFO(textOr(each, "name") << " " << name << ":" << operation << "\naws  " << aws << "\nours " << ours);
                if (aws.find("validation error") != std::string::npos) {
                    ++refused;
                    CHECK(matches(aws, ours));
                } else if (!boolOr(step, "error", false)) {
                    ++passed;
                    CHECK(ours == "");
                } else if (!ours.empty() && !aws.empty()) {
                    CHECK(matches(aws, ours));
                }
            }
        }
    }
    MESSAGE(passed << " calls that AWS took and " << refused << " that it found invalid");
}
