#pragma once

#include "emulator/services/sns/notification.h"

namespace backlot::sns {

/// E.164: "+", then up to 15 digits.
bool isPhoneNumber(std::string_view text);
/// Into the inbox of "ses", unless the number is opted out.
Json sendSms(Call& call, const std::string& phoneNumber, Notification notification);

// Settings of SMS, and who has opted out. What names a phone number throws InvalidParameterException where it is none.
// Source of all: Amazon SNS API Reference; recorded answers of AWS.

/// Those of `attributes`, or all that were set.
Json getSMSAttributes(Sns& sns, Call& call, const Fields& request);
/// Throws InvalidParameterException for an attribute that there is not, or a value that it cannot have.
Json setSMSAttributes(Sns& sns, Call& call, const Fields& request);
Json checkIfPhoneNumberIsOptedOut(Sns& sns, Call& call, const Fields& request);
/// By number.
Json listPhoneNumbersOptedOut(Sns& sns, Call& call, const Fields& request);
/// A number that is not opted out is no error.
Json optInPhoneNumber(Sns& sns, Call& call, const Fields& request);
/// No account here is in it.
Json getSMSSandboxAccountStatus(Sns& sns, Call& call, const Fields& request);
/// Internal: {phoneNumber}: as if its owner had answered STOP.
Json optOutPhoneNumber(Sns& sns, Call& call, const Fields& request);

}  // namespace backlot::sns
