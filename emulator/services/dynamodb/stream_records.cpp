#include "emulator/services/dynamodb/stream_records.h"

#include <cstring>

#include "emulator/base/arn.h"
#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/memory.h"
#include "emulator/services/dynamodb/rows.h"
#include "emulator/services/dynamodb/statistics.h"

namespace backlot::dynamodb {
namespace {

constexpr std::size_t kSequenceDigits = 20;  // after the leading 1
constexpr auto kRetention = std::chrono::hours(24);

Json toRow(const Stream& stream) {
    const auto part = [](const KeyAttribute& attribute) { return str(attribute.name); };
    return object({{"id", stream.id},
                   {"account", stream.account},
                   {"region", stream.region},
                   {"table", stream.table},
                   {"label", stream.label},
                   {"viewType", stream.viewType},
                   {"hash", array(stream.key.hash, part)},
                   {"range", array(stream.key.range, part)},
                   {"created", stream.created.time_since_epoch().count()},
                   {"lastSequence", stream.lastSequence}});
}

Stream streamFromRow(const Json& row) {
    const Fields fields(row);
    Stream stream{.id = static_cast<std::uint64_t>(fields.integer("id")),
                  .account = fields.text("account"),
                  .region = fields.text("region"),
                  .table = fields.text("table"),
                  .label = fields.text("label"),
                  .viewType = fields.text("viewType"),
                  .key = {},
                  .created = Time(Duration(fields.integer("created"))),
                  .lastSequence = fields.optionalInteger("lastSequence")};
    for (const auto& name : fields.texts("hash")) stream.key.hash.push_back({name, Type::S});
    for (const auto& name : fields.texts("range")) stream.key.range.push_back({name, Type::S});
    return stream;
}

void appendSized(std::string& out, std::string_view bytes) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    out.append(reinterpret_cast<const char*>(&size), sizeof size);
    out += bytes;
}

std::string_view takeSized(std::string_view& rest) {
    std::uint32_t size;
    std::memcpy(&size, rest.data(), sizeof size);
    const auto bytes = rest.substr(sizeof size, size);
    rest.remove_prefix(sizeof size + size);
    return bytes;
}

std::string keysOf(const TableInfo& table, std::string_view item) {
    std::string keys;
    while (!item.empty()) {
        const auto attribute = takeAttribute(item);
        if (!table.key.contains(attribute.name)) continue;
        appendName(keys, attribute.name);
        keys += attribute.value.bytes;
    }
    return keys;
}

}  // namespace

std::string Stream::arn() const {
    return backlot::arn("dynamodb", region, account, "table/" + table + "/stream/" + label);
}

std::string Stream::shardId() const {
    const auto digits = std::to_string(epochMillis(created)) + "00000000";
    return "shardId-" + std::string(21 - std::min<std::size_t>(21, digits.size()), '0') + digits.substr(0, 21) + "-" +
           sequenceText(id).substr(13);
}

std::string sequenceText(std::uint64_t sequence) {
    const auto digits = std::to_string(sequence);
    return "1" + std::string(kSequenceDigits - digits.size(), '0') + digits;
}

std::optional<std::uint64_t> parseSequence(std::string_view text) {
    if (text.size() != kSequenceDigits + 1 || text[0] != '1') return std::nullopt;
    std::uint64_t sequence = 0;
    for (const char digit : text.substr(1)) {
        if (digit < '0' || digit > '9') return std::nullopt;
        sequence = sequence * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return sequence;
}

void openStream(Call& call, TableInfo& table, std::string viewType) {
    auto label = iso8601Millis(call.now);
    label.pop_back();  // a label has no Z
    auto labelTime = call.now;
    while (call.has(streamRow(table.account, table.region, table.name, label))) {  // enabled twice within a millisecond
        labelTime += std::chrono::milliseconds(1);
        label = iso8601Millis(labelTime);
        label.pop_back();
    }
    table.stream = {.enabled = true, .viewType = std::move(viewType), .id = newId(call), .label = label};
    const Stream stream{.id = table.stream.id,
                        .account = table.account,
                        .region = table.region,
                        .table = table.name,
                        .label = label,
                        .viewType = table.stream.viewType,
                        .key = table.key,
                        .created = call.now,
                        .lastSequence = {}};
    call.putJson(streamRow(stream.account, stream.region, stream.table, label), toRow(stream));
    auto statistics = loadStatistics(call, table.id);
    statistics.lastSequence = kFirstSequence - 1;
    saveStatistics(call, table.id, statistics);
}

void closeStream(Call& call, TableInfo& table) {
    if (!table.stream.enabled) return;
    const auto key = streamRow(table.account, table.region, table.name, table.stream.label);
    auto stream = streamFromRow(*call.getJson(key));
    stream.lastSequence = std::max(loadStatistics(call, table.id).lastSequence, kFirstSequence);
    call.putJson(key, toRow(stream));
    scheduleTrim(call, stream.id, call.now + kRetention, stream.arn());
    table.stream.enabled = false;
    call.signal("dynamodb:stream:" + stream.arn());
}

void recordChange(Call& call, const TableInfo& table, std::uint64_t sequence, Actor actor,
                  std::optional<std::string_view> before, std::optional<std::string_view> after) {
    const auto& viewType = table.stream.viewType;
    const bool wantsOld = viewType == "OLD_IMAGE" || viewType == "NEW_AND_OLD_IMAGES";
    const bool wantsNew = viewType == "NEW_IMAGE" || viewType == "NEW_AND_OLD_IMAGES";
    std::string row;
    row += static_cast<char>(actor);
    row += !before ? 'I' : !after ? 'R' : 'M';
    const auto micros = call.now.time_since_epoch().count();
    row.append(reinterpret_cast<const char*>(&micros), sizeof micros);
    appendSized(row, keysOf(table, after ? *after : *before));
    appendSized(row, wantsOld && before ? *before : std::string_view());
    appendSized(row, wantsNew && after ? *after : std::string_view());
    call.put(recordKey(table.stream.id, sequence), row);
    if (!call.has(trimRow(table.stream.id))) {
        call.put(trimRow(table.stream.id), "1");
        scheduleTrim(call, table.stream.id, call.now + kRetention, std::nullopt);
    }
    call.signal("dynamodb:stream:" + table.streamArn());
}

void scheduleTrim(Call& call, std::uint64_t stream, std::optional<Time> due, const std::optional<std::string>& arn) {
    if (!due) {
        call.erase(trimRow(stream));
        return;
    }
    call.later(*due, {.service = "dynamodb",
                      .operation = "TrimStream",
                      .request = object({{"stream", stream}, {"arn", arn}}),
                      .background = true,
                      .label = "trim stream " + arn.value_or(std::to_string(stream))});
}

void keepLatestRecords(Call& call, std::uint64_t stream, std::uint64_t last, std::uint64_t most) {
    constexpr std::uint64_t kLookEvery = 64;
    constexpr std::size_t kAtOnce = 2 * kLookEvery;
    if (last % kLookEvery != 0 || last < kFirstSequence + most) return;
    std::vector<std::string> old;
    const auto first = recordKey(stream, last - most + 1);
    call.scan(recordsPrefix(stream), [&](std::string_view key, std::string_view) {
        if (key >= first || old.size() == kAtOnce) return false;
        old.emplace_back(key);
        return true;
    });
    for (const auto& key : old) call.erase(key);
}

void forgetStream(Call& call, std::string_view arn) {
    if (const auto stream = findStream(call, arn))
        call.erase(streamRow(stream->account, stream->region, stream->table, stream->label));
}

StreamRecord decodeRecord(std::string_view key, std::string_view row) {
    StreamRecord record;
    KeyReader reader(key);
    reader.text();
    reader.number();
    record.sequence = reader.number();
    record.actor = static_cast<Actor>(row[0]);
    record.event = row[1];
    std::int64_t micros;
    std::memcpy(&micros, row.data() + 2, sizeof micros);
    record.time = Time(Duration(micros));
    row.remove_prefix(2 + sizeof micros);
    record.keys = takeSized(row);
    record.before = takeSized(row);
    record.after = takeSized(row);
    record.size = sizeOfItem(record.keys) + sizeOfItem(record.before) + sizeOfItem(record.after);
    return record;
}

std::optional<Stream> findStream(const Call& call, std::string_view streamArn) {
    constexpr std::string_view kMiddle = "/stream/";
    const auto parsed = parseArn(streamArn);
    if (!parsed || parsed->service != "dynamodb" || !parsed->resource.starts_with("table/")) return std::nullopt;
    const auto middle = parsed->resource.find(kMiddle);
    if (middle == std::string::npos) return std::nullopt;
    const auto row = call.getJson(streamRow(parsed->account, parsed->region,
                                            std::string_view(parsed->resource).substr(6, middle - 6),
                                            std::string_view(parsed->resource).substr(middle + kMiddle.size())));
    if (!row) return std::nullopt;
    return streamFromRow(*row);
}

std::vector<Stream> streamsAfter(const Call& call, std::string_view tableName, std::string_view afterArn,
                                 std::size_t limit) {
    Key prefix = streamsKey(call.account, call.region);
    if (!tableName.empty()) prefix.text(tableName);
    std::vector<Stream> streams;
    call.scan(prefix, [&](std::string_view, std::string_view row) {
        auto stream = streamFromRow(parseJson(row));
        if (afterArn.empty() || stream.arn() > afterArn) streams.push_back(std::move(stream));
        return streams.size() < limit;
    });
    return streams;
}

}  // namespace backlot::dynamodb
