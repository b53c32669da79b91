#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace backlot {

struct Header {
    std::string name, value;
};

/// Header fields in the order they came; names compare without case.
class Headers {
public:
    Headers() = default;
    Headers(std::initializer_list<Header> fields) : fields_(fields) {}
    /// The first field of that name; an empty view where there is none (`has` tells the difference).
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    void reserve(std::size_t fields) { fields_.reserve(fields); }
    void add(std::string_view name, std::string_view value) {
        fields_.push_back({std::string(name), std::string(value)});
    }
    /// Replaces all fields of that name.
    void set(std::string_view name, std::string_view value);
    void erase(std::string_view name);
    auto begin() const { return fields_.begin(); }
    auto end() const { return fields_.end(); }
    bool empty() const { return fields_.empty(); }

private:
    std::vector<Header> fields_;
};

bool equalLetters(std::string_view a, std::string_view b);  // of the same length, whatever their case
/// ASCII letters only.
inline bool equalIgnoringCase(std::string_view a, std::string_view b) {
    return a.size() == b.size() && equalLetters(a, b);
}

/// An HTTP request without its connection. `target` is the raw request target: path and query, still percent-encoded.
struct Request {
    std::string method, target;
    Headers headers;
    std::string body;
    std::string peer = {};            // "127.0.0.1:52011", where it came from
    std::weak_ptr<void> client = {};  // expires when the connection has gone; empty where nobody can go

    std::string_view path() const;   // raw, before '?'
    std::string_view query() const;  // raw, after '?'; empty where there is none
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;
    bool close = false;  // close the connection after this answer
};

/// %XX decoding; '+' becomes a space where `plusIsSpace`. Malformed escapes stay as they are.
std::string percentDecode(std::string_view text, bool plusIsSpace = false);
/// Encodes all but A–Z a–z 0–9 - _ . ~ (and '/' where `keepSlash`), as SigV4 wants it.
std::string percentEncode(std::string_view text, bool keepSlash = false);
/// "a=1&b=2" decoded, in order; a name without '=' has an empty value.
std::vector<std::pair<std::string, std::string>> parseQuery(std::string_view query, bool plusIsSpace = true);

}  // namespace backlot
