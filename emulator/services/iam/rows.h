#pragma once
// IAM is one for all regions: its rows are keyed by account.
//   role, user   ACCOUNT NAME            as GetRole answers them, with inline and attached policies beside
//   policy       ACCOUNT ARN             with its versions
//   accesskey    ACCOUNT USER KEYID
//   secret       KEYID                   what the key signs with

#include <string>
#include <string_view>
#include <vector>

#include "emulator/world/call.h"

namespace backlot::iam {

Key row(const Call& call, std::string_view kind);
Key row(const Call& call, std::string_view kind, std::string_view name);
std::vector<Json> all(const Call& call, std::string_view kind);

/// "AROA" and 17 letters and digits, as IAM's ids are.
std::string newId(Call& call, std::string_view prefix, std::size_t length = 17);
std::string iamArn(const Call& call, std::string_view kind, std::string_view path, std::string_view name);
/// A policy document as IAM answers it: percent-encoded. Throws MalformedPolicyDocument where it is no JSON object.
std::string requireDocument(const std::string& text);
std::string encoded(const std::string& document);

/// {member: items from Marker on, IsTruncated, Marker?}; MaxItems is 100 by default.
Json pageOf(const char* member, std::vector<Json> items, const Fields& request);

}  // namespace backlot::iam
