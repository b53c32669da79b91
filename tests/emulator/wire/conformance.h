#pragma once
// Recorded and published cases as JSON, and models made of protocol cases.

#include <memory>
#include <optional>
#include <string>

#include "emulator/base/json.h"
#include "tests/conformance.h"
#include "tests/emulator/wire/apis.h"

namespace backlot::wire {

/// A file of cases; nothing where the test is to return.
inline std::optional<Json> recordedCases(const std::string& file) {
    const auto text = conformance::text(file);
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
