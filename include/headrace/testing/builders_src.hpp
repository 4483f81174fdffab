// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the builders of events? They belong to headrace/testing/src.hpp.

#include <headrace/testing/impl/builders.ipp>
#include <headrace/testing/impl/http_request.ipp>
