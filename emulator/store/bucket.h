#pragma once
// Keys longer than LMDB's limit. All keys of more than kPlainKeyLimit bytes that share their first kPlainKeyLimit
// bytes lie in one LMDB value, a bucket: a sorted list of (rest of the key, value). The bucket's own key is the shared
// prefix and one zero byte, so that buckets sort among plain keys as their members would.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace backlot::bucket {

inline constexpr std::size_t kPlainKeyLimit = 510;  // LMDB allows 511 bytes

inline bool isLong(std::string_view key) { return key.size() > kPlainKeyLimit; }
inline bool isBucketKey(std::string_view stored) { return stored.size() == kPlainKeyLimit + 1; }
std::string keyFor(std::string_view longKey);
inline std::string_view rest(std::string_view longKey) { return longKey.substr(kPlainKeyLimit); }

using Entries = std::vector<std::pair<std::string_view, std::string_view>>;
/// The entries as views into `value`.
Entries read(std::string_view value);
std::string write(const Entries& entries);
/// The place of `rest`, or where it would go.
std::size_t position(const Entries& entries, std::string_view rest);

}  // namespace backlot::bucket
