// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the HTTP sources? They belong to headrace/src.hpp.

#include <headrace/sources/http/impl/dispatch.ipp>
#include <headrace/sources/http/impl/parts.ipp>
