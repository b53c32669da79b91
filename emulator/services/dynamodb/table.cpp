#include "emulator/services/dynamodb/table.h"

#include <algorithm>

#include "emulator/base/arn.h"

namespace backlot::dynamodb {
namespace {

constexpr std::string_view kProjectionNames[] = {"ALL", "KEYS_ONLY", "INCLUDE"};

Json keyRow(const KeySchema& key) {
    const auto part = [](const KeyAttribute& attribute) { return list({attribute.name, nameOf(attribute.type)}); };
    return object({{"hash", array(key.hash, part)}, {"range", array(key.range, part)}});
}

std::vector<KeyAttribute> attributesFromRow(const Json& row) {
    std::vector<KeyAttribute> result;
    for (const auto& part : row.GetArray()) result.push_back({text(part[0]), *typeNamed(view(part[1]))});
    return result;
}

KeySchema keyFromRow(const Json& row) {
    return {attributesFromRow(*find(row, "hash")), attributesFromRow(*find(row, "range"))};
}

std::optional<Json> throughputRow(const std::optional<Throughput>& throughput) {
    if (!throughput) return std::nullopt;
    return list({throughput->read, throughput->write});
}

std::optional<Throughput> throughputFromRow(const Json* row) {
    if (!row) return std::nullopt;
    return Throughput{(*row)[0].GetInt64(), (*row)[1].GetInt64()};
}

std::optional<std::int64_t> timeRow(const std::optional<Time>& time) {
    if (!time) return std::nullopt;
    return time->time_since_epoch().count();
}

std::optional<Time> timeFromRow(const Json& row, std::string_view name) {
    const Json* found = find(row, name);
    if (!found) return std::nullopt;
    return Time(Duration(found->GetInt64()));
}

Json indexRow(const Index& index) {
    return object({{"id", index.id},
                   {"name", index.name},
                   {"global", index.global},
                   {"key", keyRow(index.key)},
                   {"projection", static_cast<int>(index.projection)},
                   {"nonKeyAttributes", array(index.nonKeyAttributes)},
                   {"throughput", throughputRow(index.throughput)},
                   {"onDemand", throughputRow(index.onDemand)},
                   {"warm", throughputRow(index.warm)},
                   {"creating", index.creating}});
}

Index indexFromRow(const Json& row) {
    const Fields fields(row);
    return {.id = static_cast<std::uint64_t>(fields.integer("id")),
            .name = fields.text("name"),
            .global = fields.valueOr("global", false),
            .key = keyFromRow(fields.value("key")),
            .projection = static_cast<ProjectionType>(fields.integer("projection")),
            .nonKeyAttributes = fields.texts("nonKeyAttributes"),
            .throughput = throughputFromRow(fields.find("throughput")),
            .onDemand = throughputFromRow(fields.find("onDemand")),
            .warm = throughputFromRow(fields.find("warm")),
            .creating = fields.valueOr("creating", false)};
}

}  // namespace

const KeyAttribute* KeySchema::find(std::string_view name) const {
    for (const auto* parts : {&hash, &range})
        for (const auto& attribute : *parts)
            if (attribute.name == name) return &attribute;
    return nullptr;
}

bool KeySchema::contains(std::string_view name) const { return find(name) != nullptr; }

std::string TableInfo::arn() const { return backlot::arn("dynamodb", region, account, "table/" + name); }

const Index* TableInfo::findIndex(std::string_view indexName) const {
    for (const auto& index : indexes)
        if (index.name == indexName) return &index;
    return nullptr;
}

const KeyAttribute* TableInfo::definition(std::string_view attribute) const {
    for (const auto& definition : definitions)
        if (definition.name == attribute) return &definition;
    return nullptr;
}

bool TableInfo::hasLocalIndex() const {
    return std::any_of(indexes.begin(), indexes.end(), [](const Index& index) { return !index.global; });
}

bool TableInfo::isKeyAttribute(std::string_view attribute) const {
    return key.contains(attribute) || std::any_of(indexes.begin(), indexes.end(),
                                                  [&](const Index& index) { return index.key.contains(attribute); });
}

Json toRow(const TableInfo& table) {
    Json row = object({{"id", table.id},
                       {"name", table.name},
                       {"account", table.account},
                       {"region", table.region},
                       {"uuid", table.uuid},
                       {"created", timeRow(table.created)},
                       {"key", keyRow(table.key)},
                       {"definitions", array(table.definitions,
                                             [](const auto& d) {
                                                 return list({d.name, nameOf(d.type)});
                                             })},
                       {"indexes", array(table.indexes, indexRow)},
                       {"nextIndexId", table.nextIndexId},
                       {"provisioned", table.provisioned},
                       {"throughput", throughputRow(table.throughput)},
                       {"lastIncrease", timeRow(table.lastIncrease)},
                       {"lastDecrease", timeRow(table.lastDecrease)},
                       {"lastToOnDemand", timeRow(table.lastToOnDemand)},
                       {"decreasesToday", table.decreasesToday},
                       {"onDemand", throughputRow(table.onDemand)},
                       {"warm", throughputRow(table.warm)},
                       {"tableClass", table.tableClass},
                       {"deletionProtection", table.deletionProtection},
                       {"sse", table.sse},
                       {"streamEnabled", table.stream.enabled},
                       {"streamViewType", table.stream.viewType},
                       {"streamId", table.stream.id},
                       {"streamLabel", table.stream.label},
                       {"ttlAttribute", table.ttlAttribute},
                       {"expiries", table.expiries},
                       {"pointInTimeRecovery", table.pointInTimeRecovery},
                       {"recoverableSince", timeRow(table.recoverableSince)},
                       {"recoveryPeriodDays", table.recoveryPeriodDays},
                       {"restoreSummary", table.restoreSummary}});
    if (table.filling) set(row, "filling", true);
    if (!table.copies.empty()) set(row, "copies", array(table.copies, [](std::uint64_t copy) { return copy; }));
    return row;
}

TableInfo tableFromRow(const Json& row) {
    const Fields fields(row);
    TableInfo table{.id = static_cast<std::uint64_t>(fields.integer("id")),
                    .name = fields.text("name"),
                    .account = fields.text("account"),
                    .region = fields.text("region"),
                    .uuid = fields.text("uuid"),
                    .created = *timeFromRow(row, "created"),
                    .key = keyFromRow(fields.value("key")),
                    .definitions = attributesFromRow(fields.value("definitions")),
                    .indexes = {},
                    .nextIndexId = static_cast<std::uint64_t>(fields.integer("nextIndexId")),
                    .provisioned = fields.valueOr("provisioned", false),
                    .throughput = *throughputFromRow(fields.find("throughput")),
                    .lastIncrease = timeFromRow(row, "lastIncrease"),
                    .lastDecrease = timeFromRow(row, "lastDecrease"),
                    .lastToOnDemand = timeFromRow(row, "lastToOnDemand"),
                    .decreasesToday = fields.valueOr("decreasesToday", 0),
                    .onDemand = throughputFromRow(fields.find("onDemand")),
                    .warm = throughputFromRow(fields.find("warm")),
                    .tableClass = fields.text("tableClass"),
                    .deletionProtection = fields.valueOr("deletionProtection", false),
                    .sse = fields.text("sse"),
                    .stream = {fields.valueOr("streamEnabled", false), fields.text("streamViewType"),
                               static_cast<std::uint64_t>(fields.integer("streamId")), fields.text("streamLabel")},
                    .ttlAttribute = fields.text("ttlAttribute"),
                    .expiries = static_cast<std::uint64_t>(fields.valueOr("expiries", fields.integer("id"))),
                    .pointInTimeRecovery = fields.valueOr("pointInTimeRecovery", false),
                    .recoverableSince = *timeFromRow(row, "recoverableSince"),
                    .recoveryPeriodDays = fields.integer("recoveryPeriodDays"),
                    .restoreSummary = fields.text("restoreSummary"),
                    .filling = fields.valueOr("filling", false)};
    for (const Json* copy : fields.items("copies")) table.copies.push_back(copy->GetUint64());
    for (const Json* index : fields.items("indexes")) {
        table.indexes.push_back(indexFromRow(*index));
        table.indexes.back().place = table.indexes.size() - 1;
    }
    return table;
}

Json describe(const KeySchema& key) {
    Json elements = list();
    for (const auto& part : key.hash) push(elements, object({{"AttributeName", part.name}, {"KeyType", "HASH"}}));
    for (const auto& part : key.range) push(elements, object({{"AttributeName", part.name}, {"KeyType", "RANGE"}}));
    return elements;
}

Json describe(const std::vector<KeyAttribute>& definitions) {
    return array(definitions, [](const KeyAttribute& definition) {
        return object({{"AttributeName", definition.name}, {"AttributeType", nameOf(definition.type)}});
    });
}

Json describeProjection(const Index& index) {
    Json projection = object({{"ProjectionType", kProjectionNames[static_cast<int>(index.projection)]}});
    if (index.projection == ProjectionType::include) set(projection, "NonKeyAttributes", array(index.nonKeyAttributes));
    return projection;
}

Json describe(const Throughput& throughput) {
    return object({{"ReadCapacityUnits", throughput.read}, {"WriteCapacityUnits", throughput.write}});
}

}  // namespace backlot::dynamodb
