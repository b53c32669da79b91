#pragma once
// How a function is written:
//
//     #include "functions/sdk/handler.h"
//     using namespace backlot::sdk;
//
//     ApiResponse hello(const ApiRequest& request, Context& context) {
//         return {.body = object({{"message", "Hello, " + request.query("name").value_or("world")}})};
//     }
//     BACKLOT_HANDLER(hello)
//
// Built into libgreeting.so it is `Handler: greeting.hello`: bootstrap loads lib<before the dot>.so and calls the C
// symbol backlot_handler_<after the dot>. The function stands in the global namespace or a named one that is in scope.
//
// What a handler may look like, by what sends its events:
//     Json          f(const Json& event, Context&)          anything: a state machine, Invoke
//     ApiResponse   f(const ApiRequest&, Context&)          API Gateway; a thrown HttpError is the answer it names
//     BatchFailures f(const SqsBatch&, Context&)            SQS, with ReportBatchItemFailures
//     void          f(const StreamBatch&, Context&)         DynamoDB Streams
//     void          f(const BusEvent&, Context&)            EventBridge

#include "functions/sdk/abi.h"
#include "functions/sdk/context.h"
#include "functions/sdk/errors.h"
#include "functions/sdk/event.h"

namespace backlot::sdk {

/// An event in, the invocation's result out; what a handler throws passes through (HttpError becomes an answer).
using Adapter = Json (*)(const void* handler, const Json& event, Context& context);

/// Runs a handler for bootstrap: parses the event, catches what is thrown, writes the answer.
void run(const void* handler, Adapter adapter, const LambdaInvocation& invocation, LambdaAnswer& answer) noexcept;

Json callApi(ApiResponse (*handler)(const ApiRequest&, Context&), const Json& event, Context& context);

inline Json callHandler(Json (*handler)(const Json&, Context&), const Json& event, Context& context) {
    return handler(event, context);
}
inline Json callHandler(ApiResponse (*handler)(const ApiRequest&, Context&), const Json& event, Context& context) {
    return callApi(handler, event, context);
}
inline Json callHandler(BatchFailures (*handler)(const SqsBatch&, Context&), const Json& event, Context& context) {
    return toJson(handler(sqsBatch(event), context));
}
inline Json callHandler(void (*handler)(const StreamBatch&, Context&), const Json& event, Context& context) {
    handler(streamBatch(event), context);
    return Json();
}
inline Json callHandler(void (*handler)(const BusEvent&, Context&), const Json& event, Context& context) {
    handler(BusEvent(event), context);
    return Json();
}

template <typename Handler>
Json adapt(const void* handler, const Json& event, Context& context) {
    return callHandler(reinterpret_cast<Handler>(const_cast<void*>(handler)), event, context);
}

}  // namespace backlot::sdk

#define BACKLOT_HANDLER(name)                                                                                         \
    extern "C" __attribute__((visibility("default"))) void backlot_handler_##name(const LambdaInvocation* invocation, \
                                                                                  LambdaAnswer* answer) {             \
        ::backlot::sdk::run(reinterpret_cast<const void*>(&name), &::backlot::sdk::adapt<decltype(&name)>,            \
                            *invocation, *answer);                                                                    \
    }
