#include "tests/asl/recorded.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/conformance.h"

namespace backlot::asl::recorded {

namespace {

bool isWildcard(std::string_view text) { return text.size() >= 2 && text.front() == '<' && text.back() == '>'; }

/// The fixed pieces of an expected text between its wildcards; one piece where there are none.
std::vector<std::string> pieces(const std::string& text, const std::set<std::string>& wildcards) {
    std::vector<std::string> out{""};
    for (std::size_t i = 0; i < text.size();) {
        std::size_t length = 0;
        if (text[i] == '<') {
            const auto end = text.find_first_of("<>", i + 1);
            if (end != std::string::npos && text[end] == '>') length = end + 1 - i;
        }
        for (const auto& word : wildcards)
            if (word.size() >= 6 && text.compare(i, word.size(), word) == 0) length = std::max(length, word.size());
        if (text.compare(i, 12, "111111111111") == 0) length = std::max<std::size_t>(length, 12);
        if (length) {
            out.emplace_back();
            i += length;
        } else {
            out.back() += text[i++];
        }
    }
    return out;
}

bool textFits(const std::string& expected, const std::string& actual, const std::set<std::string>& wildcards) {
    const auto parts = pieces(expected, wildcards);
    if (parts.size() == 1) return expected == actual;
    if (!std::string_view(actual).starts_with(parts.front()) || !std::string_view(actual).ends_with(parts.back()))
        return false;
    std::size_t at = parts.front().size();
    for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
        at = actual.find(parts[i], at);
        if (at == std::string::npos) return false;
        at += parts[i].size();
    }
    return at + parts.back().size() <= actual.size();
}

std::string brief(const Json& value) {
    auto text = writeJson(value);
    return text.size() < 300 ? text : text.substr(0, 297) + "...";
}

bool ignored(std::string_view member) {
    static const std::set<std::string_view> names = {"stackTrace", "requestId", "HTTPHeaders", "Retry-After",
                                                     "RetryAttempts"};
    return names.contains(member);
}

std::optional<std::string> differObjects(const Json& expected, const Json& actual,
                                         const std::set<std::string>& wildcards, const std::string& path, bool loose) {
    if (!actual.IsObject()) return path + ": expected an object, got " + brief(actual);
    bool anyName = false;
    for (const auto& member : expected.GetObject()) {
        const auto name = text(member.name);
        anyName = anyName || name.find('<') != std::string::npos;
        if (ignored(name)) continue;
        const Json* other = find(actual, name);
        if (!other) {
            for (const auto& candidate : actual.GetObject())
                if (name.find('<') != std::string::npos && textFits(name, text(candidate.name), wildcards))
                    other = &candidate.value;
        }
        if (!other) return path + "." + name + ": missing";
        if (auto found = differ(member.value, *other, wildcards, path + "." + name, loose)) return found;
    }
    if (loose || anyName) return std::nullopt;
    for (const auto& member : actual.GetObject())
        if (!find(expected, view(member.name)) && !ignored(view(member.name)))
            return path + "." + text(member.name) + ": not expected";
    return std::nullopt;
}

}  // namespace

std::vector<Case> cases(const std::string& kind) {
    if (!conformance::has("asl/" + kind)) return {};
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(conformance::folder() / "asl" / kind))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<Case> out;
    for (const auto& file : files) {
        std::ifstream in(file);
        Json list = parseJson(std::string(std::istreambuf_iterator<char>(in), {}), 500);
        for (auto& entry : list.GetArray()) out.push_back({std::filesystem::path(file).filename(), std::move(entry)});
    }
    return out;
}

void checkDifferences(const std::set<std::string>& seen, const std::set<std::string>& known) {
    for (const auto& name : seen)
        if (!known.contains(name)) FAIL_CHECK(name << " differs from its recording");
    for (const auto& name : known)
        if (!seen.contains(name)) FAIL_CHECK(name << " is listed as different and is not");
}

Json plain(const Json& value) {
    if (value.IsObject()) {
        Json out(rapidjson::kObjectType);
        for (const auto& member : value.GetObject())
            if (view(member.name) != "timestamp" && view(member.name) != "ResponseMetadata")
                set(out, view(member.name), plain(member.value));
        return out;
    }
    if (value.IsArray()) {
        Json out(rapidjson::kArrayType);
        for (const auto& element : value.GetArray()) push(out, plain(element));
        return out;
    }
    if (value.IsString() && value.GetStringLength() && (view(value)[0] == '{' || view(value)[0] == '['))
        if (auto parsed = tryParseJson(view(value), 400)) return plain(*parsed);
    return copy(value);
}

std::optional<std::string> differ(const Json& expected, const Json& actual, const std::set<std::string>& wildcards,
                                  const std::string& path, bool loose) {
    if (expected.IsString()) {
        const auto word = text(expected);
        static const std::set<std::string> times = {"timestamp", "datetime", "date", "time", "start-date", "stop-date"};
        if (times.contains(word) || wildcards.contains(word) || isWildcard(word)) return std::nullopt;
        if (word == "\"date\"") return std::nullopt;
        if (textFits(word, actual.IsString() ? text(actual) : writeJson(actual), wildcards) &&
            (actual.IsString() || pieces(word, wildcards).size() > 1))
            return std::nullopt;
        return path + ": expected " + brief(expected) + ", got " + brief(actual);
    }
    if (expected.IsObject()) return differObjects(expected, actual, wildcards, path, loose);
    if (expected.IsArray()) {
        if (!actual.IsArray()) return path + ": expected a list, got " + brief(actual);
        for (rapidjson::SizeType i = 0; i < expected.Size() && i < actual.Size(); ++i)
            if (auto found = differ(expected[i], actual[i], wildcards, path + "[" + std::to_string(i) + "]", loose))
                return found;
        if (expected.Size() == actual.Size()) return std::nullopt;
        return path + ": expected " + std::to_string(expected.Size()) + " items, got " + std::to_string(actual.Size());
    }
    if (equal(expected, actual) || (expected.IsNumber() && actual.IsString() && view(actual) == writeJson(expected)))
        return std::nullopt;
    return path + ": expected " + brief(expected) + ", got " + brief(actual);
}

std::string fill(std::string text) {
    const auto replace = [&](const std::string& open, const std::string& close,
                             const std::function<std::string(std::string)>& with) {
        for (std::size_t at = 0; (at = text.find(open, at)) != std::string::npos;) {
            const auto end = text.find(close, at + open.size());
            if (end == std::string::npos) return;
            const auto name = with(text.substr(at + open.size(), end - at - open.size()));
            text.replace(at, end + close.size() - at, name);
            at += name.size();
        }
    };
    replace("@@fn-arn:", "@@",
            [](std::string name) { return "arn:aws:lambda:us-east-1:000000000000:function:" + name; });
    replace("@@fn-name:", "@@", [](std::string name) { return name; });
    replace("@@role", "@@", [](std::string) { return std::string("arn:aws:iam::000000000000:role/asl-runner"); });
    replace("{{", "}}", [](std::string name) {
        constexpr std::pair<std::string_view, std::string_view> kNames[] = {
            {".activityArn", "arn:aws:states:us-east-1:000000000000:activity:work"},
            {".stateMachineArn", "arn:aws:states:us-east-1:000000000000:stateMachine:target"},
            {".TopicArn", "arn:aws:sns:us-east-1:000000000000:topic"},
        };
        for (const auto& [suffix, value] : kNames)
            if (name.ends_with(suffix)) return std::string(value);
        return "value-of-" + name;
    });
    return text;
}

}  // namespace backlot::asl::recorded
