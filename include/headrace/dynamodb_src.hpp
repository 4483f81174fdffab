// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of idempotency/dynamodb.hpp and aws/? The CMake target headrace::dynamodb
// compiles them and links OpenSSL; a program without CMake includes this file in exactly one unit.

#include <headrace/impl/aws/sigv4.ipp>
