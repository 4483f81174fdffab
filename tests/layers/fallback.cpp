// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/response.hpp>
#include <headrace/layers/fallback.hpp>

#include <headrace/layers/retry.hpp>

#include "virtual_time.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

using namespace headrace;
using namespace std::chrono_literals;

namespace {
const fallback to_text{[](const error& e) -> outcome { return json_reply{e.message}; }};
} // namespace

static_assert(middleware<decltype(to_text)> && decltype(to_text)::phase == phase::fallback);

TEST_CASE("a success is left alone") {
    fakes::virtual_world w;
    const auto o = to_text(w.call, [](call&) -> outcome { return json_reply{"17"}; });
    CHECK(o.reply().get_if<json_reply>()->text == "17");
    CHECK(w.log.lines.empty());
}

TEST_CASE("a failure is answered otherwise, and logged, since nobody else sees it") {
    fakes::virtual_world w;
    const auto o = to_text(w.call, [](call&) -> outcome { return error::transient("no answer"); });
    CHECK(o.succeeded());
    CHECK(o.reply().get_if<json_reply>()->text == "no answer");
    REQUIRE(w.log.lines.size() == 1);
    CHECK(w.log.last().find(R"("level":"WARN","message":"fell back","class":"transient",)"
                            R"("code":"custom","reason":"no answer"})")
          != std::string::npos);
}

TEST_CASE("so is what was thrown") {
    fakes::virtual_world w;
    const auto o = to_text(w.call, [](call&) -> outcome { throw std::runtime_error("lost"); });
    CHECK(o.reply().get_if<json_reply>()->text == "lost");
    CHECK(w.log.last().find(R"("code":"exception")") != std::string::npos);
}

TEST_CASE("the other answer may be the error itself, or depend on the call") {
    fakes::virtual_world w;
    const fallback only_transient{[](call& c, const error& e) -> outcome {
        if (e.kind != error_class::transient) return e;
        return json_reply{std::string(c.record_id())};
    }};
    w.call.found().identifier = "m1";
    const auto soft =
        only_transient(w.call, [](call&) -> outcome { return error::transient("no answer"); });
    CHECK(soft.reply().get_if<json_reply>()->text == "m1");
    const auto hard = only_transient(w.call, [](call&) -> outcome { return error::invalid("no"); });
    CHECK(hard.verdict() == verdict::reject);
    CHECK(hard.error()->message == "no");
}

TEST_CASE("outside of a retry it sees the failure of the last try only") {
    fakes::virtual_world w;
    chain layers{to_text, retry{{.base = 1ms}}};
    int tries = 0;
    const auto o = layers(w.call, [&](call&) -> outcome {
        return error::transient("try " + std::to_string(++tries));
    });
    CHECK(o.reply().get_if<json_reply>()->text == "try 3");
}

TEST_CASE("run answers for a callable, with a value, a result or an outcome") {
    fakes::virtual_world w;
    const fallback zero{[](const error&) { return 0; }};
    const auto fails = []() -> result<int> { return error::transient("no answer"); };
    CHECK(zero.run(w.context, fails).value() == 0);
    CHECK(zero.run(w.context, [] { return 17; }).value() == 17);
    CHECK(zero.run(w.context, []() -> int { throw std::runtime_error("lost"); }).value() == 0);
    const fallback other_error{
        [](const error&) -> result<int> { return error::permanent("gone"); }};
    CHECK(other_error.run(w.context, fails).error().message == "gone");
    CHECK(to_text.run(w.context, []() -> outcome { return error::invalid("no"); }).succeeded());
}

TEST_CASE("a returned response that has failed is answered otherwise, and 404 is left alone") {
    for (const int status : {404, 429, 501, 503}) {
        fakes::virtual_world w;
        const auto said = http::text(static_cast<std::uint16_t>(status), "");
        const auto o = to_text(w.call, [&](call&) -> outcome { return said; });
        CHECK(o.succeeded());
        CHECK((o.reply().get_if<json_reply>() != nullptr) == (status != 404));
        const fallback ok{[](const error&) { return http::text(200, ""); }};
        CHECK(ok.run(w.context, [&] { return said; }).value().status
              == (status == 404 ? 404 : 200));
    }
}
