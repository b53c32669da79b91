# find_package(backlot-sdk): the target backlot::sdk and backlot_add_handlers().
include(CMakeFindDependencyMacro)
set(OPENSSL_USE_STATIC_LIBS ON)   # a handler carries what it needs, as on AWS
find_dependency(OpenSSL COMPONENTS Crypto)
include("${CMAKE_CURRENT_LIST_DIR}/backlot-sdk-targets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/handlers.cmake")
