// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where is the list that a fallback brings with it? It belongs to headrace/src.hpp, and is a unit
// of its own, since it names the dispatch of every source.

#include <headrace/sources/impl/all_operations.ipp>
