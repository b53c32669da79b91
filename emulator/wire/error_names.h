#pragma once
// What every protocol's errors have in common.

#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"
#include "emulator/wire/model.h"
#include "emulator/wire/target.h"

namespace backlot::wire {

/// An error by both its names: the exception in JSON protocols, the code in Query.
struct Named {
    std::string type, queryCode;
    const Shape* shape = nullptr;  // where the model has it
};
Named named(const Target& target, const AwsError& error);

/// The status of its shape where `modelled`, else 400 or 500; what the error itself says where that is not 400.
int statusOf(const Named& name, const AwsError& error, bool modelled);
/// "NonExistentQueue;Sender", the value of x-amzn-query-error.
std::string queryError(const Named& name, int status);
/// What the exception calls its message on the wire.
std::string_view messageMember(const Shape* shape, std::string_view otherwise);
/// Members of `error.extra()` into a body.
void addExtra(Json& body, const AwsError& error);

}  // namespace backlot::wire
