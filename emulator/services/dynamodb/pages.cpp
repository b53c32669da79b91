#include "emulator/services/dynamodb/pages.h"

#include <algorithm>

#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/expressions/evaluate.h"
#include "emulator/services/dynamodb/item_codec.h"

namespace backlot::dynamodb {
namespace {

/// Names of the key attributes of the page's rows: the table's, then those of the index that are not among them.
std::vector<std::string> keyNames(const PageRequest& page) {
    std::vector<std::string> names;
    const auto add = [&](const KeySchema& key) {
        for (const auto* parts : {&key.hash, &key.range})
            for (const auto& part : *parts)
                if (std::find(names.begin(), names.end(), part.name) == names.end()) names.push_back(part.name);
    };
    add(page.table->key);
    if (page.index) add(page.index->key);
    return names;
}

bool isProjected(const PageRequest& page, const std::string& attribute) {
    const auto& index = *page.index;
    const auto& extra = index.nonKeyAttributes;
    return index.projection == ProjectionType::all || page.table->key.contains(attribute) ||
           index.key.contains(attribute) ||
           (index.projection == ProjectionType::include &&
            std::find(extra.begin(), extra.end(), attribute) != extra.end());
}

std::vector<std::string> notProjected(const PageRequest& page) {
    std::vector<std::string> missing;
    if (page.selection.projection)
        for (auto& name : page.selection.projection->topLevel())
            if (!isProjected(page, name)) missing.push_back(std::move(name));
    return missing;
}

struct Sizes {
    std::size_t item = 0;    // AWS's documented size, by which capacity is counted
    std::size_t stored = 0;  // what it takes in DynamoDB's storage, by which a page ends
};

/// The stored size is not documented; this form fits every recorded end of a page to the byte: names cost nothing, an
/// attribute two bytes beside its value, an element of a set one, an item four; and each begun block of 3,072 bytes 18
/// and the range key.
/// Differs: no recording tells about lists and maps; their documented size is taken.
Sizes sizesOf(std::string_view item, const KeyAttribute* range) {
    constexpr std::size_t kItem = 4, kAttribute = 2, kBlock = 3072, kBlockHead = 18;
    Sizes sizes;
    std::size_t body = 0, rangeSize = 0;
    while (!item.empty()) {
        const auto attribute = takeAttribute(item);
        const auto size = sizeOfValue(attribute.value);
        sizes.item += attribute.name.size() + size;
        if (range && attribute.name == range->name) {
            rangeSize = size;
            continue;
        }
        body += kAttribute + size;
        if (isSet(attribute.value.type)) body += countElements(attribute.value);
    }
    sizes.stored = kItem + body + (1 + (1 + body) / kBlock) * (kBlockHead + rangeSize);
    return sizes;
}

/// Walks the rows of a range in either direction.
class Walk {
public:
    Walk(Call& call, const KeyRange& range, bool forward, const std::optional<std::string>& after)
        : cursor_(call.cursor()), range_(range), forward_(forward) {
        if (forward_) {
            inside_ =
                cursor_.seek(after ? std::max<std::string_view>(*after, range.first) : std::string_view(range.first));
            if (inside_ && after && cursor_.key() == *after) inside_ = cursor_.next();
        } else {
            inside_ =
                cursor_.seekBefore(after ? std::min<std::string_view>(*after, range.end) : std::string_view(range.end));
        }
        check();
    }
    bool inside() const { return inside_; }
    std::string_view key() const { return cursor_.key(); }
    std::string_view item() const { return cursor_.value(); }
    void next() {
        inside_ = forward_ ? cursor_.next() : cursor_.previous();
        check();
    }

private:
    void check() {
        if (inside_) inside_ = forward_ ? cursor_.key() < range_.end : cursor_.key() >= range_.first;
    }
    Cursor cursor_;
    const KeyRange& range_;
    bool forward_, inside_ = false;
};

}  // namespace

Select selectOf(const Fields& request, bool hasIndex, bool hasSelection) {
    const Json* given = request.find("Select");
    const std::string_view name = given ? view(*given) : std::string_view();
    if (name == "COUNT") return Select::count;
    if (name == "ALL_PROJECTED_ATTRIBUTES") return Select::allProjected;
    if (name == "SPECIFIC_ATTRIBUTES" || hasSelection) return Select::specific;
    return hasIndex && name.empty() ? Select::allProjected : Select::allAttributes;
}

void requireIndex(PageRequest& page, const Fields& request) {
    if (const Json* indexName = request.find("IndexName")) {
        page.index = page.table->findIndex(view(*indexName));
        if (!page.index) throw validation("The table does not have the specified index: " + text(*indexName));
        if (page.index->global && page.consistent)
            throw validation("Consistent reads are not supported on global secondary indexes");
        if (page.index->creating)
            throw validation("Cannot read from backfilling global secondary index: " + page.index->name);
    }
}

void requireSelectOfIndex(PageRequest& page, const Fields& request) {
    page.select = selectOf(request, page.index, page.selection.projection.has_value());
    if (!page.index) return;
    const auto& index = *page.index;
    const bool partial = index.projection != ProjectionType::all;
    if (page.select == Select::allAttributes && partial) {
        if (index.global)
            throw invalidParameter("Select type ALL_ATTRIBUTES is not supported for global secondary index " +
                                   index.name + " because its projection type is not ALL");
        page.fetch = true;
    }
    if (partial) {
        const auto missing = notProjected(page);
        if (!missing.empty() && index.global) {
            std::string names;
            for (const auto& name : missing) names += (names.empty() ? "" : ", ") + name;
            throw invalidParameter("Global secondary index " + index.name + " does not project [" + names + "]");
        }
        if (!missing.empty()) page.fetch = true;
    }
}

namespace {

constexpr auto kStartInvalid = "The provided starting key is invalid";
constexpr auto kStartMismatch =
    "The provided starting key is invalid: The provided key element does not match the schema";

void requireStartParts(const PageRequest& page, const std::vector<KeyAttribute>& parts, bool plainScan) {
    for (const auto& part : parts) {
        const auto value = findAttribute(*page.startKey, part.name);
        if (!value || (value->type == part.type && value->payload.empty()))
            throw validation(plainScan ? kStartMismatch : kStartInvalid);
        if (value->type != part.type) throw plainScan ? validation(kStartMismatch) : keyDoesNotMatchSchema();
    }
}

}  // namespace

void requireStartHash(const PageRequest& page) {
    if (!page.startKey) return;
    const bool plainScan = !page.query && !page.index;  // a scan of a table has one message for all
    std::size_t count = 0;
    for (std::string_view rest = *page.startKey; !rest.empty(); ++count) takeAttribute(rest);
    if (count != keyNames(page).size()) throw validation(plainScan ? kStartMismatch : kStartInvalid);
    requireStartParts(page, page.key().hash, plainScan);
}

void requireStartRange(const PageRequest& page) {
    if (page.startKey) requireStartParts(page, page.key().range, !page.query && !page.index);
}

void requireStartItem(const PageRequest& page) {
    if (!page.startKey || !page.index) return;
    for (const auto* parts : {&page.table->key.hash, &page.table->key.range})
        for (const auto& part : *parts) {
            const auto value = findAttribute(*page.startKey, part.name);
            if (!value || value->type != part.type || value->payload.empty()) throw validation(kStartMismatch);
        }
}

std::string rowOf(const PageRequest& page, std::string_view keyAttributes) {
    return page.index ? *entryKey(*page.table, *page.index, keyAttributes) : itemKey(*page.table, keyAttributes);
}

Json readPage(Memory& memory, Call& call, const PageRequest& page, const KeyRange& range, ReportCapacity report) {
    memory.throttle.admitRead(*page.table, page.index, call.now);
    std::optional<std::string> after;
    if (page.startKey) after = rowOf(page, *page.startKey);
    const auto names = keyNames(page);
    Json items = list();
    const KeyAttribute* sortedBy = page.key().range.empty() ? nullptr : &page.key().range[0];
    std::size_t scanned = 0, count = 0, bytes = 0, stored = 0;
    double fetchUnits = 0;
    std::string_view lastKey;  // of the last row read; the map does not change while we read
    bool stopped = false;
    for (Walk walk(call, range, page.forward, after); walk.inside(); walk.next()) {
        std::string_view item = walk.item();
        ++scanned;
        const auto sizes = sizesOf(item, sortedBy);
        bytes += sizes.item;
        stored += sizes.stored;
        lastKey = item;
        if (page.fetch) {
            if (const auto whole = call.get(itemKey(*page.table, item))) item = *whole;
            fetchUnits += readUnits(sizeOfItem(item), page.consistent);
        }
        if (!page.filter || holds(*page.filter, item)) {
            ++count;
            if (page.select != Select::count) push(items, page.selection.toJson(item));
        }
        if ((page.limit && scanned == *page.limit) || stored >= kPageBytes) {
            stopped = true;
            break;
        }
    }
    Json result = object();
    if (page.select != Select::count) set(result, "Items", std::move(items));
    set(result, "Count", count);
    set(result, "ScannedCount", scanned);
    if (stopped) set(result, "LastEvaluatedKey", expressions::Projection(names).toJson(lastKey));
    if (report != ReportCapacity::none || memory.throttle.enforced()) {
        const double units = readUnits(bytes, page.consistent);
        Units used;
        if (!page.index)
            used.table = units;
        else
            (page.index->global ? used.global : used.local)[page.index->name] = units;
        used.table += fetchUnits;
        memory.throttle.charge(*page.table, used, Direction::read);
        if (report != ReportCapacity::none) set(result, "ConsumedCapacity", describe(used, *page.table, report));
    }
    return result;
}

}  // namespace backlot::dynamodb
