#include "emulator/services/s3/checksums.h"

#include <algorithm>
#include <array>
#include <boost/crc.hpp>

#include "emulator/base/aws_error.h"
#include "emulator/base/base64.h"
#include "emulator/base/hash.h"

namespace backlot::s3 {
namespace {

/// The polynomial with its lowest power in the highest bit, for sums that take bits in that order.
struct Crc {
    int bits;
    std::uint64_t polynomial;
};
constexpr Crc kCrc32{32, 0xEDB88320}, kCrc32c{32, 0x82F63B78}, kCrc64{64, 0x9A6C9329AC4BC9B5};

std::string bigEndian(std::uint64_t value, int bits) {
    std::string bytes;
    for (int shift = bits - 8; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
    return bytes;
}

std::uint64_t fromBigEndian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const unsigned char byte : bytes) value = value << 8 | byte;
    return value;
}

std::string crc32c(std::string_view body) {
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> sum;
    sum.process_bytes(body.data(), body.size());
    return bigEndian(sum.checksum(), 32);
}

std::string crc64nvme(std::string_view body) {
    boost::crc_optimal<64, 0xAD93D23594C93659, ~std::uint64_t(0), ~std::uint64_t(0), true, true> sum;
    sum.process_bytes(body.data(), body.size());
    return bigEndian(sum.checksum(), 64);
}

struct Algorithm {
    std::string_view name;
    const char* member;
    std::size_t bytes;
    std::string (*compute)(std::string_view body);
    const Crc* crc;  // of kind FULL_OBJECT in parts
};
constexpr std::array kAlgorithms{
    Algorithm{"CRC32", "ChecksumCRC32", 4, [](std::string_view body) { return bigEndian(crc32(body), 32); }, &kCrc32},
    Algorithm{"CRC32C", "ChecksumCRC32C", 4, crc32c, &kCrc32c},
    Algorithm{"CRC64NVME", "ChecksumCRC64NVME", 8, crc64nvme, &kCrc64},
    Algorithm{"SHA1", "ChecksumSHA1", 20, [](std::string_view body) { return digest("SHA1", body); }, nullptr},
    Algorithm{"SHA256", "ChecksumSHA256", 32, [](std::string_view body) { return digest("SHA256", body); }, nullptr},
};

const Algorithm* find(std::string_view name) {
    const auto found =
        std::find_if(kAlgorithms.begin(), kAlgorithms.end(), [&](const Algorithm& one) { return one.name == name; });
    return found == kAlgorithms.end() ? nullptr : &*found;
}

std::string lower(std::string_view name) {
    std::string text(name);
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

/// The product of two polynomials modulo the CRC's, all with the lowest power in the highest bit.
std::uint64_t product(const Crc& crc, std::uint64_t a, std::uint64_t b) {
    std::uint64_t result = 0;
    for (std::uint64_t bit = std::uint64_t(1) << (crc.bits - 1); bit; bit >>= 1) {
        if (a & bit) result ^= b;
        b = b & 1 ? b >> 1 ^ crc.polynomial : b >> 1;
    }
    return result;
}

/// x to the power of 8 * `bytes`: what a sum is multiplied by when so many bytes follow.
std::uint64_t shiftOf(const Crc& crc, std::uint64_t bytes) {
    std::uint64_t power = std::uint64_t(1) << (crc.bits - 1 - 8);  // x^8
    std::uint64_t result = std::uint64_t(1) << (crc.bits - 1);     // 1
    for (; bytes; bytes >>= 1, power = product(crc, power, power))
        if (bytes & 1) result = product(crc, result, power);
    return result;
}

}  // namespace

bool isComputed(std::string_view algorithm) { return find(algorithm) != nullptr; }

std::string checksumOf(std::string_view algorithm, std::string_view body) {
    return base64Encode(find(algorithm)->compute(body));
}

std::optional<std::string> givenAlgorithm(const Fields& request) {
    std::optional<std::string> given;
    for (const auto& one : kAlgorithms)
        if (request.has(one.member)) given = one.name;
    return given;
}

Json checksumsOf(const Fields& request, std::string_view body) {
    Json sums = object();
    if (std::count_if(kAlgorithms.begin(), kAlgorithms.end(),
                      [&](const Algorithm& one) { return request.has(one.member); }) > 1)
        throw AwsError("InvalidRequest",
                       "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
    for (const auto& one : kAlgorithms) {
        const auto given = request.optionalText(one.member);
        if (!given) continue;
        if (base64Decode(*given).value_or("").size() != one.bytes)
            throw AwsError("InvalidRequest", "Value for x-amz-checksum-" + lower(one.name) + " header is invalid.");
        if (*given != checksumOf(one.name, body))
            throw AwsError("BadDigest",
                           "The " + std::string(one.name) + " you specified did not match the calculated checksum.");
        set(sums, one.member, *given);
    }
    if (sums.ObjectEmpty()) {
        const Algorithm* wanted = find(request.valueOr("ChecksumAlgorithm", "CRC64NVME"));
        if (!wanted) wanted = find("CRC64NVME");
        set(sums, wanted->member, checksumOf(wanted->name, body));
    }
    return sums;
}

std::optional<std::string> algorithmIn(const Json& row) {
    for (const auto& one : kAlgorithms)
        if (backlot::find(row, one.member)) return std::string(one.name);
    return std::nullopt;
}

void copyChecksums(const Json& from, Json& to) {
    for (const auto& one : kAlgorithms)
        if (const Json* value = backlot::find(from, one.member)) set(to, one.member, copy(*value));
    if (const Json* type = backlot::find(from, "ChecksumType")) set(to, "ChecksumType", copy(*type));
}

void eraseChecksums(Json& from) {
    for (const auto& one : kAlgorithms) erase(from, one.member);
    erase(from, "ChecksumType");
}

std::string checksumIn(const Json& from, std::string_view algorithm) { return textOr(from, find(algorithm)->member); }

void setChecksum(Json& to, std::string_view algorithm, const std::string& value) {
    set(to, find(algorithm)->member, value);
}

std::string fullChecksum(std::string_view algorithm, const std::vector<PartSum>& parts) {
    const Crc& crc = *find(algorithm)->crc;
    std::uint64_t sum = 0;
    for (const auto& part : parts)
        sum = product(crc, shiftOf(crc, part.size), sum) ^ fromBigEndian(base64Decode(part.checksum).value_or(""));
    return base64Encode(bigEndian(sum, crc.bits));
}

std::string compositeChecksum(std::string_view algorithm, const std::vector<PartSum>& parts) {
    std::string sums;
    for (const auto& part : parts) sums += base64Decode(part.checksum).value_or("");
    return checksumOf(algorithm, sums) + "-" + std::to_string(parts.size());
}

}  // namespace backlot::s3
