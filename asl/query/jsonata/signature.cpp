#include "asl/query/jsonata/signature.h"

#include <algorithm>

#include "asl/query/jsonata/text.h"

namespace backlot::asl::jsonata {
namespace {

char letterOf(const Value& value) {
    switch (value.type()) {
        case Type::function: return 'f';
        case Type::string: return 's';
        case Type::number: return 'n';
        case Type::boolean: return 'b';
        case Type::null: return 'l';
        case Type::array: return 'a';
        case Type::object: return 'o';
        default: return 'm';
    }
}

/// As a message names the items of an array.
std::string pluralOf(std::string_view letter) {
    static constexpr std::pair<char, std::string_view> names[] = {
        {'a', "arrays"}, {'b', "booleans"}, {'f', "functions"}, {'n', "numbers"}, {'o', "objects"}, {'s', "strings"}};
    for (const auto& [key, name] : names)
        if (letter == std::string_view(&key, 1)) return jsonText(name);
    return "undefined";
}

std::size_t closing(std::string_view text, std::size_t open, char opener, char closer) {
    int depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        if (text[i] == opener) ++depth;
        if (text[i] == closer && --depth == 0) return i;
    }
    return text.size();
}

}  // namespace

Signature::Signature(std::string_view text, int position) {
    for (std::size_t i = 1; i < text.size() && text[i] != ':'; ++i) {
        const char c = text[i];
        switch (c) {
            case 's':
            case 'n':
            case 'b':
            case 'l':
            case 'o': parameters_.push_back({.letters = {c, 'm'}, .type = c}); break;
            case 'a': parameters_.push_back({.letters = "asnblfom", .type = c}); break;
            case 'f': parameters_.push_back({.letters = "f", .type = c}); break;
            case 'j': parameters_.push_back({.letters = "asnblom", .type = c}); break;
            case 'x': parameters_.push_back({.letters = "asnblfom", .type = c}); break;
            case '-':
                if (!parameters_.empty()) parameters_.back().fromContext = parameters_.back().optional = true;
                break;
            case '?':
                if (!parameters_.empty()) parameters_.back().optional = true;
                break;
            case '+':
                if (!parameters_.empty()) parameters_.back().repeated = true;
                break;
            case '(': {
                const auto end = closing(text, i, '(', ')');
                const auto choice = text.substr(i + 1, end - i - 1);
                if (choice.find('<') != std::string_view::npos)
                    throw Failure("S0402", position < 0 ? -1 : position + static_cast<int>(i))
                        .withText("value", choice);
                parameters_.push_back({.letters = std::string(choice) + "m", .type = '('});
                i = end;
                break;
            }
            case '<': {
                const char outer = parameters_.empty() ? '\0' : parameters_.back().type;
                if (outer != 'a' && outer != 'f')
                    throw Failure("S0401", position < 0 ? -1 : position + static_cast<int>(i))
                        .withText("value", {&outer, 1});
                const auto end = closing(text, i, '<', '>');
                parameters_.back().subtype = text.substr(i + 1, end - i - 1);
                i = end;
                break;
            }
            default: break;
        }
    }
}

/// Gives each parameter from `parameter` on as many arguments as it can take, leaving enough for the others: what a
/// regular expression would do, whose letters are the types.
bool Signature::match(std::string_view given, std::size_t parameter, std::size_t from, std::vector<std::size_t>& taken,
                      std::size_t parameterEnd, bool toTheEnd) const {
    if (parameter == parameterEnd) return !toTheEnd || from == given.size();
    const auto& wanted = parameters_[parameter];
    std::size_t most = 0;
    while (from + most < given.size() && wanted.takes(given[from + most]) && (most == 0 || wanted.repeated)) ++most;
    const std::size_t least = wanted.optional ? 0 : 1;
    for (std::size_t count = most + 1; count-- > least;) {
        taken[parameter] = count;
        if (match(given, parameter + 1, from + count, taken, parameterEnd, toTheEnd)) return true;
    }
    return false;
}

void Signature::refuse(std::span<Value> arguments, std::string_view given) const {
    std::size_t goodTo = 0;
    std::vector<std::size_t> taken(parameters_.size());
    for (std::size_t end = 1; end <= parameters_.size(); ++end) {
        if (!match(given, 0, 0, taken, end, false)) break;
        goodTo = 0;
        for (std::size_t i = 0; i < end; ++i) goodTo += taken[i];
    }
    throw Failure("T0410")
        .with("value", goodTo < arguments.size() ? shown(arguments[goodTo]) : "undefined")
        .with("index", std::to_string(goodTo + 1));
}

Value Signature::checkedArray(const Parameter& parameter, const Value& argument, std::size_t index, bool several,
                              Arena& arena) const {
    if (argument.isUndefined()) return argument;
    bool fits = true;
    if (!parameter.subtype.empty()) {
        const char wanted = parameter.subtype.front();
        if (!argument.isArray()) {
            fits = !several && parameter.subtype == std::string(1, letterOf(argument));
        } else if (!argument.array().empty()) {
            const auto items = argument.array().items();
            const char first = letterOf(items.front());
            fits = first == wanted &&
                   std::all_of(items.begin(), items.end(), [&](const Value& item) { return letterOf(item) == first; });
        }
    }
    if (!fits)
        throw Failure("T0412")
            .with("value", shown(argument))
            .with("index", std::to_string(index + 1))
            .with("type", pluralOf(parameter.subtype));
    if (argument.isArray()) return argument;
    auto* array = arena.make<Array>(arena);
    array->push(argument);
    return array;
}

std::span<Value> Signature::check(std::span<Value> arguments, const Value& context, Arena& arena) const {
    char letters[16];
    std::string longer;
    std::string_view given(letters, arguments.size());
    if (arguments.size() <= sizeof letters) {
        std::transform(arguments.begin(), arguments.end(), letters, letterOf);
    } else {
        for (const auto& argument : arguments) longer += letterOf(argument);
        given = longer;
    }
    // Most calls give each parameter one argument: then nothing has to be tried.
    bool plain = arguments.size() == parameters_.size();
    for (std::size_t i = 0; plain && i < arguments.size(); ++i) plain = parameters_[i].takes(given[i]);
    std::vector<std::size_t> taken;
    if (!plain) {
        taken.resize(parameters_.size());
        if (!match(given, 0, 0, taken, parameters_.size(), true)) refuse(arguments, given);
    }

    auto* checked = arena.room<Value>(arguments.size() + parameters_.size());
    std::size_t count = 0, next = 0;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        const auto& parameter = parameters_[i];
        const std::size_t takes = plain ? 1 : taken[i];
        if (takes == 0) {
            if (!parameter.fromContext) {
                // As in JSONata, a parameter that was passed over still gets the next argument, whatever its type.
                checked[count++] = next < arguments.size() ? arguments[next] : Value();
                ++next;
            } else if (parameter.takes(letterOf(context))) {
                checked[count++] = context;  // the arguments that are there move on to the next parameters
            } else {
                throw Failure("T0411").with("value", shown(context)).with("index", std::to_string(next + 1));
            }
            continue;
        }
        for (std::size_t k = 0; k < takes; ++k, ++next) {
            const Value argument = next < arguments.size() ? arguments[next] : Value();
            checked[count++] =
                parameter.type == 'a' ? checkedArray(parameter, argument, next, takes > 1, arena) : argument;
        }
    }
    return {checked, count};
}

}  // namespace backlot::asl::jsonata
