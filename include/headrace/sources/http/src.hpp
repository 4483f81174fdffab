// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the HTTP sources? They belong to headrace/src.hpp.

#include <headrace/sources/http/alb/impl/samples.ipp>
#include <headrace/sources/http/furl/impl/samples.ipp>
#include <headrace/sources/http/impl/dispatch.ipp>
#include <headrace/sources/http/rest/impl/samples.ipp>
#include <headrace/sources/http/v2/impl/samples.ipp>
