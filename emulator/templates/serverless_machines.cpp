// AWS::Serverless::StateMachine.  Source: AWS SAM specification.

#include "emulator/templates/serverless_expansion.h"

namespace backlot::templates {
namespace {

using How = PropertyRow::How;

const std::vector<PropertyRow>& machineRows() {
    static const std::vector<PropertyRow> rows = {
        {"Definition"},
        {"DefinitionUri", "DefinitionLocalFile"},
        {"DefinitionSubstitutions"},
        {"Name", "StateMachineName"},
        {"Type", "StateMachineType"},
        {"Logging", "LoggingConfiguration"},
        {"Role", "RoleArn"},
        {"Tracing", "TracingConfiguration"},
        {"Tags", "Tags", How::tags},
        {"Events", {}, How::elsewhere},
        {"Policies", {}, How::elsewhere},
        {"PermissionsBoundary", {}, How::elsewhere},
        {"RolePath", {}, How::elsewhere},
        {"PropagateTags", {}, How::elsewhere},
        {"AutoPublishAlias", {}, How::elsewhere},
        {"DeploymentPreference", {}, How::elsewhere},
        {"UseAliasAsEventTarget", {}, How::elsewhere},
    };
    return rows;
}

}  // namespace

void Expansion::expandMachine(const ResourceDeclaration& resource) {
    const Node given = merged(globals("StateMachine"), resource.properties);
    const std::string& id = resource.logicalId;
    Node properties = carried(resource, given, machineRows());
    if (!given.find("Role")) {
        addRole(resource, id + "Role", "states.amazonaws.com", given, {});
        properties.set("RoleArn", getAtt(id + "Role", "Arn", resource.line));
    }
    auto& made = add(resource, id, "AWS::StepFunctions::StateMachine", std::move(properties));
    made.dependsOn = resource.dependsOn;
    made.madeFrom.clear();
    if (const auto* events = given.find("Events"))
        expandEvents(resource, *events, ref(id, resource.line), machineEvents(), true);
}

}  // namespace backlot::templates
