#pragma once
// The values an expression computes with.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "asl/query/jsonata/arena.h"
#include "emulator/base/json.h"

namespace backlot::asl::jsonata {

class Array;
class Object;
struct Function;
struct Tuple;

enum class Type : std::uint8_t { undefined, null, boolean, number, string, array, object, function, tuple };

/// Sixteen bytes, copied freely. What it points to lies in the evaluation's arena, in the compiled program, or in the
/// caller's Json, all of which outlive it. Strings are UTF-8; a lone surrogate is kept in its three-byte form.
/// A tuple is a row of a path with `@`, `#` or `%`: it never leaves the path.
class Value {
public:
    Value() = default;
    static Value null() { return Value(Type::null); }
    Value(bool boolean) : type_(Type::boolean), boolean_(boolean) {}
    Value(double number) : type_(Type::number), number_(number) {}
    Value(int number) : Value(static_cast<double>(number)) {}
    Value(std::string_view text)
        : type_(Type::string),
          size_(static_cast<std::uint32_t>(text.size())),
          chars_(text.empty() ? "" : text.data()) {}
    Value(Array* array) : type_(Type::array), array_(array) {}
    Value(Object* object) : type_(Type::object), object_(object) {}
    Value(Function* function) : type_(Type::function), function_(function) {}
    Value(Tuple* tuple) : type_(Type::tuple), tuple_(tuple) {}
    Value(const char*) = delete;
    /// A view of `json`, read level by level when it is looked at.
    static Value borrow(const Json& json, Arena& arena);

    Type type() const { return type_; }
    bool isUndefined() const { return type_ == Type::undefined; }
    bool isNull() const { return type_ == Type::null; }
    bool isBoolean() const { return type_ == Type::boolean; }
    bool isString() const { return type_ == Type::string; }
    bool isArray() const { return type_ == Type::array; }
    bool isObject() const { return type_ == Type::object; }
    bool isFunction() const { return type_ == Type::function; }
    bool isNumberType() const { return type_ == Type::number; }
    explicit operator bool() const = delete;

    bool boolean() const { return boolean_; }
    double number() const { return number_; }
    std::string_view text() const { return {chars_, size_}; }
    Array& array() const { return *array_; }
    Object& object() const { return *object_; }
    Function& function() const { return *function_; }
    Tuple& tuple() const { return *tuple_; }
    /// The same number, text or truth value; arrays, objects and functions are the same only if they are one thing.
    bool identical(const Value& other) const;

private:
    explicit Value(Type type) : type_(type) {}
    Type type_ = Type::undefined;
    bool boolean_ = false;
    std::uint32_t size_ = 0;
    union {
        double number_;
        const char* chars_ = nullptr;
        Array* array_;
        Object* object_;
        Function* function_;
        Tuple* tuple_;
    };
};

/// An array, or a sequence: the result of a path, which stands for its only element when it has one and for nothing
/// when it is empty.
class Array {
public:
    explicit Array(Arena& arena) : arena_(arena) {}
    Array(Arena& arena, const Json& source) : arena_(arena), source_(&source), size_(source.Size()) {}
    /// The whole numbers from `first` on: only numbers while nobody looks inside.
    Array(Arena& arena, double first, std::uint32_t count)
        : arena_(arena), size_(count), first_(first), isRange_(true) {}
    /// An empty sequence.
    static Array* makeSequence(Arena& arena) {
        auto* result = arena.make<Array>(arena);
        result->sequence = true;
        return result;
    }

    std::uint32_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    std::span<Value> items() {
        if (isLazy()) load();
        return {items_, size_};
    }
    Value at(std::size_t index) { return items()[index]; }
    void reserve(std::size_t count);
    void push(const Value& value) {
        if (isLazy()) load();
        if (size_ == capacity_) reserve(std::max<std::size_t>(4, std::size_t{capacity_} * 2));
        items_[size_++] = value;
    }
    void pushAll(std::span<const Value> values) {
        reserve(size_ + values.size());
        for (const auto& value : values) push(value);
    }
    /// The Json it was borrowed from, as long as nobody looked inside.
    const Json* untouched() const { return source_; }

    bool sequence = false;
    bool keepSingleton = false;  ///< `[]` was asked for: a sequence of one stays an array
    bool constructed = false;    ///< made by `[…]` at an end of a path: it is not flattened into the path's result
    bool outerWrapper = false;   ///< wraps an input that is itself an array
    bool tupleStream = false;    ///< its items are tuples

private:
    bool isLazy() const { return source_ || isRange_; }
    void load();
    Arena& arena_;
    const Json* source_ = nullptr;
    Value* items_ = nullptr;
    std::uint32_t size_ = 0, capacity_ = 0;
    double first_ = 0;
    bool isRange_ = false;
};

struct Entry {
    std::string_view key;
    Value value;
};

/// Keeps the order in which members were added, except that keys that look like array indices come first in the order
/// of their numbers, as in JavaScript. Lookup is a short scan, and an index where there are many members.
class Object {
public:
    explicit Object(Arena& arena) : arena_(arena) {}
    Object(Arena& arena, const Json& source) : arena_(arena), source_(&source), size_(source.MemberCount()) {}

    std::uint32_t size() const { return size_; }
    std::span<Entry> entries() {
        if (source_) load();
        if (unordered_) arrange();
        return {entries_, size_};
    }
    /// Undefined where there is no such member.
    Value get(std::string_view key);
    /// Adds or replaces; the key is kept, not copied.
    void set(std::string_view key, const Value& value);
    void erase(std::string_view key);
    const Json* untouched() const { return source_; }

private:
    static constexpr std::uint32_t kScanLimit = 12;
    void load();
    void arrange();
    void add(std::string_view key, const Value& value);
    void reserve(std::size_t count);
    void rebuildIndex();
    Entry* find(std::string_view key);
    Arena& arena_;
    const Json* source_ = nullptr;
    Entry* entries_ = nullptr;
    std::uint32_t* index_ = nullptr;  // open addressing; 0 is free, else position + 1
    std::uint32_t size_ = 0, capacity_ = 0, indexSize_ = 0, lookups_ = 0;
    bool unordered_ = false;  // there are keys that look like array indices, not in their places yet
};

/// Finite numbers are numeric; NaN is not, and infinity is the error D1001.
bool isNumeric(const Value& value);
bool deepEqual(const Value& a, const Value& b, Budget& budget);
/// JSONata's truth of a value; false for undefined.
bool truth(const Value& value, Budget& budget);

/// What leaves the evaluation. Throws Failure for infinity and for too deep nesting, UnsupportedResult for functions.
Json toJson(const Value& value, Budget& budget);
/// As $string() and the messages show it: functions are "", numbers have 15 digits in $string.
std::string stringify(const Value& value, Budget& budget, bool pretty, bool fifteenDigits);
/// For an error message, cut where it is very long.
std::string shown(const Value& value);

}  // namespace backlot::asl::jsonata
