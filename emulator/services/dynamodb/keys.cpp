#include "emulator/services/dynamodb/keys.h"

#include "emulator/services/dynamodb/md5.h"
#include "emulator/store/key.h"

namespace backlot::dynamodb {
namespace {

constexpr std::uint64_t kHashSpan = std::uint64_t(1) << 32;

void appendBigEndian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
}

/// The first 32 bits of DynamoDB's hash. Differs: keys whose first bits agree (one pair in four thousand million) stand
/// in the order of the keys, not of the other 96 bits.
std::uint32_t hashOf(std::string_view key, std::string_view more = {}) {
    const auto sum = md5({"Outliers", key, more});
    return std::uint32_t(sum[0]) << 24 | std::uint32_t(sum[1]) << 16 | std::uint32_t(sum[2]) << 8 | sum[3];
}

}  // namespace

std::string statisticsRow(std::uint64_t table) {
    std::string key = "n";
    appendBigEndian(key, table, 4);
    return key;
}

std::string itemsPrefix(std::uint64_t table) {
    std::string key = "i";
    key.reserve(64);
    appendBigEndian(key, table, 4);
    return key;
}

std::string entriesPrefix(std::uint64_t table, std::uint64_t index) {
    std::string key = "x";
    key.reserve(96);
    appendBigEndian(key, table, 4);
    appendBigEndian(key, index, 2);
    return key;
}

KeyRange segmentRange(const std::string& base, std::uint64_t segment, std::uint64_t totalSegments) {
    const auto bound = [&](std::uint64_t number) { return (number * kHashSpan + totalSegments - 1) / totalSegments; };
    KeyRange range{base, {}};
    appendBigEndian(range.first, bound(segment), 4);
    if (segment + 1 == totalSegments) {
        range.end = endOfPrefix(base);
    } else {
        range.end = base;
        appendBigEndian(range.end, bound(segment + 1), 4);
    }
    return range;
}

void appendPart(std::string& key, std::string_view payload) {
    for (const char byte : payload) {
        key += byte;
        if (byte == '\0') key += '\xFF';
    }
    key.append("\0\1", 2);
}

void appendPartition(std::string& key, const std::vector<std::string_view>& parts) {
    if (parts.size() == 1) {
        appendBigEndian(key, hashOf(parts[0]), 4);
    } else {
        std::string together;
        for (const auto part : parts) appendPart(together, part);
        appendBigEndian(key, hashOf(together), 4);
    }
    for (const auto part : parts) appendPart(key, part);
}

std::string itemKey(const TableInfo& table, std::string_view item) {
    std::string key = itemsPrefix(table.id);
    appendPartition(key, {findAttribute(item, table.key.hash[0].name)->payload});
    if (!table.key.range.empty()) appendLast(key, findAttribute(item, table.key.range[0].name)->payload);
    return key;
}

namespace {

/// Ends the key of an index's entry with that of its item.
void appendItem(std::string& key, const TableInfo& table, const Index& index, std::string_view item) {
    const auto hash = findAttribute(item, table.key.hash[0].name)->payload;
    const auto range =
        table.key.range.empty() ? std::string_view() : findAttribute(item, table.key.range[0].name)->payload;
    if (index.global) appendBigEndian(key, hashOf(hash, range), 4);
    appendPart(key, hash);
    appendLast(key, range);
}

}  // namespace

std::optional<std::string> entryKey(const TableInfo& table, const Index& index, std::string_view item) {
    std::vector<std::string_view> hash;
    for (const auto& part : index.key.hash) {
        const auto value = findAttribute(item, part.name);
        if (!value || value->type != part.type || value->payload.empty()) return std::nullopt;
        hash.push_back(value->payload);
    }
    std::string key = entriesPrefix(table.id, index.id);
    appendPartition(key, hash);
    for (const auto& part : index.key.range) {
        const auto value = findAttribute(item, part.name);
        if (!value || value->type != part.type || value->payload.empty()) return std::nullopt;
        appendPart(key, value->payload);
    }
    appendItem(key, table, index, item);
    return key;
}

}  // namespace backlot::dynamodb
