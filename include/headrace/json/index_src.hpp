// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies that compile with simdjson? They belong to headrace/json/src.hpp.

#include <headrace/json/detail/impl/is_utf8.ipp>
#include <headrace/json/impl/workspace.ipp>
