// SPDX-License-Identifier: BSL-1.0
#include <headrace/interop/fmt.hpp>
#include <headrace/sources/http/v2.hpp>
#include <headrace/sources/sqs.hpp>

#include "samples.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

enum class colour { red, blue };

error at_size() {
    auto e = error::malformed("expected an integer");
    e.pointer = "/Records/1/size";
    return e;
}

} // namespace

template <>
inline constexpr auto headrace::enum_names<colour> =
    std::array{enum_name{colour::red, "red"}, enum_name{colour::blue, "blue"}};

static_assert(!fmt::is_formattable<result<std::unique_ptr<std::thread>>>::value);

TEST_CASE("names are formatted as they are spelled elsewhere") {
    CHECK(fmt::format("{} {} {} {} {} {}", errc::no_route, error_class::bug, verdict::retry,
                      log_level::info, http::door::v2, breaker_state::open)
          == "no_route bug retry INFO http.v2 open");
}

TEST_CASE("texts of the wire are formatted as they came") {
    CHECK(fmt::format("{}", raw_json("[1]")) == "[1]");
    CHECK(fmt::format("{}", iso_time("2026-11-24T22:30:47Z")) == "2026-11-24T22:30:47Z");
    CHECK(fmt::format("{}", epoch_ms("1795559447201")) == "1795559447201");
    CHECK(fmt::format("{}", clf_time("24/Nov/2026:22:30:47 +0000"))
          == "24/Nov/2026:22:30:47 +0000");
    CHECK(fmt::format("{} {}", base64("aGk="), form_key("a+b")) == "aGk= a+b");
    CHECK(fmt::format("{} {}", number_text<int>("12"), s3::sequencer("0A")) == "12 0A");
    CHECK(fmt::format("{}", open_enum<colour>("green")) == "green");
    CHECK(fmt::format("{}", http::pattern("/orders/{id}")) == "/orders/{id}");
    CHECK(fmt::format("{}", raw_json()).empty());
}

TEST_CASE("errors, outcomes and results say what went wrong") {
    CHECK(fmt::format("{}", at_size()) == "/Records/1/size: expected an integer");
    CHECK(fmt::format("{}", outcome()) == "ok");
    CHECK(fmt::format("{}", outcome::drop()) == "drop");
    CHECK(fmt::format("{}", outcome(at_size())) == "reject: /Records/1/size: expected an integer");
    CHECK(fmt::format("{}", outcome(error::throttled("slow down", 3s))) == "retry: slow down");
    CHECK(fmt::format("{}", result<int>(17)) == "17");
    CHECK(fmt::format("{}", result<int>(at_size()))
          == "error: /Records/1/size: expected an integer");
    CHECK(fmt::format("{}", result<void>()) == "ok");
    CHECK(fmt::format("{}", result<verdict>(verdict::ok)) == "ok");
}

TEST_CASE("requests and responses show no contents") {
    workspace memory;
    http::v2::event e;
    e.raw_path = "/orders/1001";
    e.raw_query_string = "token=secret";
    e.request_context.http.method = "GET";
    const http::request r(e, memory);
    CHECK(fmt::format("{}", r) == "GET /orders/1001");
    CHECK(fmt::format("{}", http::text(404, "secret")) == "404, 6 bytes");
}

TEST_CASE("a line of the routing table lists its layers") {
    CHECK(fmt::format("{}", route_info{"sqs queue orders", {}}) == "sqs queue orders");
    CHECK(fmt::format("{}", route_info{"sqs queue orders", {"access_log", "retry"}})
          == "sqs queue orders  [access_log, retry]");
}

TEST_CASE("width and alignment work as for any text") {
    CHECK(fmt::format("[{:>6}] [{:<8}] [{:.3}]", verdict::ok, errc::syntax, verdict::reject)
          == "[    ok] [syntax  ] [rej]");
}
