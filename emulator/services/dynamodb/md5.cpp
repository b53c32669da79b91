#include "emulator/services/dynamodb/md5.h"

#include <memory>

#include <openssl/evp.h>

namespace backlot::dynamodb {

Md5 md5(std::initializer_list<std::string_view> parts) {
    // Looking the algorithm up and making a context cost more than the sum itself: both are kept.
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "MD5", nullptr);
    thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                                       EVP_MD_CTX_free);
    EVP_DigestInit_ex2(context.get(), algorithm, nullptr);
    for (const auto part : parts) EVP_DigestUpdate(context.get(), part.data(), part.size());
    Md5 out;
    EVP_DigestFinal_ex(context.get(), out.data(), nullptr);
    return out;
}

}  // namespace backlot::dynamodb
