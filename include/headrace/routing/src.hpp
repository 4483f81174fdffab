// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of routing/? They belong to headrace/src.hpp.

#include <headrace/routing/detail/impl/attempt.ipp>
#include <headrace/routing/detail/impl/glob.ipp>
#include <headrace/routing/detail/impl/invocation.ipp>
#include <headrace/routing/detail/impl/original_records.ipp>
#include <headrace/routing/detail/impl/resource_pattern.ipp>
#include <headrace/routing/detail/impl/timed_attempt.ipp>
#include <headrace/routing/impl/batch_run.ipp>
#include <headrace/routing/impl/call.ipp>
#include <headrace/routing/impl/dispatch.ipp>
#include <headrace/routing/impl/extract.ipp>
#include <headrace/routing/impl/outcome.ipp>
#include <headrace/routing/impl/record_item.ipp>
#include <headrace/routing/impl/retry_budget.ipp>
#include <headrace/routing/impl/retry_policy.ipp>
#include <headrace/routing/impl/router.ipp>
#include <headrace/routing/impl/routes.ipp>
#include <headrace/routing/impl/routing_table.ipp>
#include <headrace/routing/impl/settlement.ipp>
#include <headrace/routing/impl/source_family.ipp>
