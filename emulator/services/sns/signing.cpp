#include "emulator/services/sns/signing.h"

#include "emulator/base/base64.h"
#include "emulator/services/sns/signing_key.h"
#include "emulator/services/sns/service.h"

namespace backlot::sns {
namespace {

// Made for Backlot, public on purpose, worth nothing to anybody. 512 bits, since every message to a queue is signed and
// nobody is to be kept out; RSA keys of AWS's length would take 0.5 ms each.
constexpr char kKey[] = R"(-----BEGIN RSA PRIVATE KEY-----
MIIBOgIBAAJBAKaSnpGyyaDq5o496vIDwoZQNMOpjzXQ/Dn86BHk+wSrhQDpatm/
AwQt53xzpXrb6hFtjcj50xKlhCkIoYhzTX8CAwEAAQJAVUHmd5yTJxIUP+nhP049
WpHi7+LxshHth6CzB7Wz5Ycxd4wMBPevFYWUjdNzgbSAHPAqutKEwpqMIFTs09dK
AQIhANI/A/TNz2Y5WJ+w6VNEURyT57BJQZ5Jzf9riijPjDFhAiEAytKFo9RZNIh+
I+4ocPHq07T1OwLS49lFTbVdpWh2it8CIDm+tQd3v48EESNLI8qK6PxAY1I3zJ39
B2cv0jKDTq4BAiAaC67duwc5l82bD5ph5q8hQLu9OD+cwuoDcKb19tRCQQIhALZJ
HEOVU4G655yijFlE5grpXn5C3vdZcSMCp3/aGwN/
-----END RSA PRIVATE KEY-----
)";
constexpr char kCertificate[] = R"(-----BEGIN CERTIFICATE-----
MIIBmTCCAUOgAwIBAgIUceXFDW/cykT+5D/XJAyTI3MJ/sYwDQYJKoZIhvcNAQEL
BQAwIDEeMBwGA1UEAwwVc25zLmJhY2tsb3QubG9jYWxob3N0MCAXDTI2MTEyMzE5
MjkzMFoYDzIxMjYxMDMwMTkyOTMwWjAgMR4wHAYDVQQDDBVzbnMuYmFja2xvdC5s
b2NhbGhvc3QwXDANBgkqhkiG9w0BAQEFAANLADBIAkEAppKekbLJoOrmjj3q8gPC
hlA0w6mPNdD8OfzoEeT7BKuFAOlq2b8DBC3nfHOletvqEW2NyPnTEqWEKQihiHNN
fwIDAQABo1MwUTAdBgNVHQ4EFgQUMi4x/3lq1LxFNRiyIK0lhZYAl00wHwYDVR0j
BBgwFoAUMi4x/3lq1LxFNRiyIK0lhZYAl00wDwYDVR0TAQH/BAUwAwEB/zANBgkq
hkiG9w0BAQsFAANBAGcXbndNEjv9kpH/brTmoyGRqy+0BFmjrwE1Q8m3lFI/vRmX
9BsW678ThYtgc0jmXy+q8oisLvW32oTSwqCblko=
-----END CERTIFICATE-----
)";

}  // namespace

std::string sign(std::string_view text, std::string_view signatureVersion) {
    static const SigningKey key(kKey);
    return base64Encode(key.sign(text, signatureVersion == "2" ? "SHA256" : "SHA1"));
}

const std::string& signingCertificate() {
    static const std::string text = kCertificate;
    return text;
}

std::string signingCertificatePath() { return "/SimpleNotificationService-6209c161c6221fdf56ec1eb5c821d112.pem"; }

}  // namespace backlot::sns
