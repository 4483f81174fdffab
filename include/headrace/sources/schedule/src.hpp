// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of this source? They belong to headrace/src.hpp.

#include <headrace/sources/schedule/impl/dispatch.ipp>
#include <headrace/sources/schedule/impl/schedule.ipp>
