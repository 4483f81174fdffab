// SPDX-License-Identifier: BSL-1.0
#include <headrace/idempotency/stores/detail/resp.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

using namespace headrace;
namespace resp = headrace::detail::resp;

namespace {

struct bytes final : resp::source {
    explicit bytes(std::string_view all) : left(all) {}
    result<std::size_t> read_some(std::span<char> into) override {
        const auto size = std::min({into.size(), left.size(), piece});
        std::copy_n(left.begin(), size, into.begin());
        left.remove_prefix(size);
        return size;
    }
    std::string_view left;
    std::size_t piece = 1'000'000;
};

resp::reply text(std::string what) { return {resp::kind::text, std::move(what), 0, {}}; }
resp::reply integer(std::int64_t number) { return {resp::kind::integer, {}, number, {}}; }

} // namespace

TEST_CASE("commands are lists of texts with their lengths") {
    std::string out;
    resp::append_command(out, std::array<std::string_view, 3>{"SET", "", "a\r\nb"});
    CHECK(out == "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\na\r\nb\r\n");
}

TEST_CASE("every kind of reply is read, in pieces of any size") {
    const std::string wire = "+OK\r\n-ERR no\r\n:-12\r\n$4\r\na\r\nb\r\n$-1\r\n*-1\r\n$0\r\n\r\n"
                             "*3\r\n:1\r\n*1\r\n+x\ry\r\n*0\r\n";
    const resp::reply wanted[] = {
        text("OK"),
        {resp::kind::error, "ERR no", 0, {}},
        integer(-12),
        text("a\r\nb"),
        {},
        {},
        text(""),
        {resp::kind::list,
         "",
         0,
         {integer(1), {resp::kind::list, "", 0, {text("x\ry")}}, {resp::kind::list, "", 0, {}}}}};
    for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
        CAPTURE(piece);
        bytes from(wire);
        from.piece = piece;
        resp::reply_reader reader;
        for (const auto& each : wanted) {
            const auto got = reader.next(from);
            REQUIRE(got);
            CHECK((*got == each));
        }
        CHECK(reader.is_drained());
        CHECK_FALSE(reader.next(from));
    }
}

TEST_CASE("a reply of megabytes is read, and what has come after it is noticed") {
    const std::string large(5'000'000, 'x');
    const auto wire = "$5000000\r\n" + large + "\r\n+more";
    bytes from(wire);
    resp::reply_reader reader;
    const auto got = reader.next(from);
    REQUIRE(got);
    CHECK(got->text == large);
    CHECK_FALSE(reader.is_drained());
}

TEST_CASE("a reply that ends early is an error of a moment") {
    const std::string wire = "*2\r\n$4\r\nabcd\r\n:7\r\n";
    for (std::size_t cut = 0; cut < wire.size(); ++cut) {
        CAPTURE(cut);
        bytes from(std::string_view(wire).substr(0, cut));
        const auto got = resp::reply_reader().next(from);
        REQUIRE_FALSE(got);
        CHECK(got.error().kind == error_class::transient);
    }
}

TEST_CASE("what is no reply, or exceeds the bounds, is refused for good") {
    const resp::bounds small{.bytes = 20, .line = 10, .items = 4, .depth = 2};
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"\r\n", "an empty line"},
        {"HTTP/1.1\r\n", "an unknown kind"},
        {":\r\n", "a number"},
        {":12x\r\n", "a number"},
        {"$99999999999999999999\r\n", "a line is too long"},
        {":9999999999999999999", "a line is too long"},
        {"$-2\r\n", "a negative length"},
        {"*-2\r\n", "a negative length"},
        {"$2\r\nabc\r\n", "another length than it says"},
        {"$21\r\n", "it is too long"},
        {"*2\r\n$10\r\n0123456789\r\n$10\r\n", "too long"}, // 20 bytes with those of the lines
        {"+0123456789a\r\n", "a line is too long"},
        {"+0123456789a", "a line is too long"}, // also before it has ended
        {"*5\r\n", "a list is too long"},
        {"*2\r\n*3\r\n", "a list is too long"},
        {"*1\r\n*1\r\n*1\r\n", "nested too deeply"},
    };
    for (const auto& [wire, why] : rows) {
        CAPTURE(wire);
        bytes from(wire);
        const auto got = resp::reply_reader(small).next(from);
        REQUIRE_FALSE(got);
        CAPTURE(got.error().message);
        CHECK(got.error().kind == error_class::permanent);
        CHECK(got.error().message.find(why) != std::string::npos);
    }
}
