// Smithy RPC v2: POST to /service/SERVICE/operation/OPERATION, CBOR in and out.  Source: Smithy, "Smithy RPC v2 CBOR
// protocol".

#include <cmath>
#include <limits>

#include "emulator/base/base64.h"
#include "emulator/wire/cbor.h"
#include "emulator/wire/error_names.h"
#include "emulator/wire/recognition.h"
#include "emulator/wire/refuse.h"
#include "emulator/wire/route.h"
#include "emulator/wire/translate.h"

namespace backlot::wire {
namespace {

using Major = CborHead::Major;

rapidjson::CrtAllocator crt;

constexpr int kDepthLimit = 64;          // no model nests so deep
constexpr std::uint64_t kEpochTime = 1;  // the tag of a time in seconds since 1970
constexpr std::string_view kProtocolHeader = "Smithy-Protocol", kProtocolValue = "rpc-v2-cbor",
                           kContentType = "application/cbor";

bool recogniseRpcV2Cbor(Recognition& recognition) {
    const Request& request = recognition.request;
    if (!equalIgnoringCase(request.headers.get(kProtocolHeader), kProtocolValue)) return false;
    recognition.target.protocol = &kRpcV2Cbor;
    const auto path = pathSegments(request.path());  // what comes before the last four is the endpoint's
    const std::size_t first = path.size() < 4 ? 0 : path.size() - 4;
    const bool fits =
        path.size() >= 4 && path[first] == "service" && path[first + 2] == "operation" && request.method == "POST";
    const Api* api = fits ? recognition.apis.findTarget(path[first + 1]) : nullptr;
    if (!api || !api->speaks(kRpcV2Cbor)) {
        recognition.requireSigned();
        refuse(recognition.target, kRpcV2Cbor.unknownOperation);
    }
    recognition.address(*api, kRpcV2Cbor);
    const bool known = recognition.setOperation(api->model().operation(path[first + 3]));
    recognition.requireSigned();
    if (!known) refuse(recognition.target, kRpcV2Cbor.unknownOperation);
    if (!request.body.empty() && !equalIgnoringCase(mediaType(request), kContentType))
        refuse(recognition.target, {"UnsupportedMediaTypeException", 415});
    return true;
}

/// Values of the model's shapes; what the model does not know is read over. Throws CborError.
class ValueReader {
public:
    ValueReader(const Model& model, std::string_view body) : model_(model), in_(body) {}

    Json whole(const Shape& shape) {
        Json value = next(&shape, 0);
        if (!in_.atEnd()) throw CborError("goes on behind its end");
        if (!value.IsObject()) throw CborError("is no map");
        return value;
    }

private:
    /// `shape` is null below a member that the model does not know.
    Json next(const Shape* shape, int depth) {
        if (depth > kDepthLimit) throw CborError("nests too deeply");
        const CborHead head = in_.head();
        switch (head.major) {
            case Major::unsignedInteger: return Json(*head.argument);
            case Major::negativeInteger:
                if (*head.argument > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                    throw CborError("has a number that is too small");
                return Json(-1 - static_cast<std::int64_t>(*head.argument));
            case Major::bytes:
                if (shape && shape->type != Type::blob) throw CborError("has bytes where there are none");
                return str(base64Encode(in_.string(head)));
            case Major::text: return text(shape, head);
            case Major::array: return list(shape, head, depth);
            case Major::map: return map(shape, head, depth);
            case Major::tag: return tagged(shape, *head.argument, depth);
            case Major::simple: return simple(head);
        }
        throw CborError("has an unknown form");
    }

    Json text(const Shape* shape, const CborHead& head) {
        const std::string value = in_.string(head);
        if (!isUtf8(value)) throw CborError("has a text that is not UTF-8");
        if (shape && shape->type == Type::blob) throw CborError("has a text for bytes");
        return str(value);
    }

    Json list(const Shape* shape, const CborHead& head, int depth) {
        const Shape* element = shape && shape->type == Type::list ? &model_.shape(shape->element.shape) : nullptr;
        Json result(rapidjson::kArrayType);
        eachItem(head, [&] { result.PushBack(next(element, depth + 1), crt); });
        return result;
    }

    Json map(const Shape* shape, const CborHead& head, int depth) {
        Json result(rapidjson::kObjectType);
        eachItem(head, [&] {
            const CborHead keyHead = in_.head();
            if (keyHead.major != Major::text) throw CborError("has a key that is no text");
            const Json name = text(nullptr, keyHead);
            const Member* member = shape && shape->type == Type::structure ? shape->member(view(name)) : nullptr;
            const Shape* inside = member                              ? &model_.shape(member->shape)
                                  : shape && shape->type == Type::map ? &model_.shape(shape->value.shape)
                                                                      : nullptr;
            Json value = next(inside, depth + 1);
            const bool known = member || !shape || shape->type != Type::structure;
            if (known) result.AddMember(str(view(name)), std::move(value), crt);
        });
        return result;
    }

    template <typename Item>
    void eachItem(const CborHead& head, Item item) {
        if (const auto count = in_.count(head))
            for (std::uint64_t i = 0; i < *count; ++i) item();
        else
            while (!in_.takeBreak()) item();
    }

    Json tagged(const Shape* shape, std::uint64_t tag, int depth) {
        if (tag != kEpochTime) throw CborError("has an unknown tag");
        if (shape && shape->type != Type::timestamp) throw CborError("has a time where there is none");
        Json value = next(nullptr, depth + 1);
        if (!value.IsNumber()) throw CborError("has a time that is no number");
        return value;
    }

    Json simple(const CborHead& head) {
        switch (head.info) {
            case 20: return Json(false);
            case 21: return Json(true);
            case 22:
            case 23: return Json();  // null, undefined
            default: break;
        }
        const double value = in_.floating(head);
        if (std::isfinite(value)) return Json(value);
        const std::string name = std::isnan(value) ? "NaN"
                                 : value < 0       ? "-Infinity"
                                                   : "Infinity";  // as JSON protocols have it
        return str(name);
    }

    const Model& model_;
    CborReader in_;
};

/// What every error begins with; an empty message is left out.
struct ErrorHead {
    std::string type;
    std::string_view messageName;
    std::string message;
};

class ValueWriter {
public:
    /// Without a model nothing but a structure without members can be written.
    explicit ValueWriter(const Model* model) : model_(model) {}

    std::string take() { return out_.take(); }
    void structure(const Shape& shape, const Json& value) {
        std::uint64_t count = 0;
        for (const auto& member : shape.members) count += present(value, member) != nullptr;
        out_.head(Major::map, count);
        members(shape, value);
    }
    void error(const Shape& shape, const Json& extra, const ErrorHead& head) {
        std::uint64_t count = 1 + !head.message.empty();
        for (const auto& member : shape.members) count += present(extra, member) != nullptr;
        out_.head(Major::map, count);
        out_.text("__type"), out_.text(head.type);
        if (!head.message.empty()) out_.text(head.messageName), out_.text(head.message);
        members(shape, extra);
    }

private:
    static const Json* present(const Json& value, const Member& member) {
        const Json* found = value.IsObject() ? find(value, member.name) : nullptr;
        return found && !found->IsNull() ? found : nullptr;
    }

    void members(const Shape& shape, const Json& value) {
        for (const auto& member : shape.members)
            if (const Json* found = present(value, member)) {
                out_.text(member.name);
                any(model_->shape(member.shape), *found);
            }
    }

    void any(const Shape& shape, const Json& value) {
        switch (shape.type) {
            case Type::structure: return structure(shape, value);
            case Type::list:
                out_.head(Major::array, value.IsArray() ? value.Size() : 0);
                if (value.IsArray())
                    for (const auto& element : value.GetArray()) any(model_->shape(shape.element.shape), element);
                return;
            case Type::map:
                out_.head(Major::map, value.IsObject() ? value.MemberCount() : 0);
                if (value.IsObject())
                    for (const auto& entry : value.GetObject()) {
                        out_.text(view(entry.name));
                        any(model_->shape(shape.value.shape), entry.value);
                    }
                return;
            case Type::blob:
                return out_.bytes(value.IsString() ? base64Decode(view(value)).value_or("") : std::string());
            case Type::timestamp:
                out_.head(Major::tag, kEpochTime);
                return out_.real(value.IsNumber() ? value.GetDouble() : 0);
            default: return scalar(shape.type, value);
        }
    }

    void scalar(Type type, const Json& value) {
        const bool real = type == Type::floating || type == Type::doubleFloating;
        if (value.IsBool()) return out_.boolean(value.GetBool());
        if (real && (value.IsNumber() || value.IsString()))
            return number(type, value.IsNumber() ? value.GetDouble() : special(view(value)));
        if (value.IsString()) return out_.text(view(value));
        if (value.IsInt64()) return out_.integer(value.GetInt64());
        if (value.IsUint64()) return out_.unsignedInteger(value.GetUint64());
        if (value.IsNumber()) return out_.real(value.GetDouble());
        out_.null();
    }

    void number(Type type, double value) {
        if (type == Type::floating)
            out_.single(static_cast<float>(value));
        else
            out_.real(value);
    }

    static double special(std::string_view text) {
        using Limits = std::numeric_limits<double>;
        return text == "Infinity"    ? Limits::infinity()
               : text == "-Infinity" ? -Limits::infinity()
                                     : Limits::quiet_NaN();
    }

    const Model* model_;
    CborWriter out_;
};

Json decodeRpcV2Cbor(const Target& target, const Request&, std::string_view body) {
    if (body.empty() || !target.modelled || !target.modelled->input) return object();
    try {
        Json value = ValueReader(*target.model, body).whole(target.model->shape(*target.modelled->input));
        settle(*target.model, *target.modelled->input, value);
        return value;
    } catch (const CborError& error) {
        refuseSerialization(target, std::string("The CBOR of the request ") + error.what() + ".");
    }
}

Response answer(int status, std::string_view requestId) {
    Response response{.status = status};
    response.headers.add(kProtocolHeader, kProtocolValue);
    response.headers.add("x-amzn-RequestId", requestId);
    return response;
}

Response encodeRpcV2Cbor(const Target& target, const Json& result, std::string_view requestId) {
    Response response = answer(200, requestId);
    if (!target.modelled || !target.modelled->output) return response;
    ValueWriter writer(target.model);
    writer.structure(target.model->shape(*target.modelled->output), result);
    response.headers.add("Content-Type", kContentType);
    response.body = writer.take();
    return response;
}

Response encodeRpcV2CborError(const Target& target, const AwsError& error, std::string_view requestId) {
    const Named name = named(target, error);
    Response response = answer(statusOf(name, error, target.description->json.modelledStatus), requestId);
    if (target.model && target.model->queryCompatible)
        response.headers.add("x-amzn-query-error", queryError(name, response.status));
    static const Shape kNoMembers;
    static const Json kNothing(rapidjson::kObjectType);
    const ErrorHead head{std::string(target.description->json.errorNamespace) + name.type,
                         messageMember(name.shape, "message"), error.message()};
    ValueWriter writer(target.model);
    writer.error(name.shape ? *name.shape : kNoMembers, error.extra() ? *error.extra() : kNothing, head);
    response.body = writer.take();
    response.headers.add("Content-Type", kContentType);
    return response;
}

AwsError signatureFaultInCbor(const Request&, std::string_view code, const std::string& message) {
    return {std::string(code) + "Exception", message, 403};
}

}  // namespace

const Protocol kRpcV2Cbor{
    .name = "smithy-rpc-v2-cbor",
    .recognise = recogniseRpcV2Cbor,
    .decode = decodeRpcV2Cbor,
    .encode = encodeRpcV2Cbor,
    .encodeError = encodeRpcV2CborError,
    .signatureFault = signatureFaultInCbor,
    .malformed = {"SerializationException", 400},
    .unknownOperation = {"UnknownOperationException", 404},
    .wrongSignature = {"InvalidSignatureException", 403},
    .unknownAccessKey = {"UnrecognizedClientException", 403, "The security token included in the request is invalid."}};

}  // namespace backlot::wire
