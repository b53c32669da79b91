#include "emulator/services/dynamodb/imports.h"

#include <cstdio>

#include "emulator/base/base64.h"
#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/rows.h"
#include "emulator/services/dynamodb/tables.h"
#include "emulator/services/dynamodb/writes.h"

namespace backlot::dynamodb {
namespace {

constexpr std::int64_t kListLimit = 25;

Json requireImport(Call& call, const std::string& arn) {
    auto row = call.getJson(importsKey(call).text(arn));
    if (!row) throw AwsError("ImportNotFoundException", "Import not found: " + arn);
    return std::move(*row);
}

constexpr std::int64_t kItemsAtOnce = 200;  // one transaction's share

/// Takes the next line off the text, without its end.
std::string_view nextLine(std::string_view& text) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// The fields of a line; a field in quotes may hold the delimiter, and two quotes are one.
std::vector<std::string> csvFields(std::string_view line, char delimiter) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
            fields.back() += line[++i];
        else if (line[i] == '"')
            quoted = !quoted;
        else if (line[i] == delimiter && !quoted)
            fields.emplace_back();
        else
            fields.back() += line[i];
    }
    return fields;
}

/// An item of a CSV line: texts, but for keys, which have their own types.
Json csvItem(const TableInfo& table, const std::vector<std::string>& header, const std::vector<std::string>& fields) {
    if (fields.size() > header.size()) throw validation("The line has more fields than the header");
    Json item = object();
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].empty()) continue;
        const auto* key = table.definition(header[i]);
        set(item, header[i], object({{nameOf(key ? key->type : Type::S), fields[i]}}));
    }
    return item;
}

/// How far an import has come. It travels in the requests of its jobs.
struct Progress {
    std::int64_t file = 0, offset = 0;  // the file's number; bytes of it, unpacked, that are done
    std::vector<std::string> header;    // of a CSV file: given, or its first line
    std::int64_t processed = 0, imported = 0, errors = 0, bytes = 0;

    static Progress of(const Fields& row) {
        return {row.valueOr("file", 0),      row.valueOr("offset", 0),   row.texts("header"),
                row.valueOr("processed", 0), row.valueOr("imported", 0), row.valueOr("errors", 0),
                row.valueOr("bytes", 0)};
    }
    Json json() const {
        return object({{"file", file},
                       {"offset", offset},
                       {"header", array(header)},
                       {"processed", processed},
                       {"imported", imported},
                       {"errors", errors},
                       {"bytes", bytes}});
    }
};

/// Takes a share of the lines in; how many bytes of them.
std::size_t importLines(Memory& memory, Call& call, const TableRef& table, const Json& description,
                        std::string_view lines, Progress& progress) {
    const bool csv = textOr(description, "InputFormat") == "CSV";
    const Json* options = at(description, {"InputFormatOptions", "Csv"});
    const auto delimiter = options ? textOr(*options, "Delimiter", ",") : ",";
    if (options && progress.header.empty()) progress.header = Fields(*options).texts("HeaderList");
    std::string_view content = lines;
    for (std::int64_t items = 0; !content.empty() && items < kItemsAtOnce;) {
        const auto line = nextLine(content);
        progress.bytes += static_cast<std::int64_t>(line.size()) + 1;
        if (line.empty()) continue;
        if (csv && progress.header.empty()) {
            progress.header = csvFields(line, delimiter[0]);
            continue;
        }
        ++progress.processed;
        ++items;
        try {
            const Json parsed =
                csv ? object({{"Item", csvItem(*table, progress.header, csvFields(line, delimiter[0]))}})
                    : parseJson(line);
            const Json* item = find(parsed, "Item");
            if (!item || !item->IsObject()) throw validation("The line holds no item");
            auto write = plainPut(table->name, *item);
            joinTable(write, table);
            carryOut(memory, call, write);
            ++progress.imported;
        } catch (const AwsError&) {
            ++progress.errors;
        } catch (const JsonError&) {
            ++progress.errors;
        } catch (const JsonMisuse&) {  // a value of a wrong type: no API model has looked at the lines of a file
            ++progress.errors;
        }
    }
    return lines.size() - content.size();
}

void goOn(Call& call, const std::string& arn, const std::string& table, const Progress& progress) {
    call.soon({.service = "dynamodb",
               .operation = "RunImport",
               .request = object({{"arn", arn}, {"table", table}, {"progress", progress.json()}}),
               .label = "import table " + table});
}

/// The next share; false at the end of the last file.
bool importShare(Memory& memory, Call& call, const TableRef& table, const Json& description, const std::string& arn,
                 Progress& progress) {
    const Json files = *call.getJson(filesKey(arn));
    const auto bucket = textOr(*find(description, "S3BucketSource"), "S3Bucket");
    const auto key = text(files[static_cast<rapidjson::SizeType>(progress.file)]);
    const auto offset = static_cast<std::uint64_t>(progress.offset);
    const bool zipped = textOr(description, "InputCompressionType") == "GZIP";
    const auto piece = zipped ? readZippedImport(call, memory.unpackings[arn], bucket, key, offset)
                              : readImport(call, bucket, key, offset);
    if (piece.later) return true;
    const auto done = importLines(memory, call, table, description, piece.lines, progress);
    progress.offset += static_cast<std::int64_t>(done);
    if (!piece.ends || done < piece.lines.size()) return true;
    progress.offset = 0;
    progress.header.clear();
    return ++progress.file < static_cast<std::int64_t>(files.Size());
}

}  // namespace

Json importTable(Memory& memory, Call& call, const Fields& request) {
    const auto format = request.text("InputFormat"), compression = request.valueOr("InputCompressionType", "NONE");
    if (format == "ION") throw validation("Backlot imports DYNAMODB_JSON and CSV only");
    if (compression == "ZSTD") throw validation("Backlot imports plain and gzipped files only");
    createTable(memory, call, request.child("TableCreationParameters"));
    const auto table = requireTable(memory, call, request.child("TableCreationParameters").text("TableName"));
    char id[48];
    std::snprintf(id, sizeof id, "0%013lld-%s", static_cast<long long>(epochMillis(call.now)),
                  call.hexId("import", 8).c_str());
    const auto arn = table->arn() + "/import/" + id;
    Json description = object({{"ImportArn", arn},
                               {"ImportStatus", "IN_PROGRESS"},
                               {"TableArn", table->arn()},
                               {"TableId", table->uuid},
                               {"ClientToken", request.optionalText("ClientToken")},
                               {"S3BucketSource", copy(request.value("S3BucketSource"))},
                               {"ErrorCount", 0},
                               {"InputFormat", format},
                               {"InputCompressionType", compression},
                               {"TableCreationParameters", copy(request.value("TableCreationParameters"))},
                               {"StartTime", epochSeconds(call.now)}});
    if (const Json* options = request.find("InputFormatOptions"))
        set(description, "InputFormatOptions", copy(*options));
    call.putJson(importsKey(call).text(arn), description);
    goOn(call, arn, table->name, {});
    return object({{"ImportTableDescription", std::move(description)}});
}

Json runImport(Memory& memory, Call& call, const Fields& request) {
    const auto arn = request.text("arn");
    Json description = requireImport(call, arn);
    const auto table = findTable(memory, call, request.text("table"));
    auto progress = Progress::of(request.child("progress"));
    const auto fail = [&](const std::string& code, const std::string& message) {
        set(description, "ImportStatus", "FAILED");
        set(description, "FailureCode", code);
        set(description, "FailureMessage", message);
    };
    try {
        if (!call.has(filesKey(arn)))
            call.putJson(filesKey(arn), array(importFiles(call, Fields(*find(description, "S3BucketSource")))));
        if (!table)
            fail("TableNotFound", "The table was deleted");
        else if (call.getJson(filesKey(arn))->Empty())
            fail("S3NoSuchKey", "No files were found below the prefix");
        else if (importShare(memory, call, table, description, arn, progress))
            return goOn(call, arn, table->name, progress), object();
        else
            set(description, "ImportStatus", "COMPLETED");
    } catch (const AwsError& error) {  // of S3
        fail("S3" + error.code(), error.message());
    }
    call.erase(filesKey(arn));
    memory.unpackings.erase(arn);
    set(description, "EndTime", epochSeconds(call.now));
    set(description, "ProcessedItemCount", progress.processed);
    set(description, "ImportedItemCount", progress.imported);
    set(description, "ErrorCount", progress.errors);
    set(description, "ProcessedSizeBytes", progress.bytes);
    call.putJson(importsKey(call).text(arn), description);
    return object();
}

Json describeImport(Memory&, Call& call, const Fields& request) {
    return object({{"ImportTableDescription", requireImport(call, request.text("ImportArn"))}});
}

Json listImports(Memory&, Call& call, const Fields& request) {
    const auto limit = static_cast<std::size_t>(request.valueOr("PageSize", kListLimit));
    const auto after = base64Decode(request.valueOr("NextToken", "")).value_or("");
    const auto table = request.valueOr("TableArn", "");
    Json summaries = list();
    std::optional<std::string> next;
    call.scan(importsKey(call), [&](std::string_view, std::string_view row) {
        const Json description = parseJson(row);
        const auto arn = textOr(description, "ImportArn");
        if (arn <= after || (!table.empty() && textOr(description, "TableArn") != table)) return true;
        if (summaries.Size() == limit) {
            next = base64Encode(textOr(summaries[summaries.Size() - 1], "ImportArn"));
            return false;
        }
        Json summary = object();
        for (const auto* member :
             {"ImportArn", "ImportStatus", "TableArn", "S3BucketSource", "InputFormat", "StartTime", "EndTime"})
            if (const Json* value = find(description, member)) set(summary, member, copy(*value));
        push(summaries, std::move(summary));
        return true;
    });
    return object({{"ImportSummaryList", std::move(summaries)}, {"NextToken", next}});
}

}  // namespace backlot::dynamodb
