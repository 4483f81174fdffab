// SPDX-License-Identifier: BSL-1.0
#pragma once

// What do others pay for an event that is not typed yet? The floor of everything that reads one.

#include "events.hpp"

#include <benchmark/benchmark.h>
#include <simdjson.h>

namespace headrace::bench {

/// simdjson's bare DOM parse of an event's bytes: padded already, in a parser that is used again.
class bare_parse {
public:
    explicit bare_parse(const measured_event& e) : text_(e.json) {}
    void operator()() {
        auto root = parser_.parse(text_).value();
        benchmark::DoNotOptimize(root);
    }

private:
    simdjson::padded_string text_;
    simdjson::dom::parser parser_;
};

} // namespace headrace::bench
