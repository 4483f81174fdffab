// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of idempotency/sqlite.hpp? The CMake target headrace::sqlite compiles them
// and links SQLite; a program without CMake includes this file in exactly one unit.

#include <headrace/impl/idempotency/sqlite.ipp>
