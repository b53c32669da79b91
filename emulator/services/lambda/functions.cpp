#include "emulator/services/lambda/functions.h"

#include <algorithm>
#include <vector>

#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/services/lambda/errors.h"
#include "emulator/services/lambda/function_config.h"
#include "emulator/services/lambda/runtime.h"
#include "emulator/services/lambda/zip.h"

namespace backlot::lambda {
namespace {

/// Archives up to this size are checked at once, larger ones on a helper thread while the request waits.
constexpr std::size_t kCheckedAtOnceBytes = 256 * 1024, kUnzippedAtOnceBytes = 4 << 20;

Key keyOf(const char* kind, const FunctionName& function) {
    return Key(kind).text(function.account).text(function.region).text(function.name);
}

/// Code as a request brings it.
struct Code {
    std::string zip;  // empty: it lies in `folder`
    std::string folder;
    std::string sha256;  // base64, as AWS shows it
    std::size_t size = 0;
};

/// What stands in a folder, by names and sizes. Its contents may change under a running function; whoever deploys again
/// gets new instances.
Code localCode(const std::string& folder) {
    namespace fs = std::filesystem;
    std::error_code error;
    if (!fs::is_directory(folder, error)) throw invalidParameter("The code folder is not there: " + folder);
    std::vector<std::string> lines;
    Code code{.folder = folder};
    for (fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error), end;
         entry != end && lines.size() < 10'000; entry.increment(error)) {
        if (error || !entry->is_regular_file(error)) continue;
        const auto size = entry->file_size(error);
        code.size += size;
        lines.push_back(fs::relative(entry->path(), folder, error).string() + " " + std::to_string(size));
    }
    std::sort(lines.begin(), lines.end());
    std::string all;
    for (const auto& line : lines) all += line + "\n";
    const auto hash = sha256(all);
    code.sha256 = base64Encode({reinterpret_cast<const char*>(hash.data()), hash.size()});
    return code;
}

Code zippedCode(const std::string& encoded) {
    auto bytes = base64Decode(encoded);
    if (!bytes) throw invalidParameter("Could not decode the ZipFile: it is no base64.");
    if (bytes->empty()) throw invalidParameter("Uploaded file must be a non-empty zip");
    if (bytes->size() > kZippedLimitBytes)
        throw error("RequestEntityTooLargeException",
                    "Request must be smaller than " + std::to_string(kZippedLimitBytes) +
                        " bytes for the CreateFunction operation",
                    413);
    const auto hash = sha256(*bytes);
    Code code{.zip = std::move(*bytes),
              .sha256 = base64Encode({reinterpret_cast<const char*>(hash.data()), hash.size()})};
    code.size = code.zip.size();
    return code;
}

/// Added to a request by prepareCode(), in the place of ZipFile. A client cannot send them: the API model has no such
/// members.
constexpr const char *kPreparedZip = "backlot:zip", *kPreparedSha256 = "backlot:sha256";

Json preparedSource(Json source) {
    const Json* zip = find(source, "ZipFile");
    if (!zip || !zip->IsString()) return source;
    try {
        Code code = zippedCode(text(*zip));
        erase(source, "ZipFile");
        set(source, kPreparedZip, code.zip);
        set(source, kPreparedSha256, code.sha256);
    } catch (const AwsError&) {  // said in its turn: what is wrong with the configuration comes before
    }
    return source;
}

/// An archive that lies in a bucket.
Code codeFromS3(Call& call, const Fields& source) {
    Json wanted = object({{"Bucket", source.text("S3Bucket")}, {"Key", source.text("S3Key")}});
    if (const auto version = source.optionalText("S3ObjectVersion")) set(wanted, "VersionId", *version);
    try {
        const Json object = call.invoke("s3", "GetObject", wanted);
        return zippedCode(base64Encode(textOr(object, "Body")));
    } catch (const AwsError& error) {
        if (error.httpStatus() == 413) throw;
        throw invalidParameter("Error occurred while GetObject. S3 Error Code: " + error.code() +
                               ". S3 Error Message: " + error.message());
    }
}

Code codeOf(Call& call, const Fields& source) {
    if (const auto folder = source.optionalText("LocalFolder")) return localCode(*folder);
    if (const Json* zip = source.find(kPreparedZip))
        return {
            .zip = text(*zip), .folder = {}, .sha256 = source.text(kPreparedSha256), .size = zip->GetStringLength()};
    if (const auto zip = source.optionalText("ZipFile")) return zippedCode(*zip);
    if (source.has("S3Bucket")) return codeFromS3(call, source);
    if (source.has("ImageUri")) throw invalidParameter("Backlot does not support container images (ImageUri).");
    throw invalidParameter("Please provide a source for function code.");
}

/// True where the archive is small enough to have been checked here. Throws badZip().
bool checkedAtOnce(const Code& code) {
    if (code.zip.empty()) return true;
    try {
        const ZipSummary summary = inspectZip(code.zip);
        if (code.zip.size() > kCheckedAtOnceBytes || summary.unzippedBytes > kUnzippedAtOnceBytes) return false;
        unzip(code.zip, {});
        return true;
    } catch (const BadZip&) {
        throw badZip();
    }
}

/// Runs `act` with the code once it is known to be sound: now, or after a helper thread has read all of a large
/// archive.
Reply withSoundCode(Call& call, Code code, const std::shared_ptr<Runtime>& runtime,
                    std::function<Json(Call&, const Code&)> act) {
    if (checkedAtOnce(code)) return act(call, code);
    struct Check {
        Code code;
        bool done = false, good = false;
    };
    auto check = std::make_shared<Check>();
    check->code = std::move(code);
    const std::string topic = "lambda:code:" + call.uuid("code");
    call.afterCommit([check, runtime, topic, outlet = call.outlet()] {
        runtime->settings().outside->offload(
            [check] {
                try {
                    unzip(check->code.zip, {});
                    check->good = true;
                } catch (const std::exception&) {
                }
            },
            [check, topic, outlet] {
                check->done = true;
                outlet.submit({.service = "lambda", .operation = "CodeChecked", .request = object({{"topic", topic}})});
            });
    });
    return Wait{.topic = topic,
                .ask = [check, act = std::move(act)](Call& later, bool) -> std::optional<Json> {
                    if (!check->done) return std::nullopt;
                    if (!check->good) throw badZip();
                    return act(later, check->code);
                },
                .busy = "check of a function's code"};
}

/// Stores the code and makes a configuration speak of it.
void keepCode(Call& call, const FunctionName& function, const Code& code, Json& config) {
    Json& shown = *find(config, "public");
    set(shown, "CodeSha256", code.sha256);
    set(shown, "CodeSize", code.size);
    if (code.zip.empty()) {
        set(config, "code", object({{"folder", code.folder}}));
        return;
    }
    std::string name;
    for (const unsigned char byte : base64Decode(code.sha256).value_or("")) appendHex(name, byte, 2);
    call.put(codeKey(function).text(name), code.zip);
    set(config, "code", object({{"sha", name}}));
}

/// Removes archives that no version uses any more.
void dropUnusedCode(Call& call, const FunctionName& function) {
    std::vector<std::string> used, unused;
    call.scan(configKey(function), [&](std::string_view, std::string_view value) {
        const Json config = parseJson(value);
        if (const Json* sha = at(config, {"code", "sha"})) used.push_back(text(*sha));
        return true;
    });
    const Key all = codeKey(function);
    call.scan(all, [&](std::string_view key, std::string_view) {
        const std::string sha = KeyReader(key.substr(all.bytes().size())).text();
        if (std::find(used.begin(), used.end(), sha) == used.end()) unused.emplace_back(key);
        return true;
    });
    for (const auto& key : unused) call.erase(key);
}

/// Warm instances of what is no more so come to an end.
void retireOlder(Call& call, Runtime& runtime, const FunctionName& function, const Json& config) {
    runtime.retireOlder(call, function.arn(), "$LATEST",
                        versionFrom(function.account, function.region, function.name, config)->instance);
}

void touch(Call& call, Json& config) {
    Json& shown = *find(config, "public");
    set(shown, "LastModified", lastModified(call.now));
    set(shown, "RevisionId", call.uuid("revision"));
    set(config, "instance", call.hexId("instance", 16));
}

/// What publishing compares: everything that a version is but its own name and times.
std::string fingerprint(const Json& config) {
    Json shown = copy(*find(config, "public"));
    for (const char* member : {"RevisionId", "LastModified", "Version"}) erase(shown, member);
    return sha256Hex(writeJson(shown));
}

void requireRevision(const Fields& request, const Json& config) {
    const auto wanted = request.optionalText("RevisionId");
    if (wanted && *wanted != textOr(*find(config, "public"), "RevisionId"))
        throw preconditionFailed("GetFunction/GetFunctionConfiguration");
}

/// Numbers come in their order, $LATEST first.
std::vector<Json> versionsOf(const Call& call, const FunctionName& function) {
    std::vector<Json> versions;
    call.scan(configKey(function), [&](std::string_view, std::string_view value) {
        versions.push_back(parseJson(value));
        return true;
    });
    const auto number = [](const Json& config) {
        return std::strtoull(textOr(*find(config, "public"), "Version").c_str(), nullptr, 10);
    };
    std::sort(versions.begin(), versions.end(), [&](const Json& a, const Json& b) { return number(a) < number(b); });
    return versions;
}

Json createWithCode(Call& call, const Fields& request, const FunctionName& function, const Code& code) {
    if (findFunction(call, function)) throw conflict("Function already exist: " + function.name);
    Json config = object({{"public", newConfiguration(call, request, function)}});
    set(*find(config, "public"), "Version", "$LATEST");
    keepCode(call, function, code, config);
    touch(call, config);
    call.putJson(configKey(function, "$LATEST"), config);
    call.putJson(functionKey(function), object({{"nextVersion", 1}, {"tags", copy(request.child("Tags").json())}}));
    if (request.valueOr("Publish", false)) publish(call, function, std::nullopt);
    Json answer = describe(config, function.arn(), View::creating);
    if (request.valueOr("Publish", false)) set(answer, "Version", "1");  // recorded: the ARN stays unqualified
    return answer;
}

Json updateWithCode(Call& call, const Fields& request, const FunctionName& function, const Code& code,
                    Runtime& runtime) {
    Json config = requireConfig(call, function, "$LATEST");
    requireRevision(request, config);
    if (const Json* architectures = request.find("Architectures"))
        set(*find(config, "public"), "Architectures", copy(*architectures));
    if (request.valueOr("DryRun", false)) {
        Json planned = copy(config);
        set(*find(planned, "public"), "CodeSha256", code.sha256);
        set(*find(planned, "public"), "CodeSize", code.size);
        return describe(planned, function.arn(), View::updating);
    }
    keepCode(call, function, code, config);
    touch(call, config);
    call.putJson(configKey(function, "$LATEST"), config);
    retireOlder(call, runtime, function, config);
    dropUnusedCode(call, function);
    if (!request.valueOr("Publish", false)) return describe(config, function.arn(), View::updating);
    Json published = publish(call, function, std::nullopt);
    for (const char* member : {"LastUpdateStatus"}) erase(published, member);
    for (const auto& [name, value] : {std::pair{"State", "Pending"},
                                      {"StateReason", "The function is being created."},
                                      {"StateReasonCode", "Creating"}})
        set(published, name, value);
    return published;
}

/// A copy of the request without its archive; the decoded bytes are enough.
Json withoutBytes(const Fields& request) {
    Json kept = object();
    for (const auto& member : request.json().GetObject())
        if (const auto name = view(member.name); name != "ZipFile" && name != kPreparedZip && name != "Code")
            set(kept, name, copy(member.value));
    return kept;
}

}  // namespace

Key functionKey(const FunctionName& function) { return keyOf("function", function); }
Key configKey(const FunctionName& function) { return keyOf("config", function); }
Key configKey(const FunctionName& function, std::string_view version) { return configKey(function).text(version); }
Key aliasKey(const FunctionName& function) { return keyOf("alias", function); }
Key codeKey(const FunctionName& function) { return keyOf("code", function); }
Key policyKey(const FunctionName& function) { return keyOf("policy", function); }
Key invokeConfigKey(const FunctionName& function) { return keyOf("invokeConfig", function); }
Key urlKey(const FunctionName& function) { return keyOf("url", function); }

std::optional<Json> findFunction(const Call& call, const FunctionName& function) {
    return call.getJson(functionKey(function));
}

Json requireFunction(const Call& call, const FunctionName& function) {
    auto row = findFunction(call, function);
    if (!row) throw functionNotFound(function.arn());
    return std::move(*row);
}

std::string versionOf(const Call& call, const FunctionName& function, double draw) {
    if (!function.qualifier) return "$LATEST";
    const std::string& qualifier = *function.qualifier;
    const auto alias = call.getJson(Key(aliasKey(function)).text(qualifier));
    if (!alias) return qualifier;
    if (const Json* weights = at(*alias, {"RoutingConfig", "AdditionalVersionWeights"}))
        for (const auto& weight : weights->GetObject())
            if (draw < weight.value.GetDouble()) return text(weight.name);
    return textOr(*alias, "FunctionVersion");
}

Json requireConfig(const Call& call, const FunctionName& function, const std::string& version) {
    auto config = call.getJson(configKey(function, version));
    if (!config) throw functionNotFound(function.qualifiedArn());
    return std::move(*config);
}

Json describe(const Json& config, std::string_view arn, View view) {
    Json result = copy(*find(config, "public"));
    set(result, "FunctionArn", arn);
    switch (view) {
        case View::listed: erase(result, "RuntimeVersionConfig"); break;
        case View::creating:  // AWS says so too; the next look says Active
            set(result, "State", "Pending");
            set(result, "StateReason", "The function is being created.");
            set(result, "StateReasonCode", "Creating");
            break;
        case View::updating:
            set(result, "State", "Active");
            set(result, "LastUpdateStatus", "InProgress");
            set(result, "LastUpdateStatusReason", "The function is being created.");
            set(result, "LastUpdateStatusReasonCode", "Creating");
            break;
        case View::whole:
            set(result, "State", "Active");
            set(result, "LastUpdateStatus", "Successful");
            break;
    }
    return result;
}

Json publish(Call& call, const FunctionName& function, const std::optional<std::string>& description) {
    Json row = requireFunction(call, function);
    Json latest = requireConfig(call, function, "$LATEST");
    const std::string mark = fingerprint(latest);
    if (const Json* last = find(row, "published"); last && textOr(*last, "fingerprint") == mark) {
        const std::string version = textOr(*last, "version");
        if (const auto config = call.getJson(configKey(function, version)))
            return describe(*config, functionArn(function.account, function.region, function.name, version),
                            View::whole);
    }
    const auto number = intOr(row, "nextVersion", 1);
    const std::string version = std::to_string(number);
    Json config = copy(latest);
    Json& shown = *find(config, "public");
    set(shown, "Version", version);
    if (description) set(shown, "Description", *description);
    set(shown, "RevisionId", call.uuid("revision"));
    if (const Json* start = find(shown, "SnapStart"); start && textOr(*start, "ApplyOn") == "PublishedVersions")
        set(shown, "SnapStart", object({{"ApplyOn", "PublishedVersions"}, {"OptimizationStatus", "On"}}));
    call.putJson(configKey(function, version), config);
    set(row, "nextVersion", number + 1);
    set(row, "published", object({{"version", version}, {"fingerprint", mark}}));
    call.putJson(functionKey(function), row);
    set(*find(latest, "public"), "RevisionId", call.uuid("revision"));
    call.putJson(configKey(function, "$LATEST"), latest);
    return describe(config, functionArn(function.account, function.region, function.name, version), View::whole);
}

Json prepareNewFunction(Json request) {
    if (Json* code = find(request, "Code")) *code = preparedSource(std::move(*code));
    return request;
}

Json prepareNewCode(Json request) { return preparedSource(std::move(request)); }

Reply createFunction(Call& call, const Fields& request, const std::shared_ptr<Runtime>& runtime) {
    const FunctionName function = functionName(call, request, "FunctionName", false);
    call.about(function.name);
    if (findFunction(call, function)) throw conflict("Function already exist: " + function.name);
    newConfiguration(call, request, function);  // what is wrong with it comes before what is wrong with the code
    auto kept = std::make_shared<Json>(withoutBytes(request));
    if (const Json* code = request.find("Code")) set(*kept, "Code", withoutBytes(*code));
    return withSoundCode(call, codeOf(call, request.child("Code")), runtime,
                         [kept, function](Call& later, const Code& code) {
                             return createWithCode(later, Fields(*kept), function, code);
                         });
}

Reply updateFunctionCode(Call& call, const Fields& request, const std::shared_ptr<Runtime>& runtime) {
    const FunctionName function = functionName(call, request, "FunctionName", false);
    call.about(function.name);
    requireFunction(call, function);
    auto kept = std::make_shared<Json>(withoutBytes(request));
    return withSoundCode(call, codeOf(call, request), runtime,
                         [kept, function, runtime](Call& later, const Code& code) {
                             return updateWithCode(later, Fields(*kept), function, code, *runtime);
                         });
}

Json updateFunctionConfiguration(Call& call, const Fields& request, const std::shared_ptr<Runtime>& runtime) {
    const FunctionName function = functionName(call, request, "FunctionName", false);
    call.about(function.name);
    requireFunction(call, function);
    Json config = requireConfig(call, function, "$LATEST");
    requireRevision(request, config);
    updateConfiguration(call, request, *find(config, "public"), function);
    touch(call, config);
    call.putJson(configKey(function, "$LATEST"), config);
    retireOlder(call, *runtime, function, config);
    return describe(config, function.arn(), View::updating);
}

Json getFunction(Call& call, const Fields& request, const Settings& settings) {
    const FunctionName function = functionName(call, request);
    call.about(function.name);
    const auto row = findFunction(call, function);
    if (!row) throw functionNotFound(function.qualifiedArn());
    const std::string version = versionOf(call, function);
    const Json config = requireConfig(call, function, version);
    const Json* folder = at(config, {"code", "folder"});
    const std::string location = folder ? "file://" + text(*folder)
                                        : settings.endpoint + "/_backlot/functions/" + function.account + "/" +
                                              function.region + "/" + function.name + "/" + version + "/code.zip";
    Json result = object({{"Configuration", describe(config, function.qualifiedArn(), View::whole)},
                          {"Code", object({{"RepositoryType", "S3"}, {"Location", location}})}});
    if (const Json* tags = find(*row, "tags"); tags && !tags->ObjectEmpty()) set(result, "Tags", copy(*tags));
    if (const Json* reserved = find(*row, "reserved"))
        set(result, "Concurrency", object({{"ReservedConcurrentExecutions", copy(*reserved)}}));
    return result;
}

Json getFunctionConfiguration(Call& call, const Fields& request) {
    const FunctionName function = functionName(call, request);
    call.about(function.name);
    if (!findFunction(call, function)) throw functionNotFound(function.qualifiedArn());
    return describe(requireConfig(call, function, versionOf(call, function)), function.qualifiedArn(), View::whole);
}

Json getFunctionCode(Call& call, const Fields& request) {
    const FunctionName function = functionName(call, request);
    const Json config = requireConfig(call, function, versionOf(call, function));
    const Json* sha = at(config, {"code", "sha"});
    const auto bytes = sha ? call.get(codeKey(function).text(view(*sha))) : std::nullopt;
    if (!bytes) throw notFound("The function's code lies in a folder; there is no archive of it.");
    return object({{"ZipFile", base64Encode(*bytes)}});
}

Json listFunctions(Call& call, const Fields& request) {
    const bool all = request.valueOr("FunctionVersion", "") == "ALL";
    const Page page = pageOf(request);
    std::vector<Json> found;
    call.scan(Key("config").text(call.account).text(call.region), [&](std::string_view key, std::string_view value) {
        KeyReader reader(key);
        for (int i = 0; i < 3; ++i) reader.text();
        const std::string name = reader.text(), version = reader.text();
        if (!all && version != "$LATEST") return true;
        found.push_back(describe(parseJson(value),
                                 functionArn(call.account, call.region, name, all ? version : std::string()),
                                 View::listed));
        return true;
    });
    Json functions(rapidjson::kArrayType);
    for (std::size_t i = page.first; i < found.size() && i < page.first + page.size; ++i)
        push(functions, std::move(found[i]));
    return object({{"Functions", std::move(functions)}, {"NextMarker", nextMarker(page, found.size())}});
}

Json publishVersion(Call& call, const Fields& request) {
    const FunctionName function = functionName(call, request, "FunctionName", false);
    call.about(function.name);
    requireFunction(call, function);
    const Json latest = requireConfig(call, function, "$LATEST");
    requireRevision(request, latest);
    const auto wanted = request.optionalText("CodeSha256");
    const std::string present = textOr(*find(latest, "public"), "CodeSha256");
    if (wanted && *wanted != present)
        throw invalidParameter("CodeSHA256 (" + *wanted + ") is different from current CodeSHA256 in $LATEST (" +
                               present + "). Please try again with the CodeSHA256 in $LATEST.");
    return publish(call, function, request.optionalText("Description"));
}

Json listVersionsByFunction(Call& call, const Fields& request) {
    const FunctionName function = functionName(call, request, "FunctionName", false);
    requireFunction(call, function);
    const Page page = pageOf(request);
    const auto versions = versionsOf(call, function);
    Json listed(rapidjson::kArrayType);
    for (std::size_t i = page.first; i < versions.size() && i < page.first + page.size; ++i)
        push(listed, describe(versions[i],
                              functionArn(function.account, function.region, function.name,
                                          textOr(*find(versions[i], "public"), "Version")),
                              View::listed));
    return object({{"Versions", std::move(listed)}, {"NextMarker", nextMarker(page, versions.size())}});
}

Json deleteFunction(Call& call, const Fields& request, const std::shared_ptr<Runtime>& runtime) {
    const FunctionName function = functionName(call, request);
    call.about(function.name);
    if (function.qualifier == "$LATEST")
        throw invalidParameter("$LATEST version cannot be deleted without deleting the function.");
    requireFunction(call, function);
    if (function.qualifier) {
        const std::string& version = *function.qualifier;
        Json users(rapidjson::kArrayType);
        call.scan(aliasKey(function), [&](std::string_view, std::string_view value) {
            const Json alias = parseJson(value);
            const Json* weights = at(alias, {"RoutingConfig", "AdditionalVersionWeights"});
            if (textOr(alias, "FunctionVersion") == version || (weights && find(*weights, version)))
                push(users, textOr(alias, "Name"));
            return true;
        });
        if (!users.Empty())
            throw conflict("Unable to delete version because the following aliases reference it: " + writeJson(users));
        call.erase(configKey(function, version));  // AWS answers 204 for a version that never was, too
        dropUnusedCode(call, function);
        runtime->retireOlder(call, function.arn(), version);
        return object({{"StatusCode", 204}});
    }
    runtime->retireOlder(call, function.arn());
    call.erase(functionKey(function));
    for (const Key& prefix : {configKey(function), aliasKey(function), codeKey(function), policyKey(function),
                              invokeConfigKey(function), urlKey(function)})
        call.erasePrefix(prefix);
    return object({{"StatusCode", 204}});
}

Json getFunctionCodeSigningConfig(Call& call, const Fields& request) {
    const FunctionName function = functionName(call, request, "FunctionName", false);
    requireFunction(call, function);
    return object({{"CodeSigningConfigArn", ""}, {"FunctionName", function.name}});
}

Json getAccountSettings(Call& call, const Fields&) {
    std::int64_t count = 0, bytes = 0, reserved = 0;
    call.scan(Key("config").text(call.account).text(call.region), [&](std::string_view, std::string_view value) {
        bytes += intOr(*find(parseJson(value), "public"), "CodeSize", 0);
        return true;
    });
    call.scan(Key("function").text(call.account).text(call.region), [&](std::string_view, std::string_view value) {
        ++count;
        reserved += intOr(parseJson(value), "reserved", 0);
        return true;
    });
    return object({{"AccountLimit", object({{"TotalCodeSize", std::int64_t{80'530'636'800}},
                                            {"CodeSizeUnzipped", std::int64_t{kUnzippedLimitBytes}},
                                            {"CodeSizeZipped", std::int64_t{kZippedLimitBytes}},
                                            {"ConcurrentExecutions", kAccountConcurrency},
                                            {"UnreservedConcurrentExecutions", kAccountConcurrency - reserved}})},
                   {"AccountUsage", object({{"TotalCodeSize", bytes}, {"FunctionCount", count}})}});
}

}  // namespace backlot::lambda
