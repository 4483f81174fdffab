// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of layers/? They belong to headrace/src.hpp.

#include <headrace/layers/impl/access_log.ipp>
#include <headrace/layers/impl/bulkhead.ipp>
#include <headrace/layers/impl/circuit_breaker.ipp>
#include <headrace/layers/impl/dead_letter.ipp>
#include <headrace/layers/impl/deadline_guard.ipp>
#include <headrace/layers/impl/fallback.ipp>
#include <headrace/layers/impl/hedge.ipp>
#include <headrace/layers/impl/rate_limit.ipp>
#include <headrace/layers/impl/retry.ipp>
#include <headrace/layers/impl/timeout.ipp>
#include <headrace/layers/sinks/impl/aws.ipp>
#include <headrace/layers/sinks/impl/file.ipp>
#include <headrace/layers/sinks/impl/memory.ipp>
