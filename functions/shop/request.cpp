#include "functions/shop/request.h"

#include <algorithm>
#include <charconv>

#include "functions/sdk/crypto.h"
#include "functions/sdk/errors.h"

namespace shop {
namespace {

[[noreturn]] void bad(std::string_view field, const std::string& what) {
    throw HttpError(400, std::string(field) + " " + what);
}

std::string trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos) return "";
    return std::string(text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1));
}

}  // namespace

std::optional<std::string> optionalField(const Json& body, std::string_view field, std::size_t limit) {
    const auto value = find(body, field);
    if (!value) return std::nullopt;
    if (!value->IsString()) bad(field, "must be text.");
    auto text = trimmed(view(*value));
    if (text.empty()) bad(field, "must not be empty.");
    if (text.size() > limit) bad(field, "must have at most " + std::to_string(limit) + " characters.");
    return text;
}

std::string requiredText(const Json& body, std::string_view field, std::size_t limit) {
    auto text = optionalField(body, field, limit);
    if (!text) bad(field, "is required.");
    return *std::move(text);
}

std::int64_t requiredInteger(const Json& body, std::string_view field, std::int64_t least, std::int64_t most) {
    const auto value = find(body, field);
    if (!value) bad(field, "is required.");
    if (!value->IsInt64() || value->GetInt64() < least || value->GetInt64() > most)
        bad(field, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most) + ".");
    return value->GetInt64();
}

Money requiredMoney(const Json& body, std::string_view field) {
    const auto value = find(body, field);
    if (!value) bad(field, "is required.");
    const auto money = Money::parse(*value);
    if (!money || *money <= Money() || money->minorUnits() > 1'000'000'000'00)
        bad(field, "must be an amount of more than 0 with at most two decimals.");
    return *money;
}

std::string requiredEmail(const Json& body, std::string_view field) {
    auto email = requiredText(body, field, 254);
    std::transform(email.begin(), email.end(), email.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const auto sign = email.find('@');
    const bool plain = std::none_of(email.begin(), email.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == ',' || c == '<' || c == '>';
    });
    const auto dot = sign == std::string::npos ? sign : email.find('.', sign);
    if (!plain || sign == 0 || dot == std::string::npos || dot == sign + 1 || email.back() == '.' ||
        email.rfind('@') != sign)
        bad(field, "must be an e-mail address.");
    return email;
}

std::int64_t queryInteger(const ApiRequest& request, std::string_view field, std::int64_t otherwise, std::int64_t least,
                          std::int64_t most) {
    const auto text = request.query(field);
    if (!text) return otherwise;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc() || end != text->data() + text->size() || value < least || value > most)
        bad(field, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most) + ".");
    return value;
}

std::optional<Money> queryMoney(const ApiRequest& request, std::string_view field) {
    const auto text = request.query(field);
    if (!text) return std::nullopt;
    const auto money = Money::parse(*text);
    if (!money || *money < Money()) bad(field, "must be an amount with at most two decimals.");
    return money;
}

std::string idFromPath(const ApiRequest& request, std::string_view parameter, std::string_view prefix) {
    const auto id = request.path(parameter);
    return id.starts_with(prefix) ? id : std::string(prefix) + id;
}

std::string pageToken(const Json& key) { return base64UrlEncode(writeJson(key)); }

std::optional<Json> pageKey(const ApiRequest& request) try {
    const auto token = request.query("nextToken");
    if (!token) return std::nullopt;
    const auto text = base64UrlDecode(*token);
    if (!text) bad("nextToken", "is not one that was given out.");
    return parseJson(*text);
} catch (const JsonError&) {
    bad("nextToken", "is not one that was given out.");
}

}  // namespace shop
