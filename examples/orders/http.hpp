// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/idempotency/store.hpp>
#include <headrace/routing/routes.hpp>

/// The shop's HTTP routes, in a source file of their own. They ask for a ledger, and keep
/// in `seen` which orders were booked.
headrace::routes http_routes(headrace::idempotency::store& seen);
