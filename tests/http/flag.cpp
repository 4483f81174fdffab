// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/flag.hpp>
#include <headrace/json/decode.hpp>

#include <doctest/doctest.h>

#include <string_view>

using namespace headrace;

namespace {
struct holder {
    http::flag is_on;
    static constexpr auto wire() { return fields(field("isOn", &holder::is_on)); }
};
} // namespace

TEST_CASE("a flag that is not said is false and is not said when it is written") {
    struct row {
        std::string_view json;
        bool value;
        std::string_view written;
    };
    const row rows[] = {{R"({})", false, R"({})"},
                        {R"({"isOn":null})", false, R"({})"},
                        {R"({"isOn":false})", false, R"({"isOn":false})"},
                        {R"({"isOn":true})", true, R"({"isOn":true})"}};
    for (const row& r : rows) {
        const auto it = decode<holder>(r.json);
        REQUIRE(it.has_value());
        CHECK((*it)->is_on == r.value);
        CHECK(encode(**it) == r.written);
    }
    const auto wrong = decode<holder>(R"({"isOn":"true"})");
    CHECK(wrong.error().code == errc::wrong_kind);
    CHECK(wrong.error().pointer == "/isOn");
}
