#pragma once

#include <optional>
#include <string>

#include "emulator/services/ses/errors.h"
#include "emulator/world/call.h"

namespace backlot::ses {

struct Template {
    std::string name, subject, text, html;
    Time createdAt;
};

std::optional<Template> findTemplate(Call& call, const std::string& name);
/// Throws TemplateDoesNotExist(Exception) / NotFoundException.
Template requireTemplate(Call& call, Api api, const std::string& name);
void saveTemplate(Call& call, const Template& stored);
bool eraseTemplate(Call& call, const std::string& name);
/// In the order of their names.
std::vector<Template> templates(Call& call);

/// Fills in {{name}}, {{person.name}}, {{#if name}}…{{else}}…{{/if}}, {{#unless}}, {{#each list}}…{{this}}…{{/each}}
/// and {{#with}} from `data`. Throws MissingRenderingAttribute, InvalidTemplate.
/// Source: Amazon SES Developer Guide, "Advanced email personalization" (a subset of Handlebars; no inline partials).
std::string render(Api api, std::string_view source, const Json& data);

/// The template's parts rendered with TemplateData.
Template rendered(Api api, const Template& stored, const std::string& templateData);

// API v1
Json createTemplate(Call& call, const Fields& request);
Json updateTemplate(Call& call, const Fields& request);
Json getTemplate(Call& call, const Fields& request);
Json deleteTemplate(Call& call, const Fields& request);
Json listTemplates(Call& call, const Fields& request);
Json testRenderTemplate(Call& call, const Fields& request);
// API v2
Json createEmailTemplate(Call& call, const Fields& request);
Json updateEmailTemplate(Call& call, const Fields& request);
Json getEmailTemplate(Call& call, const Fields& request);
Json deleteEmailTemplate(Call& call, const Fields& request);
Json listEmailTemplates(Call& call, const Fields& request);
Json testRenderEmailTemplate(Call& call, const Fields& request);

}  // namespace backlot::ses
