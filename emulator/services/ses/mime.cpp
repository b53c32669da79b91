#include "emulator/services/ses/mime.h"

#include <algorithm>

#include "emulator/base/base64.h"
#include "emulator/base/http_message.h"
#include "emulator/base/text.h"

namespace backlot::ses {
namespace {

constexpr int kNestingLimit = 10;

std::string fromLatin1(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            result += c;
        } else {
            result += static_cast<char>(0xC0 | (byte >> 6));
            result += static_cast<char>(0x80 | (byte & 0x3F));
        }
    }
    return result;
}

std::string toUtf8(std::string text, std::string_view charset) {
    const std::string name = lowered(charset);
    return name == "iso-8859-1" || name == "latin1" || name == "windows-1252" ? fromLatin1(text) : text;
}

/// `underscoreIsSpace`: as in encoded words.
std::string quotedPrintable(std::string_view text, bool underscoreIsSpace = false) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (underscoreIsSpace && text[i] == '_') {
            result += ' ';
        } else if (text[i] != '=') {
            result += text[i];
        } else if (i + 2 < text.size() && hexDigit(text[i + 1]) >= 0 && hexDigit(text[i + 2]) >= 0) {
            result += static_cast<char>(hexDigit(text[i + 1]) * 16 + hexDigit(text[i + 2]));
            i += 2;
        } else if (i + 1 < text.size() && (text[i + 1] == '\n' || text.substr(i + 1, 2) == "\r\n")) {
            i += text[i + 1] == '\n' ? 1 : 2;  // a soft line break
        } else {
            result += '=';
        }
    }
    return result;
}

std::string base64Lines(std::string_view text) {
    std::string packed;
    for (const char c : text) {
        if (!std::isspace(static_cast<unsigned char>(c))) packed += c;
    }
    return base64Decode(packed).value_or(std::string(text));
}

/// "=?utf-8?Q?Gr=C3=BC=C3=9Fe?=": space between two encoded words does not count.
std::string decodedWords(std::string_view text) {
    std::string result;
    bool afterWord = false;
    while (!text.empty()) {
        const std::size_t begin = text.find("=?");
        const std::size_t charsetEnd = begin == std::string_view::npos ? begin : text.find('?', begin + 2);
        const std::size_t dataBegin =
            charsetEnd == std::string_view::npos || charsetEnd + 2 >= text.size() || text[charsetEnd + 2] != '?'
                ? std::string_view::npos
                : charsetEnd + 3;
        const std::size_t end = dataBegin == std::string_view::npos ? dataBegin : text.find("?=", dataBegin);
        if (end == std::string_view::npos) return result.append(text);
        const std::string_view between = text.substr(0, begin);
        if (!(afterWord && trimmed(between).empty())) result += between;
        const std::string_view data = text.substr(dataBegin, end - dataBegin);
        const bool base64 = (text[charsetEnd + 1] | 0x20) == 'b';
        result += toUtf8(base64 ? base64Lines(data) : quotedPrintable(data, true),
                         text.substr(begin + 2, charsetEnd - begin - 2));
        text.remove_prefix(end + 2);
        afterWord = true;
    }
    return result;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

/// Takes the header fields off the front of `text`, with the empty line behind them.
Fields takeHeaders(std::string_view& text) {
    Fields fields;
    while (!text.empty()) {
        std::size_t end = text.find('\n');
        if (end == std::string_view::npos) end = text.size();
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (line.empty()) break;
        if ((line.front() == ' ' || line.front() == '\t') && !fields.empty()) {
            fields.back().second.append(" ").append(trimmed(line));
            continue;
        }
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        fields.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    }
    return fields;
}

std::string fieldOf(const Fields& fields, std::string_view name) {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& field) { return equalIgnoringCase(field.first, name); });
    return found == fields.end() ? std::string() : found->second;
}

/// The parameter of a structured header: boundary of `multipart/mixed; boundary="x"`.
std::string parameter(std::string_view header, std::string_view name) {
    const std::string wanted = std::string(name) + "=", folded = lowered(header);
    for (std::size_t at = folded.find(wanted); at != std::string::npos; at = folded.find(wanted, at + 1)) {
        if (at > 0 && folded[at - 1] != ';' && !std::isspace(static_cast<unsigned char>(folded[at - 1]))) continue;
        std::string_view value = header.substr(at + wanted.size());
        if (value.starts_with('"')) return std::string(value.substr(1, value.find('"', 1) - 1));
        return std::string(trimmed(value.substr(0, value.find(';'))));
    }
    return {};
}

std::string decodedBody(std::string_view body, const Fields& headers) {
    const std::string encoding = lowered(fieldOf(headers, "Content-Transfer-Encoding"));
    if (encoding == "base64") return base64Lines(body);
    if (encoding == "quoted-printable") return quotedPrintable(body);
    return std::string(body);
}

void readPart(Mail& mail, const Fields& headers, std::string_view body, int depth);

void readMultipart(Mail& mail, const std::string& boundary, std::string_view body, int depth) {
    const std::string mark = "--" + boundary;
    std::size_t at = body.starts_with(mark) ? 0 : body.find("\n" + mark);
    while (at != std::string_view::npos) {
        at = body.find('\n', at + (body[at] == '\n' ? 1 : 0));
        if (at == std::string_view::npos) return;
        const std::size_t end = body.find("\n" + mark, at);
        std::string_view part = body.substr(at + 1, (end == std::string_view::npos ? body.size() : end) - at - 1);
        if (!part.empty() && part.back() == '\r') part.remove_suffix(1);
        const Fields headers = takeHeaders(part);
        readPart(mail, headers, part, depth + 1);
        if (end == std::string_view::npos || body.substr(end + 1 + mark.size(), 2) == "--") return;
        at = end;
    }
}

void readPart(Mail& mail, const Fields& headers, std::string_view body, int depth) {
    const std::string type = fieldOf(headers, "Content-Type"),
                      kind = lowered(trimmed(std::string_view(type).substr(0, type.find(';'))));
    const std::string disposition = fieldOf(headers, "Content-Disposition");
    if (kind.starts_with("multipart/")) {
        const std::string boundary = parameter(type, "boundary");
        if (!boundary.empty() && depth < kNestingLimit) readMultipart(mail, boundary, body, depth);
        return;
    }
    const std::string content = decodedBody(body, headers);
    const bool attached = lowered(disposition).starts_with("attachment");
    if (!attached && kind == "text/html") {
        if (mail.html.empty()) mail.html = toUtf8(content, parameter(type, "charset"));
    } else if (!attached && (kind == "text/plain" || kind.empty())) {
        if (mail.text.empty()) mail.text = toUtf8(content, parameter(type, "charset"));
    } else {
        std::string name = parameter(disposition, "filename");
        if (name.empty()) name = parameter(type, "name");
        mail.attachments.push_back({.name = decodedWords(name), .contentType = kind, .bytes = content.size()});
    }
}

}  // namespace

std::string Mail::header(std::string_view name) const { return fieldOf(headers, name); }

Mail parseMail(std::string_view raw) {
    Mail mail;
    const Fields headers = takeHeaders(raw);
    for (const auto& [name, value] : headers) mail.headers.emplace_back(name, decodedWords(value));
    readPart(mail, headers, raw, 0);
    return mail;
}

std::vector<std::string> addressesOf(std::string_view header) {
    std::vector<std::string> addresses;
    bool quoted = false;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= header.size(); ++i) {
        if (i < header.size() && header[i] == '"') quoted = !quoted;
        if (i < header.size() && (quoted || header[i] != ',')) continue;
        const std::string_view address = trimmed(header.substr(begin, i - begin));
        if (!address.empty()) addresses.emplace_back(address);
        begin = i + 1;
    }
    return addresses;
}

std::string bareAddress(std::string_view address) {
    const std::size_t open = address.rfind('<'), close = address.rfind('>');
    if (open != std::string_view::npos && close != std::string_view::npos && open < close)
        return std::string(trimmed(address.substr(open + 1, close - open - 1)));
    return std::string(trimmed(address));
}

}  // namespace backlot::ses
