// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of idempotency/? The CMake target headrace::idempotency compiles them and
// links libcrypto; a program without CMake includes this file in exactly one unit.

#include <headrace/idempotency/impl/canonical.ipp>
#include <headrace/idempotency/impl/idempotent.ipp>
#include <headrace/idempotency/impl/key.ipp>
#include <headrace/idempotency/impl/open.ipp>
#include <headrace/idempotency/impl/operation.ipp>
#include <headrace/idempotency/impl/protocol.ipp>
#include <headrace/idempotency/impl/run.ipp>
#include <headrace/idempotency/impl/stored_reply.ipp>
#include <headrace/idempotency/impl/transaction.ipp>
#include <headrace/idempotency/stores/impl/cached.ipp>
#include <headrace/idempotency/stores/impl/memory.ipp>
