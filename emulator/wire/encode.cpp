#include "emulator/wire/encode.h"

#include "emulator/base/gzip.h"
#include "emulator/base/hash.h"
#include "emulator/wire/model.h"
#include "emulator/wire/translate.h"

namespace backlot::wire {
namespace {

constexpr std::size_t kGzipFromBytes = 2048;   // below that packing costs more than it saves

Response encodeJson(const Target& target, const Json& result, std::string_view requestId) {
    Response response;
    response.headers.add("x-amzn-RequestId", requestId);
    if (target.modelled && target.modelled->output) {
        const bool translated = target.model->shape(*target.modelled->output).translated;
        response.body = result.IsNull() ? "{}"
                        : translated    ? writeJson(toWire(*target.model, *target.modelled->output, result))
                                        : writeJson(result);
    }
    response.headers.add("Content-Type", target.contentType);
    return response;
}

}  // namespace

void finish(const Target& target, Response& response) {
    if (!target.description->json.checksums) return;
    if (target.gzip && response.body.size() >= kGzipFromBytes) {
        response.body = gzip(response.body);
        response.headers.add("Content-Encoding", "gzip");
    }
    response.headers.add("x-amz-crc32", std::to_string(crc32(response.body)));   // of the bytes as sent
}

Response encode(const Target& target, const Json& result, std::string_view requestId) {
    switch (target.protocol) {
        case Protocol::json: {
            Response response = encodeJson(target, result, requestId);
            finish(target, response);
            return response;
        }
        case Protocol::query: return encodeQuery(target, result, requestId);
        default: return encodeRest(target, result, requestId);
    }
}

}  // namespace backlot::wire
