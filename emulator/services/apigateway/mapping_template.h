#pragma once

#include <stdexcept>
#include <string>

#include "emulator/base/json.h"

namespace backlot::apigateway {

/// The template is wrong, or uses what Backlot does not have; the message names it.
struct TemplateFailure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What a mapping template sees.
struct TemplateInput {
    std::string body;     // $input.body; of the request, or of the integration's answer
    Json parameters;      // $input.params(): {"path": {…}, "querystring": {…}, "header": {…}}
    Json context;         // $context
    Json stageVariables;  // $stageVariables
};

/// Fills a template's references: $input.body, .json(path), .path(path), .params(…); $context.…; $stageVariables.…;
/// $util.escapeJavaScript, urlEncode, urlDecode, base64Encode, base64Decode, parseJson.
/// A reference to nothing renders as empty.  Source: API Gateway Developer Guide, "Mapping template and access logging
/// variable reference".
/// Differs: directives (#set, #if, #foreach) are refused by name.
std::string render(const std::string& text, const TemplateInput& input);

/// "$.a.b[0]" or "$" in `root`; null where there is nothing. Only names and indexes.
const Json* atPath(const Json& root, std::string_view path);

}  // namespace backlot::apigateway
