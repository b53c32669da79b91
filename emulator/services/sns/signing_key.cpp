#include "emulator/services/sns/signing_key.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <stdexcept>

namespace backlot::sns {

struct SigningKey::Key {
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> value{nullptr, EVP_PKEY_free};
};

SigningKey::SigningKey(std::string_view pem) : key_(std::make_unique<Key>()) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                        BIO_free);
    key_->value.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
    if (!key_->value) throw std::runtime_error("the text is no private key in PEM form");
}

SigningKey::~SigningKey() = default;

std::string SigningKey::sign(std::string_view text, const char* digest) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_->value.get())), '\0');
    std::size_t size = signature.size();
    if (EVP_DigestSignInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key_->value.get(), nullptr) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1)
        throw std::runtime_error("a text cannot be signed");
    signature.resize(size);
    return signature;
}

}  // namespace backlot::sns
