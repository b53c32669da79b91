#pragma once

#include "emulator/services/sns/notification.h"

namespace backlot::sns {

/// E.164: "+", then up to 15 digits.
bool isPhoneNumber(std::string_view text);
/// Into the inbox of "ses", unless the number is opted out.
Json sendSms(Call& call, const std::string& phoneNumber, Notification notification);

Json getSMSAttributes(Sns& sns, Call& call, const Fields& request);
Json setSMSAttributes(Sns& sns, Call& call, const Fields& request);
Json checkIfPhoneNumberIsOptedOut(Sns& sns, Call& call, const Fields& request);
Json listPhoneNumbersOptedOut(Sns& sns, Call& call, const Fields& request);
Json optInPhoneNumber(Sns& sns, Call& call, const Fields& request);
Json getSMSSandboxAccountStatus(Sns& sns, Call& call, const Fields& request);
/// Internal: {phoneNumber}: as if its owner had answered STOP.
Json optOutPhoneNumber(Sns& sns, Call& call, const Fields& request);

}  // namespace backlot::sns
