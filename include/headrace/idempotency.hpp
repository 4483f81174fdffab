// SPDX-License-Identifier: BSL-1.0
#pragma once

// Do it once: everything about idempotency. Link headrace::idempotency.

#include <headrace/idempotency/idempotent.hpp>
#include <headrace/idempotency/key.hpp>
#include <headrace/idempotency/open.hpp>
#include <headrace/idempotency/operation.hpp>
#include <headrace/idempotency/protocol.hpp>
#include <headrace/idempotency/run.hpp>
#include <headrace/idempotency/store.hpp>
#include <headrace/idempotency/stores/cached.hpp>
#include <headrace/idempotency/stores/memory.hpp>
#include <headrace/idempotency/transaction.hpp>
