// SPDX-License-Identifier: BSL-1.0
// Whatever an event says, the request made from it keeps its promises: a path that begins with a
// slash, segments without NULs and dot segments once it is checked, and a reply that is JSON.

#include <headrace/http/problem.hpp>
#include <headrace/http/reply.hpp>
#include <headrace/http/request.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/json/detail/percent.hpp>
#include <headrace/sources/http/alb.hpp>
#include <headrace/sources/http/furl.hpp>
#include <headrace/sources/http/rest.hpp>
#include <headrace/sources/http/v2.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace headrace;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

void check_json(std::string_view text) {
    workspace memory;
    const auto d = memory.load(text);
    must(d.has_value());
    reader r(*d, memory);
    r.skip();
    must(!r.failed() && r.at_end());
}

void check_path(http::request& r) {
    must(r.path().starts_with('/'));
    must(r.target().starts_with(r.path()));
    const bool fine = r.check().has_value();
    for (const auto segment : r.segments()) {
        if (!fine) continue;
        must(segment != "." && segment != "..");
        must(segment.find('\0') == std::string_view::npos);
    }
    if (fine) must(!detail::has_bad_percent(r.path()));
    const auto before = r.path().size();
    const bool stripped = r.strip_prefix("/a");
    must(r.path().starts_with('/') && r.path().size() <= before);
    must(stripped || r.path().size() == before);
    (void)r.segments();
}

void check_fields(const http::request& r, arena& memory) {
    std::size_t cookies = 0;
    for (const auto& [name, value] : r.headers()) {
        must(r.headers().contains(name));
        must(r.headers().joined(name, memory).has_value());
        for (const auto element : r.headers().elements(name, memory))
            must(element.data() != nullptr);
        cookies += http::caseless_names::same(name, "cookie") ? 1 : 0;
        if (memory.capacity() > (64u << 20)) return; // quadratic only here
    }
    for (const auto& each : r.query()) must(r.query().first(each.key).has_value());
    for (const auto& each : r.cookies()) must(!each.key.empty());
    if (!r.cookies().empty()) must(cookies > 0);
    (void)r.host();
    must(r.scheme() == "http" || r.scheme() == "https");
    for (const std::size_t trusted : {0u, 1u, 9u}) (void)r.client_ip(trusted);
    (void)r.caller();
}

// Sends everything back, which the reply refuses or writes as JSON.
void check_reply(const http::request& r) {
    http::response echo;
    for (const auto& [name, value] : r.headers())
        echo.header(std::string(name), std::string(value));
    for (const auto& [name, value] : r.cookies())
        echo.cookie(std::string(name).append("=").append(value));
    if (const auto body = r.body()) {
        echo.body = *body;
    } else {
        must(http::status_of(body.error()) == 400);
    }
    for (const auto form : {r.reply_form(), http::reply_form::alb}) {
        std::string out;
        if (http::write_reply(out, echo, form, r.method())) {
            check_json(out);
        } else {
            must(out.empty());
        }
    }
}

template <class Event> void check(std::string_view json) {
    const auto event = decode<Event>(json);
    if (!event) return;
    http::request r(**event, event->memory());
    must(r.template event<Event>() == &**event);
    check_fields(r, event->memory().memory());
    check_reply(r);
    check_path(r);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string json(reinterpret_cast<const char*>(data), size);
    check<http::rest::event>(json);
    check<http::v2::event>(json);
    check<http::furl::event>(json);
    check<http::alb::event>(json);
    return 0;
}
