#include "emulator/services/sns/sms.h"

#include <algorithm>

#include "emulator/services/kit/pages.h"
#include "emulator/services/sns/errors.h"

namespace backlot::sns {
namespace {

constexpr std::size_t kNumbersOfPage = 100;
constexpr std::string_view kAttributes[] = {
    "MonthlySpendLimit", "DeliveryStatusIAMRole", "DeliveryStatusSuccessSamplingRate",
    "DefaultSenderID",   "DefaultSMSType",        "UsageReportS3Bucket"};

void requirePhoneNumber(const std::string& number) {
    if (!isPhoneNumber(number)) throw invalidParameter("PhoneNumber Reason: input incorrectly formatted");
}

void requireSenderId(const std::string& id) {
    const bool good = id.size() <= 11 &&
                      std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isalnum(c) || c == '-'; }) &&
                      std::any_of(id.begin(), id.end(), [](unsigned char c) { return std::isalpha(c); });
    if (!good) throw invalidParameterSaying("DefaultSenderID is not a valid attribute");
}

}  // namespace

bool isPhoneNumber(std::string_view text) {
    return text.size() >= 5 && text.size() <= 16 && text.front() == '+' &&
           std::all_of(text.begin() + 1, text.end(), [](unsigned char c) { return std::isdigit(c); });
}

Json sendSms(Call& call, const std::string& phoneNumber, Notification notification) {
    const std::string id = call.uuid("notification");
    call.about(phoneNumber);
    if (!call.has(optedOutKey(call, phoneNumber))) {
        std::string sender = "NOTICE";
        if (const auto attributes = call.getJson(smsKey(call))) sender = textOr(*attributes, "DefaultSenderID", sender);
        if (const Json* attributes = notification.attributesOrNull()) {
            if (const Json* own = at(*attributes, {"AWS.SNS.SMS.SenderID", "StringValue"})) sender = text(*own);
        }
        call.invoke("ses", "Deliver",
                    object({{"kind", "sms"},
                            {"to", list({phoneNumber})},
                            {"from", sender},
                            {"text", notification.messageFor("sms")}}));
    }
    return object({{"MessageId", id}});
}

Json getSMSAttributes(Sns&, Call& call, const Fields& request) {
    const Json stored = call.getJson(smsKey(call)).value_or(object());
    const auto names = request.texts("attributes");
    Json shown = object();
    for (const auto& member : stored.GetObject()) {
        if (names.empty() || std::find(names.begin(), names.end(), view(member.name)) != names.end())
            set(shown, view(member.name), copy(member.value));
    }
    return object({{"attributes", std::move(shown)}});
}

Json setSMSAttributes(Sns&, Call& call, const Fields& request) {
    Json stored = call.getJson(smsKey(call)).value_or(object());
    for (const auto& member : request.child("attributes").json().GetObject()) {
        const std::string name = text(member.name), value = text(member.value);
        if (std::find(std::begin(kAttributes), std::end(kAttributes), name) == std::end(kAttributes))
            throw invalidParameterSaying(name + " is not a valid attribute");
        if (name == "DefaultSenderID" && !value.empty()) requireSenderId(value);
        if (name == "DefaultSMSType" && value != "Promotional" && value != "Transactional")
            throw invalidParameterSaying("DefaultSMSType is invalid");
        set(stored, name, value);
    }
    call.putJson(smsKey(call), stored);
    return object();
}

Json checkIfPhoneNumberIsOptedOut(Sns&, Call& call, const Fields& request) {
    const std::string number = request.text("phoneNumber");
    requirePhoneNumber(number);
    return object({{"isOptedOut", call.has(optedOutKey(call, number))}});
}

Json listPhoneNumbersOptedOut(Sns&, Call& call, const Fields& request) {
    std::vector<std::string> numbers;
    const Key prefix = optedOutKey(call);
    call.scan(prefix, [&](std::string_view key, std::string_view) {
        numbers.push_back(KeyReader(key.substr(prefix.bytes().size())).text());
        return true;
    });
    const auto page =
        kit::pageOf(request.optionalText("nextToken"), kNumbersOfPage, numbers.size(), invalidParameter("nextToken"));
    return object({{"phoneNumbers", kit::elements(page, numbers)}, {"nextToken", page.next}});
}

Json optInPhoneNumber(Sns&, Call& call, const Fields& request) {
    const std::string number = request.text("phoneNumber");
    requirePhoneNumber(number);
    call.erase(optedOutKey(call, number));
    return object();
}

Json optOutPhoneNumber(Sns&, Call& call, const Fields& request) {
    const std::string number = request.text("phoneNumber");
    requirePhoneNumber(number);
    call.put(optedOutKey(call, number), "");
    return object();
}

Json getSMSSandboxAccountStatus(Sns&, Call&, const Fields&) { return object({{"IsInSandbox", false}}); }

}  // namespace backlot::sns
