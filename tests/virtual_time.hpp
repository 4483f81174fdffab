// SPDX-License-Identifier: BSL-1.0
#pragma once

// A world in which tests of what sleeps and starts threads take no time: the one that has waited
// longest is next.

#include "fakes.hpp"

#include <headrace/testing/virtual_time.hpp>

#include <optional>

namespace fakes {

using headrace::testing::virtual_time;

/// A world in virtual time.
struct virtual_world {
    fakes::virtual_time time{std::nullopt, fakes::clock().at};
    fakes::numbers numbers;
    fakes::no_environment environment;
    fakes::log log;
    headrace::platform platform{time, time, numbers, environment, log};
    headrace::workspace memory;
    headrace::dependencies objects;
    headrace::context context{platform, headrace::logger(log, time, headrace::log_level::trace)};
    headrace::call call{context, memory, objects};

    virtual_world() = default;
    virtual_world(const virtual_world&) = delete;
    virtual_world& operator=(const virtual_world&) = delete;
};

} // namespace fakes
