#include "functions/sdk/handler.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace backlot::sdk {
namespace {

struct Answer {
    std::string payload, errorType;
};

/// "std::out_of_range" for an exception that is not one of ours.
std::string typeName(const std::exception& error) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(typeid(error).name(), nullptr, nullptr, &status), std::free);
    return status == 0 ? name.get() : typeid(error).name();
}

Answer failure(std::string type, std::string_view message) {
    auto payload = writeJson(object({{"errorMessage", message}, {"errorType", type}, {"stackTrace", list()}}));
    return {std::move(payload), std::move(type)};
}

Answer answerOf(const void* handler, Adapter adapter, const LambdaInvocation& invocation) {
    static WarmState warm;
    try {
        Context context(invocation, warm);
        const auto event = parseJson({invocation.payload, invocation.payloadSize});
        return {writeJson(adapter(handler, event, context)), ""};
    } catch (const LambdaError& error) {
        return failure(error.type(), error.what());
    } catch (const JsonError& error) {
        const auto where = " (offset " + std::to_string(error.offset) + ")";
        return failure("Runtime.UnmarshalError", error.what() + where);
    } catch (const std::exception& error) {
        return failure(typeName(error), error.what());
    } catch (...) {
        return failure("Runtime.Unknown", "The handler threw something that is no std::exception.");
    }
}

}  // namespace

void run(const void* handler, Adapter adapter, const LambdaInvocation& invocation, LambdaAnswer& answer) noexcept {
    auto* owned = new Answer(answerOf(handler, adapter, invocation));
    answer.payload = owned->payload.data();
    answer.payloadSize = owned->payload.size();
    answer.errorType = owned->errorType.empty() ? nullptr : owned->errorType.c_str();
    answer.owner = owned;
    answer.release = [](void* owner) { delete static_cast<Answer*>(owner); };
}

Json callApi(ApiResponse (*handler)(const ApiRequest&, Context&), const Json& event, Context& context) try {
    return toJson(handler(ApiRequest(event), context));
} catch (const HttpError& error) {
    return toJson(ApiResponse{.status = error.status(), .body = object({{"message", error.what()}})});
}

}  // namespace backlot::sdk
