#include "emulator/cli/client.h"
#include "emulator/cli/environment.h"

namespace backlot::cli {
namespace {

std::string quoted(const std::string& text, char quote, std::string_view escapedQuote) {
    std::string word(1, quote);
    for (const char c : text) word += c == quote ? std::string(escapedQuote) : std::string(1, c);
    return word + quote;
}

}  // namespace

std::map<std::string, std::string> clientEnvironment(const Clientele& of) {
    std::map<std::string, std::string> variables = {
        {"AWS_ENDPOINT_URL", of.endpoint},
        {"AWS_ACCESS_KEY_ID", of.account == "000000000000" ? kAccessKeyId : of.account},
        {"AWS_SECRET_ACCESS_KEY", kSecretAccessKey},
        {"AWS_REGION", of.region},
        {"AWS_DEFAULT_REGION", of.region},
        {"AWS_EC2_METADATA_DISABLED", "true"},
        {"BACKLOT_ENDPOINT", of.endpoint}};
    if (!of.token.empty()) variables["BACKLOT_TOKEN"] = of.token;
    if (!of.apis.empty()) variables["API_URL"] = of.apis.front();
    for (const auto& [name, url] : of.standIns) {
        std::string variable;
        for (const unsigned char c : name) variable += std::isalnum(c) ? static_cast<char>(std::toupper(c)) : '_';
        variables[variable + "_API_BASE"] = url;
    }
    return variables;
}

const std::vector<std::string>& strayVariables() {
    static const std::vector<std::string> names = {"AWS_PROFILE",
                                                   "AWS_DEFAULT_PROFILE",
                                                   "AWS_SESSION_TOKEN",
                                                   "AWS_SECURITY_TOKEN",
                                                   "AWS_ROLE_ARN",
                                                   "AWS_WEB_IDENTITY_TOKEN_FILE",
                                                   "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                                   "AWS_CONTAINER_CREDENTIALS_FULL_URI"};
    return names;
}

std::vector<std::string> environmentLines(const std::string& shell, const std::map<std::string, std::string>& variables,
                                          const std::vector<std::string>& unset) {
    std::vector<std::string> lines;
    for (const auto& [name, value] : variables) {
        if (shell == "fish")
            lines.push_back("set -gx " + name + " " + quoted(value, '\'', "\\'"));
        else if (shell == "pwsh")
            lines.push_back("$env:" + name + " = " + quoted(value, '\'', "''"));
        else if (shell == "dotenv" || shell == "github")
            lines.push_back(name + "=" + value);
        else if (shell == "bash" || shell == "sh" || shell == "zsh")
            lines.push_back("export " + name + "=" + shellWord(value));
        else
            throw CommandError(kUsage, "BadShell", "--shell is bash, fish, pwsh, dotenv or github");
    }
    if (shell == "dotenv" || shell == "github") return lines;
    if (shell == "bash" || shell == "sh" || shell == "zsh") {
        std::string line = "unset";
        for (const auto& name : unset) line += " " + name;
        lines.push_back(line);
        return lines;
    }
    for (const auto& name : unset)
        lines.push_back(shell == "fish" ? "set -e " + name
                                        : "Remove-Item Env:" + name + " -ErrorAction SilentlyContinue");
    return lines;
}

int env(const Common& common, const EnvOptions& options) {
    return report("env", common, [&](Report& report) {
        const Client client(common);
        const Json info = client.get("info").body;
        Clientele of{.endpoint = client.endpoint(),
                     .account = textOr(info, "account", "000000000000"),
                     .region = textOr(info, "region", "us-east-1"),
                     .token = common.token,
                     .apis = client.apis()};
        if (const Json* urls = find(info, "standIns"))
            for (const auto& member : urls->GetObject()) of.standIns[text(member.name)] = text(member.value);
        const auto variables = clientEnvironment(of);
        for (const auto& line : environmentLines(options.shell, variables, strayVariables())) report.say(line);
        Json values = object();
        for (const auto& [name, value] : variables) set(values, name, value);
        report.data = object({{"variables", std::move(values)}, {"unset", array(strayVariables())}});
        return kOk;
    });
}

}  // namespace backlot::cli
