#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace backlot::sns {

/// A private RSA key that signs texts.
class SigningKey {
public:
    /// Throws std::runtime_error where `pem` is no private key.
    explicit SigningKey(std::string_view pem);
    ~SigningKey();
    /// The raw PKCS #1 v1.5 signature over `text`; `digest` by OpenSSL's name ("SHA1", "SHA256").
    std::string sign(std::string_view text, const char* digest) const;

private:
    struct Key;
    std::unique_ptr<Key> key_;
};

}  // namespace backlot::sns
