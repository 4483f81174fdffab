// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of runtime/? They belong to headrace/src.hpp.

#include <headrace/runtime/impl/client.ipp>
#include <headrace/runtime/impl/run.ipp>
#include <headrace/runtime/impl/transport.ipp>
