#include "emulator/services/apigateway/http_apis/jwt.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <memory>

#include "emulator/base/base64.h"

namespace backlot::apigateway::http_apis {
namespace {

struct Free {
    void operator()(BIGNUM* number) const { BN_free(number); }
    void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
    void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

/// base64url without padding.
std::optional<std::string> decodeUrl(std::string_view text) {
    std::string plain(text);
    std::replace(plain.begin(), plain.end(), '-', '+');
    std::replace(plain.begin(), plain.end(), '_', '/');
    while (plain.size() % 4 != 0) plain += '=';
    return base64Decode(plain);
}

Owned<BIGNUM> number(const Json& key, std::string_view member) {
    const auto bytes = decodeUrl(textOr(key, member));
    if (!bytes || bytes->empty()) return nullptr;
    return Owned<BIGNUM>(
        BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes->data()), static_cast<int>(bytes->size()), nullptr));
}

Owned<EVP_PKEY> publicKey(const Json& key) {
    const auto n = number(key, "n"), e = number(key, "e");
    if (!n || !e) return nullptr;
    const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* made = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) <= 0 ||
        EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) <= 0)
        return nullptr;
    return Owned<EVP_PKEY>(made);
}

const EVP_MD* digestOf(const std::string& algorithm) {
    if (algorithm == "RS256") return EVP_sha256();
    if (algorithm == "RS384") return EVP_sha384();
    if (algorithm == "RS512") return EVP_sha512();
    return nullptr;
}

std::vector<std::string> textsOf(const Json* value) {
    if (!value) return {};
    if (value->IsString()) return {text(*value)};
    std::vector<std::string> texts;
    if (value->IsArray())
        for (const auto& one : value->GetArray())
            if (one.IsString()) texts.push_back(text(one));
    return texts;
}

bool haveCommon(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    return std::any_of(a.begin(), a.end(),
                       [&](const std::string& one) { return std::find(b.begin(), b.end(), one) != b.end(); });
}

std::optional<double> seconds(const Json& claims, std::string_view name) {
    const Json* value = find(claims, name);
    return value && value->IsNumber() ? std::optional(value->GetDouble()) : std::nullopt;
}

}  // namespace

std::optional<Token> parseToken(std::string_view text) {
    const auto first = text.find('.'), second = first == text.npos ? first : text.find('.', first + 1);
    if (second == text.npos || text.find('.', second + 1) != text.npos) return std::nullopt;
    const auto header = decodeUrl(text.substr(0, first)),
               claims = decodeUrl(text.substr(first + 1, second - first - 1)),
               signature = decodeUrl(text.substr(second + 1));
    if (!header || !claims || !signature) return std::nullopt;
    auto headerJson = tryParseJson(*header), claimsJson = tryParseJson(*claims);
    if (!headerJson || !headerJson->IsObject() || !claimsJson || !claimsJson->IsObject()) return std::nullopt;
    return Token{.header = std::move(*headerJson),
                 .claims = std::move(*claimsJson),
                 .signedPart = std::string(text.substr(0, second)),
                 .signature = *signature};
}

bool isSignedBy(const Token& token, const Json& keys) {
    const EVP_MD* digest = digestOf(textOr(token.header, "alg"));
    if (!digest) return false;
    const std::string id = textOr(token.header, "kid");
    for (const Json* key : Fields(keys).items("keys")) {
        if (textOr(*key, "kty") != "RSA" || textOr(*key, "kid") != id) continue;
        const auto ours = publicKey(*key);
        if (!ours) continue;
        const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
        if (EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, ours.get()) == 1 &&
            EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(token.signature.data()),
                             token.signature.size(), reinterpret_cast<const unsigned char*>(token.signedPart.data()),
                             token.signedPart.size()) == 1)
            return true;
    }
    return false;
}

std::string faultOf(const Token& token, const Json& jwtConfiguration, Time now) {
    const double time = static_cast<double>(now.time_since_epoch().count()) / 1e6;
    if (textOr(token.claims, "iss") != textOr(jwtConfiguration, "Issuer")) return "invalid issuer";
    const auto wanted = textsOf(find(jwtConfiguration, "Audience"));
    const Json* audience = find(token.claims, "aud");
    if (!wanted.empty() && !haveCommon(wanted, textsOf(audience ? audience : find(token.claims, "client_id"))))
        return "the token does not have a valid audience";
    const auto expires = seconds(token.claims, "exp"), begins = seconds(token.claims, "nbf"),
               issued = seconds(token.claims, "iat");
    if (!expires) return "the token has no expiration time";
    if (*expires <= time) return "the token has expired";
    if (begins && *begins > time) return "the token is not valid yet";
    if (issued && *issued > time) return "the token is used before it was issued";
    return {};
}

std::vector<std::string> scopesOf(const Token& token) {
    const Json* scope = find(token.claims, "scope");
    if (!scope) scope = find(token.claims, "scp");
    std::vector<std::string> scopes;
    for (const auto& listed : textsOf(scope)) {
        std::string_view rest = listed;
        while (!rest.empty()) {
            const auto blank = rest.find(' ');
            if (blank != 0) scopes.emplace_back(rest.substr(0, blank));
            rest = blank == std::string_view::npos ? std::string_view() : rest.substr(blank + 1);
        }
    }
    return scopes;
}

Json authorizerContext(const Token& token, const std::vector<std::string>& wantedScopes) {
    Json claims = object();
    for (const auto& claim : token.claims.GetObject()) {
        std::string shown = claim.value.IsString() ? text(claim.value) : writeJson(claim.value);
        if (claim.value.IsArray()) {  // [a b]
            std::string joined;
            for (const auto& one : claim.value.GetArray())
                joined += (joined.empty() ? "" : " ") + (one.IsString() ? text(one) : writeJson(one));
            shown = "[" + joined + "]";
        }
        set(claims, view(claim.name), shown);
    }
    std::vector<std::string> common;
    for (const auto& scope : scopesOf(token))
        if (std::find(wantedScopes.begin(), wantedScopes.end(), scope) != wantedScopes.end()) common.push_back(scope);
    return object({{"claims", std::move(claims)}, {"scopes", common.empty() ? Json() : array(common)}});
}

}  // namespace backlot::apigateway::http_apis
