// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the store in a file? The CMake target headrace::sqlite compiles them and
// links SQLite; a program without CMake includes this file in exactly one unit.

#include <headrace/idempotency/stores/impl/sqlite.ipp>
