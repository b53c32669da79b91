#include "emulator/base/printable.h"
#include "emulator/base/text.h"
#include "emulator/cli/client.h"

namespace backlot::cli {
namespace {

std::string toOf(const Json& message) {
    std::string result;
    if (const Json* to = find(message, "to"))
        for (const auto& address : to->GetArray()) result += (result.empty() ? "" : ", ") + text(address);
    return result;
}

bool wanted(const Json& message, const InboxOptions& options) {
    const auto holds = [](const std::string& text, const std::string& part) {
        return lowered(text).find(lowered(part)) != std::string::npos;
    };
    return holds(toOf(message), options.to) && holds(textOr(message, "subject"), options.subject);
}

/// Oldest first, numbered from 1 in the whole inbox, so that numbers stay as mails come.
std::vector<Json> messages(const Client& client, const InboxOptions& options) {
    Json answer = client.get("inbox").body;
    std::vector<Json> result;
    std::int64_t number = 0;
    for (auto& message : find(answer, "messages")->GetArray()) {
        set(message, "number", ++number);
        if (wanted(message, options)) result.push_back(std::move(message));
    }
    return result;
}

std::string when(const Json& message) { return iso8601Millis(fromMillis(intOr(message, "at", 0))); }

void sayList(Report& report, const std::vector<Json>& mails) {
    Columns table;
    for (const auto& mail : mails) {
        const bool sms = textOr(mail, "kind") == "sms";
        table.row({std::to_string(intOr(mail, "number", 0)), report.style().dim(when(mail).substr(0, 19)), toOf(mail),
                   sms ? "SMS: " + textOr(mail, "text") : textOr(mail, "subject")});
    }
    for (auto& line : table.lines()) report.say(std::move(line));
    if (mails.empty()) report.note("No mail.");
}

void sayMail(Report& report, const Json& mail) {
    const auto field = [&](const char* name, const std::string& value) {
        if (!value.empty()) report.say(report.style().dim(padded(name, 9)) + printableLine(value));
    };
    field("From", textOr(mail, "from"));
    field("To", toOf(mail));
    field("Subject", textOr(mail, "subject"));
    field("Date", when(mail));
    report.say("");
    const std::string text = textOr(mail, "text");
    report.say(text.empty() ? textOr(mail, "html") : text);
}

}  // namespace

int inbox(const Common& common, const InboxOptions& options) {
    return report("inbox", common, [&](Report& report) {
        const Client client(common);
        if (options.action == "clear") {
            report.data = client.remove("inbox").body;
            report.note("The inbox is empty.");
            return kOk;
        }
        if (options.action == "wait") {  // all work done is all mail sent: no polling
            const auto limit = parseDuration(options.timeout);
            if (!limit)
                throw CommandError(kUsage, "BadDuration",
                                   "--timeout is a duration such as 30s, not " + options.timeout);
            const auto answer =
                client.post("idle", object({{"timeout", options.timeout}}),
                            std::chrono::ceil<std::chrono::milliseconds>(*limit) + std::chrono::seconds(10), 408);
            auto mails = messages(client, options);
            if (mails.empty() && !boolOr(answer.body, "idle", false))
                throw CommandError(kTimedOut, "TimedOut", "no such mail within " + durationText(*limit), {}, true);
            if (mails.empty()) throw CommandError(kFailed, "NoMail", "all work is done, and there is no such mail");
            sayList(report, mails);
            report.data = object({{"messages", array(mails, [](Json& mail) { return std::move(mail); })}});
            return kOk;
        }
        auto mails = messages(client, options);
        if (options.action == "show") {
            if (!options.id.empty() && options.id != "last")
                std::erase_if(mails, [&](const Json& mail) {
                    return textOr(mail, "id") != options.id && std::to_string(intOr(mail, "number", 0)) != options.id;
                });
            if (mails.empty())
                throw CommandError(kFailed, "NoMail",
                                   options.id.empty() ? "there is no such mail" : "there is no mail " + options.id);
            sayMail(report, mails.back());
            report.data = std::move(mails.back());
            return kOk;
        }
        sayList(report, mails);
        report.data = object({{"messages", array(mails, [](Json& mail) { return std::move(mail); })}});
        return kOk;
    });
}

}  // namespace backlot::cli
