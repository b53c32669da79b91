# How a library of handlers is built, here and by who finds the installed package:
#
#   find_package(backlot-sdk REQUIRED)
#   backlot_add_handlers(greeting hello.cpp)      # libgreeting.so; `Handler: greeting.hello`

# What leaves a library is its handlers alone; what nobody calls is not linked at all.
set(backlot_handler_compile_options -fvisibility=hidden -fvisibility-inlines-hidden -ffunction-sections -fdata-sections)
set(backlot_handler_link_options -Wl,--gc-sections -Wl,--exclude-libs,ALL -static-libstdc++ -static-libgcc)

# backlot_add_handlers(NAME SOURCES…): lib<NAME>.so of sources with BACKLOT_HANDLER lines.
function(backlot_add_handlers name)
  add_library(${name} MODULE ${ARGN})
  target_compile_options(${name} PRIVATE ${backlot_handler_compile_options})
  target_link_libraries(${name} PRIVATE backlot::sdk)
  target_link_options(${name} PRIVATE ${backlot_handler_link_options})
  set_target_properties(${name} PROPERTIES PREFIX lib)
endfunction()
