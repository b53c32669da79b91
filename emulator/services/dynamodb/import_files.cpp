#include "emulator/services/dynamodb/import_files.h"

#include <algorithm>

namespace backlot::dynamodb {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024, kPackedBytes = 64 * 1024;
constexpr std::size_t kUnpackedAtOnce = 1024 * 1024;  // then other work has its turn

struct Part {
    std::string bytes;
    std::uint64_t total = 0;  // of the object
};

Part partOf(Call& call, const std::string& bucket, const std::string& key, std::uint64_t first, std::size_t size) {
    const auto range = "bytes=" + std::to_string(first) + "-" + std::to_string(first + size - 1);
    Json answer = call.invoke("s3", "GetObject", object({{"Bucket", bucket}, {"Key", key}, {"Range", range}}));
    Part part{.bytes = textOr(answer, "Body")};
    const auto told = textOr(answer, "ContentRange");
    part.total = told.empty() ? part.bytes.size() : std::stoull(told.substr(told.rfind('/') + 1));
    return part;
}

}  // namespace

std::vector<std::string> importFiles(Call& call, const Fields& source) {
    std::vector<std::string> keys;
    Json request = object({{"Bucket", source.text("S3Bucket")}, {"Prefix", source.valueOr("S3KeyPrefix", "")}});
    for (bool more = true; more;) {
        const Json page = call.invoke("s3", "ListObjectsV2", request);
        for (const Json* file : Fields(page).items("Contents")) {
            const auto key = textOr(*file, "Key");
            const auto name = key.substr(key.rfind('/') + 1);
            if (!name.empty() && !name.starts_with("manifest-") && !name.starts_with('_') && !name.ends_with(".md5"))
                keys.push_back(key);
        }
        const Json* next = find(page, "NextContinuationToken");
        more = next != nullptr;
        if (more) set(request, "ContinuationToken", copy(*next));
    }
    return keys;
}

ImportPiece readImport(Call& call, const std::string& bucket, const std::string& key, std::uint64_t offset) {
    for (std::size_t size = kPieceBytes;; size *= 4) {  // a line may be longer than a piece
        auto part = partOf(call, bucket, key, offset, size);
        if (offset + part.bytes.size() >= part.total) return {.lines = std::move(part.bytes), .ends = true};
        const auto end = part.bytes.rfind('\n');
        if (end == std::string::npos) continue;
        part.bytes.resize(end + 1);
        return {.lines = std::move(part.bytes)};
    }
}

ImportPiece readZippedImport(Call& call, Unpacking& unpacking, const std::string& bucket, const std::string& key,
                             std::uint64_t offset) {
    if (!unpacking.inflater || unpacking.key != key || unpacking.offset > offset)
        unpacking = {.key = key, .inflater = std::make_unique<Inflater>()};
    const AwsError broken("InvalidObject", "The file " + key + " is not in GZIP format");
    for (std::size_t unpacked = 0; unpacked < kUnpackedAtOnce;) {
        const auto passed = std::min<std::uint64_t>(offset - unpacking.offset, unpacking.plain.size());
        unpacking.plain.erase(0, passed);
        unpacking.offset += passed;
        const bool ended = unpacking.inflater->ended();
        if (unpacking.offset == offset) {
            if (ended) return {.lines = unpacking.plain, .ends = true};
            const auto end = unpacking.plain.rfind('\n');
            if (unpacking.plain.size() >= kPieceBytes && end != std::string::npos)
                return {.lines = unpacking.plain.substr(0, end + 1)};
        }
        if (ended) throw broken;  // it was longer when the import began
        Part part;
        if (unpacking.packed < unpacking.total) {
            part = partOf(call, bucket, key, unpacking.packed, kPackedBytes);
            unpacking.total = part.total;
        }
        const auto before = unpacking.plain.size();
        const auto taken = unpacking.inflater->take(part.bytes, kPieceBytes, unpacking.plain);
        if (!taken) throw broken;
        unpacking.packed += *taken;
        unpacked += unpacking.plain.size() - before + 1;
        if (unpacking.packed >= unpacking.total && !unpacking.inflater->ended() && unpacking.plain.size() == before)
            throw broken;  // cut off
    }
    return {.lines = {}, .later = true};
}

}  // namespace backlot::dynamodb
