#include "emulator/harness/lua_patterns.h"

#include <cctype>
#include <cstring>
#include <string>
#include <string_view>

#include "emulator/harness/lua_sandbox.h"

namespace backlot::harness {
namespace {

constexpr int kCaptures = 32;
constexpr int kDepth = 200;
constexpr std::int64_t kStepsCountedAtOnce = 1024;
constexpr std::ptrdiff_t kUnfinished = -1, kPosition = -2;  // lengths of captures

unsigned char byteOf(char c) { return static_cast<unsigned char>(c); }

/// %a, %d …; a capital letter is the class's complement, any other character itself.
bool inClass(unsigned char c, unsigned char name) {
    bool in = false;
    switch (std::tolower(name)) {
        case 'a': in = std::isalpha(c); break;
        case 'c': in = std::iscntrl(c); break;
        case 'd': in = std::isdigit(c); break;
        case 'g': in = std::isgraph(c); break;
        case 'l': in = std::islower(c); break;
        case 'p': in = std::ispunct(c); break;
        case 's': in = std::isspace(c); break;
        case 'u': in = std::isupper(c); break;
        case 'w': in = std::isalnum(c); break;
        case 'x': in = std::isxdigit(c); break;
        default: return name == c;
    }
    return std::isupper(name) ? !in : in;
}

/// `set` points at '[', `close` at its ']'.
bool inSet(unsigned char c, const char* set, const char* close) {
    const bool wanted = set[1] != '^';
    if (!wanted) ++set;
    while (++set < close) {
        if (*set == '%') {
            if (inClass(c, byteOf(*++set))) return wanted;
        } else if (set[1] == '-' && set + 2 < close) {
            set += 2;
            if (byteOf(set[-2]) <= c && c <= byteOf(*set)) return wanted;
        } else if (byteOf(*set) == c) {
            return wanted;
        }
    }
    return !wanted;
}

/// One pattern on one subject. Both are Lua's, and so end with a zero that may be read. Errors are Lua errors.
class Matcher {
public:
    Matcher(lua_State* lua, std::string_view subject, std::string_view pattern)
        : lua_(lua),
          begin_(subject.data()),
          end_(begin_ + subject.size()),
          pattern_(pattern.data()),
          patternEnd_(pattern_ + pattern.size()) {}

    /// The end of a match that begins at `s`; null where there is none.
    const char* from(const char* s) {
        level_ = depth_ = 0;
        return match(s, pattern_);
    }

    /// Pushes the captures; without any the whole match from `s` to `e`, unless `s` is null. How many they were.
    int pushCaptures(const char* s, const char* e) {
        const int count = level_ == 0 && s ? 1 : level_;
        luaL_checkstack(lua_, count, "too many captures");
        for (int i = 0; i < count; ++i) pushCapture(i, s, e);
        return count;
    }

    void pushCapture(int i, const char* s, const char* e) {
        if (i >= level_) {
            if (i != 0) luaL_error(lua_, "invalid capture index %%%d", i + 1);
            lua_pushlstring(lua_, s, static_cast<std::size_t>(e - s));
            return;
        }
        const auto& capture = captures_[i];
        if (capture.length == kUnfinished) luaL_error(lua_, "unfinished capture");
        if (capture.length == kPosition)
            lua_pushinteger(lua_, capture.begin - begin_ + 1);
        else
            lua_pushlstring(lua_, capture.begin, static_cast<std::size_t>(capture.length));
    }

private:
    void step() {
        if (++steps_ < kStepsCountedAtOnce) return;
        steps_ = 0;
        charge(lua_, kStepsCountedAtOnce);
    }

    bool single(const char* s, const char* p, const char* itemEnd) {
        step();
        if (s >= end_) return false;
        const unsigned char c = byteOf(*s);
        switch (*p) {
            case '.': return true;
            case '%': return inClass(c, byteOf(p[1]));
            case '[': return inSet(c, p, itemEnd - 1);
            default: return byteOf(*p) == c;
        }
    }

    const char* itemEnd(const char* p) {
        const char first = *p++;
        if (first == '%') {
            if (p == patternEnd_) luaL_error(lua_, "malformed pattern (ends with '%%')");
            return p + 1;
        }
        if (first != '[') return p;
        if (*p == '^') ++p;
        do {
            if (p == patternEnd_) luaL_error(lua_, "malformed pattern (missing ']')");
            if (*p++ == '%' && p < patternEnd_) ++p;
        } while (p == patternEnd_ || *p != ']');
        return p + 1;
    }

    const char* match(const char* s, const char* p) {
        if (++depth_ > kDepth) luaL_error(lua_, "pattern too complex");
        const char* const result = matchHere(s, p);
        --depth_;
        return result;
    }

    const char* matchHere(const char* s, const char* p) {
        for (;;) {
            step();
            if (p == patternEnd_) return s;
            if (*p == '(') return p[1] == ')' ? open(s, p + 2, kPosition) : open(s, p + 1, kUnfinished);
            if (*p == ')') return close(s, p + 1);
            if (*p == '$' && p + 1 == patternEnd_) return s == end_ ? s : nullptr;
            if (*p == '%' && (p[1] == 'b' || p[1] == 'f' || std::isdigit(byteOf(p[1])))) {
                if (p[1] == 'b') {
                    s = balanced(s, p + 2);
                    p += 4;
                } else if (p[1] == 'f') {
                    p = frontier(s, p + 2);
                    if (!p) return nullptr;
                } else {
                    s = again(s, p[1]);
                    p += 2;
                }
                if (!s) return nullptr;
                continue;
            }
            const char* const next = itemEnd(p);
            const char suffix = next < patternEnd_ ? *next : '\0';
            if (!single(s, p, next)) {
                if (suffix != '*' && suffix != '?' && suffix != '-') return nullptr;
                p = next + 1;
                continue;
            }
            if (suffix == '*') return longest(s, p, next);
            if (suffix == '+') return longest(s + 1, p, next);
            if (suffix == '-') return shortest(s, p, next);
            if (suffix == '?') {
                if (const char* found = match(s + 1, next + 1)) return found;
                p = next + 1;
                continue;
            }
            ++s;
            p = next;
        }
    }

    const char* longest(const char* s, const char* p, const char* next) {
        std::ptrdiff_t count = 0;
        while (single(s + count, p, next)) ++count;
        for (; count >= 0; --count)
            if (const char* found = match(s + count, next + 1)) return found;
        return nullptr;
    }

    const char* shortest(const char* s, const char* p, const char* next) {
        for (;; ++s) {
            if (const char* found = match(s, next + 1)) return found;
            if (!single(s, p, next)) return nullptr;
        }
    }

    /// %bxy
    const char* balanced(const char* s, const char* p) {
        if (p + 1 >= patternEnd_) luaL_error(lua_, "malformed pattern (missing arguments to '%%b')");
        if (s >= end_ || *s != *p) return nullptr;
        for (int open = 1; ++s < end_;) {
            step();
            if (*s == p[1]) {
                if (--open == 0) return s + 1;
            } else if (*s == *p) {
                ++open;
            }
        }
        return nullptr;
    }

    /// %f[set]: where the pattern goes on; null where there is no frontier.
    const char* frontier(const char* s, const char* p) {
        if (p >= patternEnd_ || *p != '[') luaL_error(lua_, "missing '[' after '%%f' in pattern");
        const char* const next = itemEnd(p);
        const unsigned char before = s == begin_ ? 0 : byteOf(s[-1]), here = s == end_ ? 0 : byteOf(*s);
        return !inSet(before, p, next - 1) && inSet(here, p, next - 1) ? next : nullptr;
    }

    const char* open(const char* s, const char* p, std::ptrdiff_t what) {
        if (level_ >= kCaptures) luaL_error(lua_, "too many captures");
        captures_[level_++] = {s, what};
        const char* const found = match(s, p);
        if (!found) --level_;
        return found;
    }

    const char* close(const char* s, const char* p) {
        int i = level_ - 1;
        while (i >= 0 && captures_[i].length != kUnfinished) --i;
        if (i < 0) luaL_error(lua_, "invalid pattern capture");
        captures_[i].length = s - captures_[i].begin;
        const char* const found = match(s, p);
        if (!found) captures_[i].length = kUnfinished;
        return found;
    }

    /// %1: what the first capture has, once more.
    const char* again(const char* s, char digit) {
        const int i = digit - '1';
        if (i < 0 || i >= level_ || captures_[i].length == kUnfinished)
            luaL_error(lua_, "invalid capture index %%%d", i + 1);
        const auto length = captures_[i].length;
        if (length < 0 || end_ - s < length) return nullptr;
        charge(lua_, length / 16);
        return std::memcmp(captures_[i].begin, s, static_cast<std::size_t>(length)) == 0 ? s + length : nullptr;
    }

    struct Capture {
        const char* begin;
        std::ptrdiff_t length;
    };
    lua_State* lua_;
    const char *begin_, *end_, *pattern_, *patternEnd_;
    Capture captures_[kCaptures];
    int level_ = 0, depth_ = 0;
    std::int64_t steps_ = 0;
};

std::string_view stringAt(lua_State* lua, int index) {
    std::size_t size = 0;
    const char* data = luaL_checklstring(lua, index, &size);
    return {data, size};
}

/// Where to begin, from 0; past the end where it is more than `size`.
std::size_t startAt(lua_State* lua, int index, std::size_t size) {
    const lua_Integer at = luaL_optinteger(lua, index, 1), length = static_cast<lua_Integer>(size);
    if (at > 0) return static_cast<std::size_t>(at) - 1;
    return at == 0 || at < -length ? 0 : static_cast<std::size_t>(length + at);
}

int search(lua_State* lua, bool find) {
    const auto subject = stringAt(lua, 1);
    auto pattern = stringAt(lua, 2);
    const std::size_t start = startAt(lua, 3, subject.size());
    if (start > subject.size()) return lua_pushnil(lua), 1;
    charge(lua, static_cast<std::int64_t>((subject.size() - start + pattern.size()) / 16));
    if (find && (lua_toboolean(lua, 4) || pattern.find_first_of("^$*+?.([%-") == std::string_view::npos)) {
        const void* found = memmem(subject.data() + start, subject.size() - start, pattern.data(), pattern.size());
        if (!found) return lua_pushnil(lua), 1;
        const auto at = static_cast<const char*>(found) - subject.data();
        lua_pushinteger(lua, at + 1);
        lua_pushinteger(lua, at + static_cast<lua_Integer>(pattern.size()));
        return 2;
    }
    const bool anchored = pattern.starts_with('^');
    if (anchored) pattern.remove_prefix(1);
    Matcher matcher(lua, subject, pattern);
    const char* const end = subject.data() + subject.size();
    for (const char* s = subject.data() + start; s <= end; ++s) {
        if (const char* e = matcher.from(s)) {
            if (!find) return matcher.pushCaptures(s, e);
            lua_pushinteger(lua, s - subject.data() + 1);
            lua_pushinteger(lua, e - subject.data());
            return 2 + matcher.pushCaptures(nullptr, nullptr);
        }
        if (anchored) break;
    }
    return lua_pushnil(lua), 1;
}

int find(lua_State* lua) { return search(lua, true); }
int match(lua_State* lua) { return search(lua, false); }

/// Upvalues: the subject, the pattern, where to go on, the end of the last match (both from 0).
int nextMatch(lua_State* lua) {
    const auto subject = stringAt(lua, lua_upvalueindex(1)), pattern = stringAt(lua, lua_upvalueindex(2));
    const auto start = lua_tointeger(lua, lua_upvalueindex(3)), last = lua_tointeger(lua, lua_upvalueindex(4));
    Matcher matcher(lua, subject, pattern);
    for (auto at = start; at <= static_cast<lua_Integer>(subject.size()); ++at) {
        const char* const s = subject.data() + at;
        const char* const e = matcher.from(s);
        if (!e || e - subject.data() == last) continue;
        for (int i : {3, 4}) {
            lua_pushinteger(lua, e - subject.data());
            lua_replace(lua, lua_upvalueindex(i));
        }
        return matcher.pushCaptures(s, e);
    }
    return 0;
}

int gmatch(lua_State* lua) {
    const auto subject = stringAt(lua, 1);
    stringAt(lua, 2);
    const std::size_t start = startAt(lua, 3, subject.size());
    lua_settop(lua, 2);
    lua_pushinteger(lua, static_cast<lua_Integer>(start));
    lua_pushinteger(lua, -1);
    lua_pushcclosure(lua, nextMatch, 4);
    return 1;
}

/// The replacement text of a match, with its %0 … %9 filled in.
void expand(lua_State* lua, Matcher& matcher, std::string& result, const char* s, const char* e) {
    const auto text = stringAt(lua, 3);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        const char c = ++i < text.size() ? text[i] : '\0';
        if (c == '%') {
            result += '%';
        } else if (c == '0') {
            result.append(s, e);
        } else if (std::isdigit(byteOf(c))) {
            matcher.pushCapture(c - '1', s, e);
            result += textAt(lua, -1);
            lua_pop(lua, 1);
        } else {
            luaL_error(lua, "invalid use of '%%' in replacement string");
        }
    }
}

void addReplacement(lua_State* lua, Matcher& matcher, std::string& result, const char* s, const char* e) {
    const int kind = lua_type(lua, 3);
    if (kind == LUA_TSTRING || kind == LUA_TNUMBER) return expand(lua, matcher, result, s, e);
    if (kind == LUA_TFUNCTION) {
        lua_pushvalue(lua, 3);
        lua_call(lua, matcher.pushCaptures(s, e), 1);
    } else {
        matcher.pushCapture(0, s, e);
        lua_gettable(lua, 3);
    }
    if (!lua_toboolean(lua, -1))
        result.append(s, e);
    else if (lua_isstring(lua, -1))
        result += textAt(lua, -1);
    else
        luaL_error(lua, "invalid replacement value (a %s)", luaL_typename(lua, -1));
    lua_pop(lua, 1);
}

int gsub(lua_State* lua) {
    const auto subject = stringAt(lua, 1);
    auto pattern = stringAt(lua, 2);
    const int kind = lua_type(lua, 3);
    if (kind != LUA_TNUMBER && kind != LUA_TSTRING && kind != LUA_TTABLE && kind != LUA_TFUNCTION)
        luaL_typeerror(lua, 3, "string/function/table");
    const lua_Integer most = luaL_optinteger(lua, 4, static_cast<lua_Integer>(subject.size()) + 1);
    const bool anchored = pattern.starts_with('^');
    if (anchored) pattern.remove_prefix(1);
    Matcher matcher(lua, subject, pattern);
    const std::size_t longest = LuaLimits().blockBytes;
    const char* s = subject.data();
    const char* const end = s + subject.size();
    const char* last = nullptr;
    std::string result;
    lua_Integer count = 0;
    while (count < most) {
        const char* const e = matcher.from(s);
        if (e && e != last) {
            ++count;
            const std::size_t before = result.size();
            addReplacement(lua, matcher, result, s, e);
            charge(lua, static_cast<std::int64_t>((result.size() - before) / 16));
            if (result.size() > longest) luaL_error(lua, "resulting string too large");
            s = last = e;
        } else if (s < end) {
            result += *s++;
        } else {
            break;
        }
        if (anchored) break;
    }
    result.append(s, end);
    lua_pushlstring(lua, result.data(), result.size());
    lua_pushinteger(lua, count);
    return 2;
}

}  // namespace

void setPatternFunctions(lua_State* lua) {
    static constexpr luaL_Reg kFunctions[] = {{"find", find}, {"match", match}, {"gmatch", gmatch}, {"gsub", gsub}};
    for (const auto& function : kFunctions) {
        lua_pushcfunction(lua, function.func);
        lua_setfield(lua, -2, function.name);
    }
}

}  // namespace backlot::harness
