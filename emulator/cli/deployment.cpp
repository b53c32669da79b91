#include "emulator/cli/deployment.h"

#include <algorithm>
#include <filesystem>

#include "emulator/base/plain_file.h"
#include "emulator/templates/deployer.h"
#include "emulator/templates/physical.h"
#include "emulator/templates/reader.h"

namespace backlot::cli {
namespace {

std::vector<std::filesystem::path> seedFiles(const std::vector<std::string>& paths) {
    std::vector<std::filesystem::path> files;
    for (const auto& path : paths) {
        if (!std::filesystem::is_directory(path)) {
            files.emplace_back(path);
            continue;
        }
        std::vector<std::filesystem::path> inside;
        for (const auto& entry : std::filesystem::directory_iterator(path))
            if (entry.path().extension() == ".json") inside.push_back(entry.path());
        std::sort(inside.begin(), inside.end());
        files.insert(files.end(), inside.begin(), inside.end());
    }
    return files;
}

}  // namespace

Json Deployed::json() const {
    Json result = object({{"resources", resources}, {"warnings", array(warnings)}, {"apis", array(urls)}});
    Json values = object();
    for (const auto& [name, value] : outputs) set(values, name, value);
    set(result, "outputs", std::move(values));
    if (!error.empty()) set(result, "error", error);
    return result;
}

void deployTemplate(Emulator& emulator, const DeployRequest& request, std::function<void(Deployed)> done) {
    if (request.file.empty()) return done({.error = "Say which template to deploy."});
    const std::filesystem::path file = std::filesystem::absolute(request.file);
    templates::Plan plan;
    try {
        const auto& options = emulator.options();
        const std::string stack =
            request.stack.empty() ? templates::stackNameOf(file.lexically_normal().parent_path().filename().string())
                                  : request.stack;
        templates::Environment environment{.stackName = stack,
                                           .account = options.account,
                                           .region = options.region,
                                           .parameters = request.parameters,
                                           .include = templates::includeFrom(file.parent_path())};
        plan = templates::makePlan(templates::parseTemplate(readPlainFile(file), request.file), std::move(environment),
                                   request.strict);
    } catch (const std::runtime_error& error) {
        return done({.error = error.what()});
    }
    templates::deploy(emulator.world(), std::move(plan),
                      {.folder = file.parent_path(), .endpoint = emulator.endpoint(), .progress = {}},
                      [done = std::move(done), file = request.file](templates::DeployResult result) {
                          Deployed deployed{.error = std::move(result.error),
                                            .outputs = std::move(result.outputs),
                                            .resources = result.resources.size()};
                          for (const auto& warning : result.warnings)
                              deployed.warnings.push_back(file + ":" + std::to_string(warning.line) + ": " +
                                                          warning.logicalId + ": " + warning.problem);
                          for (const auto& api : result.apis) deployed.urls.push_back(api.url);
                          done(std::move(deployed));
                      });
}

void loadSeeds(Emulator& emulator, const std::vector<std::string>& paths,
               std::function<void(std::size_t, std::string)> done) {
    struct Loading {
        std::size_t open = 1, items = 0;
        std::string error;
        std::function<void(std::size_t, std::string)> done;
        void finish() {
            if (--open == 0) done(items, error);
        }
    };
    auto loading = std::make_shared<Loading>();
    loading->done = std::move(done);
    for (const auto& file : seedFiles(paths)) {
        Json seed;
        try {
            seed = parseJson(readPlainFile(file));
        } catch (const JsonError& error) {
            throw std::runtime_error(file.string() + ": " + error.what() + " (byte " + std::to_string(error.offset) +
                                     ")");
        }
        const Json* items = find(seed, "Items");
        if (!items || !items->IsArray()) throw std::runtime_error(file.string() + ": Items, an array, is missing");
        for (const auto& item : items->GetArray()) {
            ++loading->open;
            emulator.world().submit(
                {.service = "dynamodb",
                 .operation = "PutItem",
                 .request = object({{"TableName", textOr(seed, "TableName")}, {"Item", copy(item)}}),
                 .account = emulator.options().account,
                 .region = emulator.options().region,
                 .done =
                     [loading, file](Outcome outcome) {
                         if (const auto* error = std::get_if<AwsError>(&outcome))
                             loading->error = file.string() + ": " + error->message();
                         else
                             ++loading->items;
                         loading->finish();
                     },
                 .checked = false});
        }
    }
    loading->finish();
}

void joinDeployment(Emulator& emulator) {
    emulator.control().deploy = [&emulator](Json request, std::function<void(int, Json)> done) {
        DeployRequest wanted{.file = textOr(request, "template"),
                             .stack = textOr(request, "stack"),
                             .parameters = {},
                             .strict = boolOr(request, "strict", false)};
        if (const Json* parameters = find(request, "parameters"); parameters && parameters->IsObject())
            for (const auto& parameter : parameters->GetObject())
                if (parameter.value.IsString()) wanted.parameters[text(parameter.name)] = text(parameter.value);
        deployTemplate(emulator, wanted, [done = std::move(done)](Deployed deployed) {
            done(deployed.error.empty() ? 200 : 400, deployed.json());
        });
    };
}

}  // namespace backlot::cli
