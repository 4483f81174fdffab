// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of idempotency/redis.hpp? The CMake target headrace::redis compiles them and
// links OpenSSL; a program without CMake includes this file in exactly one unit, and net_src.hpp.

#include <headrace/impl/detail/resp.ipp>
#include <headrace/impl/idempotency/redis.ipp>
