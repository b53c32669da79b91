#include "emulator/base/gzip.h"
#include "emulator/wire/protocol.h"

namespace backlot::wire {

std::optional<std::string> decompress(std::string_view body, std::string_view contentEncoding, std::size_t limit) {
    if (contentEncoding.empty() || equalIgnoringCase(contentEncoding, "identity")) return std::string(body);
    if (equalIgnoringCase(contentEncoding, "gzip") || equalIgnoringCase(contentEncoding, "x-gzip"))
        return inflated(body, limit);
    if (!equalIgnoringCase(contentEncoding, "deflate")) return std::nullopt;
    const auto wrapped = inflated(body, limit);
    return wrapped ? wrapped : inflated(body, limit, Deflated::raw);  // what some clients call "deflate"
}

}  // namespace backlot::wire
