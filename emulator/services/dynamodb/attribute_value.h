#pragma once
// Attribute values as bytes. An item lies in the store in one canonical form: attributes sorted by name, sets sorted by
// element, numbers in normal form. Equal values therefore have equal bytes at every depth, and what only reads
// (conditions, filters, projections) works on views of those bytes without taking them apart.
//
//   item    := { name value }               names in byte order
//   name    := varint size, UTF-8
//   value   := type byte, payload
//   S, B    := varint size, bytes
//   N       := 1 byte size, Number::key()
//   BOOL    := 1 byte; NULL := nothing
//   SS…, L, M := 4 bytes size, then elements: (varint size, bytes) | (1 byte size, key) | value | name value

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "emulator/base/json.h"

namespace backlot::dynamodb {

enum class Type : std::uint8_t { S, N, B, BOOL, NULL_, SS, NS, BS, L, M };

/// "S", "NULL", …: the member's name in JSON.
std::string_view nameOf(Type type);
/// "STRING", "NUMBER_SET", …: the word in messages about update expressions.
std::string_view longNameOf(Type type);
std::optional<Type> typeNamed(std::string_view name);

inline bool isSet(Type type) { return type == Type::SS || type == Type::NS || type == Type::BS; }
inline bool isScalarKeyType(Type type) { return type == Type::S || type == Type::N || type == Type::B; }
/// The type of a set's elements.
Type elementTypeOf(Type set);

/// A value within an item's bytes; good as long as those.
struct ValueView {
    Type type = Type::NULL_;
    std::string_view payload;  // S, B: the bytes; N: Number::key(); BOOL: one byte; others: the elements
    std::string_view bytes;    // the whole encoded value

    bool operator==(const ValueView& other) const { return bytes == other.bytes; }
    bool boolean() const { return payload[0] != 0; }
};

struct Attribute {
    std::string_view name;
    ValueView value;
};

/// Walks encoded bytes: each call takes the next one off `rest`, which must not be empty.
ValueView takeValue(std::string_view& rest);
Attribute takeAttribute(std::string_view& rest);
/// An element of a set: its bytes, or its Number::key().
std::string_view takeElement(Type set, std::string_view& rest);
/// The value that these bytes are.
ValueView viewOf(std::string_view encoded);

/// An attribute of an item or of a map's payload.
std::optional<ValueView> findAttribute(std::string_view item, std::string_view name);
/// An element of a list's payload.
std::optional<ValueView> elementAt(std::string_view list, std::size_t index);
std::size_t countElements(const ValueView& container);
bool setContains(const ValueView& set, std::string_view element);

/// Appending encoded parts. A container is begun, filled, and ended.
void appendName(std::string& out, std::string_view name);
void appendScalar(std::string& out, Type type, std::string_view payload);
void appendBoolean(std::string& out, bool value);
void appendElement(std::string& out, Type set, std::string_view element);
std::size_t beginContainer(std::string& out, Type type);
void endContainer(std::string& out, std::size_t begun);

/// Orders two scalars of one type (S, N, B) as DynamoDB does: all three by their bytes.
inline int compareScalars(const ValueView& a, const ValueView& b) { return a.payload.compare(b.payload); }

/// An item's size by AWS's rules: names and values. Source: Developer Guide, "DynamoDB item sizes and formats".
std::size_t sizeOfItem(std::string_view item);
std::size_t sizeOfValue(const ValueView& value);

/// "{S:abc}": how messages print a value.
std::string printed(const ValueView& value);

}  // namespace backlot::dynamodb
