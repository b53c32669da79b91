#pragma once

#include "emulator/services/lambda/functions.h"

namespace backlot::lambda {

/// How asynchronous invocations of a function or one of its qualifiers are retried and where their results go.
struct InvokeConfig {
    int maximumRetryAttempts = 2;                       // 0–2
    std::chrono::seconds maximumEventAge{6 * 60 * 60};  // 60–21,600 s
    std::string onSuccess, onFailure;                   // ARNs; empty: none
};
InvokeConfig invokeConfig(const Call& call, const FunctionName& function);

Json putFunctionEventInvokeConfig(Call& call, const Fields& request);
Json updateFunctionEventInvokeConfig(Call& call, const Fields& request);
Json getFunctionEventInvokeConfig(Call& call, const Fields& request);
Json deleteFunctionEventInvokeConfig(Call& call, const Fields& request);
Json listFunctionEventInvokeConfigs(Call& call, const Fields& request);

Json putFunctionConcurrency(Call& call, const Fields& request);
Json getFunctionConcurrency(Call& call, const Fields& request);
Json deleteFunctionConcurrency(Call& call, const Fields& request);

}  // namespace backlot::lambda
