// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of catalogue.hpp? They belong to headrace/src.hpp, and are a unit of their
// own, since only tools and tests name them.

#include <headrace/sources/impl/catalogue.ipp>
