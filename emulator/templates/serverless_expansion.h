#pragma once
// SAM's resources on their way to CloudFormation's: what the files of the expansion share.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/templates/serverless.h"
#include "emulator/templates/serverless_api.h"

namespace backlot::templates {

Node ref(std::string_view logicalId, int line);
Node getAtt(std::string_view logicalId, std::string_view attribute, int line);
Node mapping(int line);
Node sequenceOf(std::vector<Node> items, int line);
/// Globals under a resource's own: mappings merge, lists are joined, the rest is the resource's.
Node merged(const Node& general, const Node& own);
/// SAM's Tags are a mapping, CloudFormation's a list.
Node tagList(const Node& tags);

/// How a property of a SAM resource reaches the resource that is made of it.
struct PropertyRow {
    enum class How {
        same,       // as it is, under `to`
        tags,       // a mapping becomes a list
        mode,       // Tracing: Active → {Mode: Active}
        elsewhere,  // read by what makes other resources of it
    };
    std::string_view name, to = {};  // to empty: the same name
    How how = How::same;
};

/// Replaces SAM's resources in a template. Events of functions and machines come back to it for the resources they add.
class Expansion {
public:
    Expansion(Template& source, std::vector<Warning>& warnings) : source_(source), warnings_(warnings) {}
    void run();

private:
    /// What an event is about: who gets it, and what it says.
    struct Event {
        const ResourceDeclaration& owner;
        const Member& declared;
        Node properties;
        std::string id;    // the owner's logical id and the event's name
        Node target;       // ARN of who gets it: the function or its alias, the machine
        std::string role;  // logical id of the role that the event uses; empty: permissions of the function
    };
    /// A type of event of functions: what makes its resources, and who must be let in to the function.
    struct EventRow {
        std::string_view type;
        void (Expansion::*expand)(const Event& event);
        std::string_view principal;  // empty: none
        std::string_view permissionSuffix = "Permission";
    };
    static const std::vector<EventRow>& functionEvents();
    static const std::vector<EventRow>& machineEvents();

    // serverless.cpp
    Node globals(std::string_view section) const;
    ResourceDeclaration& add(const ResourceDeclaration& origin, std::string logicalId, std::string type,
                             Node properties);
    void warn(int line, const std::string& logicalId, const std::string& problem);
    /// The properties that `rows` carry over; a property in no row is warned of.
    Node carried(const ResourceDeclaration& resource, const Node& given, const std::vector<PropertyRow>& rows);
    void addRole(const ResourceDeclaration& resource, const std::string& roleId, std::string_view principal,
                 const Node& given, std::vector<std::string> managed);
    void expandTable(const ResourceDeclaration& resource);
    void expandLayer(const ResourceDeclaration& resource);

    // serverless_functions.cpp
    void expandFunction(const ResourceDeclaration& resource);
    Node codeOf(const Node& given, const ResourceDeclaration& resource);
    /// Version and alias of AutoPublishAlias; the alias's logical id, empty where there is none.
    std::string publishAlias(const ResourceDeclaration& resource, const Node& given, const Node& code);
    void addPermission(const Event& event, const EventRow& row);

    // serverless_machines.cpp
    void expandMachine(const ResourceDeclaration& resource);

    // serverless_events.cpp
    void expandEvents(const ResourceDeclaration& owner, const Node& events, const Node& target,
                      const std::vector<EventRow>& rows, bool withRole);
    void onApi(const Event& event);
    void onMachineApi(const Event& event);
    void onHttpApi(const Event& event);
    void onQueue(const Event& event);
    void onStream(const Event& event);
    void onRule(const Event& event);
    void onSchedule(const Event& event);
    void onTopic(const Event& event);
    void onLogs(const Event& event);
    /// An event source mapping with what `source` names.
    void mapSource(const Event& event, std::string_view source);
    const Node& wanted(const Event& event, std::string_view property) const;

    // serverless_apis.cpp
    void declareApi(const ResourceDeclaration& resource);
    /// The API that an event is of; null where it names one that is not SAM's.
    ServerlessApi* apiOf(std::map<std::string, ServerlessApi>& apis, const Event& event, std::string_view member,
                         std::string_view implicit, std::string_view globalsSection, std::string_view implicitStage);
    void addRoute(const Event& event, Node integration);
    void finishApi(ServerlessApi& api);
    void finishHttpApi(ServerlessApi& api);

    Template& source_;
    std::vector<Warning>& warnings_;
    std::map<std::string, ServerlessApi> apis_, httpApis_;
};

}  // namespace backlot::templates
