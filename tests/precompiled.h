// What every test reads first, compiled once (CMakeLists.txt).
#pragma once

#include <doctest/doctest.h>

#include "emulator/base/precompiled.h"
