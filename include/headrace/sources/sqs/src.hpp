// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of this source? They belong to headrace/src.hpp.

#include <headrace/sources/sqs/impl/dispatch.ipp>
#include <headrace/sources/sqs/impl/sqs.ipp>
#include <headrace/sources/sqs/impl/visibility.ipp>
