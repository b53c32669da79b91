#include "emulator/services/iam/service.h"
#include "tests/emulator/bench.h"

using namespace backlot;

namespace {

const char* const kTrust =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]})";

struct IamBench : Bench {
    static std::vector<Service> services() {
        std::vector<Service> all;
        all.push_back(iam::iamService());
        return all;
    }
    IamBench() : Bench(services()) {}
    Json ask(std::string operation, Json request = object()) {
        return call("iam", std::move(operation), std::move(request));
    }
    std::string fails(std::string operation, Json request) {
        return errorOf("iam", std::move(operation), std::move(request));
    }
};

}  // namespace

TEST_CASE("a role is answered with its id, ARN and percent-encoded trust policy") {
    IamBench bench;
    const Json answer = bench.ask(
        "CreateRole", object({{"RoleName", "checkout"}, {"AssumeRolePolicyDocument", kTrust}, {"Path", "/shop/"}}));
    const Json& role = *find(answer, "Role");
    CHECK(textOr(role, "Arn") == "arn:aws:iam::000000000000:role/shop/checkout");
    CHECK(textOr(role, "RoleId").starts_with("AROA"));
    CHECK(textOr(role, "AssumeRolePolicyDocument").starts_with("%7B%22Version%22"));
    CHECK(bench.fails("CreateRole", object({{"RoleName", "checkout"}, {"AssumeRolePolicyDocument", kTrust}})) ==
          "EntityAlreadyExists");
    CHECK(bench.fails("CreateRole", object({{"RoleName", "x"}, {"AssumeRolePolicyDocument", "{"}})) ==
          "MalformedPolicyDocument");
    CHECK(bench.fails("GetRole", object({{"RoleName", "nobody"}})) == "NoSuchEntity");
}

TEST_CASE("a role goes only after its policies") {
    IamBench bench;
    bench.ask("CreateRole", object({{"RoleName", "checkout"}, {"AssumeRolePolicyDocument", kTrust}}));
    bench.ask("PutRolePolicy",
              object({{"RoleName", "checkout"}, {"PolicyName", "orders"}, {"PolicyDocument", kTrust}}));
    bench.ask("AttachRolePolicy",
              object({{"RoleName", "checkout"}, {"PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"}}));
    CHECK(bench.fails("AttachRolePolicy",
                      object({{"RoleName", "checkout"}, {"PolicyArn", "arn:aws:iam::000000000000:policy/none"}})) ==
          "NoSuchEntity");
    CHECK(bench.fails("DeleteRole", object({{"RoleName", "checkout"}})) == "DeleteConflict");
    const Json attached = bench.ask("ListAttachedRolePolicies", object({{"RoleName", "checkout"}}));
    CHECK(textOr((*find(attached, "AttachedPolicies"))[0], "PolicyName") == "ReadOnlyAccess");
    bench.ask("DetachRolePolicy",
              object({{"RoleName", "checkout"}, {"PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"}}));
    CHECK(bench.fails("DeleteRole", object({{"RoleName", "checkout"}})) == "DeleteConflict");
    bench.ask("DeleteRolePolicy", object({{"RoleName", "checkout"}, {"PolicyName", "orders"}}));
    bench.ask("DeleteRole", object({{"RoleName", "checkout"}}));
    CHECK(find(bench.ask("ListRoles"), "Roles")->Empty());
}

TEST_CASE("a policy has five versions at most, and its default one stays") {
    IamBench bench;
    const Json made = bench.ask("CreatePolicy", object({{"PolicyName", "orders"}, {"PolicyDocument", kTrust}}));
    const std::string arn = textOr(*find(made, "Policy"), "Arn");
    for (int i = 0; i < 4; ++i)
        bench.ask("CreatePolicyVersion",
                  object({{"PolicyArn", arn}, {"PolicyDocument", kTrust}, {"SetAsDefault", i == 3}}));
    CHECK(bench.fails("CreatePolicyVersion", object({{"PolicyArn", arn}, {"PolicyDocument", kTrust}})) ==
          "LimitExceeded");
    CHECK(bench.fails("DeletePolicyVersion", object({{"PolicyArn", arn}, {"VersionId", "v5"}})) == "DeleteConflict");
    bench.ask("DeletePolicyVersion", object({{"PolicyArn", arn}, {"VersionId", "v1"}}));
    const Json versions = bench.ask("ListPolicyVersions", object({{"PolicyArn", arn}}));
    CHECK(textOr((*find(versions, "Versions"))[0], "VersionId") == "v5");
    CHECK(bench.fails("GetPolicyVersion", object({{"PolicyArn", arn}, {"VersionId", "v1"}})) == "NoSuchEntity");
}

TEST_CASE("lists come in pages") {
    IamBench bench;
    for (int i = 0; i < 5; ++i)
        bench.ask("CreateRole",
                  object({{"RoleName", "role" + std::to_string(i)}, {"AssumeRolePolicyDocument", kTrust}}));
    const Json first = bench.ask("ListRoles", object({{"MaxItems", 3}}));
    CHECK(find(first, "Roles")->Size() == 3);
    CHECK(find(first, "IsTruncated")->IsTrue());
    const Json rest = bench.ask("ListRoles", object({{"Marker", textOr(first, "Marker")}}));
    CHECK(find(rest, "Roles")->Size() == 2);
    CHECK(find(rest, "IsTruncated")->IsFalse());
}

TEST_CASE("an access key signs with its secret until it is deleted") {
    IamBench bench;
    bench.ask("CreateUser", object({{"UserName", "clerk"}}));
    const Json answer = bench.ask("CreateAccessKey", object({{"UserName", "clerk"}}));
    const std::string id = textOr(*find(answer, "AccessKey"), "AccessKeyId");
    CHECK(textOr(bench.callInternal("iam", "FindSecret", object({{"AccessKeyId", id}})), "SecretAccessKey") ==
          textOr(*find(answer, "AccessKey"), "SecretAccessKey"));
    bench.ask("DeleteAccessKey", object({{"UserName", "clerk"}, {"AccessKeyId", id}}));
    CHECK(bench.callInternal("iam", "FindSecret", object({{"AccessKeyId", id}})).ObjectEmpty());
}
