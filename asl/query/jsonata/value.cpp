#include "asl/query/jsonata/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>

#include "asl/query/jsonata/text.h"

namespace backlot::asl::jsonata {

Value Value::borrow(const Json& json, Arena& arena) {
    switch (json.GetType()) {
        case rapidjson::kNullType: return null();
        case rapidjson::kFalseType: return false;
        case rapidjson::kTrueType: return true;
        case rapidjson::kNumberType: return json.GetDouble();
        case rapidjson::kStringType: return view(json);
        case rapidjson::kArrayType: return arena.make<Array>(arena, json);
        case rapidjson::kObjectType: return arena.make<Object>(arena, json);
    }
    return {};
}

bool Value::identical(const Value& other) const {
    if (type_ != other.type_) return false;
    switch (type_) {
        case Type::undefined:
        case Type::null: return true;
        case Type::boolean: return boolean_ == other.boolean_;
        case Type::number: return number_ == other.number_;
        case Type::string: return text() == other.text();
        default: return array_ == other.array_;
    }
}

namespace {

/// The number, where JavaScript would take the key for the index of an array.
std::optional<std::uint32_t> arrayIndex(std::string_view key) {
    if (key.empty() || key.size() > 10 || key[0] < '0' || key[0] > '9' || (key[0] == '0' && key.size() > 1))
        return std::nullopt;
    std::uint32_t index = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    if (error != std::errc() || end != key.data() + key.size() || index == 0xFFFFFFFF) return std::nullopt;
    return index;
}

}  // namespace

// Array and Object
// -----------------------------------------------------------------------------------------------------

void Array::reserve(std::size_t count) {
    if (isLazy()) load();
    if (count <= capacity_) return;
    auto* items = arena_.room<Value>(count);
    std::copy(items_, items_ + size_, items);
    items_ = items;
    capacity_ = static_cast<std::uint32_t>(count);
}

void Array::load() {
    if (std::exchange(isRange_, false)) {
        const auto count = std::exchange(size_, 0);
        reserve(count);
        while (size_ < count) {
            items_[size_] = first_ + size_;
            ++size_;
        }
        return;
    }
    const Json& source = *std::exchange(source_, nullptr);
    size_ = 0;
    reserve(source.Size());
    for (const auto& element : source.GetArray()) items_[size_++] = Value::borrow(element, arena_);
}

void Object::reserve(std::size_t count) {
    if (count <= capacity_) return;
    auto* entries = arena_.room<Entry>(count);
    std::copy(entries_, entries_ + size_, entries);
    entries_ = entries;
    capacity_ = static_cast<std::uint32_t>(count);
}

void Object::load() {
    const Json& source = *std::exchange(source_, nullptr);
    size_ = 0;
    reserve(source.MemberCount());
    for (const auto& member : source.GetObject()) add(view(member.name), Value::borrow(member.value, arena_));
    if (size_ > kScanLimit) rebuildIndex();
}

void Object::add(std::string_view key, const Value& value) {
    new (&entries_[size_++]) Entry{key, value};
    unordered_ |= arrayIndex(key).has_value();
}

void Object::arrange() {
    unordered_ = false;
    std::stable_sort(entries_, entries_ + size_, [](const Entry& a, const Entry& b) {
        const auto left = arrayIndex(a.key), right = arrayIndex(b.key);
        return left && (!right || *left < *right);
    });
    if (index_) rebuildIndex();
}

void Object::rebuildIndex() {
    indexSize_ = 32;
    while (indexSize_ < 2 * capacity_) indexSize_ *= 2;
    index_ = arena_.room<std::uint32_t>(indexSize_);
    std::fill(index_, index_ + indexSize_, 0);
    for (std::uint32_t i = 0; i < size_; ++i) {
        auto slot = std::hash<std::string_view>{}(entries_[i].key);
        while (index_[slot & (indexSize_ - 1)] != 0) ++slot;
        index_[slot & (indexSize_ - 1)] = i + 1;
    }
}

Entry* Object::find(std::string_view key) {
    if (!index_) {
        for (std::uint32_t i = 0; i < size_; ++i)
            if (entries_[i].key == key) return &entries_[i];
        return nullptr;
    }
    for (auto slot = std::hash<std::string_view>{}(key); index_[slot & (indexSize_ - 1)] != 0; ++slot) {
        Entry& entry = entries_[index_[slot & (indexSize_ - 1)] - 1];
        if (entry.key == key) return &entry;
    }
    return nullptr;
}

Value Object::get(std::string_view key) {
    if (source_) {
        // The first few lookups read the Json in place; an object that is asked again and again is worth loading.
        if (++lookups_ <= 3) {
            const auto* member = backlot::find(*source_, key);
            return member ? Value::borrow(*member, arena_) : Value();
        }
        load();
    }
    const auto* entry = find(key);
    return entry ? entry->value : Value();
}

void Object::set(std::string_view key, const Value& value) {
    if (source_) load();
    if (auto* entry = find(key)) {
        entry->value = value;
        return;
    }
    const bool grows = size_ == capacity_;
    if (grows) reserve(std::max<std::size_t>(4, std::size_t{capacity_} * 2));
    add(key, value);
    if (size_ <= kScanLimit) return;
    if (grows || !index_) {
        rebuildIndex();
    } else {
        auto slot = std::hash<std::string_view>{}(key);
        while (index_[slot & (indexSize_ - 1)] != 0) ++slot;
        index_[slot & (indexSize_ - 1)] = size_;
    }
}

void Object::erase(std::string_view key) {
    if (source_) load();
    auto* entry = find(key);
    if (!entry) return;
    std::copy(entry + 1, entries_ + size_, entry);
    --size_;
    index_ = nullptr;
    if (size_ > kScanLimit) rebuildIndex();
}

// Questions about values ----------------------------------------------------------------------------------------------

bool isNumeric(const Value& value) {
    if (!value.isNumberType() || std::isnan(value.number())) return false;
    if (std::isinf(value.number())) throw Failure("D1001").with("value", "null");
    return true;
}

bool deepEqual(const Value& a, const Value& b, Budget& budget) {
    if (a.type() != b.type()) return false;
    if (a.isArray()) {
        if (&a.array() == &b.array()) return true;
        const Budget::Level level(budget);
        const auto left = a.array().items(), right = b.array().items();
        budget.steps(static_cast<std::int64_t>(left.size()));
        return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                          [&](const Value& x, const Value& y) { return deepEqual(x, y, budget); });
    }
    if (a.isObject()) {
        if (&a.object() == &b.object()) return true;
        if (a.object().size() != b.object().size()) return false;
        const Budget::Level level(budget);
        budget.steps(a.object().size());
        for (const auto& entry : a.object().entries())
            if (!deepEqual(entry.value, b.object().get(entry.key), budget)) return false;
        return true;
    }
    return a.identical(b);
}

bool truth(const Value& value, Budget& budget) {
    switch (value.type()) {
        case Type::boolean: return value.boolean();
        case Type::number: return isNumeric(value) && value.number() != 0;
        case Type::string: return !value.text().empty();
        case Type::object: return value.object().size() > 0;
        case Type::function: return true;
        case Type::array: {
            const Budget::Level level(budget);
            for (const auto& item : value.array().items()) {
                budget.step();
                if (truth(item, budget)) return true;
            }
            return false;
        }
        default: return false;
    }
}

// Leaving the evaluation ----------------------------------------------------------------------------------------------

namespace {

/// Differs: a function inside the result makes the whole result unsupported; JSON.stringify would leave it out.
/// Json's own destructor and writer recurse, so what leaves is kept shallower than what may be computed with.
constexpr int kResultDepth = 512;

Json toJson(const Value& value, Budget& budget, int depth) {
    budget.step();
    if (depth > kResultDepth || !mayRecurse()) failTooDeep();
    rapidjson::CrtAllocator allocator;
    switch (value.type()) {
        case Type::undefined:
        case Type::null: return Json();
        case Type::boolean: return Json(value.boolean());
        case Type::number: {
            const double number = value.number();
            if (!std::isfinite(number)) throw Failure("D1001").with("value", "null");
            if (number == std::floor(number) && std::fabs(number) <= 9007199254740992.0)
                return Json(static_cast<std::int64_t>(number));
            return Json(number);
        }
        case Type::string: return isWellFormed(value.text()) ? str(value.text()) : str(wellFormed(value.text()));
        case Type::array: {
            if (const auto* source = value.array().untouched()) return copy(*source);
            Json result(rapidjson::kArrayType);
            result.Reserve(value.array().size(), allocator);
            for (const auto& item : value.array().items()) result.PushBack(toJson(item, budget, depth + 1), allocator);
            return result;
        }
        case Type::object: {
            if (const auto* source = value.object().untouched()) return copy(*source);
            Json result(rapidjson::kObjectType);
            for (const auto& entry : value.object().entries())
                if (!entry.value.isUndefined())
                    result.AddMember(str(wellFormed(entry.key)), toJson(entry.value, budget, depth + 1), allocator);
            return result;
        }
        case Type::function:
        case Type::tuple: throw UnsupportedResult();
    }
    return Json();
}

class Writer {
public:
    Writer(Budget& budget, bool pretty, bool fifteen, std::size_t limit)
        : budget_(budget), pretty_(pretty), fifteen_(fifteen), limit_(limit) {}

    void write(const Value& value) {
        budget_.step();
        if (out.size() > limit_) return;
        switch (value.type()) {
            case Type::undefined:
            case Type::null: out += "null"; break;
            case Type::boolean: out += value.boolean() ? "true" : "false"; break;
            case Type::number:
                if (fifteen_) isNumeric(value);  // infinity is an error in $string(), null in a message
                out += std::isfinite(value.number())
                           ? numberText(fifteen_ ? fifteenDigits(value.number()) : value.number())
                           : "null";
                break;
            case Type::string: out += jsonText(value.text()); break;
            case Type::array: writeArray(value.array()); break;
            case Type::object: writeObject(value.object()); break;
            case Type::function:
            case Type::tuple: out += "\"\""; break;
        }
    }
    std::string out;

private:
    void writeArray(Array& array) {
        const Budget::Level level(budget_);
        out += '[';
        ++indent_;
        bool first = true;
        for (const auto& item : array.items()) {
            separate(first);
            write(item);
        }
        close(first, ']');
    }
    void writeObject(Object& object) {
        const Budget::Level level(budget_);
        out += '{';
        ++indent_;
        bool first = true;
        for (const auto& entry : object.entries()) {
            if (entry.value.isUndefined()) continue;
            separate(first);
            out += jsonText(entry.key);
            out += pretty_ ? ": " : ":";
            write(entry.value);
        }
        close(first, '}');
    }
    void separate(bool& first) {
        if (!first) out += ',';
        first = false;
        if (pretty_) newLine();
    }
    void close(bool empty, char bracket) {
        --indent_;
        if (pretty_ && !empty) newLine();
        out += bracket;
    }
    void newLine() { out.append("\n").append(static_cast<std::size_t>(2 * indent_), ' '); }

    Budget& budget_;
    bool pretty_, fifteen_;
    std::size_t limit_;
    int indent_ = 0;
};

}  // namespace

Json toJson(const Value& value, Budget& budget) { return toJson(value, budget, 0); }

std::string stringify(const Value& value, Budget& budget, bool pretty, bool fifteenDigits) {
    constexpr std::size_t limit = std::size_t{64} << 20;
    Writer writer(budget, pretty, fifteenDigits, limit);
    writer.write(value);
    if (writer.out.size() > limit) failTooLarge();
    return std::move(writer.out);
}

std::string shown(const Value& value) {
    constexpr std::size_t limit = 4096;
    Budget budget(100'000);
    Writer writer(budget, false, false, limit);
    try {
        writer.write(value);
    } catch (const Failure&) {  // a monstrous value: its beginning is enough
        writer.out.resize(std::min(writer.out.size(), limit));
    }
    return std::move(writer.out);
}

}  // namespace backlot::asl::jsonata
