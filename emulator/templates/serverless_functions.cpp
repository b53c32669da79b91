// AWS::Serverless::Function.  Source: AWS SAM specification.

#include "emulator/base/hash.h"
#include "emulator/templates/serverless_expansion.h"

namespace backlot::templates {
namespace {

using How = PropertyRow::How;

const std::vector<PropertyRow>& functionRows() {
    static const std::vector<PropertyRow> rows = {
        {"FunctionName"},
        {"Handler"},
        {"Runtime"},
        {"Description"},
        {"MemorySize"},
        {"Timeout"},
        {"Environment"},
        {"VpcConfig"},
        {"KmsKeyArn"},
        {"EphemeralStorage"},
        {"Architectures"},
        {"ReservedConcurrentExecutions"},
        {"PackageType"},
        {"ImageConfig"},
        {"FileSystemConfigs"},
        {"Layers"},
        {"LoggingConfig"},
        {"SnapStart"},
        {"RuntimeManagementConfig"},
        {"RecursiveLoop"},
        {"Role"},
        {"Tags", "Tags", How::tags},
        {"Tracing", "TracingConfig", How::mode},
        {"DeadLetterQueue", {}, How::elsewhere},
        {"Policies", {}, How::elsewhere},
        {"Events", {}, How::elsewhere},
        {"PermissionsBoundary", {}, How::elsewhere},
        {"AssumeRolePolicyDocument", {}, How::elsewhere},
        {"RolePath", {}, How::elsewhere},
        {"EventInvokeConfig", {}, How::elsewhere},
        {"AutoPublishAlias", {}, How::elsewhere},
        {"AutoPublishAliasAllProperties", {}, How::elsewhere},
        {"AutoPublishCodeSha256", {}, How::elsewhere},
        {"VersionDescription", {}, How::elsewhere},
        {"VersionDeletionPolicy", {}, How::elsewhere},
        {"DeploymentPreference", {}, How::elsewhere},
        {"ProvisionedConcurrencyConfig", {}, How::elsewhere},
        {"FunctionUrlConfig", {}, How::elsewhere},
        {"PropagateTags", {}, How::elsewhere},
        {"CodeUri", {}, How::elsewhere},
        {"InlineCode", {}, How::elsewhere},
        {"ImageUri", {}, How::elsewhere},
    };
    return rows;
}

}  // namespace

void Expansion::expandFunction(const ResourceDeclaration& resource) {
    const Node given = merged(globals("Function"), resource.properties);
    const std::string& id = resource.logicalId;
    Node properties = carried(resource, given, functionRows());
    if (const auto* queue = given.find("DeadLetterQueue")) {
        Node target = mapping(queue->line);
        if (const auto* arn = queue->find("TargetArn")) target.set("TargetArn", *arn);
        properties.set("DeadLetterConfig", std::move(target));
    }
    const Node code = codeOf(given, resource);
    properties.set("Code", code);
    if (!given.find("Role")) {
        addRole(resource, id + "Role", "lambda.amazonaws.com", given,
                {"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"});
        properties.set("Role", getAtt(id + "Role", "Arn", resource.line));
    }
    auto& made = add(resource, id, "AWS::Lambda::Function", std::move(properties));
    made.dependsOn = resource.dependsOn;
    made.madeFrom.clear();  // keeps its own name and line
    const std::string alias = publishAlias(resource, given, code);
    if (const auto* config = given.find("FunctionUrlConfig")) {
        Node url = *config;
        url.set("TargetFunctionArn", ref(alias.empty() ? id : alias, config->line));
        add(resource, id + "Url", "AWS::Lambda::Url", std::move(url)).line = config->line;
    }
    if (const auto* config = given.find("EventInvokeConfig")) {
        Node invoke = *config;
        invoke.set("FunctionName", ref(id, resource.line));
        invoke.set("Qualifier", alias.empty() ? scalar("$LATEST", resource.line) : *given.find("AutoPublishAlias"));
        add(resource, id + "EventInvokeConfig", "AWS::Lambda::EventInvokeConfig", std::move(invoke));
    }
    if (const auto* events = given.find("Events"))
        expandEvents(resource, *events, alias.empty() ? getAtt(id, "Arn", resource.line) : ref(alias, resource.line),
                     functionEvents(), false);
}

Node Expansion::codeOf(const Node& given, const ResourceDeclaration& resource) {
    Node code = mapping(resource.line);
    if (const auto* text = given.find("InlineCode")) {
        code.set("ZipFile", *text);
        return code;
    }
    if (const auto* image = given.find("ImageUri")) {
        code.set("ImageUri", *image);
        return code;
    }
    const auto* uri = given.find("CodeUri");
    if (!uri) {
        code.set(given.textOf("PackageType") == "Image" ? "ImageUri" : "LocalFolder", scalar(".", resource.line));
    } else if (uri->isScalar() && uri->text.starts_with("s3://")) {
        const auto slash = uri->text.find('/', 5);
        code.set("S3Bucket", scalar(uri->text.substr(5, slash - 5), uri->line));
        code.set("S3Key", scalar(slash == std::string::npos ? "" : uri->text.substr(slash + 1), uri->line));
    } else if (uri->isMapping() && uri->find("Bucket")) {
        code.set("S3Bucket", *uri->find("Bucket"));
        if (const auto* key = uri->find("Key")) code.set("S3Key", *key);
        if (const auto* version = uri->find("Version")) code.set("S3ObjectVersion", *version);
    } else {
        code.set("LocalFolder", *uri);
    }
    return code;
}

std::string Expansion::publishAlias(const ResourceDeclaration& resource, const Node& given, const Node& code) {
    const std::string& id = resource.logicalId;
    const auto* name = given.find("AutoPublishAlias");
    if (!name) return {};
    const std::string sum = sha1Hex(writeJson(toJson(code))).substr(0, 10);
    const std::string versionId = id + "Version" + sum;
    Node version = mapping(name->line);
    version.set("FunctionName", ref(id, name->line));
    if (const auto* description = given.find("VersionDescription")) version.set("Description", *description);
    auto& made = add(resource, versionId, "AWS::Lambda::Version", std::move(version));
    made.retain = true;
    const std::string aliasId = id + "Alias" + name->text;
    Node alias = mapping(name->line);
    alias.set("Name", *name);
    alias.set("FunctionName", ref(id, name->line));
    alias.set("FunctionVersion", getAtt(versionId, "Version", name->line));
    if (const auto* provisioned = given.find("ProvisionedConcurrencyConfig"))
        alias.set("ProvisionedConcurrencyConfig", *provisioned);
    add(resource, aliasId, "AWS::Lambda::Alias", std::move(alias)).retain = false;
    source_.aliases[id + ".Alias"] = aliasId;
    source_.aliases[id + ".Version"] = versionId;
    return aliasId;
}

void Expansion::addPermission(const Event& event, const EventRow& row) {
    Node properties =
        fromJson(object({{"Action", "lambda:InvokeFunction"}, {"Principal", row.principal}}), event.declared.line);
    properties.set("FunctionName", event.target);
    add(event.owner, event.id + std::string(row.permissionSuffix), "AWS::Lambda::Permission", std::move(properties));
}

}  // namespace backlot::templates
