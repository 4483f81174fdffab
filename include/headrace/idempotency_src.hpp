// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of idempotency.hpp? The CMake target headrace::idempotency compiles them and
// links libcrypto; a program without CMake includes this file in exactly one unit.

#include <headrace/impl/idempotency/cached.ipp>
#include <headrace/impl/idempotency/canonical.ipp>
#include <headrace/impl/idempotency/idempotent.ipp>
#include <headrace/impl/idempotency/key.ipp>
#include <headrace/impl/idempotency/memory.ipp>
#include <headrace/impl/idempotency/open.ipp>
#include <headrace/impl/idempotency/operation.ipp>
#include <headrace/impl/idempotency/protocol.ipp>
#include <headrace/impl/idempotency/run.ipp>
#include <headrace/impl/idempotency/stored_reply.ipp>
#include <headrace/impl/idempotency/transaction.ipp>
