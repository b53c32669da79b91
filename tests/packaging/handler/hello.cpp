#include "functions/sdk/handler.h"
using namespace backlot::sdk;

ApiResponse hello(const ApiRequest& request, Context&) {
    return {.body = object({{"message", "Hello, " + request.query("name").value_or("world")}})};
}
BACKLOT_HANDLER(hello)
