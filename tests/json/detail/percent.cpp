// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/detail/percent.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace headrace;
using namespace std::string_view_literals;
using detail::plus_sign;

TEST_CASE("percent-encoded text is decoded, and what is not an escape stays as it is") {
    struct row {
        std::string_view text, path, form;
    };
    const row rows[] = {
        {"", "", ""},
        {"plain", "plain", "plain"},
        {"a+b", "a+b", "a b"},
        {"a%20b", "a b", "a b"},
        {"%2B+%2b", "+++", "+ +"},
        {"caf%C3%A9", "café", "café"},
        {"%00", "\0"sv, "\0"sv},
        {"%FF%fe", "\xFF\xFE", "\xFF\xFE"},
        {"%", "%", "%"},
        {"%2", "%2", "%2"},
        {"%2G%G2", "%2G%G2", "%2G%G2"},
        {"%%41", "%A", "%A"},
        {"100%", "100%", "100%"},
        {"%252B", "%2B", "%2B"},
    };
    arena memory;
    for (const row& each : rows) {
        CAPTURE(each.text);
        CHECK(detail::percent_decode(each.text, plus_sign::itself, memory) == each.path);
        CHECK(detail::percent_decode(each.text, plus_sign::space, memory) == each.form);
        std::string appended = "x";
        detail::append_percent_decoded(appended, each.text, plus_sign::space);
        CHECK(appended == "x" + std::string(each.form));
    }
}

TEST_CASE("text without escapes is not copied") {
    arena memory;
    const std::string_view text = "orders/2026+11.csv";
    CHECK(detail::percent_decode(text, plus_sign::itself, memory).data() == text.data());
    CHECK(memory.capacity() == 0);
    CHECK(detail::percent_decode(text, plus_sign::space, memory).data() != text.data());
}

TEST_CASE("a broken escape can be told from a whole one") {
    for (const auto good : {"", "abc", "%20", "a%2Fb%2f"})
        CHECK_FALSE(detail::has_bad_percent(good));
    for (const auto bad : {"%", "%2", "%zz", "%20%", "%%20"}) CHECK(detail::has_bad_percent(bad));
}

TEST_CASE("encoding leaves only unreserved and chosen characters as they are") {
    const auto encoded = [](std::string_view text, plus_sign plus, std::string_view plain) {
        std::string out;
        detail::append_percent_encoded(out, text, plus, plain);
        return out;
    };
    CHECK(encoded("a-Z_0.~", plus_sign::itself, "") == "a-Z_0.~");
    CHECK(encoded("a b+c", plus_sign::itself, "") == "a%20b%2Bc");
    CHECK(encoded("a b+c", plus_sign::space, "") == "a+b%2Bc");
    CHECK(encoded("in/é", plus_sign::space, "/") == "in/%C3%A9");
    CHECK(encoded("\0\x7F"sv, plus_sign::space, "") == "%00%7F");
}

TEST_CASE("decoding gives back every text that was encoded") {
    std::string all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
    arena memory;
    for (const auto plus : {plus_sign::itself, plus_sign::space}) {
        std::string encoded;
        detail::append_percent_encoded(encoded, all, plus);
        CHECK(detail::percent_decode(encoded, plus, memory) == all);
        CHECK_FALSE(detail::has_bad_percent(encoded));
    }
}
