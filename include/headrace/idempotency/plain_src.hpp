// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of idempotency/ that need no libcrypto? They belong to headrace/src.hpp.

#include <headrace/idempotency/impl/store.ipp>
