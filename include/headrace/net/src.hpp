// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of net/? The CMake target headrace::net compiles them and links OpenSSL; a
// program without CMake includes this file in exactly one unit.

#include <headrace/net/impl/stream.ipp>
