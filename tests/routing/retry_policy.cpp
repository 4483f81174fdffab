// SPDX-License-Identifier: BSL-1.0
#include <headrace/routing/retry_policy.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t lowest = 0;
constexpr std::uint64_t middle = std::uint64_t{1} << 63;
constexpr std::uint64_t highest = ~std::uint64_t{0};

const error failed = error::transient("no answer");

std::optional<std::chrono::nanoseconds> wait_after(const retry_policy& p, std::uint32_t number,
                                                   std::uint64_t random = highest) {
    return p({.why = failed, .number = number}, random);
}

retry_policy without_jitter(backoff growth) {
    return {.tries = 100,
            .backoff = growth,
            .jitter = jitter::none,
            .base = 100ms,
            .factor = 2,
            .cap = 900ms};
}

} // namespace

TEST_CASE("waits stay, grow by the base or by the factor, and end at the cap") {
    struct row {
        headrace::backoff growth;
        std::vector<std::chrono::nanoseconds> waits;
    };
    const row rows[] = {
        {backoff::constant, {100ms, 100ms, 100ms, 100ms, 100ms}},
        {backoff::linear, {100ms, 200ms, 300ms, 400ms, 500ms}},
        {backoff::exponential, {100ms, 200ms, 400ms, 800ms, 900ms}},
    };
    for (const auto& [growth, waits] : rows) {
        const auto p = without_jitter(growth);
        for (std::uint32_t i = 0; i < waits.size(); ++i) {
            CAPTURE(i);
            CHECK(wait_after(p, i + 1) == waits[i]);
            CHECK(wait_after(p, i + 1, lowest) == waits[i]);
        }
    }
}

TEST_CASE("a factor need not be whole, and one below one makes waits shorter") {
    auto p = without_jitter(backoff::exponential);
    p.factor = 1.5;
    CHECK(wait_after(p, 3) == 225ms);
    p.factor = 0.5;
    CHECK(wait_after(p, 3) == 25ms);
}

TEST_CASE("jitter spreads a wait over its range") {
    struct row {
        headrace::jitter kind;
        std::chrono::nanoseconds low;
        std::chrono::nanoseconds centre;
        std::chrono::nanoseconds high;
    };
    const row rows[] = {
        {jitter::none, 400ms, 400ms, 400ms},
        {jitter::full, 0ms, 200ms, 400ms},
        {jitter::equal, 200ms, 300ms, 400ms},
    };
    for (const auto& [kind, low, centre, high] : rows) {
        auto p = without_jitter(backoff::exponential);
        p.jitter = kind;
        CHECK(wait_after(p, 3, lowest) == low);
        CHECK(wait_after(p, 3, middle) == centre);
        CHECK(wait_after(p, 3, highest) == high);
    }
}

TEST_CASE("the cap comes before the jitter, so late waits are spread as well") {
    auto p = without_jitter(backoff::exponential);
    p.jitter = jitter::full;
    CHECK(wait_after(p, 50, highest) == 900ms);
    CHECK(wait_after(p, 50, middle) == 450ms);
    CHECK(wait_after(p, 50, lowest) == 0ms);
}

TEST_CASE("decorrelated waits lie between the base and three times the last one") {
    const retry_policy p{.tries = 100, .jitter = jitter::decorrelated, .base = 100ms, .cap = 900ms};
    struct row {
        std::chrono::nanoseconds waited;
        std::chrono::nanoseconds high;
    };
    for (const auto& [waited, high] : {row{0ms, 300ms}, row{100ms, 300ms}, row{250ms, 750ms},
                                       row{300ms, 900ms}, row{400ms, 900ms}, row{24h, 900ms}}) {
        const failed_try t{.why = failed, .number = 7, .waited = waited};
        CHECK(p(t, lowest) == 100ms);
        CHECK(p(t, highest) == high);
    }
}

TEST_CASE("waits are never negative and never beyond the cap, whatever the numbers say") {
    for (const auto kind : {jitter::none, jitter::full, jitter::equal, jitter::decorrelated}) {
        for (const auto growth : {backoff::constant, backoff::linear, backoff::exponential}) {
            for (const retry_policy p :
                 {retry_policy{.base = -5s}, retry_policy{.cap = -1s}, retry_policy{.base = 1h},
                  retry_policy{.factor = -3}, retry_policy{.factor = 1e300}}) {
                retry_policy odd = p;
                odd.tries = ~0u;
                odd.jitter = kind;
                odd.backoff = growth;
                for (const auto number : {1u, 2u, 17u, ~0u - 1}) {
                    const auto wait = wait_after(odd, number, middle);
                    REQUIRE(wait);
                    CHECK(*wait >= 0ns);
                    CHECK(*wait <= 2s);
                }
            }
        }
    }
}

TEST_CASE("the last try is the last, and there is always one") {
    const retry_policy p{.tries = 3};
    CHECK(wait_after(p, 1));
    CHECK(wait_after(p, 2));
    CHECK(!wait_after(p, 3));
    CHECK(!wait_after(retry_policy::none(), 1));
    CHECK(!wait_after(retry_policy{.tries = 0}, 1));
}

TEST_CASE("the more often the platform has delivered, the fewer tries there are") {
    const retry_policy p{.tries = 4};
    struct row {
        std::uint32_t delivery;
        std::uint32_t tries;
    };
    for (const auto& [delivery, tries] :
         {row{0, 4}, row{1, 4}, row{2, 3}, row{3, 2}, row{4, 1}, row{5, 1}, row{~0u, 1}}) {
        CAPTURE(delivery);
        CHECK(p.tries_on(delivery) == tries);
    }
    CHECK(p({.why = failed, .number = 2, .delivery = 2}, 0));
    CHECK(!p({.why = failed, .number = 3, .delivery = 2}, 0));
    CHECK(retry_policy{.tries = 4, .fewer_per_delivery = 0}.tries_on(9) == 4);
    CHECK(retry_policy{.tries = 9, .fewer_per_delivery = 3}.tries_on(3) == 3);
}

TEST_CASE("a dependency that says when is not asked before, and not at all if that is too late") {
    const retry_policy p{.jitter = jitter::none, .base = 100ms, .cap = 2s, .patience = 5s};
    struct row {
        std::chrono::milliseconds after;
        std::optional<std::chrono::nanoseconds> wait;
    };
    for (const auto& [after, wait] :
         {row{0ms, 100ms}, row{99ms, 100ms}, row{3s, 3s}, row{5s, 5s}, row{5001ms, std::nullopt}}) {
        CAPTURE(after.count());
        CHECK(p({.why = failed, .number = 1, .after = after}, 0) == wait);
    }
}

TEST_CASE(
    "the class of an error says whether another try is worth it, unless its code knows more") {
    struct row {
        error why;
        retry_kind kind;
    };
    error open = error::transient("open");
    open.code = errc::breaker_open;
    error slow = error::transient("slow");
    slow.code = errc::timed_out;
    error full = error::transient("full");
    full.code = errc::limited;
    const row rows[] = {
        {error::malformed(""), retry_kind::never},
        {error::invalid(""), retry_kind::never},
        {error::unauthorised(""), retry_kind::never},
        {error::conflict(""), retry_kind::transient},
        {error::transient(""), retry_kind::transient},
        {error::throttled("", 1s), retry_kind::throttled},
        {error::permanent(""), retry_kind::never},
        {error::deadline(""), retry_kind::never},
        {error::cancelled(""), retry_kind::never},
        {error::bug(""), retry_kind::never},
        {open, retry_kind::never},
        {slow, retry_kind::timed_out},
        {full, retry_kind::transient},
    };
    for (const auto& [why, kind] : rows) {
        CAPTURE(to_string(why.kind));
        CHECK(classify_retry(why) == kind);
        CHECK(retry_policy()({.why = why}, 0).has_value() == (kind != retry_kind::never));
    }
}

TEST_CASE("a rule of one's own can look closer and leave the rest to ours") {
    const retry_policy p{.classify = [](const error& e) noexcept {
        return e.type == "DeadlockDetected" ? retry_kind::transient : classify_retry(e);
    }};
    error deadlock = error::permanent("deadlock");
    deadlock.type = "DeadlockDetected";
    CHECK(p({.why = deadlock}, 0));
    CHECK(!p({.why = error::permanent("gone")}, 0));
    CHECK(p({.why = failed}, 0));
}

TEST_CASE("the waits of the AWS SDKs' standard mode: up to 1, 2, 4, ... 20 seconds, three tries") {
    auto p = retry_policy::aws_standard();
    CHECK(p.tries == 3);
    CHECK(!wait_after(p, 3));
    p.tries = 100;
    const std::chrono::nanoseconds most[] = {1s, 2s, 4s, 8s, 16s, 20s, 20s};
    for (std::uint32_t i = 0; i < std::size(most); ++i) {
        CHECK(wait_after(p, i + 1, lowest) == 0ns);
        CHECK(wait_after(p, i + 1, highest) == most[i]);
    }
}

TEST_CASE("presets are constants") {
    static_assert(retry_policy::none().tries == 1);
    static_assert(retry_policy::aws_standard().jitter == jitter::full);
    constexpr retry_policy own{.tries = 2};
    CHECK(own.tries == 2);
}
