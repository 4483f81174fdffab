// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies that compile with simdjson? They belong to headrace/json/src.hpp.
// The arena is with the workspace, which resets it for each event: that is inlined.

#include <headrace/json/detail/impl/is_utf8.ipp>
#include <headrace/json/impl/arena.ipp>
#include <headrace/json/impl/workspace.ipp>
