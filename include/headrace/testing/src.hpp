// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the test kit? The CMake target headrace::testing compiles these lists; a
// program without CMake includes this file in exactly one unit.

#include <headrace/testing/builders_src.hpp>
#include <headrace/testing/kit_src.hpp>
#include <headrace/testing/server_src.hpp>
#include <headrace/testing/simulated_src.hpp>
