#include "emulator/services/dynamodb/exports.h"

#include <algorithm>
#include <cstdio>

#include "emulator/base/base64.h"
#include "emulator/base/gzip.h"
#include "emulator/base/hash.h"
#include "emulator/services/dynamodb/copies.h"
#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/rows.h"

namespace backlot::dynamodb {
namespace {

constexpr std::int64_t kListLimit = 25;
constexpr Share kFile{.from = {}, .items = 10'000, .bytes = 256 * 1024};  // what one file holds
constexpr std::string_view kManifestVersion = "2020-06-30";

Json requireExport(Call& call, const std::string& arn) {
    auto row = call.getJson(exportsKey(call).text(arn));
    if (!row) throw AwsError("ExportNotFoundException", "Export not found: " + arn);
    return std::move(*row);
}

/// The folder of one export in its bucket.
struct Folder {
    Call& call;
    std::string bucket, path;

    void put(const std::string& name, const std::string& body) const {
        call.invoke("s3", "PutObject", object({{"Bucket", bucket}, {"Key", path + "/" + name}, {"Body", body}}));
    }
    /// name.json and, beside it, name.md5.
    void putManifest(const std::string& name, const std::string& text) const {
        put(name + ".json", text);
        put(name + ".md5", base64Encode(digest("MD5", text)));
    }
};

/// Puts a data file and its line of the manifest; the bytes of its items.
std::int64_t putFile(Call& call, const Folder& folder, const std::string& arn, std::int64_t number,
                     const ItemShare& share) {
    std::string lines;
    std::size_t bytes = 0;
    for (const auto& [key, item] : share.items) {
        if (item.empty()) continue;  // there was none when the copy began
        lines += writeJson(object({{"Item", itemToJson(item)}})) + "\n";
        bytes += sizeOfItem(item);
    }
    char name[48];
    std::snprintf(name, sizeof name, "data/%08lld.json.gz", static_cast<long long>(number));
    const auto content = gzip(lines);
    folder.put(name, content);
    call.put(manifestLines(arn).number(static_cast<std::uint64_t>(number)),
             writeJson(object({{"itemCount", std::count(lines.begin(), lines.end(), '\n')},
                               {"md5Checksum", base64Encode(digest("MD5", content))},
                               {"etag", md5Hex(content)},
                               {"dataFileS3Key", folder.path + "/" + name}})) +
                 "\n");
    return static_cast<std::int64_t>(bytes);
}

void writeNext(Call& call, Json request, const std::string& table) {
    call.soon({.service = "dynamodb",
               .operation = "RunExport",
               .request = std::move(request),
               .label = "export table " + table});
}

/// The manifests and the description's last words.
void complete(Call& call, const Folder& folder, const std::string& arn, Json& description, std::int64_t items,
              std::int64_t bytes) {
    std::string files;
    call.scan(manifestLines(arn), [&](std::string_view, std::string_view line) {
        files += line;
        return true;
    });
    folder.putManifest("manifest-files", files);
    folder.putManifest(
        "manifest-summary",
        writeJson(object({{"version", kManifestVersion},
                          {"exportArn", arn},
                          {"startTime", iso8601Millis(fromSeconds(find(description, "StartTime")->GetDouble()))},
                          {"endTime", iso8601Millis(call.now)},
                          {"tableArn", textOr(description, "TableArn")},
                          {"tableId", textOr(description, "TableId")},
                          {"exportTime", iso8601Millis(fromSeconds(find(description, "ExportTime")->GetDouble()))},
                          {"s3Bucket", folder.bucket},
                          {"s3Prefix", optionalText(description, "S3Prefix")},
                          {"s3SseAlgorithm", textOr(description, "S3SseAlgorithm")},
                          {"manifestFilesS3Key", folder.path + "/manifest-files.json"},
                          {"billedSizeBytes", bytes},
                          {"itemCount", items},
                          {"outputFormat", "DYNAMODB_JSON"}})));
    set(description, "ExportStatus", "COMPLETED");
    set(description, "ExportManifest", folder.path + "/manifest-summary.json");
    set(description, "BilledSizeBytes", bytes);
    set(description, "ItemCount", items);
}

}  // namespace

Json exportTableToPointInTime(Memory& memory, Call& call, const Fields& request) {
    const auto tableArn = request.text("TableArn");
    call.about(tableNameIn(tableArn));
    const auto table = findTable(memory, call, tableArn);
    if (!table) throw AwsError("TableNotFoundException", "Table not found: " + tableArn);
    if (!table->pointInTimeRecovery)
        throw AwsError("PointInTimeRecoveryUnavailableException",
                       "Point in time recovery is not enabled for table '" + table->name + "'");
    if (request.valueOr("ExportFormat", "DYNAMODB_JSON") != "DYNAMODB_JSON")
        throw validation("Backlot exports DYNAMODB_JSON only");
    if (request.valueOr("ExportType", "FULL_EXPORT") != "FULL_EXPORT")
        throw validation("Backlot makes full exports only");
    if (const Json* moment = request.find("ExportTime");
        moment && fromSeconds(moment->GetDouble()) + std::chrono::seconds(1) < call.now)
        throw AwsError("InvalidExportTimeException", "Backlot keeps the latest state of a table only");
    const auto bucket = request.text("S3Bucket");
    const auto prefix = request.valueOr("S3Prefix", "");
    char id[48];
    std::snprintf(id, sizeof id, "0%013lld-%s", static_cast<long long>(epochMillis(call.now)),
                  call.hexId("export", 8).c_str());
    const auto folder = (prefix.empty() ? "" : prefix + "/") + "AWSDynamoDB/" + id;
    const auto arn = table->arn() + "/export/" + id;
    const auto now = epochSeconds(call.now);
    Json description = object({{"ExportArn", arn},
                               {"ExportStatus", "IN_PROGRESS"},
                               {"StartTime", copy(now)},
                               {"TableArn", table->arn()},
                               {"TableId", table->uuid},
                               {"ExportTime", copy(now)},
                               {"ClientToken", request.optionalText("ClientToken")},
                               {"S3Bucket", bucket},
                               {"S3BucketOwner", request.optionalText("S3BucketOwner")},
                               {"S3Prefix", request.optionalText("S3Prefix")},
                               {"S3SseAlgorithm", request.valueOr("S3SseAlgorithm", "AES256")},
                               {"ExportFormat", "DYNAMODB_JSON"},
                               {"ExportType", "FULL_EXPORT"}});
    call.putJson(exportsKey(call).text(arn), description);
    const auto copy = newId(call);
    Json next = object({{"arn", arn},
                        {"table", table->name},
                        {"folder", folder},
                        {"copy", copy},
                        {"from", ""},
                        {"files", 0},
                        {"items", 0},
                        {"bytes", 0}});
    if (beginCopy(call, *table, copy, "RunExport", backlot::copy(next))) writeNext(call, std::move(next), table->name);
    return object({{"ExportDescription", std::move(description)}});
}

Json runExport(Memory&, Call& call, const Fields& request) {
    const auto arn = request.text("arn");
    Json description = requireExport(call, arn);
    const Folder folder{call, textOr(description, "S3Bucket"), request.text("folder")};
    const auto copy = copyPrefix(static_cast<std::uint64_t>(request.integer("copy")));
    const auto files = request.integer("files");
    try {
        if (files == 0) folder.put("_started", "");
        auto wanted = kFile;
        wanted.from = base64Decode(request.text("from")).value_or("");
        const auto share = takeShare(call, copy, wanted);
        const auto items =
            request.integer("items") +
            std::count_if(share.items.begin(), share.items.end(), [](const auto& one) { return !one.second.empty(); });
        const auto bytes =
            request.integer("bytes") + (share.items.empty() ? 0 : putFile(call, folder, arn, files + 1, share));
        if (share.from) {
            writeNext(call,
                      object({{"arn", arn},
                              {"table", request.text("table")},
                              {"folder", folder.path},
                              {"copy", request.integer("copy")},
                              {"from", base64Encode(*share.from)},
                              {"files", files + 1},
                              {"items", items},
                              {"bytes", bytes}}),
                      request.text("table"));
            return object();
        }
        complete(call, folder, arn, description, items, bytes);
    } catch (const AwsError& error) {  // of S3
        set(description, "ExportStatus", "FAILED");
        set(description, "FailureCode", "S3" + error.code());
        set(description, "FailureMessage", error.message());
    }
    set(description, "EndTime", epochSeconds(call.now));
    call.putJson(exportsKey(call).text(arn), description);
    call.sweep(copy);
    call.erasePrefix(manifestLines(arn));
    return object();
}

Json describeExport(Memory&, Call& call, const Fields& request) {
    return object({{"ExportDescription", requireExport(call, request.text("ExportArn"))}});
}

Json listExports(Memory&, Call& call, const Fields& request) {
    const auto limit = static_cast<std::size_t>(request.valueOr("MaxResults", kListLimit));
    const auto after = base64Decode(request.valueOr("NextToken", "")).value_or("");
    const auto table = request.valueOr("TableArn", "");
    Json summaries = list();
    std::optional<std::string> next;
    call.scan(exportsKey(call), [&](std::string_view, std::string_view row) {
        const Json description = parseJson(row);
        const auto arn = textOr(description, "ExportArn");
        if (arn <= after || (!table.empty() && textOr(description, "TableArn") != table)) return true;
        if (summaries.Size() == limit) {
            next = base64Encode(textOr(summaries[summaries.Size() - 1], "ExportArn"));
            return false;
        }
        push(summaries, object({{"ExportArn", arn},
                                {"ExportStatus", textOr(description, "ExportStatus")},
                                {"ExportType", "FULL_EXPORT"}}));
        return true;
    });
    return object({{"ExportSummaries", std::move(summaries)}, {"NextToken", next}});
}

}  // namespace backlot::dynamodb
