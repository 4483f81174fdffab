// SPDX-License-Identifier: BSL-1.0
#pragma once

// HTTP through all four front doors of Lambda: API Gateway's REST and HTTP APIs, function URLs and
// load balancers. Routes are in http/routing.hpp, what their handlers ask for in http/extract.hpp,
// the request as all doors share it in http/request.hpp, the answer in http/response.hpp and
// http/problem.hpp.

#include <headrace/http/extract.hpp>
#include <headrace/http/problem.hpp>
#include <headrace/http/request.hpp>
#include <headrace/http/response.hpp>
#include <headrace/http/routing.hpp>
#include <headrace/sources/http/alb.hpp>
#include <headrace/sources/http/furl.hpp>
#include <headrace/sources/http/rest.hpp>
#include <headrace/sources/http/v2.hpp>
