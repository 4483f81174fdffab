// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of this source? They belong to headrace/src.hpp.

#include <headrace/sources/kinesis/impl/dispatch.ipp>
#include <headrace/sources/kinesis/impl/kinesis.ipp>
