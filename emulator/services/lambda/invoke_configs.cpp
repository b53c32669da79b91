#include "emulator/services/lambda/invoke_configs.h"

#include "emulator/base/arn.h"
#include "emulator/services/lambda/errors.h"
#include "emulator/services/lambda/runtime.h"

namespace backlot::lambda {
namespace {

constexpr int kLeastUnreserved = 100;

std::string qualifierOf(const FunctionName& function) { return function.qualifier.value_or("$LATEST"); }
std::string arnOf(const FunctionName& function) {
    return functionArn(function.account, function.region, function.name, qualifierOf(function));
}
Key keyOf(const FunctionName& function) { return invokeConfigKey(function).text(qualifierOf(function)); }

AwsError noConfig(const FunctionName& function) {
    return notFound("The function " + arnOf(function) + " doesn't have an EventInvokeConfig");
}

FunctionName existing(Call& call, const Fields& request) {
    FunctionName function = functionName(call, request);
    call.about(function.name);
    if (!findFunction(call, function)) throw notFound("The function " + arnOf(function) + " doesn't exist.");
    requireConfig(call, function, versionOf(call, function));
    return function;
}

void requireDestination(const FunctionName& function, const std::string& destination) {
    if (destination.empty()) return;
    const auto arn = parseArn(destination);
    if (!arn ||
        (arn->service != "sqs" && arn->service != "sns" && arn->service != "lambda" && arn->service != "events"))
        throw invalidParameter(
            "The provided destination config DestinationConfig(onSuccess=null, onFailure=null) is invalid: " +
            destination);
    if (arn->service == "lambda" && (destination == function.arn() || destination == arnOf(function)))
        throw invalidParameter("You can't specify the function as a destination for itself.");
}

Json describe(const FunctionName& function, const Json& config) {
    Json result = copy(config);
    set(result, "FunctionArn", arnOf(function));
    return result;
}

Json saved(Call& call, const FunctionName& function, const Fields& request, Json config) {
    for (const char* member : {"MaximumRetryAttempts", "MaximumEventAgeInSeconds"})
        if (const Json* value = request.find(member)) set(config, member, copy(*value));
    if (const Json* destinations = request.find("DestinationConfig")) {
        for (const char* kind : {"OnSuccess", "OnFailure"}) {
            const Json* given = find(*destinations, kind);
            const std::string target = given ? textOr(*given, "Destination") : "";
            requireDestination(function, target);
            Json one = object();
            if (!target.empty()) set(one, "Destination", target);
            if (given) set(*find(config, "DestinationConfig"), kind, std::move(one));
        }
    }
    set(config, "LastModified", epochSeconds(call.now));
    call.putJson(keyOf(function), config);
    return describe(function, config);
}

}  // namespace

InvokeConfig invokeConfig(const Call& call, const FunctionName& function) {
    InvokeConfig result;
    const auto row = call.getJson(keyOf(function));
    if (!row) return result;
    result.maximumRetryAttempts = static_cast<int>(intOr(*row, "MaximumRetryAttempts", result.maximumRetryAttempts));
    result.maximumEventAge =
        std::chrono::seconds(intOr(*row, "MaximumEventAgeInSeconds", result.maximumEventAge.count()));
    if (const Json* target = at(*row, {"DestinationConfig", "OnSuccess", "Destination"}))
        result.onSuccess = text(*target);
    if (const Json* target = at(*row, {"DestinationConfig", "OnFailure", "Destination"}))
        result.onFailure = text(*target);
    return result;
}

Json putFunctionEventInvokeConfig(Call& call, const Fields& request) {
    const FunctionName function = existing(call, request);
    if (!request.has("MaximumRetryAttempts") && !request.has("MaximumEventAgeInSeconds") &&
        !request.has("DestinationConfig"))
        throw invalidParameter("You must specify at least one of error handling or destination setting.");
    return saved(call, function, request,
                 object({{"DestinationConfig", object({{"OnSuccess", object()}, {"OnFailure", object()}})}}));
}

Json updateFunctionEventInvokeConfig(Call& call, const Fields& request) {
    const FunctionName function = existing(call, request);
    auto config = call.getJson(keyOf(function));
    if (!config) throw noConfig(function);
    return saved(call, function, request, std::move(*config));
}

Json getFunctionEventInvokeConfig(Call& call, const Fields& request) {
    const FunctionName function = functionName(call, request);
    const auto config = call.getJson(keyOf(function));
    if (!config) throw noConfig(function);
    return describe(function, *config);
}

Json deleteFunctionEventInvokeConfig(Call& call, const Fields& request) {
    const FunctionName function = functionName(call, request);
    if (!call.erase(keyOf(function))) throw noConfig(function);
    return object();
}

Json listFunctionEventInvokeConfigs(Call& call, const Fields& request) {
    FunctionName function = functionName(call, request, "FunctionName", false);
    if (!findFunction(call, function)) throw notFound("The function " + function.arn() + " doesn't exist.");
    const Page page = pageOf(request);
    const Key all = invokeConfigKey(function);
    std::vector<Json> found;
    call.scan(all, [&](std::string_view key, std::string_view value) {
        FunctionName qualified = function;
        qualified.qualifier = KeyReader(key.substr(all.bytes().size())).text();
        found.push_back(describe(qualified, parseJson(value)));
        return true;
    });
    Json configs(rapidjson::kArrayType);
    for (std::size_t i = page.first; i < found.size() && i < page.first + page.size; ++i)
        push(configs, std::move(found[i]));
    return object({{"FunctionEventInvokeConfigs", std::move(configs)}, {"NextMarker", nextMarker(page, found.size())}});
}

Json putFunctionConcurrency(Call& call, const Fields& request) {
    const FunctionName function = functionName(call, request, "FunctionName", false);
    call.about(function.name);
    if (function.qualifier)
        throw invalidParameter(
            "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
            "Please specify either a function name or an unqualified function ARN.");
    Json row = requireFunction(call, function);
    const auto reserved = request.integer("ReservedConcurrentExecutions");
    std::int64_t others = 0;
    call.scan(Key("function").text(function.account).text(function.region),
              [&](std::string_view key, std::string_view value) {
                  if (key != functionKey(function).bytes()) others += intOr(parseJson(value), "reserved", 0);
                  return true;
              });
    if (kAccountConcurrency - others - reserved < kLeastUnreserved)
        throw invalidParameter(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            "below its minimum value of [" +
            std::to_string(kLeastUnreserved) + "].");
    set(row, "reserved", reserved);
    call.putJson(functionKey(function), row);
    return object({{"ReservedConcurrentExecutions", reserved}});
}

Json getFunctionConcurrency(Call& call, const Fields& request) {
    const FunctionName function = functionName(call, request, "FunctionName", false);
    const Json row = requireFunction(call, function);
    Json result = object();
    if (const Json* reserved = find(row, "reserved")) set(result, "ReservedConcurrentExecutions", copy(*reserved));
    return result;
}

Json deleteFunctionConcurrency(Call& call, const Fields& request) {
    const FunctionName function = functionName(call, request, "FunctionName", false);
    call.about(function.name);
    Json row = requireFunction(call, function);
    erase(row, "reserved");
    call.putJson(functionKey(function), row);
    return object();
}

}  // namespace backlot::lambda
