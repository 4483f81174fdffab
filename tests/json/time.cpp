// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/decode.hpp>
#include <headrace/json/time.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

using namespace headrace;
using namespace std::chrono;
using namespace std::chrono_literals;
using nanosecond_time = headrace::time_point; // std::chrono has a time_point, too

namespace {

constexpr nanosecond_time at(std::int64_t seconds, std::int64_t nanos = 0) {
    return nanosecond_time(std::chrono::seconds(seconds) + nanoseconds(nanos));
}

template <class T> errc code_of(const T& made) {
    return made.has_value() ? errc::custom : made.error().code;
}

struct lazies {
    iso_time iso;
    epoch_seconds seconds;
    epoch_ms ms;
    clf_time clf;
    static void wire(auto& self, auto&& field) {
        field("iso", self.iso);
        field("seconds", self.seconds);
        field("ms", self.ms);
        field("clf", self.clf);
    }
};

template <class T> struct one {
    T value{};
    static void wire(auto& self, auto&& field) { field("value", self.value); }
};

template <class T> result<T> read_one(std::string_view json) {
    auto made = decode<one<T>>("{\"value\":" + std::string(json) + "}");
    if (!made) return std::move(made).error();
    const auto& event = *made;
    return event->value;
}

template <class T> std::string write_one(const T& value) { return encode(one<T>{value}); }

} // namespace

static_assert(std::is_trivially_copyable_v<iso_time> && std::is_trivially_copyable_v<epoch_ms>);

TEST_CASE("ISO-8601 times are read in every form that AWS sends") {
    struct row {
        std::string_view text;
        nanosecond_time expected;
    };
    const row rows[] = {
        {"1970-01-01T00:00:00Z", at(0)},
        {"2026-11-24T22:30:47Z", at(1795559447)},
        {"2026-11-24T22:30Z", at(1795559400)},
        {"2026-11-24T22:30z", at(1795559400)},
        {"2026-11-24 22:30+00:00", at(1795559400)},
        {"2026-11-25T00:00+01:30", at(1795559400)},
        {"2026-11-25T00:00+0130", at(1795559400)},
        {"2026-11-24T21:30-01", at(1795559400)},
        {"2026-11-24T22:30:47.123Z", at(1795559447, 123'000'000)},
        {"2026-11-24T22:30:47.1Z", at(1795559447, 100'000'000)},
        {"2026-11-24T22:30:47.123456789Z", at(1795559447, 123'456'789)},
        {"2026-11-24T22:30:47.12345678999999999999999Z", at(1795559447, 123'456'789)},
        {"2026-11-24T22:30:47.000000000000000000001Z", at(1795559447)},
        {"2026-11-24T22:30:47,5Z", at(1795559447, 500'000'000)},
        {"2026-11-24T22:30:47+00:00", at(1795559447)},
        {"2026-11-24T22:30:47-00:00", at(1795559447)},
        {"2026-11-24T22:30:47.138+0000", at(1795559447, 138'000'000)},
        {"2026-11-25T00:00:47+01:30", at(1795559447)},
        {"2026-11-25T00:00:47+0130", at(1795559447)},
        {"2026-11-24T23:30:47+01", at(1795559447)},
        {"2026-11-24T14:30:47-08:00", at(1795559447)},
        {"2026-11-24t22:30:47z", at(1795559447)},
        {"2026-11-24 22:30:47Z", at(1795559447)},
        {"1969-12-31T23:59:59.999999999Z", at(0, -1)},
        {"1969-12-31T23:59:59.9Z", at(0, -100'000'000)},
        {"2024-02-29T00:00:00Z", at(1709164800)},
        {"2000-02-29T00:00:00Z", at(951782400)},
        {"2016-12-31T23:59:60Z", at(1483228800)},
        {"2016-12-31T23:59:60.5Z", at(1483228800, 500'000'000)},
        {"2017-01-01T00:59:60+01:00", at(1483228800)},
        {"1677-09-21T00:12:43.145224192Z", nanosecond_time::min()},
        {"2262-04-11T23:47:16.854775807Z", nanosecond_time::max()},
    };
    for (const row& each : rows) {
        CAPTURE(each.text);
        const auto time = iso_time(each.text).time();
        REQUIRE(time.has_value());
        CHECK(*time == each.expected);
    }
}

TEST_CASE("what is no ISO-8601 time is an error that does not repeat the text") {
    const std::string_view rows[] = {
        "",
        "2",
        "2026",
        "2026-11-24",
        "2026-11-24T",
        "2026-11-24T22Z",
        "2026-11-24T22:30",
        "2026-11-24T22:30:Z",
        "2026-11-24T22:30:4Z",
        "2026-11-24T22:30.5Z",
        "2026-11-24T22:30,5Z",
        "2026-11-24T22:30ZZ",
        "2026-11-24T22:60Z",
        "2026-11-24T2230Z",
        "2026-11-24T22:30:47",
        "2026-11-24T22:30:47.Z",
        "2026-11-24T22:30:47.5",
        "2026-11-24T22:30:47ZZ",
        "2026-11-24T22:30:47+1",
        "2026-11-24T22:30:47+01:",
        "2026-11-24T22:30:47+01:3",
        "2026-11-24T22:30:47+24:00",
        "2026-11-24T22:30:47+01:60",
        "2026-11-24T22:30:47+01:000",
        "2026-11-24T24:00:00Z",
        "2026-11-24T22:60:00Z",
        "2026-11-24T22:30:61Z",
        "2026-11-24T22:30:60Z",
        "2026-06-30T23:59:60+01:00",
        "2026-00-24T22:30:47Z",
        "2026-13-24T22:30:47Z",
        "2026-11-00T22:30:47Z",
        "2026-11-31T22:30:47Z",
        "2026-02-29T22:30:47Z",
        "1900-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "-2026-11-24T22:30:47Z",
        "+2026-11-24T22:30:47Z",
        " 2026-11-24T22:30:47Z",
        "2026-11-24T22:30:47Z ",
        "2026-11-24X22:30:47Z",
        "2026/11/24T22:30:47Z",
        "20261124T223047Z",
        "2O26-11-24T22:30:47Z",
        "secret",
    };
    for (const auto text : rows) {
        CAPTURE(text);
        const auto time = iso_time(text).time();
        CHECK(code_of(time) == errc::bad_value);
        CHECK(code_of(iso_time(text).seconds()) == errc::bad_value);
        CHECK(time.error().kind == error_class::malformed);
        CHECK(time.error().message == "expected an ISO-8601 time");
    }
    CHECK(code_of(iso_time().time()) == errc::missing);
}

TEST_CASE("years that nanoseconds cannot hold are out of range as nanoseconds, not as seconds") {
    for (const auto text : {"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9Z",
                            "1677-09-21T00:12:43.145224191Z", "2262-04-11T23:47:16.854775808Z"}) {
        CAPTURE(text);
        CHECK(code_of(iso_time(text).time()) == errc::out_of_range);
        CHECK(iso_time(text).seconds().has_value());
    }
    CHECK(iso_time("9999-12-31T23:59:59.9Z").seconds()->time_since_epoch() == 253'402'300'799s);
    CHECK(iso_time("0001-01-01T00:00:00Z").seconds()->time_since_epoch() == -62'135'596'800s);
    CHECK(iso_time("1969-12-31T23:59:59.9Z").seconds()->time_since_epoch() == -1s);
}

TEST_CASE("numbers of seconds and milliseconds are read digit by digit") {
    struct row {
        std::string_view text;
        std::optional<nanosecond_time> seconds, ms;
    };
    const auto none = std::optional<nanosecond_time>();
    const row rows[] = {
        {"0", at(0), at(0)},
        {"-0", at(0), at(0)},
        {"1480641523.477", at(1480641523, 477'000'000), at(1480641, 523'477'000)},
        {"1693997155.0", at(1693997155), at(1693997, 155'000'000)},
        {"1635734407.1234567", at(1635734407, 123'456'700), at(1635734, 407'123'456)},
        {"1.4285376E9", at(1428537600), at(1428537, 600'000'000)},
        {"1.635734407123456789E9", at(1635734407, 123'456'789), at(1635734, 407'123'456)},
        {"1.635734407123456789999e+9", at(1635734407, 123'456'789), at(1635734, 407'123'456)},
        {"1520621625029", none, at(1520621625, 29'000'000)},
        {"0001520621625029", none, at(1520621625, 29'000'000)},
        {"1795559447000e-3", at(1795559447), at(1795559, 447'000'000)},
        {"0.0000000001", at(0), at(0)},
        {"-1.5", at(-2, 500'000'000), at(0, -1'500'000)},
        {"-0.000000001", at(0, -1), at(0)},
        {"9223372036.854775807", nanosecond_time::max(), at(9223372, 36'854'775)},
        {"-9223372036.854775808", nanosecond_time::min(), at(-9223373, 963'145'225)},
        {"9223372036.854775808", none, at(9223372, 36'854'775)},
        {"-9223372036.854775809", none, at(-9223373, 963'145'225)},
        {"1e300", none, none},
        {"1e-300", at(0), at(0)},
        {"1e99999999999999999999", none, none},
        {"1e-99999999999999999999", at(0), at(0)},
        {"0e99999999999999999999", at(0), at(0)},
        {"0.00000000000000000000000000001e29", at(1), at(0, 1'000'000)},
    };
    for (const row& each : rows) {
        CAPTURE(each.text);
        const auto seconds = epoch_seconds(each.text).time();
        const auto ms = epoch_ms(each.text).time();
        CHECK((seconds ? std::optional(*seconds) : none) == each.seconds);
        CHECK((ms ? std::optional(*ms) : none) == each.ms);
        if (!seconds) CHECK(seconds.error().code == errc::out_of_range);
    }
    for (const auto text : {"", "-", "+1", "1.", ".5", "1e", "1e+", "1e5x", "0x10", "inf", "nan",
                            " 1", "1 ", "1,5", "--1", "secret"}) {
        CAPTURE(text);
        const auto time = epoch_ms(text).time();
        CHECK(code_of(time) == errc::bad_value);
        CHECK(time.error().message == "expected a number");
    }
    CHECK(code_of(epoch_seconds().time()) == errc::missing);
}

TEST_CASE("numbers beyond the years of nanoseconds have their seconds, rounded down") {
    using wide = std::optional<std::int64_t>;
    struct row {
        std::string_view text;
        wide seconds, ms;
    };
    const row rows[] = {
        {"0", 0, 0},
        {"-0", 0, 0},
        {"1480641523.477", 1480641523, 1480641},
        {"1520621625029", 1520621625029, 1520621625},
        {"0001520621625029", 1520621625029, 1520621625},
        {"9223372036.854775808", 9223372036, 9223372},
        {"32503680000000", 32503680000000, 32503680000},
        {"253402300799999", 253402300799999, 253402300799},
        {"3.2503680000000E13", 32503680000000, 32503680000},
        {"1795559447000e-3", 1795559447, 1795559},
        {"999", 999, 0},
        {"1000", 1000, 1},
        {"-1", -1, -1},
        {"-999", -999, -1},
        {"-1000", -1000, -1},
        {"-1001", -1001, -2},
        {"-1.5", -2, -1},
        {"-0.0000000000001", -1, -1},
        {"-9223372036.854775809", -9223372037, -9223373},
        {"9223372036854775807", 9223372036854775807, 9223372036854775},
        {"-9223372036854775808", std::numeric_limits<std::int64_t>::min(), -9223372036854776},
        {"-9223372036854775807.5", std::numeric_limits<std::int64_t>::min(), -9223372036854776},
        {"-9223372036854775808.5", {}, -9223372036854776},
        {"9223372036854775808", {}, 9223372036854775},
        {"18446744073709551615", {}, 18446744073709551},
        {"18446744073709551616", {}, 18446744073709551},
        {"1e300", {}, {}},
        {"-1e300", {}, {}},
        {"1e-300", 0, 0},
        {"-1e-300", -1, -1},
        {"0e99999999999999999999", 0, 0},
    };
    for (const row& each : rows) {
        CAPTURE(each.text);
        const auto count = [](const result<sys_seconds>& made) {
            if (!made) CHECK(made.error().code == errc::out_of_range);
            return made ? wide(made->time_since_epoch().count()) : wide();
        };
        CHECK(count(epoch_seconds(each.text).seconds()) == each.seconds);
        CHECK(count(epoch_ms(each.text).seconds()) == each.ms);
    }
    for (const auto text : {"", "-", "+1", "1.", "1e", "0x10", "1 ", "secret"}) {
        CAPTURE(text);
        CHECK(code_of(epoch_ms(text).seconds()) == errc::bad_value);
        CHECK(code_of(epoch_seconds(text).seconds()) == errc::bad_value);
    }
    CHECK(code_of(epoch_seconds().seconds()) == errc::missing);
    CHECK(epoch_time<nanoseconds>("1999999999").seconds()->time_since_epoch() == 1s);
}

TEST_CASE("the times of a web server's log are read with and without their space") {
    for (const auto text : {"24/Nov/2026:22:30:47 +0000", "24/Nov/2026:22:30:47+0000",
                            "25/Nov/2026:00:00:47 +0130", "24/Nov/2026:14:30:47 -0800"}) {
        CAPTURE(text);
        const auto time = clf_time(text).time();
        REQUIRE(time.has_value());
        CHECK(*time == at(1795559447));
    }
    const std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (unsigned m = 0; m < 12; ++m) {
        CAPTURE(m);
        const auto time = clf_time("01/" + std::string(months[m]) + "/2026:00:00:00 +0000").time();
        REQUIRE(time.has_value());
        CHECK(*time == sys_days(2026y / month(m + 1) / 1d));
    }
    for (const auto text :
         {"", "24/Nov/2026:22:30:47", "24/Nov/2026:22:30:47 Z", "24/nov/2026:22:30:47 +0000",
          "24/11/2026:22:30:47 +0000", "31/Nov/2026:22:30:47 +0000", "4/Nov/2026:22:30:47 +0000",
          "24/anF/2026:22:30:47 +0000", "24/Nov/2026 22:30:47 +0000", "24/Nov/2026:22:30:47  +0000",
          "24/Nov/2026:24:30:47 +0000", "24/Nov/2026:22:30:47 +0000 ", "24/No"}) {
        CAPTURE(text);
        CHECK(code_of(clf_time(text).time()) == errc::bad_value);
    }
    CHECK(code_of(clf_time("01/Jan/0001:00:00:00 +0000").time()) == errc::out_of_range);
    CHECK(clf_time("01/Jan/0001:00:00:00 +0000").seconds()->time_since_epoch() == -62'135'596'800s);
    CHECK(clf_time("24/Nov/2026:22:30:47 +0000").seconds()->time_since_epoch() == 1795559447s);
    CHECK(code_of(clf_time("24/Nov/2026").seconds()) == errc::bad_value);
    CHECK(code_of(clf_time().seconds()) == errc::missing);
    CHECK(code_of(clf_time().time()) == errc::missing);
}

TEST_CASE("lazy times keep the text and its JSON kind") {
    for (const std::string_view json : {
             R"({"iso":"2026-11-24T22:30:47.123Z","seconds":1480641523.4770,"ms":1E3,"clf":"x"})",
             R"({"iso":"not a time","seconds":"1480641523","ms":"1520621625029","clf":""})",
             R"({"seconds":-0,"ms":"\"quoted\""})",
             R"({})",
         }) {
        CAPTURE(json);
        const auto made = decode<lazies>(json);
        REQUIRE(made.has_value());
        CHECK(encode(**made) == json);
    }
    const auto nulls = decode<lazies>(R"({"iso":null,"seconds":null,"ms":null,"clf":null})");
    REQUIRE(nulls.has_value());
    CHECK(encode(**nulls) == "{}");
}

TEST_CASE("a lazy time of another JSON kind is an error") {
    struct row {
        std::string_view json, pointer, message;
    };
    const row rows[] = {
        {R"({"iso":1})", "/iso", "expected a string"},
        {R"({"clf":{}})", "/clf", "expected a string"},
        {R"({"ms":true})", "/ms", "expected a number or a string"},
        {R"({"seconds":[1]})", "/seconds", "expected a number or a string"},
    };
    for (const row& each : rows) {
        CAPTURE(each.json);
        const auto made = decode<lazies>(each.json);
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().code == errc::wrong_kind);
        CHECK(made.error().pointer == each.pointer);
        CHECK(made.error().message == each.message);
    }
}

TEST_CASE("lazy times are compared by their text and kind") {
    CHECK(iso_time("a") == iso_time("a"));
    CHECK(iso_time("a") != iso_time("b"));
    CHECK(epoch_ms("1") == epoch_ms("1"));
    const auto bare = decode<one<epoch_ms>>(R"({"value":1})");
    REQUIRE(bare.has_value());
    CHECK((*bare)->value.text() == "1");
    CHECK((*bare)->value != epoch_ms("1"));
    CHECK(iso_time().empty());
    CHECK_FALSE(epoch_ms("1").empty());
}

TEST_CASE("system times are read to their tick and written with the digits it needs") {
    CHECK(write_one(*read_one<sys_seconds>(R"("2026-11-24T22:30:47.999Z")"))
          == R"({"value":"2026-11-24T22:30:47Z"})");
    CHECK(write_one(*read_one<sys_time<milliseconds>>(R"("2026-11-24T22:30:47.9996Z")"))
          == R"({"value":"2026-11-24T22:30:47.999Z"})");
    CHECK(write_one(*read_one<sys_time<microseconds>>(R"("2026-11-24T22:30:47Z")"))
          == R"({"value":"2026-11-24T22:30:47.000000Z"})");
    CHECK(write_one(*read_one<nanosecond_time>(R"("2026-11-24T23:30:47.5+01:00")"))
          == R"({"value":"2026-11-24T22:30:47.500000000Z"})");
    CHECK(write_one(*read_one<sys_seconds>(R"("2026-12-01T10:15Z")"))
          == R"({"value":"2026-12-01T10:15:00Z"})");
    CHECK(write_one(*read_one<sys_days>(R"("2026-11-24T22:30:47Z")"))
          == R"({"value":"2026-11-24T00:00:00Z"})");
    CHECK(write_one(*read_one<sys_seconds>(R"("9999-12-31T23:59:59Z")"))
          == R"({"value":"9999-12-31T23:59:59Z"})");
    CHECK(write_one(*read_one<sys_time<milliseconds>>(R"("1969-12-31T23:59:59.0009Z")"))
          == R"({"value":"1969-12-31T23:59:59.000Z"})");
    using tenths = duration<std::int64_t, std::ratio<1, 10>>;
    CHECK(write_one(sys_time<tenths>(tenths(17))) == R"({"value":"1970-01-01T00:00:01.700Z"})");
    CHECK(*read_one<sys_time<tenths>>(R"("1970-01-01T00:00:01.79Z")")
          == sys_time<tenths>(tenths(17)));
}

TEST_CASE("system times that their type cannot hold, or that are none, are errors") {
    CHECK(code_of(read_one<nanosecond_time>(R"("9999-12-31T23:59:59Z")")) == errc::out_of_range);
    CHECK(code_of(read_one<nanosecond_time>(R"("0001-01-01T00:00:00Z")")) == errc::out_of_range);
    using small = sys_time<duration<std::int8_t, std::ratio<3600>>>;
    CHECK(code_of(read_one<small>(R"("2026-11-24T22:30:47Z")")) == errc::out_of_range);
    CHECK(*read_one<small>(R"("1970-01-02T00:59:59Z")") == small(small::duration(24)));
    const auto wrong = read_one<sys_seconds>(R"("tomorrow")");
    CHECK(code_of(wrong) == errc::bad_value);
    CHECK(wrong.error().pointer == "/value");
    CHECK(wrong.error().message == "expected an ISO-8601 time");
    CHECK(code_of(read_one<sys_seconds>("1")) == errc::wrong_kind);
    CHECK(*read_one<sys_seconds>("null") == sys_seconds());
}

TEST_CASE("a time that four digits of a year cannot say is written as null") {
    CHECK(write_one(sys_seconds(253'402'300'800s)) == R"({"value":null})");
    CHECK(write_one(sys_seconds(-62'167'219'201s)) == R"({"value":null})");
    CHECK(write_one(sys_seconds(-62'167'219'200s)) == R"({"value":"0000-01-01T00:00:00Z"})");
    CHECK(write_one(sys_seconds::max()) == R"({"value":null})");
    CHECK(write_one(sys_seconds::min()) == R"({"value":null})");
    using wide_days = sys_time<duration<std::int64_t, std::ratio<86400>>>;
    CHECK(write_one(wide_days::max()) == R"({"value":null})");
    CHECK(write_one(wide_days::min()) == R"({"value":null})");
}

TEST_CASE("durations are counts of their own unit") {
    CHECK(*read_one<seconds>("90") == 90s);
    CHECK(write_one(90s) == R"({"value":90})");
    CHECK(*read_one<milliseconds>("1.5e3") == 1500ms);
    CHECK(write_one(std::chrono::hours(-3)) == R"({"value":-3})");
    CHECK(*read_one<duration<double>>("0.25") == 250ms);
    CHECK(write_one(duration<double>(0.25)) == R"({"value":0.25})");
    CHECK(code_of(read_one<seconds>("0.25")) == errc::wrong_kind);
    CHECK(code_of(read_one<duration<std::int8_t>>("128")) == errc::out_of_range);
    CHECK(code_of(read_one<seconds>(R"("90")")) == errc::wrong_kind);
    CHECK(*read_one<seconds>("null") == 0s);
}

TEST_CASE("dates are days of the calendar") {
    CHECK(*read_one<year_month_day>(R"("2026-11-24")") == 2026y / November / 24d);
    CHECK(write_one(2026y / November / 24d) == R"({"value":"2026-11-24"})");
    CHECK(write_one(year(7) / January / 1d) == R"({"value":"0007-01-01"})");
    CHECK(write_one(2026y / February / 30d) == R"({"value":null})");
    CHECK(write_one(year(12026) / January / 1d) == R"({"value":null})");
    CHECK(*read_one<year_month_day>("null") == year_month_day());
    for (const auto json : {R"("")", R"("2026-11")", R"("2026-11-24T22:30:47Z")", R"("2026-02-29")",
                            R"("0000-01-01")", R"("24.11.2026")"}) {
        CAPTURE(json);
        const auto made = read_one<year_month_day>(json);
        CHECK(code_of(made) == errc::bad_value);
        CHECK(made.error().message == "expected a date like 2026-11-24");
    }
    CHECK(code_of(read_one<year_month_day>("20261124")) == errc::wrong_kind);
}

TEST_CASE("every time of day is written as it was read") {
    for (std::int64_t when = -4'000'000'000; when < 4'000'000'000; when += 7'654'321) {
        const nanosecond_time expected = at(when, when % 1000 * 1'000'000);
        const std::string text = iso_text(expected);
        const auto time = iso_time(text).time();
        REQUIRE(time.has_value());
        REQUIRE(*time == expected);
    }
    CHECK(iso_text(nanosecond_time::max()) == "2262-04-11T23:47:16.854Z");
    CHECK(iso_text(nanosecond_time::min()) == "1677-09-21T00:12:43.145Z");
}
