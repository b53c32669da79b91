#include "emulator/services/lambda/function_config.h"

#include <algorithm>
#include <array>

#include "emulator/base/hash.h"
#include "emulator/services/lambda/errors.h"

namespace backlot::lambda {
namespace {

constexpr std::size_t kEnvironmentLimitBytes = 4096;

// Source: AWS Lambda Developer Guide, "Runtimes with deprecation dates": functions can be neither created nor updated.
constexpr std::array kGone{"nodejs",        "nodejs4.3",     "nodejs6.10",    "nodejs8.10", "nodejs10.x",
                           "nodejs12.x",    "nodejs14.x",    "python2.7",     "python3.6",  "python3.7",
                           "provided",      "ruby2.5",       "ruby2.7",       "go1.x",      "dotnetcore1.0",
                           "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet5.0",  "java8"};

// Source: AWS Lambda Developer Guide, "Defined runtime environment variables".
constexpr std::array kReserved{"_HANDLER",
                               "_X_AMZN_TRACE_ID",
                               "AWS_DEFAULT_REGION",
                               "AWS_REGION",
                               "AWS_EXECUTION_ENV",
                               "AWS_LAMBDA_FUNCTION_NAME",
                               "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                               "AWS_LAMBDA_FUNCTION_VERSION",
                               "AWS_LAMBDA_INITIALIZATION_TYPE",
                               "AWS_LAMBDA_LOG_GROUP_NAME",
                               "AWS_LAMBDA_LOG_STREAM_NAME",
                               "AWS_ACCESS_KEY",
                               "AWS_ACCESS_KEY_ID",
                               "AWS_SECRET_ACCESS_KEY",
                               "AWS_SESSION_TOKEN",
                               "AWS_LAMBDA_RUNTIME_API",
                               "LAMBDA_TASK_ROOT",
                               "LAMBDA_RUNTIME_DIR"};

Json checkedEnvironment(const Fields& environment) {
    const Fields variables = environment.child("Variables");
    std::size_t bytes = 0;
    std::string reserved;
    for (const auto& variable : variables.json().GetObject()) {
        const std::string name = text(variable.name);
        bytes += name.size() + variable.value.GetStringLength();
        if (std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end())
            reserved += (reserved.empty() ? "" : ", ") + name;
    }
    if (!reserved.empty())
        throw invalidParameter(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are "
            "currently not supported for modification. Reserved keys used in this request: " +
            reserved);
    if (bytes > kEnvironmentLimitBytes)
        throw invalidParameter(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided exceeded the 4KB limit. String measured: " +
            writeJson(variables.json()));
    return object({{"Variables", copy(variables.json())}});
}

/// LogFormat decides which levels there are.
Json loggingConfig(const Fields& wanted, const Json* before, const FunctionName& function) {
    Json result =
        before ? copy(*before) : object({{"LogFormat", "Text"}, {"LogGroup", "/aws/lambda/" + function.name}});
    for (const auto& member : wanted.json().GetObject()) set(result, view(member.name), copy(member.value));
    if (textOr(result, "LogFormat") == "JSON") {
        for (const char* level : {"ApplicationLogLevel", "SystemLogLevel"})
            if (!find(result, level)) set(result, level, "INFO");
    } else {
        if (wanted.has("ApplicationLogLevel") || wanted.has("SystemLogLevel"))
            throw invalidParameter("To set log levels, LogFormat must be JSON.");
        erase(result, "ApplicationLogLevel");
        erase(result, "SystemLogLevel");
    }
    return result;
}

/// Differs: there are no networks here; the configuration is kept and has no effect.
Json vpcConfig(const Fields& wanted) {
    const auto subnets = wanted.texts("SubnetIds"), groups = wanted.texts("SecurityGroupIds");
    if (subnets.empty() != groups.empty())
        throw invalidParameter("SubnetIds and SecurityIds must coexist or be both empty list.");
    return object({{"SubnetIds", array(subnets)},
                   {"SecurityGroupIds", array(groups)},
                   {"VpcId", subnets.empty() ? std::string() : "vpc-" + sha1Hex(subnets.front()).substr(0, 17)}});
}

void refuse(const Fields& request) {
    const auto unsupported = [&](const char* member, const char* what) {
        const Json* value = request.find(member);
        if (value && !(value->IsArray() && value->Empty()))
            throw invalidParameter(std::string("Backlot does not support ") + what + " (" + member + ").");
    };
    unsupported("Layers", "layers");
    unsupported("FileSystemConfigs", "file systems");
    unsupported("ImageConfig", "container images");
    unsupported("CodeSigningConfigArn", "code signing");
    unsupported("CapacityProviderConfig", "capacity providers");
    unsupported("DurableConfig", "durable functions");
    unsupported("TenancyConfig", "tenant isolation");
    if (request.valueOr("PackageType", "Zip") != "Zip")
        throw invalidParameter("Backlot does not support container images (PackageType Image).");
}

/// Members that create and update take alike and that are answered as they came.
void copyPlainMembers(const Fields& request, Json& configuration) {
    for (const char* member :
         {"Role", "Handler", "Description", "Timeout", "MemorySize", "Runtime", "EphemeralStorage", "KMSKeyArn"})
        if (const Json* value = request.find(member)) set(configuration, member, copy(*value));
    if (const Json* tracing = request.find("TracingConfig")) set(configuration, "TracingConfig", copy(*tracing));
    if (const Json* queue = request.find("DeadLetterConfig")) {
        const auto target = textOr(*queue, "TargetArn");
        if (target.empty())
            erase(configuration, "DeadLetterConfig");
        else
            set(configuration, "DeadLetterConfig", object({{"TargetArn", target}}));
    }
    if (request.has("Environment")) set(configuration, "Environment", checkedEnvironment(request.child("Environment")));
    if (request.has("VpcConfig")) set(configuration, "VpcConfig", vpcConfig(request.child("VpcConfig")));
    if (const Json* start = request.find("SnapStart"))
        set(configuration, "SnapStart",
            object({{"ApplyOn", textOr(*start, "ApplyOn", "None")}, {"OptimizationStatus", "Off"}}));
}

}  // namespace

Language languageOf(std::string_view runtime) {
    if (std::find(kGone.begin(), kGone.end(), runtime) != kGone.end())
        throw invalidParameter("The runtime parameter of " + std::string(runtime) +
                               " is no longer supported for creating or updating AWS Lambda functions. We recommend "
                               "you use a supported runtime while creating or "
                               "updating functions.");
    if (runtime.starts_with("provided.")) return Language::provided;
    if (runtime.starts_with("nodejs")) return Language::node;
    if (runtime.starts_with("python3.")) return Language::python;
    throw invalidParameter("Backlot does not run functions of the runtime " + std::string(runtime) +
                           "; it runs provided.al2023, provided.al2, nodejs* and python3.*.");
}

Json newConfiguration(const Call& call, const Fields& request, const FunctionName& function) {
    refuse(request);
    const auto runtime = request.optionalText("Runtime");
    if (!runtime || !request.has("Handler"))
        throw invalidParameter(
            "Runtime and Handler are mandatory parameters for functions created with deployment packages.");
    languageOf(*runtime);
    Json architectures = request.has("Architectures") ? copy(request.value("Architectures")) : list({"x86_64"});
    Json result = object({{"FunctionName", function.name},
                          {"Description", ""},
                          {"Timeout", 3},
                          {"MemorySize", 128},
                          {"TracingConfig", object({{"Mode", "PassThrough"}})},
                          {"PackageType", "Zip"},
                          {"Architectures", std::move(architectures)},
                          {"EphemeralStorage", object({{"Size", 512}})},
                          {"SnapStart", object({{"ApplyOn", "None"}, {"OptimizationStatus", "Off"}})},
                          {"LoggingConfig", loggingConfig(request.child("LoggingConfig"), nullptr, function)}});
    copyPlainMembers(request, result);
    set(result, "RuntimeVersionConfig",
        object({{"RuntimeVersionArn", "arn:aws:lambda:" + call.region + "::runtime:" + sha256Hex(*runtime)}}));
    return result;
}

void updateConfiguration(const Call& call, const Fields& request, Json& configuration, const FunctionName& function) {
    refuse(request);
    if (const auto runtime = request.optionalText("Runtime")) {
        languageOf(*runtime);
        set(configuration, "RuntimeVersionConfig",
            object({{"RuntimeVersionArn", "arn:aws:lambda:" + call.region + "::runtime:" + sha256Hex(*runtime)}}));
    }
    copyPlainMembers(request, configuration);
    if (request.has("LoggingConfig"))
        set(configuration, "LoggingConfig",
            loggingConfig(request.child("LoggingConfig"), find(configuration, "LoggingConfig"), function));
}

}  // namespace backlot::lambda
