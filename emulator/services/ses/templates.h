#pragma once

#include <optional>
#include <string>

#include "emulator/services/ses/errors.h"
#include "emulator/world/call.h"

namespace backlot::ses {

struct Template {
    std::string name, subject, text, html;
    Time createdAt;
    Json tags = list();  // [{Key, Value}], of API v2
};

std::optional<Template> findTemplate(Call& call, const std::string& name);
/// Throws TemplateDoesNotExist(Exception) / NotFoundException.
Template requireTemplate(Call& call, Api api, const std::string& name);
void saveTemplate(Call& call, const Template& stored);
/// False where there was none.
bool eraseTemplate(Call& call, const std::string& name);
/// In the order of their names.
std::vector<Template> templates(Call& call);

/// Fills in {{name}}, {{person.name}}, {{#if name}}…{{else}}…{{/if}}, {{#unless}}, {{#each list}}…{{this}}…{{/each}}
/// and {{#with}} from `data`. Throws MissingRenderingAttribute, InvalidTemplate.
/// Source: Amazon SES Developer Guide, "Advanced email personalization" (a subset of Handlebars; no inline partials).
std::string render(Api api, std::string_view source, const Json& data);

/// The template's parts rendered with TemplateData.
Template rendered(Api api, const Template& stored, const std::string& templateData);

// API v1. What names a template that is not there throws TemplateDoesNotExistException.
// Source of all: Amazon SES API Reference (v1 and v2); recorded answers of AWS.

/// Throws AlreadyExistsException, InvalidTemplateException (no subject, or neither text nor HTML).
Json createTemplate(Call& call, const Fields& request);
/// Puts all parts anew. Throws InvalidTemplateException.
Json updateTemplate(Call& call, const Fields& request);
Json getTemplate(Call& call, const Fields& request);
/// A template that is not there is no error.
Json deleteTemplate(Call& call, const Fields& request);
/// By name.
Json listTemplates(Call& call, const Fields& request);
/// The whole mail that TemplateData makes of a template. Throws MissingRenderingAttributeException,
/// InvalidRenderingParameterException.
Json testRenderTemplate(Call& call, const Fields& request);

// API v2, of the same templates. What names one that is not there throws NotFoundException.

/// Throws AlreadyExistsException.
Json createEmailTemplate(Call& call, const Fields& request);
/// Puts all parts anew; tags stay.
Json updateEmailTemplate(Call& call, const Fields& request);
Json getEmailTemplate(Call& call, const Fields& request);
Json deleteEmailTemplate(Call& call, const Fields& request);
/// By name.
Json listEmailTemplates(Call& call, const Fields& request);
/// As testRenderTemplate(); throws BadRequestException.
Json testRenderEmailTemplate(Call& call, const Fields& request);

}  // namespace backlot::ses
