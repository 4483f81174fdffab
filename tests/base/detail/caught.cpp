// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/detail/caught.hpp>
#include <headrace/base/result.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <new>
#include <stdexcept>
#include <string>

using namespace headrace;

namespace shop {

struct card_declined : std::runtime_error {
    using std::runtime_error::runtime_error;
};
struct no_std_exception {};

[[noreturn]] void wrap(int levels) {
    try {
        if (levels == 0) throw card_declined("limit");
        wrap(levels - 1);
    } catch (...) {
        std::throw_with_nested(std::runtime_error("level " + std::to_string(levels)));
    }
}

[[noreturn]] void wrap_number() {
    try {
        throw 42;
    } catch (...) {
        std::throw_with_nested(std::logic_error("outer"));
    }
}

} // namespace shop

namespace {

error caught_from(const std::function<void()>& throws) {
    try {
        throws();
    } catch (...) {
        return detail::caught_error();
    }
    return {};
}

} // namespace

TEST_CASE("an exception becomes an error with the name of its type and its text") {
    struct row {
        std::function<void()> throws;
        std::string type;
        std::string message;
    };
    const std::string other = "an exception that is no std::exception";
    const row rows[] = {
        {[] { throw shop::card_declined("limit"); }, "shop::card_declined", "limit"},
        {[] { throw std::out_of_range("at"); }, "std::out_of_range", "at"},
        {[] { throw std::bad_alloc(); }, "std::bad_alloc", "std::bad_alloc"},
        {[] { throw 42; }, "int", other},
        {[] { throw "text"; }, "char const*", other},
        {[] { throw shop::no_std_exception(); }, "shop::no_std_exception", other},
        {[] { shop::wrap(1); }, "std::runtime_error", "level 1: level 0: limit"},
        {[] { shop::wrap_number(); }, "std::logic_error", "outer: int"},
    };
    for (const row& r : rows) {
        CAPTURE(r.type);
        const error e = caught_from(r.throws);
        CHECK(e.code == errc::exception);
        CHECK(e.kind == error_class::bug);
        CHECK(e.type == r.type);
        CHECK(e.message == r.message);
    }
}

TEST_CASE("the text of deeply nested exceptions ends") {
    const error e = caught_from([] { shop::wrap(50); });
    CHECK(e.message.starts_with("level 50: level 49: "));
    CHECK(e.message.ends_with(": level 42"));
}

TEST_CASE("a failure gives back the error that it carries") {
    const error carried = error::conflict("taken");
    CHECK(caught_from([&] { throw_failure(carried); }) == carried);
}
