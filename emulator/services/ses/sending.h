#pragma once

#include "emulator/services/ses/inbox.h"

namespace backlot::ses {

// Source of all: Amazon SES API Reference (v1 and v2); recorded answers of AWS.
// A mail whose template misses a value is accepted and not delivered, as at AWS; the record says so.

// API v1
Json sendEmail(Call& call, const Fields& request);
Json sendRawEmail(Call& call, const Fields& request);
Json sendTemplatedEmail(Call& call, const Fields& request);
Json sendBulkTemplatedEmail(Call& call, const Fields& request);
Json getSendQuota(Call& call, const Fields& request);
Json getSendStatistics(Call& call, const Fields& request);
Json getAccountSendingEnabled(Call& call, const Fields& request);
// API v2
Json sendEmailV2(Call& call, const Fields& request);
Json sendBulkEmail(Call& call, const Fields& request);
Json getAccount(Call& call, const Fields& request);

}  // namespace backlot::ses
