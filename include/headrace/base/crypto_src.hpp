// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of base/ that need libcrypto? The CMake target headrace::crypto compiles
// them; a program without CMake includes this file in exactly one unit, if it has idempotency/ or
// aws/.

#include <headrace/base/detail/impl/sha256.ipp>
