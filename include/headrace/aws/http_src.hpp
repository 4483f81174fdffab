// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of signed requests? They belong to headrace/aws/src.hpp.

#include <headrace/aws/impl/http.ipp>
#include <headrace/aws/impl/sigv4.ipp>
