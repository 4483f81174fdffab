// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the AWS client? The CMake target headrace::aws compiles these lists and
// links OpenSSL; a program without CMake includes this file in exactly one unit, and
// <headrace/net/src.hpp>.

#include <headrace/aws/http_src.hpp>
#include <headrace/aws/services_src.hpp>
