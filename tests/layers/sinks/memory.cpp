// SPDX-License-Identifier: BSL-1.0
#include <headrace/layers/sinks/memory.hpp>

#include "records.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <thread>
#include <vector>

using namespace headrace;

static_assert(dead_letter_sink<memory_sink>);

TEST_CASE("a sink in memory keeps what it is given, in order") {
    memory_sink sink;
    sinks::some_record one;
    CHECK(sink.write(one.about));
    one.about.record_id = "second";
    CHECK(sink.write(one.about));
    REQUIRE(sink.size() == 2);
    const auto kept = sink.records();
    CHECK(kept[0].source == "sqs");
    CHECK(kept[0].route == "sqs queue orders");
    CHECK(kept[0].record_id == "b94fdc5d-33ad");
    CHECK(kept[0].reason == one.reason);
    CHECK(kept[0].record == one.about.record);
    CHECK(kept[0].body == "{}");
    CHECK(kept[1].record_id == "second");
    CHECK(kept[1].json == to_json(one.about));
}

TEST_CASE("it refuses what a test wants it to refuse") {
    memory_sink sink;
    const sinks::some_record one;
    sink.refuse(error::transient("full"));
    CHECK(sink.write(one.about).error().message == "full");
    CHECK(sink.size() == 0);
    sink.refuse(std::nullopt);
    CHECK(sink.write(one.about));
    CHECK(sink.size() == 1);
}

TEST_CASE("several threads may write at once") {
    memory_sink sink;
    const sinks::some_record one;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 100; ++i) (void)sink.write(one.about);
            });
        }
    }
    CHECK(sink.size() == 400);
}
