#include "emulator/wire/route.h"

#include <algorithm>

namespace backlot::wire {
namespace {

template <typename Predicate>
bool anyParameter(std::string_view rawQuery, Predicate&& predicate) {
    while (!rawQuery.empty()) {
        const auto pair = rawQuery.substr(0, rawQuery.find('&'));
        rawQuery.remove_prefix(std::min(pair.size() + 1, rawQuery.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        if (predicate(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())))) return true;
    }
    return false;
}

}  // namespace

std::vector<std::string_view> pathSegments(std::string_view rawPath) {
    std::vector<std::string_view> segments;
    if (!rawPath.empty() && rawPath.front() == '/') rawPath.remove_prefix(1);
    if (!rawPath.empty() && rawPath.back() == '/') rawPath.remove_suffix(1);
    if (rawPath.empty()) return segments;
    for (;;) {
        const auto slash = rawPath.find('/');
        segments.push_back(rawPath.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        rawPath.remove_prefix(slash + 1);
    }
}

UriTemplate::UriTemplate(std::string_view uri) {
    const auto mark = uri.find('?');
    for (const auto text : pathSegments(uri.substr(0, mark))) {
        using enum Segment::Kind;
        if (text.size() < 2 || text.front() != '{' || text.back() != '}')
            segments.push_back({text, literal});
        else if (text[text.size() - 2] == '+')
            segments.push_back({text.substr(1, text.size() - 3), greedy});
        else
            segments.push_back({text.substr(1, text.size() - 2), label});
    }
    if (mark == std::string_view::npos) return;
    for (auto rest = uri.substr(mark + 1); !rest.empty();) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        query.emplace_back(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
    }
}

bool UriTemplate::matchesPath(const std::vector<std::string_view>& path) const {
    std::size_t at = 0;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const auto& segment = segments[i];
        const std::size_t behind = segments.size() - i - 1;
        if (path.size() < at + 1 + behind) return false;
        if (segment.kind == Segment::Kind::greedy) {
            at = path.size() - behind;  // a template has at most one greedy label
        } else if (segment.kind == Segment::Kind::literal) {
            if (path[at++] != segment.text) return false;
        } else {
            if (path[at++].empty()) return false;
        }
    }
    return at == path.size();
}

bool UriTemplate::matchesQuery(std::string_view rawQuery) const {
    return std::all_of(query.begin(), query.end(), [&](const auto& wanted) {
        return anyParameter(rawQuery, [&](std::string_view name, std::string_view value) {
            return name == wanted.first && (wanted.second.empty() || value == wanted.second);
        });
    });
}

bool hasParameter(std::string_view rawQuery, std::string_view name) {
    return anyParameter(rawQuery, [&](std::string_view given, std::string_view) { return given == name; });
}

std::string_view UriTemplate::label(std::string_view name, std::string_view rawPath) const {
    const auto path = pathSegments(rawPath);
    std::size_t at = 0;
    for (std::size_t i = 0; i < segments.size() && at < path.size(); ++i) {
        const auto& segment = segments[i];
        const std::size_t behind = segments.size() - i - 1;
        const bool greedy = segment.kind == Segment::Kind::greedy;
        const std::size_t end = greedy && path.size() > at + behind ? path.size() - behind : at + 1;
        if (segment.kind != Segment::Kind::literal && segment.text == name) {
            const char* const first = path[at].data();
            const char* last = path[end - 1].data() + path[end - 1].size();
            // An object's key may end in a slash, which pathSegments() leaves out.
            if (greedy && behind == 0 && rawPath.back() == '/' && last == rawPath.data() + rawPath.size() - 1) ++last;
            return {first, static_cast<std::size_t>(last - first)};
        }
        at = end;
    }
    return {};
}

bool UriTemplate::before(const UriTemplate& other) const {
    if (query.size() != other.query.size()) return query.size() > other.query.size();
    for (std::size_t i = 0; i < std::min(segments.size(), other.segments.size()); ++i)
        if (segments[i].kind != other.segments[i].kind) return segments[i].kind < other.segments[i].kind;
    return segments.size() > other.segments.size();
}

}  // namespace backlot::wire
