#include "emulator/services/ses/templates.h"

#include "emulator/services/ses/pages.h"
#include "emulator/services/ses/rows.h"

namespace backlot::ses {
namespace {

Template templateOf(std::string name, std::string_view row) {
    const Json json = parseJson(row);
    Template stored{.name = std::move(name),
                    .subject = textOr(json, "subject"),
                    .text = textOr(json, "text"),
                    .html = textOr(json, "html"),
                    .createdAt = fromMillis(intOr(json, "createdAt", 0))};
    if (const Json* tags = find(json, "tags")) stored.tags = copy(*tags);
    return stored;
}

Template ofV1(const Fields& request) {
    const Fields parts = request.child("Template");
    Template stored{.name = parts.text("TemplateName"),
                    .subject = parts.valueOr("SubjectPart", ""),
                    .text = parts.valueOr("TextPart", ""),
                    .html = parts.valueOr("HtmlPart", "")};
    if (stored.subject.empty() || (stored.text.empty() && stored.html.empty()))
        throw invalidTemplate("The subject and one of text or html parts must be specified.");
    return stored;
}

Template ofV2(const Fields& request) {
    const Fields parts = request.child("TemplateContent");
    Template stored{.name = request.text("TemplateName"),
                    .subject = parts.valueOr("Subject", ""),
                    .text = parts.valueOr("Text", ""),
                    .html = parts.valueOr("Html", "")};
    if (const Json* tags = request.find("Tags")) stored.tags = copy(*tags);
    return stored;
}

void create(Call& call, Template stored) {
    call.about(stored.name);
    if (findTemplate(call, stored.name)) throw templateExists(stored.name);
    stored.createdAt = call.now;
    saveTemplate(call, stored);
}

void update(Call& call, Api api, Template stored) {
    Template before = requireTemplate(call, api, stored.name);
    stored.createdAt = before.createdAt;
    stored.tags = std::move(before.tags);
    saveTemplate(call, stored);
}

/// The rendered template as the text of a mail.
std::string asMail(const Template& filled) {
    return "Subject: " + filled.subject +
           "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; "
           "boundary=\"part\"\r\n\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
           filled.text + "\r\n--part\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + filled.html +
           "\r\n--part--\r\n";
}

}  // namespace

std::optional<Template> findTemplate(Call& call, const std::string& name) {
    const auto row = call.get(templateKey(call, name));
    return row ? std::optional(templateOf(name, *row)) : std::nullopt;
}

Template requireTemplate(Call& call, Api api, const std::string& name) {
    call.about(name);
    auto stored = findTemplate(call, name);
    if (!stored) throw templateNotFound(api, name);
    return std::move(*stored);
}

void saveTemplate(Call& call, const Template& stored) {
    call.putJson(templateKey(call, stored.name), object({{"subject", stored.subject},
                                                         {"text", stored.text},
                                                         {"html", stored.html},
                                                         {"tags", copy(stored.tags)},
                                                         {"createdAt", epochMillis(stored.createdAt)}}));
}

bool eraseTemplate(Call& call, const std::string& name) { return call.erase(templateKey(call, name)); }

std::vector<Template> templates(Call& call) {
    std::vector<Template> all;
    const Key prefix = templatesKey(call);
    call.scan(prefix, [&](std::string_view key, std::string_view row) {
        all.push_back(templateOf(KeyReader(key.substr(prefix.bytes().size())).text(), row));
        return true;
    });
    return all;
}

/// {"TemplatesMetadata": […], "NextToken"?}, names below `nameMember`.
static Json templatesPage(Api api, Call& call, const Fields& request, std::string_view nameMember) {
    auto all = templates(call);
    const auto page = pageOf(api, request, all.size(), kTemplatesPage);
    const auto show = [&](const Template& stored) {
        return object({{nameMember, stored.name}, {"CreatedTimestamp", epochSeconds(stored.createdAt)}});
    };
    return object({{"TemplatesMetadata", kit::elements(page, all, show)}, {"NextToken", page.next}});
}

Json createTemplate(Call& call, const Fields& request) {
    create(call, ofV1(request));
    return object();
}

Json updateTemplate(Call& call, const Fields& request) {
    update(call, Api::v1, ofV1(request));
    return object();
}

Json getTemplate(Call& call, const Fields& request) {
    const Template stored = requireTemplate(call, Api::v1, request.text("TemplateName"));
    return object({{"Template", object({{"TemplateName", stored.name},
                                        {"SubjectPart", stored.subject},
                                        {"TextPart", stored.text},
                                        {"HtmlPart", stored.html}})}});
}

Json deleteTemplate(Call& call, const Fields& request) {
    eraseTemplate(call, request.text("TemplateName"));  // deleting twice is fine
    return object();
}

Json listTemplates(Call& call, const Fields& request) { return templatesPage(Api::v1, call, request, "Name"); }

Json testRenderTemplate(Call& call, const Fields& request) {
    return object(
        {{"RenderedTemplate", asMail(rendered(Api::v1, requireTemplate(call, Api::v1, request.text("TemplateName")),
                                              request.text("TemplateData")))}});
}

Json createEmailTemplate(Call& call, const Fields& request) {
    create(call, ofV2(request));
    return object();
}

Json updateEmailTemplate(Call& call, const Fields& request) {
    update(call, Api::v2, ofV2(request));
    return object();
}

Json getEmailTemplate(Call& call, const Fields& request) {
    const Template stored = requireTemplate(call, Api::v2, request.text("TemplateName"));
    Json answer = object(
        {{"TemplateName", stored.name},
         {"TemplateContent", object({{"Subject", stored.subject}, {"Text", stored.text}, {"Html", stored.html}})}});
    if (!stored.tags.Empty()) set(answer, "Tags", copy(stored.tags));
    return answer;
}

Json deleteEmailTemplate(Call& call, const Fields& request) {
    const std::string name = request.text("TemplateName");
    if (!eraseTemplate(call, name)) throw templateNotFound(Api::v2, name);
    return object();
}

Json listEmailTemplates(Call& call, const Fields& request) {
    return templatesPage(Api::v2, call, request, "TemplateName");
}

Json testRenderEmailTemplate(Call& call, const Fields& request) {
    return object(
        {{"RenderedTemplate", asMail(rendered(Api::v2, requireTemplate(call, Api::v2, request.text("TemplateName")),
                                              request.text("TemplateData")))}});
}

}  // namespace backlot::ses
