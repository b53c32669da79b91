#pragma once
// Recorded and published cases, read in place; a test says so and passes where they are not there.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "emulator/base/json.h"
#include "tests/emulator/wire/apis.h"

namespace backlot::wire {

inline std::optional<std::string> conformanceText(const std::string& file) {
    const auto path = std::filesystem::path(BACKLOT_SOURCE_DIR).parent_path() / "shared/conformance" / file;
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        MESSAGE("skipped: no " << path.string());
        return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(in), {});
}

inline std::optional<Json> conformance(const std::string& file) {
    const auto text = conformanceText(file);
    return text ? std::optional(parseJson(*text)) : std::nullopt;
}

/// A model made of one protocol case: its operation and the shapes of its suite.
struct CaseModel {
    std::unique_ptr<Model> model;
    Target target;

    CaseModel(const Json& suite, const Json& given) {
        Json source = object({{"metadata", copy(*find(suite, "metadata"))}, {"shapes", copy(*find(suite, "shapes"))}});
        Json operations = object();
        set(operations, textOr(given, "name"), copy(given));
        set(source, "operations", std::move(operations));
        model = std::make_unique<Model>("case", writeJson(source));
        target.service = model->service;
        target.protocol = findProtocol(model->protocolName);
        target.model = model.get();
        target.modelled = &model->operations().front();
        target.operation = target.modelled->name;
        target.contentType = "application/x-amz-json-" + std::string(model->jsonVersion);
    }
};

}  // namespace backlot::wire
