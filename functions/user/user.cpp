// Registration, log-in and the caller's own profile.
// Tables: Users (userId; index email-index). One more row a user, EMAIL#address, holds the address: an index cannot
// keep two users from having the same one, a key can.

#include "functions/sdk/crypto.h"
#include "functions/sdk/handler.h"
#include "functions/shop/auth.h"
#include "functions/shop/messages.h"
#include "functions/shop/request.h"

namespace shop {
namespace {

constexpr std::size_t kPasswordLeast = 5, kPasswordMost = 72;  // bcrypt reads 72 bytes

bool isAdminEmail(Context& context, const std::string& email) {
    const auto admins = "," + context.env("ADMIN_EMAILS", "") + ",";
    return admins.find("," + email + ",") != std::string::npos;
}

std::string requiredPassword(const Json& body) {
    const auto value = find(body, "password");
    if (!value) throw HttpError(400, "password is required.");
    if (!value->IsString()) throw HttpError(400, "password must be text.");
    std::string password(view(*value));
    if (password.size() < kPasswordLeast || password.size() > kPasswordMost || password.find('\0') != std::string::npos)
        throw HttpError(400, "password must have 5 to 72 characters.");
    return password;
}

std::string hashed(Context& context, const std::string& password) {
    return hashPassword(password, std::stoi(context.env("BCRYPT_COST", "10")), context.randomBytes(16));
}

std::optional<Item> findByEmail(Context& context, const std::string& email) {
    auto page = context.table("USERS_TABLE")
                    .query(object({{"IndexName", "email-index"},
                                   {"KeyConditionExpression", "email = :email"},
                                   {"ExpressionAttributeValues", object({{":email", S(email)}})}}));
    if (page.items.empty()) return std::nullopt;
    return std::move(page.items.front());
}

Caller callerOf(const Item& user) { return {user.text("userId"), user.text("email"), user.text("role")}; }

/// By SNS, so that whoever greets customers subscribes to the topic. A lost welcome is no reason to refuse a customer.
void welcome(Context& context, const std::string& userId, const std::string& email, const std::string& name) {
    try {
        const auto message = object(
            {{"template", "WELCOME"}, {"reference", userId}, {"userId", userId}, {"email", email}, {"name", name}});
        notifyTopic(context, "CUSTOMER_TOPIC_ARN", "Welcome", writeJson(message));
    } catch (const LambdaError& error) {
        context.log("The welcome message was not sent.", object({{"userId", userId}, {"error", error.what()}}));
    }
}

}  // namespace

ApiResponse registerUser(const ApiRequest& request, Context& context) {
    const auto email = requiredEmail(request.body(), "email");
    const auto password = requiredPassword(request.body());
    const auto name = requiredText(request.body(), "name");

    const auto users = context.table("USERS_TABLE");
    const auto userId = newId(context, "USER");
    const auto createdAt = iso8601(context.now());
    const auto refused =
        transact(context.aws(),
                 list({users.putAction(object({{"userId", S("EMAIL#" + email)}, {"owner", S(userId)}}),
                                       {"attribute_not_exists(userId)"}),
                       users.putAction(object({{"userId", S(userId)},
                                               {"email", S(email)},
                                               {"name", S(name)},
                                               {"role", S(isAdminEmail(context, email) ? "admin" : "customer")},
                                               {"passwordHash", S(hashed(context, password))},
                                               {"createdAt", S(createdAt)}}))}),
                 context.uuid());
    if (!refused.empty()) throw HttpError(409, "email is already registered.");
    welcome(context, userId, email, name);
    return {.status = 201, .body = object({{"message", "User registered successfully"}, {"userId", userId}})};
}
BACKLOT_HANDLER(registerUser)

ApiResponse login(const ApiRequest& request, Context& context) {
    const auto email = requiredEmail(request.body(), "email");
    const auto password = requiredPassword(request.body());
    const auto user = findByEmail(context, email);
    // An unknown address costs one hash too, so that the answer's time does not tell which addresses are known.
    const bool correct =
        user ? verifyPassword(password, user->text("passwordHash")) : (hashed(context, password), false);
    if (!correct) throw HttpError(401, "E-mail or password is wrong.");
    const auto caller = callerOf(*user);
    return {.body = object({{"token", issueToken(context, caller)}, {"userId", caller.userId}})};
}
BACKLOT_HANDLER(login)

ApiResponse getProfile(const ApiRequest& request, Context& context) {
    const auto caller = authenticate(request, context);
    const auto user = context.table("USERS_TABLE").get(object({{"userId", S(caller.userId)}}));
    if (!user) throw HttpError(404, "The user no longer exists.");
    Json body = object();
    for (const auto field : {"userId", "email", "name", "role", "createdAt"}) set(body, field, user->text(field));
    return {.body = std::move(body)};
}
BACKLOT_HANDLER(getProfile)

}  // namespace shop
