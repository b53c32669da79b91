#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace backlot::wire {

/// A REST operation's URI template, taken apart: "/{Bucket}/{Key+}?acl".
struct UriTemplate {
    struct Segment {
        std::string_view text;  // a literal, or a label's name
        enum class Kind : unsigned char { literal, label, greedy } kind = Kind::literal;
    };
    std::vector<Segment> segments;
    std::vector<std::pair<std::string_view, std::string_view>>
        query;  // literals that must be there; an empty value: any

    explicit UriTemplate(std::string_view uri);
    /// Whether a raw path (percent-encoded) has this form.
    bool matchesPath(const std::vector<std::string_view>& path) const;
    bool matchesQuery(std::string_view rawQuery) const;
    /// The raw text a label stands for in a path that matches; empty where there is no such label.
    std::string_view label(std::string_view name, std::string_view rawPath) const;
    /// Templates are tried in this order: more literals first.
    bool before(const UriTemplate& other) const;
};

bool hasParameter(std::string_view rawQuery, std::string_view name);

/// "/a//b/" → {"a", "", "b"}: a slash at the end counts for nothing, as AWS's own routers have it.
std::vector<std::string_view> pathSegments(std::string_view rawPath);

}  // namespace backlot::wire
