#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace backlot::ses {

struct Attachment {
    std::string name, contentType;
    std::size_t bytes = 0;
};

/// A raw e-mail taken apart as far as an inbox shows it. All texts are UTF-8.
struct Mail {
    std::vector<std::pair<std::string, std::string>> headers;  // unfolded, encoded words decoded
    std::string text, html;                                    // the first part of each kind
    std::vector<Attachment> attachments;
    /// The first header of that name, compared without case; empty where there is none.
    std::string header(std::string_view name) const;
};

/// Reads what it can of any bytes; nesting is followed ten levels down.
/// Source: RFC 5322 (headers), 2045–2047 (parts, encodings, encoded words). UTF-8, US-ASCII and ISO-8859-1 are decoded,
/// other character sets stay as they are.
Mail parseMail(std::string_view raw);

/// "Ann <ann@example.com>, bob@example.com" as single addresses, names kept.
std::vector<std::string> addressesOf(std::string_view header);
/// "ann@example.com" of "Ann <ann@example.com>".
std::string bareAddress(std::string_view address);

}  // namespace backlot::ses
