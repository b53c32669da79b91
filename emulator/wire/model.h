#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/http_message.h"
#include "emulator/base/json.h"
#include "emulator/wire/model_pattern.h"

namespace backlot::wire {

// A service's API model, compiled for speed: shapes are indices, members have a lookup table, patterns are compiled
// when first met. All views point into the model's own text.

enum class Type : std::uint8_t {
    structure,
    list,
    map,
    string,
    integer,
    longInteger,
    floating,
    doubleFloating,
    boolean,
    timestamp,
    blob
};
enum class Location : std::uint8_t { body, uri, querystring, header, headers, statusCode };
enum class TimeFormat : std::uint8_t { byProtocol, unixTimestamp, iso8601, httpDate };

/// How a shape is used: by a structure's member, as a list's element, a map's key or value.
struct Reference {
    std::string_view
        wireName;  // in JSON, XML and Query: locationName, or the member's own name; empty in lists and maps
    std::string_view queryName;  // in Query where it differs; else the same
    std::string_view xmlNamespace, xmlPrefix;
    std::uint16_t shape = 0;
    Location location = Location::body;
    TimeFormat timeFormat = TimeFormat::byProtocol;
    bool flattened = false, xmlAttribute = false, streaming = false, eventPayload = false;
};

struct Member : Reference {
    std::string_view name;  // in the API, and inside the program
    bool required = false;
};

struct Shape {
    std::string_view name;
    Type type = Type::structure;
    std::vector<Member> members;  // of a structure, in the model's order
    Reference element;            // of a list
    Reference key, value;         // of a map
    std::vector<std::string_view> enumeration;
    std::optional<double> min, max;  // length in characters, bytes or entries; of numbers the value
    const ModelPattern* pattern = nullptr;
    const Member* payload = nullptr;                    // REST: this member is the body
    std::string_view xmlName, xmlNamespace, xmlPrefix;  // of the root element in REST-XML
    TimeFormat timeFormat = TimeFormat::byProtocol;
    bool flattened = false, sensitive = false, isUnion = false, streaming = false, eventStream = false;
    bool holdsNoNull = false;     // a list or a map: a null among its entries is refused before the service sees it
    bool constrained = false;     // it, or something below it, has more than a type to check
    bool translated = false;      // it, or something below it, reads otherwise in JSON than inside the program
    bool hasBodyMembers = false;  // some member travels in the body
    // Exceptions:
    bool exception = false, fault = false;  // fault: the server's, not the caller's
    std::string_view errorCode;             // Query's code where it is not the shape's name
    int errorStatus = 0;                    // 0: the model does not say

    const Member* member(std::string_view name) const;
    const Member* memberOnWire(std::string_view wireName) const;
    /// Built once, when all members are there.
    void index();

private:
    std::vector<std::uint8_t> slots_;  // open addressing into `members` + 1; empty for small structures
    bool renamed_ = false;             // some wireName differs from its name
};

struct OperationShape {
    std::string_view name, method, uri;
    std::optional<std::uint16_t> input, output;
    std::string_view resultWrapper;
    std::string_view inputXmlName, inputXmlNamespace;
    std::vector<std::string_view> errors;
    int status = 200;
};

class Model {
public:
    /// `text` is a model in botocore's form; it is read at once and not kept. Throws std::runtime_error.
    Model(std::string_view service, std::string_view text);
    ~Model();
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    std::string_view service, protocolName, apiVersion, jsonVersion, targetPrefix, signingName, endpointPrefix,
        xmlNamespace;
    bool queryCompatible = false;  // JSON answers carry the old Query error codes

    const Shape& shape(std::uint16_t index) const { return shapes_[index]; }
    std::uint16_t shapeCount() const { return static_cast<std::uint16_t>(shapes_.size()); }
    const Shape* findShape(std::string_view name) const;
    const OperationShape* operation(std::string_view name) const;
    const std::vector<OperationShape>& operations() const { return operations_; }  // sorted by name
    /// The exception an error code means: by the shape's name or by its Query code; null where the model has none.
    const Shape* exception(std::string_view code) const;
    /// REST: the operation that method, path and query address; the most literal template wins, and of equal ones the
    /// one whose required headers and parameters are there (PutObject, CopyObject, UploadPart). Null where there is
    /// none.
    const OperationShape* route(std::string_view method, std::string_view rawPath, std::string_view rawQuery,
                                const Headers& headers = {}) const;

private:
    struct Routes;
    std::uint16_t shapeIndex(std::string_view name) const;
    void readReference(Reference& reference, const Json& json) const;
    void settle(Reference& reference, std::string_view name) const;
    void readShape(Shape& shape, const Json& json);
    void readOperations(const Json& json);
    void mark(bool Shape::*flag);
    std::unique_ptr<Json> source_;  // what the views point into
    std::string service_;
    std::vector<Shape> shapes_;  // sorted by name
    std::vector<OperationShape> operations_;
    std::vector<std::unique_ptr<ModelPattern>> patterns_;
    std::unique_ptr<Routes> routes_;
};

}  // namespace backlot::wire
