#include <algorithm>

#include "emulator/services/secretsmanager/errors.h"
#include "emulator/services/secretsmanager/secrets.h"

namespace backlot::secretsmanager {
namespace {

struct Kind {
    std::string_view excludedBy;  // the request's flag; empty: IncludeSpace asks for it
    std::string_view characters;
};
constexpr Kind kKinds[] = {
    {"ExcludeLowercase", "abcdefghijklmnopqrstuvwxyz"},
    {"ExcludeUppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"ExcludeNumbers", "0123456789"},
    {"ExcludePunctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"},
    {"", " "},
};

/// The characters of each kind that may be used; a kind that has none left is not among them.
std::vector<std::string> alphabets(const Fields& request) {
    const std::string excluded = request.valueOr("ExcludeCharacters", "");
    std::vector<std::string> kinds;
    for (const auto& kind : kKinds) {
        const bool wanted =
            kind.excludedBy.empty() ? request.valueOr("IncludeSpace", false) : !request.valueOr(kind.excludedBy, false);
        if (!wanted) continue;
        std::string left;
        std::copy_if(kind.characters.begin(), kind.characters.end(), std::back_inserter(left),
                     [&](char c) { return excluded.find(c) == std::string::npos; });
        if (!left.empty()) kinds.push_back(std::move(left));
    }
    return kinds;
}

}  // namespace

Json getRandomPassword(Call& call, const Fields& request) {
    const auto length = static_cast<std::size_t>(request.valueOr("PasswordLength", 32));
    const auto kinds = alphabets(request);
    const bool each = request.valueOr("RequireEachIncludedType", true);
    if (kinds.empty()) throw invalidParameter("The parameters leave no characters that the password could be made of.");
    if (each && length < kinds.size())
        throw invalidParameter(
            "The password length is too short to include a character of each of the included types.");
    std::string all;
    for (const auto& kind : kinds) all += kind;
    std::string password;
    if (each)
        for (const auto& kind : kinds) password += kind[call.roll("password") % kind.size()];
    while (password.size() < length) password += all[call.roll("password") % all.size()];
    for (std::size_t i = password.size() - 1; i > 0; --i)  // the first of each kind are not to stand in front
        std::swap(password[i], password[call.roll("shuffle") % (i + 1)]);
    return object({{"RandomPassword", password}});
}

}  // namespace backlot::secretsmanager
