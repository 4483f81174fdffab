// SPDX-License-Identifier: BSL-1.0
// Is what is done for each record of a batch the same work, however many there are?
#include "counter.hpp"

#include <headrace/src.hpp>

#include <headrace/idempotency/src.hpp>

#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/interop/range_v3.hpp>
#include <headrace/layers/access_log.hpp>
#include <headrace/layers/bulkhead.hpp>
#include <headrace/layers/circuit_breaker.hpp>
#include <headrace/layers/dead_letter.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/layers/sinks/memory.hpp>
#include <headrace/routing/use.hpp>
#include <headrace/sources/sqs/visibility.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer);
    }
};

// ---- events of n records ------------------------------------------------------------------------

using text_of = std::function<std::string(std::size_t)>;

std::string list_of(std::size_t n, const text_of& record) {
    std::string json = R"({"Records":[)";
    for (std::size_t i = 0; i < n; ++i) json += (i == 0 ? "" : ",") + record(i);
    return json + "]}";
}

std::string quoted(std::string_view text) { return encode(text); }

std::string message(const std::string& id, std::string_view body, const std::string& group = {}) {
    return R"({"messageId":")" + id + R"(","receiptHandle":"handle of )" + id + R"(","body":)"
           + quoted(body) + R"(,"attributes":{"ApproximateReceiveCount":"1","MessageGroupId":")"
           + group + R"("},"eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:r:1:orders)"
           + (group.empty() ? "" : ".fifo") + R"("})";
}

// Messages whose bodies are orders, in groups or not.
std::string messages(std::size_t n, const text_of& group = {}) {
    return list_of(n, [&](std::size_t i) {
        return message("m" + std::to_string(i), R"({"id":)" + std::to_string(i) + "}",
                       group ? group(i) : std::string());
    });
}

std::string s3_record(std::size_t i) {
    const auto key = "in/" + std::to_string(i);
    return R"({"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":)"
           R"({"name":"uploads"},"object":{"key":")"
           + key + R"(","sequencer":"0067B1F0A4C29E3D11"}}})";
}

std::string sns_record(std::size_t i) {
    return R"({"EventSource":"aws:sns","Sns":{"Type":"Notification","MessageId":"n)"
           + std::to_string(i)
           + R"(","TopicArn":"arn:aws:sns:r:1:orders","Message":"{\"id\":1}"}})";
}

// ---- what is done with them ---------------------------------------------------------------------

// Steps of one invocation.
std::uint64_t steps_of(router& app, const std::string& event) {
    const testing::world w;
    REQUIRE(app.build());
    const auto before = steps::taken();
    (void)testing::invoke(app, event, w);
    return steps::taken() - before;
}

outcome rejected() { return outcome::reject("the total is negative"); }
outcome failed() { return outcome::retry(5s); }

std::uint64_t with_handler(const std::string& event, outcome (*handler)()) {
    app orders;
    const auto take = [=](const call&) { return handler(); };
    orders.on(sqs::queue("*"), take).on(sns::topic("*"), take).on(s3::bucket("*"), take);
    return steps_of(orders, event);
}

std::uint64_t parked(const std::string& event) {
    memory_sink sink;
    app orders{chain{dead_letter{sink}}};
    const auto take = [](const call&) { return rejected(); };
    orders.on(sqs::queue("*"), take).on(sns::topic("*"), take).on(s3::bucket("*"), take);
    const auto taken = steps_of(orders, event);
    REQUIRE(sink.size() > 0);
    return taken;
}

// Of whatever brings them.
std::uint64_t objects_parked(const std::string& event, std::size_t n) {
    memory_sink sink;
    app orders{chain{dead_letter{sink}}};
    orders.on(s3::bucket("*"), [](const call&) { return rejected(); });
    const auto taken = steps_of(orders, event);
    REQUIRE(sink.size() == n);
    return taken;
}

std::uint64_t bodies_decoded(const std::string& event) {
    app orders;
    orders.on(sqs::queue("*"), [](body<order>, const sqs::message&) {});
    return steps_of(orders, event);
}

std::uint64_t in_layers(const std::string& event) {
    circuit_breaker breaker;
    bulkhead room;
    app orders{chain{access_log{}}};
    orders.on(sqs::queue("*"), chain{use{room}, retry{}, use{breaker}},
              [](body<order>) { return failed(); });
    return steps_of(orders, event);
}

template <class Key> std::uint64_t once(const std::string& event, Key key) {
    idempotency::memory_store seen;
    idempotency::cached_store cached(seen);
    app orders;
    const auto take = [](const call&) {};
    orders.on(sqs::queue("*"), chain{idempotent{cached, key}}, take);
    orders.on(s3::bucket("*"), chain{idempotent{cached, key}}, take);
    const auto first = steps_of(orders, event);
    return first + steps_of(orders, event); // and all of them again
}

struct patient_client final : sqs::visibility_client {
    result<void> change_visibility(std::span<const sqs::visibility_change>) override { return {}; }
};

std::uint64_t backed_off(const std::string& event) {
    patient_client client;
    const sqs::visibility_backoff later(client);
    app orders;
    orders.provide(later);
    orders.on(sqs::queue("*"), [](const call&) { return failed(); });
    return steps_of(orders, event);
}

std::uint64_t by_several(const std::string& event) {
    app orders;
    orders.batches<sqs::event>(concurrency{8});
    orders.on(sqs::queue("*"), [](const call&) { return failed(); });
    return steps_of(orders, event);
}

std::uint64_t walked_in_groups(const std::string& event) {
    workspace memory;
    const auto batch = decode<sqs::event>(memory, event);
    REQUIRE(batch);
    const auto before = steps::taken();
    std::size_t n = 0;
    for (const auto group : views::groups(*batch, memory)) {
        for (const auto& m : group.records()) n += m.body.size();
    }
    REQUIRE(n > 0);
    return steps::taken() - before;
}

std::uint64_t listed(const std::string& event) {
    workspace memory;
    const auto d = memory.load(event);
    REQUIRE(d);
    const auto before = steps::taken();
    (void)unknown_members<sqs::event>(*d, memory);
    return steps::taken() - before;
}

} // namespace

TEST_CASE("the work for a record does not grow with the number of records") {
    using count = std::size_t;
    const text_of alone = [](count i) { return "g" + std::to_string(i); };
    const text_of together = [](count) { return "g"; };
    const text_of in_pairs = [](count i) { return "g" + std::to_string(i % 500); };
    const auto s3 = [](count n) { return list_of(n, s3_record); };
    struct row {
        std::string_view what;
        std::function<std::uint64_t(count)> steps;
    };
    const row rows[] = {
        {"handled", [](count n) { return bodies_decoded(messages(n)); }},
        {"failed", [](count n) { return with_handler(messages(n), failed); }},
        {"failed, all with one id",
         [](count n) {
             return with_handler(list_of(n, [](count) { return message("m", "{}"); }), failed);
         }},
        {"rejected", [](count n) { return parked(messages(n)); }},
        {"rejected notifications", [](count n) { return parked(list_of(n, sns_record)); }},
        {"rejected objects", [=](count n) { return objects_parked(s3(n), n); }},
        {"rejected objects in one message",
         [=](count n) {
             return objects_parked(list_of(1, [&](count) { return message("m", s3(n)); }), n);
         }},
        {"rejected objects, one in each message",
         [=](count n) {
             const auto one = [](count i) {
                 return message("m" + std::to_string(i), list_of(1, s3_record));
             };
             return objects_parked(list_of(n, one), n);
         }},
        {"bodies that cannot be decoded",
         [](count n) {
             return bodies_decoded(list_of(n, [](count i) {
                 return message("m" + std::to_string(i), R"({"customer":"ada","id":true})");
             }));
         }},
        {"records that cannot be decoded",
         [](count n) {
             return bodies_decoded(list_of(n, [](count i) {
                 return R"({"messageId":"m)" + std::to_string(i) + R"(","body":17})";
             }));
         }},
        {"records that cannot be decoded, rejected",
         [](count n) {
             return parked(list_of(n, [](count i) {
                 return R"({"messageId":"m)" + std::to_string(i) + R"(","body":17})";
             }));
         }},
        {"members in another order",
         [](count n) {
             return bodies_decoded(list_of(n, [](count i) {
                 return R"({"x":[1],"eventSource":"aws:sqs","body":"{\"id\":1}","messageId":"m)"
                        + std::to_string(i) + "\"}";
             }));
         }},
        {"members that nobody knows, listed",
         [](count n) {
             return listed(list_of(n, [](count) { return R"({"x":1,"messageId":"m"})"; }));
         }},
        {"records of another maker",
         [](count n) {
             return bodies_decoded(list_of(n, [](count i) {
                 return R"({"messageId":"m)" + std::to_string(i)
                        + R"(","eventSource":"elasticmq:sqs","body":"{\"id\":1}"})";
             }));
         }},
        {"empty lists before the messages",
         [](count n) {
             std::string event = "{";
             for (count i = 0; i < n; ++i) event += R"("Records":[],)";
             return bodies_decoded(event + messages(1).substr(1));
         }},
        {"one group", [=](count n) { return with_handler(messages(n, together), failed); }},
        {"a group for each", [=](count n) { return with_handler(messages(n, alone), failed); }},
        {"groups that take turns", [=](count n) { return parked(messages(n, in_pairs)); }},
        {"groups, by several workers", [=](count n) { return by_several(messages(n, alone)); }},
        {"groups as ranges", [=](count n) { return walked_in_groups(messages(n, alone)); }},
        {"visibility of one queue", [](count n) { return backed_off(messages(n)); }},
        {"visibility of groups", [=](count n) { return backed_off(messages(n, alone)); }},
        {"layers", [](count n) { return in_layers(messages(n)); }},
        {"once by natural keys",
         [](count n) { return once(messages(n), idempotency::natural_key{}); }},
        {"once by keys in bodies",
         [](count n) { return once(messages(n), idempotency::key_at{"/id"}); }},
        {"once by keys in records",
         [=](count n) { return once(s3(n), idempotency::key_at{"/s3/object/key"}); }},
    };
    constexpr count few = 1'000;
    constexpr count many = 4 * few;
    for (const auto& [what, steps] : rows) {
        CAPTURE(what);
        const auto least = steps(few);
        const auto most = steps(many);
        CAPTURE(least / few);
        CAPTURE(most / many);
        REQUIRE(least > few);
        CHECK(most * 2 < least * 9); // sorting takes a little more than four times as much
    }
}
