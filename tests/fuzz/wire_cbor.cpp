// Any bytes as the CBOR of a request: refused or read and checked, never a crash, never slow. What is read can be
// written again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/emulator/wire/apis.h"

using namespace backlot;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const wire::Model& model = wire::modelOf("cloudwatch");
    static const wire::OperationShape& operation = *model.operation("PutMetricData");
    static const wire::OperationShape mirrored{
        .name = operation.name, .input = operation.input, .output = operation.input, .resultWrapper = {}, .errors = {}};
    wire::Target target{.service = "cloudwatch", .operation = operation.name, .protocol = &wire::kRpcV2Cbor};
    target.model = &model;
    target.modelled = &mirrored;
    const Request request{
        .method = "POST", .target = "/", .body = std::string(reinterpret_cast<const char*>(data), size)};
    try {
        const Json input = wire::decode(target, request);
        wire::check(target, input);
        const Response again = wire::encode(target, input, "id");
        wire::decode(target, Request{.method = "POST", .target = "/", .body = again.body});
    } catch (const wire::Refusal& refusal) {
        wire::encodeRefusal(refusal, "id");
    }
    return 0;
}
