// SPDX-License-Identifier: BSL-1.0
// expect: on_exception<E>(f) calls f(const E&), which returns an error
// expect: see docs/howto/resilience.md
#include <headrace/layers/on_exception.hpp>

#include <stdexcept>

using namespace headrace;

int main() {
    const auto good = on_exception<std::runtime_error>(
        [](const std::runtime_error& e) { return error::transient(e.what()); });
    (void)good;
#ifndef HAPPY
    const auto bad =
        on_exception<std::runtime_error>([](const std::runtime_error&) {}); // offending line
    (void)bad;
#endif
}
