#include "emulator/services/states/item_reader.h"

#include <algorithm>
#include <set>

#include "emulator/base/aws_error.h"

namespace backlot::states {
namespace {

constexpr std::size_t kMostItems = 100'000'000;

char delimiterOf(const Json& config) {
    const std::string name = textOr(config, "CSVDelimiter", "COMMA");
    if (name == "PIPE") return '|';
    if (name == "SEMICOLON") return ';';
    if (name == "SPACE") return ' ';
    if (name == "TAB") return '\t';
    return ',';
}

/// Takes one record off the front of the text; nothing at its end. Quoted fields may hold delimiters, quotes ("") and
/// line ends.
std::optional<std::vector<std::string>> takeRecord(std::string_view& rest, char delimiter) {
    if (rest.empty()) return std::nullopt;
    std::vector<std::string> fields(1);
    bool quoted = false;
    std::size_t i = 0;
    for (; i < rest.size(); ++i) {
        const char c = rest[i];
        if (quoted) {
            if (c != '"')
                fields.back() += c;
            else if (i + 1 < rest.size() && rest[i + 1] == '"')
                fields.back() += rest[++i];
            else
                quoted = false;
        } else if (c == '"' && fields.back().empty()) {
            quoted = true;
        } else if (c == delimiter) {
            fields.emplace_back();
        } else if (c == '\n' || c == '\r') {
            if (c == '\r' && i + 1 < rest.size() && rest[i + 1] == '\n') ++i;
            ++i;
            break;
        } else {
            fields.back() += c;
        }
    }
    rest.remove_prefix(std::min(i, rest.size()));
    return fields;
}

bool isBlank(const std::vector<std::string>& record) { return record.size() == 1 && record[0].empty(); }

std::string getObject(Call& call, const Json& parameters) {
    try {
        const Json answer = call.invoke("s3", "GetObject", parameters);
        return textOr(answer, "Body");
    } catch (const AwsError& error) {
        throw ItemReaderError(error.message());
    }
}

Json jsonItems(std::string_view text, const Json& config, std::size_t most) {
    auto parsed = tryParseJson(text);
    if (!parsed) throw ItemReaderError("Attempting to map over non-iterable node.");
    Json* items = &*parsed;
    if (const auto pointer = optionalText(config, "ItemsPointer"); pointer && !pointer->empty()) {
        std::string_view rest(*pointer);
        while (!rest.empty() && rest.front() == '/') {
            rest.remove_prefix(1);
            const auto slash = rest.find('/');
            items = find(*items, rest.substr(0, slash));
            if (!items)
                throw ItemReaderError("The ItemsPointer " + *pointer + " does not reference a node of the input file.");
            rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
        }
    }
    if (items->IsObject()) {  // an object's members are items of their own
        if (!optionalText(config, "ItemsPointer")) throw ItemReaderError("Attempting to map over non-iterable node.");
        Json members = list();
        for (const auto& member : items->GetObject())
            push(members, object({{"Key", view(member.name)}, {"Value", copy(member.value)}}));
        Json taken = std::move(members);
        *items = std::move(taken);
    }
    if (!items->IsArray()) throw ItemReaderError("Attempting to map over non-iterable node.");
    Json result = list();
    for (auto& item : items->GetArray()) {
        if (result.Size() == most) break;
        push(result, std::move(item));
    }
    return result;
}

Json jsonLines(std::string_view text, std::size_t most) {
    Json result = list();
    while (!text.empty() && result.Size() < most) {
        const auto end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
        auto item = tryParseJson(line);
        if (!item) throw ItemReaderError("Encountered a line that is not valid JSON.");
        push(result, std::move(*item));
    }
    return result;
}

/// An S3 inventory manifest: {"fileSchema": "Bucket, Key, …", "destinationBucket": "arn:aws:s3:::b", "files":
/// [{"key"}]}.
Json manifestItems(Call& call, std::string_view text, const Json& config, std::size_t most) {
    const auto manifest = tryParseJson(text);
    const Json* files = manifest ? find(*manifest, "files") : nullptr;
    if (!files || !files->IsArray()) throw ItemReaderError("The manifest is not valid.");
    std::string bucket = textOr(*manifest, "destinationBucket", textOr(*manifest, "sourceBucket"));
    if (const auto colon = bucket.rfind(':'); colon != std::string::npos) bucket = bucket.substr(colon + 1);
    Json given = copy(config);
    Json headers = list();
    std::string schema = textOr(*manifest, "fileSchema") + ",";
    for (std::string name; const char c : schema) {
        if (c == ',')
            push(headers, std::exchange(name, {}));
        else if (c != ' ')
            name += c;
    }
    set(given, "CSVHeaderLocation", "GIVEN");
    set(given, "CSVHeaders", std::move(headers));
    Json result = list();
    for (const auto& file : files->GetArray()) {
        Json items = csvItems(getObject(call, object({{"Bucket", bucket}, {"Key", textOr(file, "key")}})), given,
                              most - result.Size());
        for (auto& item : items.GetArray()) push(result, std::move(item));
    }
    return result;
}

/// Members as ListObjectsV2 shows them, dates as seconds.
Json listedItems(Call& call, const Json& parameters, std::size_t most) {
    Json result = list();
    Json request = copy(parameters);
    try {
        for (;;) {
            const Json answer = call.invoke("s3", "ListObjectsV2", request);
            if (const Json* contents = find(answer, "Contents"))
                for (const auto& entry : contents->GetArray())
                    if (result.Size() < most)
                        push(result, object({{"Etag", textOr(entry, "ETag")},
                                             {"Key", textOr(entry, "Key")},
                                             {"LastModified", intOr(entry, "LastModified", 0)},
                                             {"Size", intOr(entry, "Size", 0)},
                                             {"StorageClass", textOr(entry, "StorageClass", "STANDARD")}}));
            const auto token = optionalText(answer, "NextContinuationToken");
            if (!token || result.Size() >= most) return result;
            set(request, "ContinuationToken", *token);
        }
    } catch (const AwsError& error) {
        throw ItemReaderError(error.message());
    }
}

}  // namespace

Json csvItems(std::string_view text, const Json& config, std::size_t most) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    const char delimiter = delimiterOf(config);
    std::vector<std::string> headers;
    if (textOr(config, "CSVHeaderLocation", "FIRST_ROW") == "GIVEN") {
        headers = Fields(config).texts("CSVHeaders");
    } else {
        auto first = takeRecord(text, delimiter);
        if (!first) throw ItemReaderError("The CSV file is empty.");
        headers = std::move(*first);
    }
    if (std::set<std::string>(headers.begin(), headers.end()).size() != headers.size())
        throw ItemReaderError("CSV headers cannot contain duplicates.");
    Json result = list();
    while (result.Size() < most) {
        const auto record = takeRecord(text, delimiter);
        if (!record) break;
        if (isBlank(*record)) continue;
        Json item = object();  // fields beyond the headers are dropped, missing ones are empty
        for (std::size_t i = 0; i < headers.size(); ++i)
            set(item, headers[i], i < record->size() ? (*record)[i] : std::string());
        push(result, std::move(item));
    }
    return result;
}

Json readItems(Call& call, const std::string& action, const Json& parameters, const Json& config) {
    const auto given = intOr(config, "MaxItems", 0);
    const std::size_t most =
        given > 0 ? std::min<std::size_t>(static_cast<std::size_t>(given), kMostItems) : kMostItems;
    if (action == "listObjectsV2") {
        if (textOr(config, "Transformation", "NONE") == "NONE") return listedItems(call, parameters, most);
        Json result = list();  // LOAD_AND_FLATTEN: the items in the listed objects
        Json inner = copy(config);
        erase(inner, "MaxItems");
        const Json objects = listedItems(call, parameters, kMostItems);
        for (const auto& entry : objects.GetArray()) {
            Json items =
                readItems(call, "getObject",
                          object({{"Bucket", textOr(parameters, "Bucket")}, {"Key", textOr(entry, "Key")}}), inner);
            for (auto& item : items.GetArray())
                if (result.Size() < most) push(result, std::move(item));
        }
        return result;
    }
    const std::string body = getObject(call, parameters), type = textOr(config, "InputType", "JSON");
    if (type == "CSV") return csvItems(body, config, most);
    if (type == "JSONL") return jsonLines(body, most);
    if (type == "MANIFEST") return manifestItems(call, body, config, most);
    if (type == "JSON") return jsonItems(body, config, most);
    throw ItemReaderError("Backlot does not read " + type + " files.");
}

}  // namespace backlot::states
