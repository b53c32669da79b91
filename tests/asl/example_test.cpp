// The example is run as it stands in examples/, so that it stays true.

#include <doctest/doctest.h>

#define main exampleMain
#include "examples/asl/order.cpp"
#undef main

TEST_CASE("the example of the library runs its order to the end") { CHECK(exampleMain() == 0); }
