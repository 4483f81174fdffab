// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/logger.hpp>

#include <doctest/doctest.h>

#include <simdjson.h>

#include <chrono>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

struct fixed_clock final : clock_source {
    [[nodiscard]] time_point now() const noexcept override { return at; }
    [[nodiscard]] std::chrono::nanoseconds steady() const noexcept override { return {}; }
    bool sleep_until(time_point, std::stop_token) override { return true; }
    bool sleep_for(std::chrono::nanoseconds, std::stop_token) override { return true; }

    time_point at{1'795'514'400'123'456'789ns}; // 2026-11-24T10:00:00.123456789Z
};

struct kept_lines final : log_output {
    void line(std::string_view text) noexcept override { all.emplace_back(text); }
    std::vector<std::string> all;
};

struct bench {
    fixed_clock time;
    kept_lines out;
    logger log{out, time, log_level::trace};
};

constexpr std::string_view start = R"({"timestamp":"2026-11-24T10:00:00.123Z","level":"INFO",)";

// Keys of a line, in order; empty when it is not an object.
std::vector<std::string> keys_of(const std::string& line) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    if (parser.parse(line).get(object) != simdjson::SUCCESS) return {};
    std::vector<std::string> keys;
    for (const auto member : object) keys.emplace_back(member.key);
    return keys;
}

} // namespace

TEST_CASE("a line has Lambda's keys first and the caller's members after them") {
    bench b;
    const logger log = b.log.with_ids("8f3c1f0e", "blue");
    log.info("charged", "order", 17, "by", std::string("card"), "again", false, "ratio", 0.25);
    b.log.info("starting");
    REQUIRE(b.out.all.size() == 2);
    CHECK(b.out.all[0]
          == std::string(start)
                 + R"("requestId":"8f3c1f0e","tenantId":"blue","message":"charged",)"
                   R"("order":17,"by":"card","again":false,"ratio":0.25})");
    CHECK(b.out.all[1] == std::string(start) + R"("message":"starting"})");
}

TEST_CASE("lines of a further try say which one it is, before the caller's members") {
    bench b;
    b.log.with_try(1).info("working");
    b.log.with_ids("8f3c", "").with_try(2).info("working", "try", "mine");
    REQUIRE(b.out.all.size() == 2);
    CHECK(b.out.all[0] == std::string(start) + R"("message":"working"})");
    CHECK(b.out.all[1]
          == std::string(start)
                 + R"("requestId":"8f3c","message":"working","try":2,"try_":"mine"})");
}

TEST_CASE("timestamps are UTC with three decimals, rounded down") {
    bench b;
    struct row {
        time_point at;
        std::string_view text;
    };
    const row rows[] = {
        {time_point{}, "1970-01-01T00:00:00.000Z"},
        {time_point{-1ns}, "1969-12-31T23:59:59.999Z"},
        {time_point{951'827'696'007ms}, "2000-02-29T12:34:56.007Z"},
        {time_point{4'102'444'799'999ms}, "2099-12-31T23:59:59.999Z"},
    };
    for (const row& r : rows) {
        b.time.at = r.at;
        b.log.info("x");
        CHECK(b.out.all.back().substr(14, 24) == r.text);
    }
}

TEST_CASE("only levels from the threshold on are written") {
    constexpr log_level levels[] = {log_level::trace, log_level::debug, log_level::info,
                                    log_level::warn,  log_level::error, log_level::fatal};
    for (const log_level threshold : levels) {
        bench b;
        const logger log(b.out, b.time, threshold);
        log.trace("m");
        log.debug("m");
        log.info("m");
        log.warn("m");
        log.error("m");
        log.fatal("m");
        log.write(log_level::off, "m", {});
        CHECK(log.threshold() == threshold);
        REQUIRE(b.out.all.size() == 6u - static_cast<unsigned>(threshold));
        CHECK(b.out.all[0].find('"' + std::string(to_string(threshold)) + '"')
              != std::string::npos);
    }
    bench b;
    const logger none(b.out, b.time, log_level::off);
    none.fatal("m");
    none.write(log_level::off, "m", {});
    none.write(log_level::fatal, "m", {});
    CHECK(b.out.all.empty());
}

TEST_CASE("levels are named as Lambda names them, in any case") {
    for (const std::string_view name :
         {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "OFF"}) {
        CAPTURE(name);
        const auto level = parse_log_level(name);
        REQUIRE(level);
        CHECK(to_string(*level) == name);
    }
    CHECK(parse_log_level("warn") == log_level::warn);
    CHECK(parse_log_level("Debug") == log_level::debug);
    for (const std::string_view other : {"", "INF", "INFOS", "WARNING", "INFO ", "1", "\x09NFO"}) {
        CAPTURE(other);
        CHECK_FALSE(parse_log_level(other));
    }
    CHECK(to_string(static_cast<log_level>(99)) == "UNKNOWN");
}

TEST_CASE("numbers are written whole, durations in milliseconds, and what JSON lacks as null") {
    bench b;
    struct row {
        log_value value;
        std::string_view json;
    };
    const row rows[] = {
        {std::numeric_limits<std::int64_t>::min(), "-9223372036854775808"},
        {std::numeric_limits<std::uint64_t>::max(), "18446744073709551615"},
        {short{-3}, "-3"},
        {true, "true"},
        {0.1, "0.1"},
        {1e300, "1e+300"},
        {-0.0, "-0"},
        {std::numeric_limits<double>::quiet_NaN(), "null"},
        {-std::numeric_limits<double>::infinity(), "null"},
        {12'345'678ns, "12.346"},
        {2s, "2000.000"},
        {std::chrono::milliseconds::max(), "9223372036854775808.000"},
        {std::chrono::duration<double>(std::numeric_limits<double>::infinity()), "null"},
        {"text", R"("text")"},
    };
    for (const row& r : rows) {
        const log_member members[] = {{"v", r.value}};
        b.log.write(log_level::info, "m", members);
        CHECK(b.out.all.back()
              == std::string(start) + R"("message":"m","v":)" + std::string(r.json) + '}');
    }
}

TEST_CASE("nothing in a message, name, value or id can end the line or add a member") {
    bench b;
    const std::string evil = "a\"},{\"level\":\"FATAL\n\r\x1b[2J\xC2\x85\xE2\x80\xA8\xFF";
    b.log.with_ids(evil, evil).info(evil, evil, evil);
    REQUIRE(b.out.all.size() == 1);
    const std::string& line = b.out.all[0];
    for (const char c : line) CHECK(static_cast<unsigned char>(c) >= 0x20);
    CHECK(line.find("\xC2\x85") == std::string::npos);
    CHECK(line.find("\xE2\x80\xA8") == std::string::npos);
    CHECK(keys_of(line).size() == 6);
}

TEST_CASE("a name that the line has already gets underscores until it is new") {
    bench b;
    b.log.info("m", "level", 1, "message", 2, "requestId", 3, "tenantId", 4, "timestamp", 5,
               "truncated", 6, "order", 7, "order", 8, "order_", 9, "level_", 10);
    const std::vector<std::string> expected = {
        "timestamp",  "level",      "message", "level_", "message_", "requestId_", "tenantId_",
        "timestamp_", "truncated_", "order",   "order_", "order__",  "level__"};
    CHECK(keys_of(b.out.all[0]) == expected);
}

TEST_CASE("a name that is no text is replaced") {
    bench b;
    b.log.info("m", 5, "five");
    CHECK(b.out.all[0] == std::string(start) + R"("message":"m","value":"five"})");
}

TEST_CASE("a line has at most 256 KiB with its newline, is JSON, and says that it was cut") {
    const std::string huge(600'000, 'x');
    const std::string wide(300'000, '\x01');
    const std::string emoji = [] {
        std::string text = "x";
        while (text.size() < 400'000) text += "\xF0\x9F\x98\x80";
        return text;
    }();
    for (const std::string& text : {huge, wide, emoji}) {
        bench b;
        b.log.info(text, "kept", 1);
        b.log.info("m", "long", text, "left_out", 1, "too", text);
        b.log.info("m", text, 1, "after", 2);
        b.log.with_ids(text, text).info(text, text, text, "x", 1);
        for (const std::string& line : b.out.all) {
            CHECK(line.size() + 1 <= 256u * 1024u);
            CHECK(keys_of(line).back() == "truncated");
        }
        CHECK(keys_of(b.out.all[0])
              == std::vector<std::string>{"timestamp", "level", "message", "kept", "truncated"});
        CHECK(b.out.all[0].size() > 120'000);
        CHECK(keys_of(b.out.all[1])
              == std::vector<std::string>{"timestamp", "level", "message", "long", "truncated"});
        CHECK(b.out.all[1].size() > 256u * 1024u - 2'000u);
        CHECK(keys_of(b.out.all[2]).at(4) == "after");
    }
    bench b;
    b.log.info(std::string(100'000, 'x'), "fits", std::string(100'000, 'y'));
    CHECK(keys_of(b.out.all[0]).back() == "fits");
}

TEST_CASE("the longest numbers behind the longest names stay within the limit") {
    const std::string name(510, 'n');
    const std::chrono::duration<double> endless(1e305);
    const std::vector<log_member> members(300, log_member{name, endless});
    for (std::size_t filler = 0; filler < 1'200;
         filler += 40) { // to come near the limit from all sides
        bench b;
        b.log.write(log_level::info, std::string(filler, 'm'), members);
        CHECK(b.out.all[0].size() + 1 <= 256u * 1024u);
        CHECK(keys_of(b.out.all[0]).back() == "truncated");
    }
}

TEST_CASE("thousands of members with the same name stay within the limit") {
    bench b;
    const std::vector<log_member> members(3'000, log_member{"same", 1});
    b.log.write(log_level::info, "m", members);
    CHECK(b.out.all[0].size() + 1 <= 256u * 1024u);
    CHECK(keys_of(b.out.all[0]).back() == "truncated");
}
