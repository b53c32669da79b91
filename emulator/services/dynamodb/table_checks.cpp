#include "emulator/services/dynamodb/table_checks.h"

#include <algorithm>
#include <set>

#include "emulator/base/arn.h"
#include "emulator/services/dynamodb/errors.h"

namespace backlot::dynamodb {
namespace {

constexpr std::int64_t kThroughputLimit = 1'000'000'000'000;
constexpr std::size_t kLocalIndexLimit = 5, kGlobalIndexLimit = 20, kProjectedLimit = 100, kGlobalKeyParts = 4;

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
    return "[" + out + "]";
}

std::vector<std::string> namesOf(const std::vector<KeyAttribute>& attributes) {
    std::vector<std::string> names;
    for (const auto& attribute : attributes) names.push_back(attribute.name);
    return names;
}

const KeyAttribute* definitionOf(const std::vector<KeyAttribute>& definitions, std::string_view name) {
    const auto found =
        std::find_if(definitions.begin(), definitions.end(), [&](const KeyAttribute& d) { return d.name == name; });
    return found == definitions.end() ? nullptr : &*found;
}

struct KeyElement {
    std::string name;
    bool hash;
};

std::vector<KeyElement> keyElements(const Fields& owner) {
    std::vector<KeyElement> elements;
    for (const Json* element : owner.items("KeySchema"))
        elements.push_back({Fields(*element).text("AttributeName"), Fields(*element).text("KeyType") == "HASH"});
    return elements;
}

void requireHashThenRange(const std::vector<KeyElement>& elements) {
    if (elements.empty() || !elements[0].hash)
        throw validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    if (elements.size() < 2) return;
    if (elements[0].name == elements[1].name)
        throw validation("Both the Hash Key and the Range Key element in the KeySchema have the same name");
    if (elements[1].hash) throw validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    if (elements.size() > 2) throw invalidParameter("KeySchema must have at most 2 elements");
}

/// Global indexes: up to four hash attributes, then up to four range attributes.
void requireGlobalKey(const std::vector<KeyElement>& elements, const std::string& index) {
    if (elements.size() <= 2) return requireHashThenRange(elements);
    if (!elements[0].hash) throw validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    std::set<std::string> seen;
    bool ranges = false;
    std::size_t hashes = 0;
    for (const auto& element : elements) {
        if (!seen.insert(element.name).second)
            throw invalidParameter("Duplicate attribute name in KeySchema for index: " + index +
                                   ", attribute: " + element.name);
        if (element.hash && ranges)
            throw validation("Invalid KeySchema: All HASH key elements must come before RANGE key elements");
        ranges = ranges || !element.hash;
        hashes += element.hash;
    }
    if (hashes > kGlobalKeyParts || elements.size() - hashes > kGlobalKeyParts)
        throw invalidParameter("KeySchema of index " + index + " may have at most 4 HASH and 4 RANGE key attributes");
}

KeySchema keyOf(const std::vector<KeyElement>& elements, const std::vector<KeyAttribute>& definitions) {
    KeySchema key;
    for (const auto& element : elements) {
        const auto* definition = definitionOf(definitions, element.name);
        (element.hash ? key.hash : key.range).push_back(*definition);
    }
    return key;
}

void requireDefined(const std::vector<KeyElement>& elements, const std::vector<KeyAttribute>& definitions) {
    std::vector<std::string> names;
    for (const auto& element : elements) names.push_back(element.name);
    for (const auto& name : names)
        if (!definitionOf(definitions, name))
            throw invalidParameter("Some index key attributes are not defined in AttributeDefinitions. Keys: " +
                                   joined(names) + ", AttributeDefinitions: " + joined(namesOf(definitions)));
}

/// A provisioned table's key of a single attribute has other words for what is missing than the rest.
void requireTableKeyDefined(const std::vector<KeyElement>& elements, const std::vector<KeyAttribute>& definitions,
                            bool provisioned) {
    if (elements.size() < 2 && provisioned) return requireDefined(elements, definitions);
    const bool defined = std::all_of(elements.begin(), elements.end(), [&](const KeyElement& element) {
        return definitionOf(definitions, element.name);
    });
    if (!defined || definitions.size() < elements.size())
        throw validation("Invalid KeySchema: Some index key attribute have no definition");
}

void readProjection(Index& index, const Fields& entry) {
    const auto projection = entry.child("Projection");
    const auto type = projection.optionalText("ProjectionType");
    if (!type) throw invalidParameter("Unknown ProjectionType: null");
    index.projection = *type == "ALL"         ? ProjectionType::all
                       : *type == "KEYS_ONLY" ? ProjectionType::keysOnly
                                              : ProjectionType::include;
    index.nonKeyAttributes = projection.texts("NonKeyAttributes");
    if (index.projection != ProjectionType::include && projection.has("NonKeyAttributes"))
        throw invalidParameter("ProjectionType is " + *type + ", but NonKeyAttributes is specified");
    if (index.projection == ProjectionType::include && index.nonKeyAttributes.empty())
        throw invalidParameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
}

Index readLocalIndex(const Fields& entry, const TableInfo& table) {
    Index index;
    index.name = entry.text("IndexName");
    const auto elements = keyElements(entry);
    requireDefined(elements, table.definitions);
    requireHashThenRange(elements);
    index.key = keyOf(elements, table.definitions);
    if (index.key.range.empty())
        throw invalidParameter("Index KeySchema does not have a range key for index: " + index.name);
    if (index.key.hash != table.key.hash)
        throw invalidParameter(
            "Index KeySchema does not have the same leading hash key as table KeySchema for index: " + index.name +
            ". index hash key: " + index.key.hash[0].name + ", table hash key: " + table.key.hash[0].name);
    readProjection(index, entry);
    return index;
}

void readBilling(TableInfo& table, const Fields& request) {
    const auto mode = request.valueOr("BillingMode", "PROVISIONED");
    table.provisioned = mode == "PROVISIONED";
    if (table.provisioned) {
        if (!request.has("ProvisionedThroughput"))
            throw invalidParameter(
                "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
        table.throughput = readThroughput(request.child("ProvisionedThroughput"));
    } else if (request.has("ProvisionedThroughput")) {
        throw invalidParameter(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
    }
    table.onDemand = readOnDemand(request);
    table.warm = readWarm(request);
}

void addIndexes(TableInfo& table, const Fields& request) {
    std::set<std::string> names;
    const auto add = [&](Index index) {
        if (!names.insert(index.name).second) throw invalidParameter("Duplicate index name: " + index.name);
        index.id = table.nextIndexId++;
        index.place = table.indexes.size();
        table.indexes.push_back(std::move(index));
    };
    for (const auto* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"})
        if (request.has(member) && request.items(member).empty())
            throw invalidParameter("List of " + std::string(member) + " is empty");
    if (request.has("LocalSecondaryIndexes") && table.key.range.empty())
        throw invalidParameter(
            "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
    for (const Json* entry : request.items("LocalSecondaryIndexes")) add(readLocalIndex(*entry, table));
    for (const Json* entry : request.items("GlobalSecondaryIndexes"))
        add(readGlobalIndex(*entry, table.definitions, table.provisioned));
}

}  // namespace

Throughput readThroughput(const Fields& throughput, std::string_view index) {
    const Throughput result{throughput.integer("ReadCapacityUnits"), throughput.integer("WriteCapacityUnits")};
    const std::string where = index.empty() ? "" : " for index " + std::string(index);
    for (const auto& [value, name] :
         {std::pair{result.read, "ReadCapacityUnits"}, std::pair{result.write, "WriteCapacityUnits"}})
        if (value > kThroughputLimit)
            throw validation("Given value " + std::to_string(value) + " for " + name + " is out of bounds" + where);
    return result;
}

std::optional<Throughput> readOnDemand(const Fields& owner) {
    if (!owner.has("OnDemandThroughput")) return std::nullopt;
    const auto given = owner.child("OnDemandThroughput");
    return Throughput{given.valueOr("MaxReadRequestUnits", -1), given.valueOr("MaxWriteRequestUnits", -1)};
}

std::optional<Throughput> readWarm(const Fields& owner) {
    if (!owner.has("WarmThroughput")) return std::nullopt;
    const auto given = owner.child("WarmThroughput");
    return Throughput{given.valueOr("ReadUnitsPerSecond", 12000), given.valueOr("WriteUnitsPerSecond", 4000)};
}

std::string readEncryption(const Fields& request, std::string_view account, std::string_view region) {
    const auto given = request.child("SSESpecification");
    if (!given.valueOr("Enabled", false)) return {};
    auto key = given.optionalText("KMSMasterKeyId").value_or("alias/aws/dynamodb");
    if (!key.starts_with("arn:")) key = arn("kms", region, account, key.starts_with("alias/") ? key : "key/" + key);
    return writeJson(object({{"Status", "ENABLED"}, {"SSEType", "KMS"}, {"KMSMasterKeyArn", key}}));
}

std::vector<KeyAttribute> readDefinitions(const Fields& request) {
    std::vector<KeyAttribute> definitions;
    for (const Json* definition : request.items("AttributeDefinitions")) {
        const Fields fields(*definition);
        KeyAttribute read{fields.text("AttributeName"), *typeNamed(fields.text("AttributeType"))};
        if (definitionOf(definitions, read.name)) throw validation("Cannot have two attributes with the same name");
        definitions.push_back(std::move(read));
    }
    return definitions;
}

Index readGlobalIndex(const Fields& entry, const std::vector<KeyAttribute>& definitions, bool provisioned) {
    Index index;
    index.global = true;
    index.name = entry.text("IndexName");
    const auto elements = keyElements(entry);
    requireDefined(elements, definitions);
    requireGlobalKey(elements, index.name);
    index.key = keyOf(elements, definitions);
    readProjection(index, entry);
    if (provisioned && !entry.has("ProvisionedThroughput"))
        throw invalidParameter("ProvisionedThroughput must be specified for index: " + index.name);
    if (!provisioned && entry.has("ProvisionedThroughput"))
        throw invalidParameter("ProvisionedThroughput should not be specified for index: " + index.name +
                               " when BillingMode is PAY_PER_REQUEST");
    if (provisioned) index.throughput = readThroughput(entry.child("ProvisionedThroughput"), index.name);
    index.onDemand = readOnDemand(entry);
    index.warm = readWarm(entry);
    return index;
}

void requireDefinitionsUsed(const TableInfo& table) {
    std::vector<std::string> used;
    const auto add = [&](const KeySchema& key) {
        for (const auto* parts : {&key.hash, &key.range})
            for (const auto& part : *parts)
                if (std::find(used.begin(), used.end(), part.name) == used.end()) used.push_back(part.name);
    };
    add(table.key);
    for (const auto& index : table.indexes) add(index.key);
    if (table.indexes.empty() && table.definitions.size() != used.size())
        throw invalidParameter(
            "Number of attributes in KeySchema does not exactly match number of attributes defined in "
            "AttributeDefinitions");
    const bool all =
        std::all_of(table.definitions.begin(), table.definitions.end(), [&](const KeyAttribute& definition) {
            return std::find(used.begin(), used.end(), definition.name) != used.end();
        });
    if (!all)
        throw invalidParameter("Some AttributeDefinitions are not used. AttributeDefinitions: " +
                               joined(namesOf(table.definitions)) + ", keys used: " + joined(used));
}

void requireIndexCounts(const TableInfo& table) {
    std::size_t local = 0, global = 0, projectedNames = 0;
    for (const auto& index : table.indexes) {
        ++(index.global ? global : local);
        projectedNames += index.nonKeyAttributes.size();
    }
    if (local > kLocalIndexLimit)
        throw invalidParameter("Number of LocalSecondaryIndexes exceeds per-table limit of " +
                               std::to_string(kLocalIndexLimit));
    if (global > kGlobalIndexLimit)
        throw invalidParameter("GlobalSecondaryIndex count exceeds the per-table limit of " +
                               std::to_string(kGlobalIndexLimit));
    if (projectedNames > kProjectedLimit)
        throw invalidParameter("Number of NonKeyAttributes exceeds the per-table limit of " +
                               std::to_string(kProjectedLimit));
}

TableInfo readNewTable(const Fields& request) {
    TableInfo table;
    table.name = request.text("TableName");
    readBilling(table, request);
    table.definitions = readDefinitions(request);
    const auto elements = keyElements(request);
    requireTableKeyDefined(elements, table.definitions, table.provisioned);
    requireHashThenRange(elements);
    table.key = keyOf(elements, table.definitions);
    addIndexes(table, request);
    requireIndexCounts(table);
    requireDefinitionsUsed(table);
    table.tableClass = request.valueOr("TableClass", "");
    table.deletionProtection = request.valueOr("DeletionProtectionEnabled", false);
    return table;
}

}  // namespace backlot::dynamodb
