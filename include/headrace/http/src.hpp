// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of http/? They belong to headrace/src.hpp.

#include <headrace/http/impl/caller.ipp>
#include <headrace/http/impl/extract.ipp>
#include <headrace/http/impl/fields.ipp>
#include <headrace/http/impl/pattern.ipp>
#include <headrace/http/impl/problem.ipp>
#include <headrace/http/impl/reply.ipp>
#include <headrace/http/impl/request.ipp>
#include <headrace/http/impl/response.ipp>
#include <headrace/http/impl/route_table.ipp>
#include <headrace/http/impl/routing.ipp>
