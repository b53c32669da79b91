#pragma once

#include "emulator/world/operation.h"

namespace backlot::iam {

/// Throws NoSuchEntity, EntityAlreadyExists, DeleteConflict, LimitExceeded.  Source: IAM API Reference.
Json createUser(Call& call, const Fields& request);
/// Without UserName: the account's root, as whose every caller counts here.
Json getUser(Call& call, const Fields& request);
Json listUsers(Call& call, const Fields& request);
Json deleteUser(Call& call, const Fields& request);
Json createAccessKey(Call& call, const Fields& request);
Json listAccessKeys(Call& call, const Fields& request);
Json deleteAccessKey(Call& call, const Fields& request);
/// Internal: {"SecretAccessKey"} of {"AccessKeyId"}, in whatever account it was made; empty where there is no such key.
Json findSecret(Call& call, const Fields& request);

}  // namespace backlot::iam
