#include "emulator/services/dynamodb/exports.h"

#include <cstdio>

#include "emulator/base/base64.h"
#include "emulator/base/gzip.h"
#include "emulator/base/hash.h"
#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/keys.h"

namespace backlot::dynamodb {
namespace {

constexpr std::int64_t kListLimit = 25;
constexpr std::size_t kItemsAFile = 10'000;
constexpr std::string_view kManifestVersion = "2020-06-30";

Key exportsKey(const Call& call) { return Key("X").text(call.account).text(call.region); }

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

/// Puts all items of a table, a file for each kItemsAFile, and keeps count.
class DataFiles {
public:
    explicit DataFiles(const Folder& folder) : folder_(folder) {}
    void add(std::string_view item) {
        lines_ += writeJson(object({{"Item", itemToJson(item)}})) + "\n";
        bytes_ += static_cast<std::int64_t>(sizeOfItem(item));
        ++items_;
        if (++inFile_ == kItemsAFile) close();
    }
    void close() {
        if (!inFile_) return;
        char name[32];
        std::snprintf(name, sizeof name, "data/%08zu.json.gz", ++files_);
        const auto content = gzip(lines_);
        folder_.put(name, content);
        manifest_ += writeJson(object({{"itemCount", inFile_},
                                       {"md5Checksum", base64Encode(digest("MD5", content))},
                                       {"etag", md5Hex(content)},
                                       {"dataFileS3Key", folder_.path + "/" + name}})) + "\n";
        lines_.clear();
        inFile_ = 0;
    }
    const std::string& manifest() const { return manifest_; }
    std::int64_t items() const { return items_; }
    std::int64_t bytes() const { return bytes_; }

private:
    const Folder& folder_;
    std::string lines_, manifest_;
    std::size_t inFile_ = 0, files_ = 0;
    std::int64_t items_ = 0, bytes_ = 0;
};

}  // namespace

Json exportTableToPointInTime(Memory& memory, Call& call, const Fields& request) {
    const auto tableArn = request.text("TableArn");
    call.about(tableNameIn(tableArn));
    const auto table = findTable(memory, call, tableArn);
    if (!table) throw AwsError("TableNotFoundException", "Table not found: " + tableArn);
    if (!table->pointInTimeRecovery)
        throw AwsError("PointInTimeRecoveryUnavailableException", "Point in time recovery is not enabled for table '" + table->name + "'");
    if (request.valueOr("ExportFormat", "DYNAMODB_JSON") != "DYNAMODB_JSON") throw validation("Backlot exports DYNAMODB_JSON only");
    if (request.valueOr("ExportType", "FULL_EXPORT") != "FULL_EXPORT") throw validation("Backlot makes full exports only");
    if (const Json* moment = request.find("ExportTime"); moment && fromSeconds(moment->GetDouble()) + std::chrono::seconds(1) < call.now)
        throw AwsError("InvalidExportTimeException", "Backlot keeps the latest state of a table only");
    const auto bucket = request.text("S3Bucket");
    const auto prefix = request.valueOr("S3Prefix", "");
    char id[48];
    std::snprintf(id, sizeof id, "0%013lld-%s", static_cast<long long>(epochMillis(call.now)), call.hexId("export", 8).c_str());
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
    call.soon({.service = "dynamodb",
               .operation = "RunExport",
               .request = object({{"arn", arn}, {"table", table->name}, {"tableId", table->id}, {"folder", folder}}),
               .label = "export table " + table->name});
    return object({{"ExportDescription", std::move(description)}});
}

Json runExport(Memory&, Call& call, const Fields& request) {
    Json description = requireExport(call, request.text("arn"));
    const Folder folder{call, textOr(description, "S3Bucket"), request.text("folder")};
    set(description, "EndTime", epochSeconds(call.now));
    try {
        folder.put("_started", "");
        DataFiles data(folder);
        call.scan(itemsPrefix(static_cast<std::uint64_t>(request.integer("tableId"))), [&](std::string_view, std::string_view item) {
            data.add(item);
            return true;
        });
        data.close();
        folder.putManifest("manifest-files", data.manifest());
        folder.putManifest("manifest-summary", writeJson(object({{"version", kManifestVersion},
                                                                 {"exportArn", request.text("arn")},
                                                                 {"startTime", iso8601Millis(call.now)},
                                                                 {"endTime", iso8601Millis(call.now)},
                                                                 {"tableArn", textOr(description, "TableArn")},
                                                                 {"tableId", textOr(description, "TableId")},
                                                                 {"exportTime", iso8601Millis(call.now)},
                                                                 {"s3Bucket", folder.bucket},
                                                                 {"s3Prefix", optionalText(description, "S3Prefix")},
                                                                 {"s3SseAlgorithm", textOr(description, "S3SseAlgorithm")},
                                                                 {"manifestFilesS3Key", folder.path + "/manifest-files.json"},
                                                                 {"billedSizeBytes", data.bytes()},
                                                                 {"itemCount", data.items()},
                                                                 {"outputFormat", "DYNAMODB_JSON"}})));
        set(description, "ExportStatus", "COMPLETED");
        set(description, "ExportManifest", folder.path + "/manifest-summary.json");
        set(description, "BilledSizeBytes", data.bytes());
        set(description, "ItemCount", data.items());
    } catch (const AwsError& error) {   // of S3
        set(description, "ExportStatus", "FAILED");
        set(description, "FailureCode", "S3" + error.code());
        set(description, "FailureMessage", error.message());
    }
    call.putJson(exportsKey(call).text(request.text("arn")), description);
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
        push(summaries, object({{"ExportArn", arn}, {"ExportStatus", textOr(description, "ExportStatus")}, {"ExportType", "FULL_EXPORT"}}));
        return true;
    });
    return object({{"ExportSummaries", std::move(summaries)}, {"NextToken", next}});
}

}  // namespace backlot::dynamodb
