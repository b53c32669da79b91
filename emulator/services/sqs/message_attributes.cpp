#include "emulator/services/sqs/message_attributes.h"

#include <algorithm>
#include <cstdio>

#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/base/http_message.h"
#include "emulator/services/sqs/errors.h"

namespace backlot::sqs {
namespace {

constexpr std::size_t kAttributeLimit = 10;

void requireName(const std::string& name) {
    const bool characters =
        !name.empty() && name.size() <= 256 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
            return std::isalnum(c) || c == '_' || c == '-' || c == '.';
        });
    const bool reserved = name.size() >= 4 && (equalIgnoringCase(name.substr(0, 4), "aws.") ||
                                               (name.size() >= 7 && equalIgnoringCase(name.substr(0, 7), "amazon.")));
    if (!characters || reserved || name.front() == '.' || name.back() == '.' || name.find("..") != std::string::npos) {
        throw invalidParameter("Invalid non-alphanumeric character '#x" + hex(name.substr(0, 1)) +
                               "' was found in the message attribute name. Can only include alphanumeric characters, "
                               "hyphens, underscores, or dots.");
    }
}

bool isBinary(std::string_view dataType) { return dataType == "Binary" || dataType.starts_with("Binary."); }

void requireType(const std::string& name, const std::string& dataType) {
    if (dataType.empty())
        throw invalidParameter("The message attribute '" + name + "' must contain a non-empty message attribute type.");
    const std::string base = dataType.substr(0, dataType.find('.'));
    if (base != "String" && base != "Number" && base != "Binary") {
        throw invalidParameter("The message attribute '" + name +
                               "' has an invalid message attribute type, the set of supported type prefixes is Binary, "
                               "Number, and String.");
    }
}

std::string valueOf(const Json& attribute) {
    if (const Json* binary = find(attribute, "BinaryValue"); binary && isBinary(textOr(attribute, "DataType")))
        return base64Decode(view(*binary)).value_or("");
    return textOr(attribute, "StringValue");
}

void lengthAndText(std::string& out, std::string_view text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(size >> shift);
    out += text;
}

bool wanted(std::string_view name, const std::vector<std::string>& names) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& pattern) {
        if (pattern == "All" || pattern == ".*") return true;
        if (pattern.ends_with(".*")) return name.starts_with(std::string_view(pattern).substr(0, pattern.size() - 2));
        return name == pattern;
    });
}

}  // namespace

std::size_t requireMessageAttributes(const Json& attributes) {
    if (attributes.MemberCount() > kAttributeLimit) {
        throw invalidParameter("Number of message attributes [" + std::to_string(attributes.MemberCount()) +
                               "] exceeds the allowed maximum [10].");
    }
    std::size_t bytes = 0;
    for (const auto& member : attributes.GetObject()) {
        const std::string name = text(member.name), dataType = textOr(member.value, "DataType");
        requireName(name);
        requireType(name, dataType);
        const std::string value = valueOf(member.value);
        if (value.empty()) {
            throw invalidParameter("Message (user) attribute '" + name + "' must contain a non-empty value of type '" +
                                   dataType.substr(0, dataType.find('.')) + "'.");
        }
        if (dataType.starts_with("Number") && value.find_first_not_of("0123456789+-.eE") != std::string::npos) {
            throw invalidParameter("Can't cast the value of message (user) attribute '" + name + "' to a number.");
        }
        bytes += name.size() + dataType.size() + value.size();
    }
    return bytes;
}

void requireSystemAttributes(const Json& attributes) {
    for (const auto& member : attributes.GetObject()) {
        const std::string name = text(member.name);
        if (name != "AWSTraceHeader")
            throw invalidParameter("Message system attribute name '" + name +
                                   "' is invalid. Valid values: AWSTraceHeader.");
        if (textOr(member.value, "DataType") != "String" || textOr(member.value, "StringValue").empty()) {
            throw invalidParameter("Message system attribute '" + name +
                                   "' must contain a non-empty value of type 'String'.");
        }
    }
}

std::string md5OfAttributes(const Json& attributes) {
    std::vector<std::pair<std::string_view, const Json*>> sorted;
    for (const auto& member : attributes.GetObject()) sorted.emplace_back(view(member.name), &member.value);
    std::sort(sorted.begin(), sorted.end());
    std::string bytes;
    for (const auto& [name, attribute] : sorted) {
        const std::string dataType = textOr(*attribute, "DataType");
        lengthAndText(bytes, name);
        lengthAndText(bytes, dataType);
        bytes += isBinary(dataType) ? '\2' : '\1';
        lengthAndText(bytes, valueOf(*attribute));
    }
    return md5Hex(bytes);
}

Json selectedAttributes(const Json& attributes, const std::vector<std::string>& names) {
    Json result = object();
    for (const auto& member : attributes.GetObject()) {
        if (wanted(view(member.name), names)) set(result, view(member.name), copy(member.value));
    }
    return result;
}

void requireMessageCharacters(std::string_view body) {
    const auto refuse = [](unsigned code) {
        char hexadecimal[16];
        std::snprintf(hexadecimal, sizeof hexadecimal, "%x", code);
        return invalidMessageContents(std::string("Invalid binary character '#x") + hexadecimal +
                                      "' was found in the message body, the set of allowed characters is #x9 | #xA | "
                                      "#xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF");
    };
    for (std::size_t i = 0; i < body.size(); ++i) {
        const auto c = static_cast<unsigned char>(body[i]);
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') throw refuse(c);
        // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
        if (c == 0xEF && i + 2 < body.size() && static_cast<unsigned char>(body[i + 1]) == 0xBF &&
            static_cast<unsigned char>(body[i + 2]) >= 0xBE) {
            throw refuse(0xFF00u | (static_cast<unsigned char>(body[i + 2]) | 0xC0u));
        }
    }
}

}  // namespace backlot::sqs
