// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the store in Redis? The CMake target headrace::redis compiles them and
// links OpenSSL; a program without CMake includes this file in exactly one unit, and
// <headrace/net/src.hpp>.

#include <headrace/idempotency/stores/detail/impl/resp.ipp>
#include <headrace/idempotency/stores/impl/redis.ipp>
