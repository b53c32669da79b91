#pragma once

#include "emulator/services/ses/inbox.h"

namespace backlot::ses {

// Every mail that is accepted lies in the inbox at once, and its configuration set is told so. A mail whose template
// misses a value is accepted and not delivered, as at AWS; the record and the configuration set say why. All throw as
// outgoingOf() does.
// Source of all: Amazon SES API Reference (v1 and v2); recorded answers of AWS.

// API v1

/// A mail of parts. Throws InvalidParameterValue where nobody is written to.
Json sendEmail(Call& call, const Fields& request);
/// A mail as it is on the wire; Source and Destinations go before its headers. Throws InvalidParameterValue where From
/// or To is neither in the request nor in the mail.
Json sendRawEmail(Call& call, const Fields& request);
/// Throws TemplateDoesNotExistException, InvalidRenderingParameterException.
Json sendTemplatedEmail(Call& call, const Fields& request);
/// One mail a destination, each with data and tags of its own over those of all. Throws as sendTemplatedEmail().
Json sendBulkTemplatedEmail(Call& call, const Fields& request);
/// 50,000 mails a day, 14 a second, and how many the inbox has of the last 24 hours.
Json getSendQuota(Call& call, const Fields& request);
/// What the inbox has, by quarters of an hour; nothing ever bounces.
Json getSendStatistics(Call& call, const Fields& request);
Json getAccountSendingEnabled(Call& call, const Fields& request);

// API v2

/// A mail of parts, as it is on the wire, or from a template, which may come along. Throws BadRequestException,
/// NotFoundException for the template.
Json sendEmailV2(Call& call, const Fields& request);
/// One mail an entry, each with data, tags and headers of its own over those of all. Throws as sendEmailV2().
Json sendBulkEmail(Call& call, const Fields& request);
/// Out of the sandbox, with the quota of getSendQuota().
Json getAccount(Call& call, const Fields& request);

}  // namespace backlot::ses
