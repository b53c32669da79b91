// S3, Secrets Manager, SSM. Source: AWS CloudFormation Resource Reference.

#include <algorithm>

#include "emulator/base/text.h"
#include "emulator/templates/resource_types.h"

namespace backlot::templates {

namespace {

// --- S3 -----------------------------------------------------------------------------------------------------------

/// What a bucket may have and Backlot's have not.
constexpr const char* kNotOfBuckets[] = {
    "CorsConfiguration",        "LifecycleConfiguration",  "NotificationConfiguration", "ObjectLockConfiguration",
    "ReplicationConfiguration", "VersioningConfiguration", "WebsiteConfiguration"};

Actions makeBucket(Making& making) {
    for (const char* property : kNotOfBuckets)
        if (find(making.properties, property)) making.warn(std::string(property) + " of buckets is not made");
    const std::string name =
        find(making.properties, "BucketName") ? making.nameFrom("BucketName") : lowered(making.generatedName(63));
    const std::string region = making.environment.region;
    making.result.ref = name;
    making.result.attributes = {{"Arn", "arn:aws:s3:::" + name},
                                {"DomainName", name + ".s3.amazonaws.com"},
                                {"RegionalDomainName", name + ".s3." + region + ".amazonaws.com"},
                                {"DualStackDomainName", name + ".s3.dualstack." + region + ".amazonaws.com"},
                                {"WebsiteURL", "http://" + name + ".s3-website-" + region + ".amazonaws.com"}};
    Json request = object({{"Bucket", name}});
    if (region != "us-east-1") set(request, "CreateBucketConfiguration", object({{"LocationConstraint", region}}));
    return {{"s3", "CreateBucket", std::move(request), {}, on({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}, [] {
                 return Actions{};
             })}};
}

/// A bucket that holds anything stays, as on AWS.
Actions unmakeBucket(const Physical& physical) { return {{"s3", "DeleteBucket", object({{"Bucket", physical.ref}})}}; }

// --- Secrets Manager ------------------------------------------------------------------------------------------------

/// GenerateSecretString as GetRandomPassword takes it.
Json passwordRequest(const Json& generate) {
    Json request = object();
    for (const char* flag : {"ExcludeLowercase", "ExcludeNumbers", "ExcludePunctuation", "ExcludeUppercase",
                             "IncludeSpace", "RequireEachIncludedType"})
        if (const Json* value = find(generate, flag)) set(request, flag, scalarText(*value) == "true");
    if (const Json* characters = find(generate, "ExcludeCharacters"))
        set(request, "ExcludeCharacters", scalarText(*characters));
    if (const Json* length = find(generate, "PasswordLength"))
        set(request, "PasswordLength", wholeNumber(*length, "PasswordLength"));
    return request;
}

/// The template with the generated text under its key, or the text alone.
std::string secretText(const Json& generate, const std::string& password) {
    const auto key = optionalText(generate, "GenerateStringKey"),
               content = optionalText(generate, "SecretStringTemplate");
    if (!key || !content) return password;
    auto document = tryParseJson(*content);
    if (!document || !document->IsObject()) throw std::runtime_error("SecretStringTemplate is no JSON object");
    set(*document, *key, password);
    return writeJson(*document);
}

Actions makeSecret(Making& making) {
    Json request = pick(making.properties, {"Description", "KmsKeyId", "SecretString", "Tags"});
    const std::string name = making.nameFrom("Name", 512);
    set(request, "Name", name);
    making.result.attributes["Name"] = name;
    const auto keep = [&making](const Json& answer) {
        making.result.ref = textOr(answer, "ARN");
        making.result.attributes["Id"] = making.result.ref;
        return Actions{};
    };
    const auto shared = std::make_shared<Json>(std::move(request));
    const Json* generate = find(making.properties, "GenerateSecretString");
    const auto generated = std::make_shared<Json>(generate ? copy(*generate) : Json());
    const auto create = [=] {
        return Actions{{"secretsmanager", "CreateSecret", copy(*shared), keep, on({"ResourceExistsException"}, [=] {
                            Json update = copy(*shared);
                            for (const char* member : {"Name", "Tags"}) erase(update, member);
                            if (!generated->IsNull()) erase(update, "SecretString");  // it was generated once
                            set(update, "SecretId", name);
                            return Actions{{"secretsmanager", "UpdateSecret", std::move(update), keep}};
                        })}};
    };
    if (generated->IsNull()) return create();
    return {{"secretsmanager", "GetRandomPassword", passwordRequest(*generated), [=](const Json& answer) {
                 set(*shared, "SecretString", secretText(*generated, textOr(answer, "RandomPassword")));
                 return create();
             }}};
}

Actions unmakeSecret(const Physical& physical) {
    return {
        {"secretsmanager", "DeleteSecret", object({{"SecretId", physical.ref}, {"ForceDeleteWithoutRecovery", true}})}};
}

Actions makeSecretPolicy(Making& making) {
    making.result.ref = require(making, "SecretId");
    return {{"secretsmanager", "PutResourcePolicy",
             object({{"SecretId", making.result.ref},
                     {"ResourcePolicy", documentText(Fields(making.properties).value("ResourcePolicy"))}})}};
}

Actions unmakeSecretPolicy(const Physical& physical) {
    return {{"secretsmanager", "DeleteResourcePolicy", object({{"SecretId", physical.ref}})}};
}

Actions makeRotationSchedule(Making& making) {
    const std::string secret = require(making, "SecretId");
    making.result.ref = secret;
    Json request = object({{"SecretId", secret},
                           {"RotationLambdaARN", optionalText(making.properties, "RotationLambdaARN")},
                           {"RotateImmediately", false}});
    if (const Json* rules = find(making.properties, "RotationRules")) {
        Json known = pick(*rules, {"Duration", "ScheduleExpression"});
        if (const Json* days = find(*rules, "AutomaticallyAfterDays"))
            set(known, "AutomaticallyAfterDays", wholeNumber(*days, "AutomaticallyAfterDays"));
        set(request, "RotationRules", std::move(known));
    }
    return {{"secretsmanager", "RotateSecret", std::move(request)}};
}

Actions unmakeRotationSchedule(const Physical& physical) {
    return {{"secretsmanager", "CancelRotateSecret", object({{"SecretId", physical.ref}})}};
}

// --- SSM ------------------------------------------------------------------------------------------------------------

Actions makeParameter(Making& making) {
    const std::string name = making.nameFrom("Name"), value = require(making, "Value");
    Json request =
        pick(making.properties, {"Type", "Value", "Description", "AllowedPattern", "Tier", "DataType", "Policies"});
    set(request, "Name", name);
    set(request, "Overwrite", true);
    making.result.ref = name;
    making.result.attributes = {{"Type", textOr(request, "Type")}, {"Value", value}};
    Actions actions;
    actions.push_back({"ssm", "PutParameter", std::move(request)});
    if (const Json* tags = find(making.properties, "Tags")) {
        const Json map = tagMap(*tags);
        Json list(rapidjson::kArrayType);
        for (const auto& tag : map.GetObject())
            push(list, object({{"Key", view(tag.name)}, {"Value", view(tag.value)}}));
        if (!list.Empty())
            actions.push_back(
                {"ssm", "AddTagsToResource",
                 object({{"ResourceType", "Parameter"}, {"ResourceId", name}, {"Tags", std::move(list)}})});
    }
    return actions;
}

Actions unmakeParameter(const Physical& physical) {
    return {{"ssm", "DeleteParameter", object({{"Name", physical.ref}})}};
}

}  // namespace

void addStorageTypes(ResourceTypes& types) {
    types["AWS::S3::Bucket"] = {makeBucket, unmakeBucket};
    types["AWS::SecretsManager::Secret"] = {makeSecret, unmakeSecret};
    types["AWS::SecretsManager::ResourcePolicy"] = {makeSecretPolicy, unmakeSecretPolicy};
    types["AWS::SecretsManager::RotationSchedule"] = {makeRotationSchedule, unmakeRotationSchedule};
    types["AWS::SSM::Parameter"] = {makeParameter, unmakeParameter};
}

}  // namespace backlot::templates
