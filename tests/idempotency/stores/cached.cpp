// SPDX-License-Identifier: BSL-1.0
#include <headrace/idempotency.hpp>
#include <headrace/testing/store_conformance.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;

namespace {

using texts = std::vector<std::string>;

// Counts the claims that reach the store.
class counting final : public idem::store {
public:
    result<idem::claim_answer> claim(const context& ctx, const idem::claim_request& r) override {
        ++claims;
        return inner.claim(ctx, r);
    }
    result<idem::write_answer> end(const context& ctx, const idem::identity& id, idem::owner_id who,
                                   const idem::ending& how) override {
        return inner.end(ctx, id, who, how);
    }
    result<idem::write_answer> renew(const context& ctx, const idem::identity& id,
                                     idem::owner_id who, time_point a, time_point b) override {
        return inner.renew(ctx, id, who, a, b);
    }
    result<idem::write_answer> reconcile(const context& ctx, const idem::identity& id,
                                         std::uint64_t fence, const idem::ending& how) override {
        return inner.reconcile(ctx, id, fence, how);
    }
    result<std::optional<idem::record>> find(const context& ctx,
                                             const idem::identity& id) override {
        return inner.find(ctx, id);
    }
    idem::memory_store inner;
    std::atomic<int> claims = 0;
};

struct fixture {
    counting store;
    testing::world w;
    context ctx = w.make_context(24h);
    idem::terms terms{.window = 1h};

    idem::decision begin(idem::store& in, const idem::identity& id) {
        auto said = idem::begin(in, id, terms, ctx);
        REQUIRE(said);
        return *std::move(said);
    }
    void complete(idem::store& in, const std::string& key, std::string text = "done") {
        auto mine = begin(in, {key, "p"});
        REQUIRE(std::get<idem::attempt>(mine).complete(ctx, std::move(text)));
    }
    bool replays(idem::store& in, const std::string& key) {
        return std::holds_alternative<idem::replay>(begin(in, {key, "p"}));
    }
    // How many claims reach the store in this.
    template <class F> int claims_in(F f) {
        const int before = store.claims;
        f();
        return store.claims - before;
    }
};

} // namespace

TEST_CASE("a cached store keeps the promises of the store behind it") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        idem::memory_store inner;
        idem::cached_store cached(inner);
        CHECK(testing::check_store(cached, {.seed = seed}) == texts{});
        idem::cached_store tiny(inner, {.entries = 2});
        CHECK(testing::check_store(tiny, {.seed = seed + 100}) == texts{});
    }
}

TEST_CASE_FIXTURE(fixture, "H16: only what has ended is answered from the cache") {
    idem::cached_store cached(store);
    const idem::identity id{"k", "p"};
    auto mine = begin(cached, id);
    CHECK(claims_in([&] { CHECK(std::holds_alternative<idem::in_progress>(begin(cached, id))); })
          == 1);
    REQUIRE(std::get<idem::attempt>(mine).complete(ctx, "done"));
    CHECK(claims_in([&] { CHECK(replays(cached, "k")); }) == 0);
    auto other = begin(cached, {"released", "p"});
    REQUIRE(std::get<idem::attempt>(other).release(ctx));
    CHECK(claims_in([&] {
              CHECK(std::holds_alternative<idem::attempt>(begin(cached, {"released", "p"})));
          })
          == 1);
    auto failing = begin(cached, {"failed", "p"});
    REQUIRE(std::get<idem::attempt>(failing).fail(ctx, "{}"));
    CHECK(claims_in([&] { CHECK(replays(cached, "failed")); }) == 0);
}

TEST_CASE_FIXTURE(fixture, "H16: the cache keeps the fingerprint: another payload is a mismatch") {
    idem::cached_store cached(store);
    complete(cached, "k");
    CHECK(claims_in([&] {
              CHECK(std::holds_alternative<idem::mismatch>(begin(cached, {"k", "another"})));
          })
          == 0);
}

TEST_CASE_FIXTURE(fixture, "H16: the cache forgets with the record's window") {
    idem::cached_store cached(store, {.max_age = 24h});
    complete(cached, "k");
    w.clock.advance(1h);
    CHECK(replays(cached, "k"));
    w.clock.advance(1ms);
    CHECK(std::holds_alternative<idem::attempt>(begin(cached, {"k", "p"})));
}

TEST_CASE_FIXTURE(fixture, "H16: what was taken out of the store lives on for max_age at most") {
    idem::cached_store cached(store, {.max_age = 5min});
    complete(cached, "k");
    w.clock.advance(5min);
    CHECK(claims_in([&] { CHECK(replays(cached, "k")); }) == 0);
    w.clock.advance(1ms);
    CHECK(claims_in([&] { CHECK(replays(cached, "k")); }) == 1);
    CHECK(claims_in([&] { CHECK(replays(cached, "k")); }) == 0); // asked again, known again
}

TEST_CASE_FIXTURE(fixture, "an end that another process has written is seen, and then cached") {
    idem::cached_store cached(store);
    auto mine = begin(cached, {"k", "p"});
    const auto now = w.clock.now();
    const idem::ending how{idem::record_status::completed, "by another", now + 1h};
    const auto there = store.find(ctx, {"k", "p"});
    REQUIRE(store.end(ctx, {"k", "p"}, (*there)->owner, how)->written);
    for (const int claims : {1, 0}) {
        CHECK(claims_in([&] {
                  auto said = begin(cached, {"k", "p"});
                  CHECK(std::get<idem::replay>(said).result == "by another");
              })
              == claims);
    }
    const auto late = std::get<idem::attempt>(mine).complete(ctx, "late");
    CHECK(late->result == "by another");
}

TEST_CASE_FIXTURE(fixture,
                  "the entries that were not used for the longest time go, long ones never come") {
    idem::cached_store cached(store, {.entries = 2, .largest_result = 8});
    complete(cached, "a");
    complete(cached, "b");
    CHECK(claims_in([&] { CHECK(replays(cached, "a")); }) == 0);
    complete(cached, "c");
    CHECK(claims_in([&] { CHECK(replays(cached, "a")); }) == 0);
    CHECK(claims_in([&] { CHECK(replays(cached, "b")); }) == 1);
    complete(cached, "long", "123456789");
    CHECK(claims_in([&] { CHECK(replays(cached, "long")); }) == 1);
    idem::cached_store off(store, {.entries = 0});
    CHECK(claims_in([&] { CHECK(replays(off, "a")); }) == 1);
}

TEST_CASE_FIXTURE(fixture, "threads share a cache") {
    idem::cached_store cached(store, {.entries = 16});
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 500; ++i) {
                const std::string key = std::to_string(i % 40);
                auto said = idem::begin(cached, {key, "p"}, terms, ctx);
                if (!said) ++wrong;
                if (auto* mine = std::get_if<idem::attempt>(&*said)) {
                    if (!mine->complete(ctx, key)) ++wrong;
                } else if (const auto* done = std::get_if<idem::replay>(&*said)) {
                    if (done->result != key) ++wrong;
                }
            }
        });
    }
    for (auto& each : threads) each.join();
    CHECK(wrong == 0);
    CHECK(store.inner.size() == 40);
}
