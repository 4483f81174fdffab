// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routes.hpp>

/// The shop's HTTP routes, in a source file of their own. They ask for a ledger.
headrace::routes http_routes();
