# How libraries of this project are made: for the tree's CMakeLists.txt, and for who takes base or asl alone.
include_guard(GLOBAL)

# Sets `variable` to the top of the tree, which "emulator/base/json.h" is found from.
function(backlot_top variable)
  cmake_path(GET CMAKE_CURRENT_FUNCTION_LIST_DIR PARENT_PATH emulator)
  cmake_path(GET emulator PARENT_PATH top)
  set(${variable} ${top} PARENT_SCOPE)
endfunction()
backlot_top(top)

# What every target of ours is compiled with. Warnings are errors in the presets alone: a packager's newer compiler may
# know more of them.
add_library(backlot_plain INTERFACE)
target_compile_features(backlot_plain INTERFACE cxx_std_20)
target_compile_options(backlot_plain INTERFACE -Wall -Wextra -Wno-missing-field-initializers)
target_include_directories(backlot_plain INTERFACE ${top})
add_library(backlot_options INTERFACE)   # and, where that is asked for, with sanitizers
target_link_libraries(backlot_options INTERFACE backlot_plain)
if(BACKLOT_SANITIZE)
  set(sanitizers -fsanitize=address,undefined)
  target_compile_options(backlot_options INTERFACE ${sanitizers} -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(backlot_options INTERFACE ${sanitizers})
endif()

# Parsing the standard library and RapidJSON is 40 % of compiling a source: `owner` precompiles the header, the others take
# it. Position-independent libraries and programs compile differently, so each kind has an owner.
function(precompile name owner header)
  if(name STREQUAL owner)
    backlot_top(top)
    target_precompile_headers(${name} PRIVATE ${top}/${header})
  else()
    target_precompile_headers(${name} REUSE_FROM ${owner})
  endif()
endfunction()

# One static library a folder: its sources are found, so that a new file needs no line here.
# backlot_library(NAME FOLDER [LINK libraries…] [WITHOUT sources…])
function(backlot_library name folder)
  cmake_parse_arguments(ARG "" "" "LINK;WITHOUT" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp ${folder}/*.S)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  list(REMOVE_ITEM sources ${ARG_WITHOUT})
  add_library(${name} STATIC ${sources})
  backlot_top(top)
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${top}>)
  target_link_libraries(${name} PUBLIC ${ARG_LINK} PRIVATE backlot_options)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)   # handlers are shared libraries
  precompile(${name} base emulator/base/precompiled.h)
  set_property(GLOBAL APPEND PROPERTY BACKLOT_LIBRARIES ${name})
endfunction()

# Third-party libraries are linked statically where Debian ships an archive: start-up is linking.
function(static_library variable archive fallback)
  find_library(${variable} NAMES ${archive})
  if(NOT ${variable})
    find_library(${variable} NAMES ${fallback} REQUIRED)
  endif()
endfunction()
