#pragma once
// The seam between `bootstrap` and a handler's library, in C: the two may be built by different compilers, and
// bootstrap links none of what handlers need.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What GET /runtime/invocation/next answered. Texts end in NUL and live as long as the call; a missing header is "".
typedef struct LambdaInvocation {
    const char* payload;
    size_t payloadSize;
    const char* requestId;   /* Lambda-Runtime-Aws-Request-Id */
    const char* functionArn; /* Lambda-Runtime-Invoked-Function-Arn */
    const char* traceId;     /* Lambda-Runtime-Trace-Id */
    int64_t deadlineMs;      /* Lambda-Runtime-Deadline-Ms: epoch, wall clock; 0 for none */
    int64_t backlotTimeMs;   /* Lambda-Runtime-Backlot-Time: epoch, the world's clock; -1 on AWS */
    uint64_t backlotSeed;    /* Lambda-Runtime-Backlot-Seed; only where backlotTimeMs is not -1 */
} LambdaInvocation;

/// The handler's answer. `errorType` is null on success. bootstrap calls `release` once it has been sent.
typedef struct LambdaAnswer {
    const char* payload;
    size_t payloadSize;
    const char* errorType;
    void* owner;
    void (*release)(void* owner);
} LambdaAnswer;

/// Exported as backlot_handler_NAME for `Handler: LIBRARY.NAME`. Never throws.
typedef void (*LambdaHandler)(const LambdaInvocation* invocation, LambdaAnswer* answer);

#ifdef __cplusplus
}
#endif
