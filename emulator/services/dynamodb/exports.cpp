#include "emulator/services/dynamodb/exports.h"

#include <zlib.h>

#include <cstdio>
#include <fstream>

#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/services/dynamodb/buckets.h"
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

/// A file of gzipped lines, closed with the scope.
class GzipFile {
public:
    explicit GzipFile(const std::filesystem::path& path) : file_(gzopen(path.c_str(), "wb")) {
        if (!file_) throw std::runtime_error("cannot write " + path.string());
    }
    ~GzipFile() {
        if (file_) gzclose(file_);
    }
    GzipFile(const GzipFile&) = delete;
    GzipFile& operator=(const GzipFile&) = delete;
    void line(std::string_view text) {
        gzwrite(file_, text.data(), static_cast<unsigned>(text.size()));
        gzputc(file_, '\n');
    }

private:
    gzFile file_;
};

std::string contentOf(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::filesystem::path& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary);
    out << text;
    if (!out) throw std::runtime_error("cannot write " + path.string());
    std::ofstream sum(path.string().substr(0, path.string().rfind('.')) + ".md5");
    sum << base64Encode(digest("MD5", text));
}

struct DataFile {
    std::string name;
    std::size_t items = 0;
};

/// All items of the table, a file for each kItemsAFile.
std::vector<DataFile> writeItems(Call& call, std::uint64_t table, const std::filesystem::path& folder, std::int64_t& bytes) {
    std::vector<DataFile> files;
    std::optional<GzipFile> file;
    call.scan(itemsPrefix(table), [&](std::string_view, std::string_view item) {
        if (files.empty() || files.back().items == kItemsAFile) {
            char name[32];
            std::snprintf(name, sizeof name, "%08zu.json.gz", files.size() + 1);
            files.push_back({name, 0});
            file.emplace(folder / name);
        }
        file->line(writeJson(object({{"Item", itemToJson(item)}})));
        ++files.back().items;
        bytes += static_cast<std::int64_t>(sizeOfItem(item));
        return true;
    });
    return files;
}

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
    auto prefix = request.valueOr("S3Prefix", "");
    char id[48];
    std::snprintf(id, sizeof id, "0%013lld-%s", static_cast<long long>(epochMillis(call.now)), call.hexId("export", 8).c_str());
    const auto folder = (prefix.empty() ? "" : prefix + "/") + "AWSDynamoDB/" + id;
    pathInBucket(memory, bucket, folder);
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

Json runExport(Memory& memory, Call& call, const Fields& request) {
    Json description = requireExport(call, request.text("arn"));
    const auto bucket = textOr(description, "S3Bucket"), folder = request.text("folder");
    const auto path = pathInBucket(memory, bucket, folder);
    try {
        std::filesystem::create_directories(path / "data");
        std::int64_t bytes = 0, items = 0;
        std::string lines;
        for (const auto& file : writeItems(call, static_cast<std::uint64_t>(request.integer("tableId")), path / "data", bytes)) {
            const auto content = contentOf(path / "data" / file.name);
            items += static_cast<std::int64_t>(file.items);
            lines += writeJson(object({{"itemCount", file.items},
                                       {"md5Checksum", base64Encode(digest("MD5", content))},
                                       {"etag", md5Hex(content)},
                                       {"dataFileS3Key", folder + "/data/" + file.name}})) + "\n";
        }
        write(path / "manifest-files.json", lines);
        set(description, "ExportStatus", "COMPLETED");
        set(description, "EndTime", epochSeconds(call.now));
        set(description, "ExportManifest", folder + "/manifest-summary.json");
        set(description, "BilledSizeBytes", bytes);
        set(description, "ItemCount", items);
        write(path / "manifest-summary.json", writeJson(object({{"version", kManifestVersion},
                                                                {"exportArn", request.text("arn")},
                                                                {"startTime", iso8601Millis(call.now)},
                                                                {"endTime", iso8601Millis(call.now)},
                                                                {"tableArn", textOr(description, "TableArn")},
                                                                {"tableId", textOr(description, "TableId")},
                                                                {"exportTime", iso8601Millis(call.now)},
                                                                {"s3Bucket", bucket},
                                                                {"s3Prefix", optionalText(description, "S3Prefix")},
                                                                {"s3SseAlgorithm", textOr(description, "S3SseAlgorithm")},
                                                                {"manifestFilesS3Key", folder + "/manifest-files.json"},
                                                                {"billedSizeBytes", bytes},
                                                                {"itemCount", items},
                                                                {"outputFormat", "DYNAMODB_JSON"}})));
    } catch (const std::runtime_error& error) {   // the disk, not the request: the export has failed
        set(description, "ExportStatus", "FAILED");
        set(description, "EndTime", epochSeconds(call.now));
        set(description, "FailureCode", "S3AccessDenied");
        set(description, "FailureMessage", error.what());
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
