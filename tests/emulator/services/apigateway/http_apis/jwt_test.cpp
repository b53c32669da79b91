// Tokens, against an issuer that is on this machine: its keys are fetched once.

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "emulator/base/base64.h"
#include "emulator/services/apigateway/http_apis/jwt.h"
#include "emulator/services/apigateway/service.h"
#include "tests/emulator/bench.h"

using namespace backlot;
using namespace backlot::apigateway::http_apis;
using namespace std::chrono_literals;

namespace {

const std::string kIssuer = "http://127.0.0.1:9999/pool";

std::string url64(std::string_view bytes) {
    std::string text = base64Encode(bytes);
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    while (text.ends_with('=')) text.pop_back();
    return text;
}

/// A key of an issuer, and what it signs.
class Signer {
public:
    Signer() : key_(EVP_RSA_gen(2048)) {}
    ~Signer() { EVP_PKEY_free(key_); }
    Signer(const Signer&) = delete;
    Signer& operator=(const Signer&) = delete;

    Json keys() const {
        return object({{"keys", list({object({{"kty", "RSA"},
                                              {"kid", "k1"},
                                              {"n", part(OSSL_PKEY_PARAM_RSA_N)},
                                              {"e", part(OSSL_PKEY_PARAM_RSA_E)}})})}});
    }
    std::string token(const Json& claims) const {
        const std::string signedPart = url64(R"({"alg":"RS256","kid":"k1"})") + "." + url64(writeJson(claims));
        std::string signature(512, '\0');
        std::size_t size = signature.size();
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_);
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(signedPart.data()), signedPart.size());
        EVP_MD_CTX_free(context);
        signature.resize(size);
        return signedPart + "." + url64(signature);
    }

private:
    std::string part(const char* name) const {
        BIGNUM* number = nullptr;
        EVP_PKEY_get_bn_param(key_, name, &number);
        std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
        BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
        BN_free(number);
        return url64(bytes);
    }
    EVP_PKEY* key_;
};

/// The web as a test has it: an issuer's two documents.
struct Web : Outside {
    Json keys = object();
    bool reachable = true;
    std::vector<std::string> fetched;

    void fetch(const std::string& url, Request, std::chrono::milliseconds,
               std::function<void(std::optional<Response>)> done) override {
        fetched.push_back(url);
        if (!reachable) return done(std::nullopt);
        const bool discovery = url.ends_with("/.well-known/openid-configuration");
        done(Response{.status = 200,
                      .headers = {},
                      .body = writeJson(discovery ? object({{"jwks_uri", kIssuer + "/keys"}}) : copy(keys))});
    }
    Listening listen(std::uint16_t, RequestHandler) override { return {}; }
    std::unique_ptr<Process> spawn(ProcessSpec) override { return nullptr; }
    Held after(std::chrono::milliseconds, std::function<void()>) override { return nullptr; }
    void offload(std::function<void()>, std::function<void()>) override {}
};

struct TokenBench : Web, Bench {
    std::string api;
    Json seen = object();

    static std::vector<Service> services(TokenBench& bench) {
        std::vector<Service> all;
        all.push_back(apigateway::apigatewayService(&bench));
        all.push_back(apigateway::apigatewayV2Service(""));
        all.push_back({.name = "lambda", .operations = {{"Invoke", [&bench](Call&, const Fields& request) -> Reply {
                                                             bench.seen = parseJson(request.text("Payload"));
                                                             return object({{"Payload", R"({"statusCode":200})"}});
                                                         }}}});
        return all;
    }
    explicit TokenBench(const Signer& signer) : Bench(services(*this)) {
        keys = signer.keys();
        api = textOr(call("apigatewayv2", "CreateApi",
                          object({{"Name", "a"},
                                  {"ProtocolType", "HTTP"},
                                  {"Target", "arn:aws:lambda:us-east-1:000000000000:function:f"}})),
                     "ApiId");
        const Json made =
            call("apigatewayv2", "CreateAuthorizer",
                 object({{"ApiId", api},
                         {"Name", "jwt"},
                         {"AuthorizerType", "JWT"},
                         {"IdentitySource", list({"$request.header.Authorization"})},
                         {"JwtConfiguration", object({{"Issuer", kIssuer}, {"Audience", list({"shop"})}})}}));
        const Json routes = call("apigatewayv2", "GetRoutes", object({{"ApiId", api}}));
        call("apigatewayv2", "UpdateRoute",
             object({{"ApiId", api},
                     {"RouteId", textOr((*find(routes, "Items"))[0], "RouteId")},
                     {"AuthorizationType", "JWT"},
                     {"AuthorizerId", textOr(made, "AuthorizerId")},
                     {"AuthorizationScopes", list({"read"})}}));
    }
    Json claims(std::string_view scope = "read write") {
        return object({{"iss", kIssuer},
                       {"aud", "shop"},
                       {"sub", "ann"},
                       {"scope", scope},
                       {"exp", wholeSeconds(world.now()) + 60}});
    }
    /// Status, and what WWW-Authenticate says.
    std::string ask(const std::string& token) {
        const Json answer = callInternal("apigateway", "HandleRequest",
                                         object({{"method", "GET"},
                                                 {"path", "/_aws/execute-api/" + api + "/x"},
                                                 {"headers", list({list({"Authorization", "Bearer " + token})})}}));
        std::string said = std::to_string(intOr(answer, "statusCode", 0));
        for (const Json* header : Fields(answer).items("headers"))
            if (view((*header)[0]) == "WWW-Authenticate") said += " " + text((*header)[1]);
        return said;
    }
};

}  // namespace

TEST_CASE("a token of the issuer passes, its claims reach the function, and the keys are fetched once") {
    const Signer signer;
    TokenBench bench(signer);
    CHECK(bench.ask(signer.token(bench.claims())) == "200");
    const Json* authorizer = at(bench.seen, {"requestContext", "authorizer", "jwt"});
    REQUIRE(authorizer);
    CHECK(textOr(*find(*authorizer, "claims"), "sub") == "ann");
    CHECK(writeJson(*find(*authorizer, "scopes")) == R"(["read"])");
    CHECK(bench.ask(signer.token(bench.claims())) == "200");
    CHECK(bench.fetched.size() == 2);
}

TEST_CASE("tokens that do not do are refused with the reason") {
    const Signer signer, other;
    TokenBench bench(signer);
    CHECK(bench.ask("a.b") ==
          R"(401 Bearer scope="" error="invalid_token" error_description="the token is malformed")");
    CHECK(bench.ask(other.token(bench.claims())).find("signature verification failed") != std::string::npos);
    CHECK(bench.ask(signer.token(bench.claims("write"))) == "403");
    Json claims = bench.claims();
    set(claims, "aud", "other");
    CHECK(bench.ask(signer.token(claims)).find("valid audience") != std::string::npos);
    claims = bench.claims();
    set(claims, "iss", "http://other");
    CHECK(bench.ask(signer.token(claims)).find("invalid issuer") != std::string::npos);
    const std::string token = signer.token(bench.claims());
    bench.advance(61s);
    CHECK(bench.ask(token).find("the token has expired") != std::string::npos);
}

TEST_CASE("an issuer that cannot be reached lets nobody in, and is asked again later") {
    const Signer signer;
    TokenBench bench(signer);
    bench.reachable = false;
    CHECK(bench.ask(signer.token(bench.claims())).find("OIDC discovery endpoint communication error") !=
          std::string::npos);
    bench.reachable = true;
    bench.advance(61s);
    CHECK(bench.ask(signer.token(bench.claims())) == "200");
}

TEST_CASE("what is no token is none") {
    for (const char* text : {"", ".", "..", "a.b.c", "e30.e30", "e30.e30.e30.e30", "W10.e30.e30", "!.!.!"})
        CHECK_FALSE(parseToken(text));
    CHECK(parseToken("e30.e30.e30"));
    CHECK_FALSE(isSignedBy(*parseToken("e30.e30.e30"), object()));
}
