#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace backlot {

std::string gzip(std::string_view body);

/// What follows names how the compressed bytes are framed.
enum class Deflated { gzipOrZlib, raw };
/// Nothing where the bytes are broken, cut off, or more than `limit` bytes come out of them.
std::optional<std::string> inflated(std::string_view bytes, std::size_t limit, Deflated how = Deflated::gzipOrZlib);

/// Unpacks gzip or zlib data that comes in pieces.
class Inflater {
public:
    Inflater();
    ~Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    /// Appends to `out` at most about `most` bytes of what is in `bytes`; how many of them were taken, or nothing where
    /// they are broken.
    std::optional<std::size_t> take(std::string_view bytes, std::size_t most, std::string& out);
    /// The last piece was the end.
    bool ended() const { return ended_; }

private:
    struct State;
    std::unique_ptr<State> state_;
    bool ended_ = false;
};

}  // namespace backlot
