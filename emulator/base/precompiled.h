// What nearly every source reads first, compiled once (CMakeLists.txt). Sources still include what they use:
// -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds without this file.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "emulator/base/json.h"
