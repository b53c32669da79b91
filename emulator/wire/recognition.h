#pragma once
// What a protocol is given to recognise a request by.

#include <optional>
#include <span>
#include <string_view>

#include "emulator/wire/apis.h"
#include "emulator/wire/authorization.h"
#include "emulator/wire/protocol.h"

namespace backlot::wire {

struct Recognition {
    const Apis& apis;
    const Request& request;
    const std::optional<CredentialScope>& scope;  // of the signature
    std::span<const Api* const> candidates;       // the services that it may be for
    bool requireSignature;
    std::string_view amzTarget;  // X-Amz-Target
    bool looksLikeQuery;         // a form, or a parameter Action
    Target target = {};          // filled in on the way

    /// The first service that fits, whoever signed; null where none does.
    template <typename Wanted>
    const Api* find(Wanted wanted) const {
        for (const auto& api : apis)
            if (wanted(api)) return &api;
        return nullptr;
    }
    /// The first candidate that speaks the protocol; null where there is none, or nothing is signed.
    const Api* signedFor(const Protocol& protocol) const;
    void address(const Api& api, const Protocol& protocol);
    bool setOperation(const OperationShape* operation);
    /// Throws the Refusal of a signature that is missing or whose form is wrong, in the target's protocol.
    void requireSigned() const;
    /// `status` 400 where none is given.
    Refusal refusal(std::string code, std::string message, int status = 400) const;
};

/// What is wrong with the form of a request's signature.
struct SignatureFault {
    std::string_view code;  // without "Exception"
    std::string message;
};
/// Nothing where it looks right.
std::optional<SignatureFault> signatureFault(const Request& request);

/// "application/json" of "application/json; charset=utf-8".
std::string_view mediaType(const Request& request);
/// Query requests keep their parameters in the body, or in the URL of a GET.
std::optional<std::string_view> queryParameter(const Request& request, std::string_view name);

}  // namespace backlot::wire
