#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "emulator/base/http_message.h"

namespace backlot::http {

/// Sends a request to "http://host:port/target" and waits for the answer; nothing where none came within `limit`.
/// For commands that have no loop of their own.
std::optional<Response> fetchNow(const std::string& url, Request request, std::chrono::milliseconds limit);

}  // namespace backlot::http
