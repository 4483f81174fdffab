// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of json/? They belong to headrace/src.hpp.

#include <headrace/json/index_src.hpp>
#include <headrace/json/values_src.hpp>
