// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of base/? They belong to headrace/src.hpp.

#include <headrace/base/detail/impl/caught.ipp>
#include <headrace/base/detail/impl/error_box.ipp>
#include <headrace/base/detail/impl/escapes.ipp>
#include <headrace/base/detail/impl/http_date.ipp>
#include <headrace/base/detail/impl/json_text.ipp>
#include <headrace/base/detail/impl/numbers.ipp>
#include <headrace/base/detail/impl/precondition.ipp>
#include <headrace/base/detail/impl/time_limit.ipp>
#include <headrace/base/impl/context.ipp>
#include <headrace/base/impl/error.ipp>
#include <headrace/base/impl/logger.ipp>
#include <headrace/base/impl/platform.ipp>
#include <headrace/base/impl/stop_signal.ipp>
#include <headrace/base/impl/version.ipp>
