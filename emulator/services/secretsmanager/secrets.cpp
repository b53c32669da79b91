#include "emulator/services/secretsmanager/secrets.h"

#include "emulator/services/secretsmanager/errors.h"
#include "emulator/services/secretsmanager/rows.h"

namespace backlot::secretsmanager {
namespace {

constexpr std::int64_t kLeastDays = 7, kMostDays = 30;

std::chrono::hours recoveryWindow(const Fields& request) {
    const std::int64_t days = request.valueOr("RecoveryWindowInDays", kMostDays);
    if (days < kLeastDays || days > kMostDays)
        throw invalidParameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
    return std::chrono::days(days);
}

Json deleted(Call& call, const Secret& secret, Time end) {
    return object({{"ARN", secret.arn(call)}, {"Name", secret.name}, {"DeletionDate", epochSeconds(end)}});
}

}  // namespace

Json deleteSecret(Call& call, const Fields& request) {
    const std::string id = request.text("SecretId");
    const bool force = request.valueOr("ForceDeleteWithoutRecovery", false);
    if (force && request.has("RecoveryWindowInDays"))
        throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
    const auto window = recoveryWindow(request);
    if (force) {
        try {
            const Secret secret = requireSecret(call, id);
            eraseSecret(call, secret);
            return deleted(call, secret, call.now);
        } catch (const AwsError& error) {
            if (error.code() != "ResourceNotFoundException" || id.starts_with("arn:")) throw;
            Secret none{};
            none.name = id;
            none.suffix = call.randomText("suffix", 6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
            return deleted(call, none, call.now);
        }
    }
    Secret secret = requireLiveSecret(call, id);
    secret.deletedAt = call.now + window;
    secret.deletion =
        call.later(*secret.deletedAt, {.service = "secretsmanager",
                                       .operation = "EndRecovery",
                                       .request = object({{"name", secret.name}, {"suffix", secret.suffix}}),
                                       .background = true,
                                       .label = "secret " + secret.name + ": deletion"})
            .text();
    save(call, secret);
    return deleted(call, secret, *secret.deletedAt);
}

Json restoreSecret(Call& call, const Fields& request) {
    Secret secret = requireSecret(call, request.text("SecretId"));
    if (const auto job = JobId::parse(secret.deletion)) call.cancel(*job);
    secret.deletion.clear();
    secret.deletedAt.reset();
    save(call, secret);
    return object({{"ARN", secret.arn(call)}, {"Name", secret.name}});
}

Json endRecovery(Call& call, const Fields& request) {
    const auto secret = findSecret(call, request.text("name"));
    if (secret && secret->suffix == request.text("suffix")) eraseSecret(call, *secret);
    return object();
}

}  // namespace backlot::secretsmanager
