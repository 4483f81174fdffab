// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/http/response.hpp>
#include <headrace/idempotency/stored_reply.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/json/text.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <variant>

namespace headrace::idempotency {

namespace stored {

struct header {
    std::string_view name;
    std::string_view value;
    static void wire(auto& self, auto&& field) {
        field("name", self.name);
        field("value", self.value);
    }
};

struct http_reply {
    std::uint16_t status = 0;
    std::span<const header> headers;
    std::span<const std::string_view> cookies;
    base64 body;
    std::uint8_t kind = 0;
    static void wire(auto& self, auto&& field) {
        field("status", self.status).required();
        field("headers", self.headers);
        field("cookies", self.cookies);
        field("body", self.body);
        field("kind", self.kind);
    }
};

struct reply {
    raw_json json;
    bool null = false; ///< the JSON text null, which raw_json takes for nothing
    std::optional<http_reply> http;
    bool drop = false;
    bool forgotten = false;
    static void wire(auto& self, auto&& field) {
        field("json", self.json);
        field("null", self.null);
        field("http", self.http);
        field("drop", self.drop);
        field("forgotten", self.forgotten);
    }
};

struct failure {
    std::string_view kind;
    std::string_view code;
    std::string_view message;
    std::string_view pointer;
    std::string_view type;
    std::uint16_t status = 0;
    static void wire(auto& self, auto&& field) {
        field("class", self.kind);
        field("code", self.code);
        field("message", self.message);
        field("pointer", self.pointer);
        field("type", self.type);
        field("status", self.status);
    }
};

// The enumerator of this name, of those up to `last`.
template <class E> E named(std::string_view name, E otherwise, E last) {
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        if (to_string(static_cast<E>(i)) == name) return static_cast<E>(i);
    }
    return otherwise;
}

inline bool is_null(std::string_view json) noexcept {
    constexpr std::string_view space = " \t\r\n"; // RFC 8259 section 2
    json.remove_prefix(std::min(json.find_first_not_of(space), json.size()));
    return json.starts_with("null");
}

inline void write_http(writer& w, const http::response& r) {
    w.begin_object();
    w.member("status", r.status);
    w.key("headers");
    w.begin_array();
    for (const auto& [name, value] : r.headers) {
        w.begin_object();
        w.member("name", name);
        w.member("value", value);
        w.end_object();
    }
    w.end_array();
    w.member("cookies", r.cookies);
    w.member("body", base64_encode(r.body));
    w.member("kind", static_cast<std::uint8_t>(r.kind));
    w.end_object();
}

inline result<http::response> read_http(const http_reply& from, workspace& memory) {
    http::response r;
    r.status = from.status;
    for (const auto& each : from.headers) {
        r.header(std::string(each.name), std::string(each.value));
    }
    for (const auto each : from.cookies) r.cookie(std::string(each));
    const auto body = from.body.bytes(memory);
    if (!body) return body.error();
    r.body.assign(reinterpret_cast<const char*>(body->data()), body->size());
    r.kind = static_cast<http::body_kind>(from.kind);
    return r;
}

} // namespace stored

std::string store_reply(const outcome& o, std::size_t most) {
    std::string text;
    writer w(text);
    w.begin_object();
    if (o.verdict() == verdict::drop) w.member("drop", true);
    if (const auto* json = o.reply().get_if<json_reply>()) {
        if (stored::is_null(json->text)) {
            w.member("null", true);
        } else if (!json->text.empty()) {
            w.key("json");
            w.verbatim(json->text);
        }
    } else if (const auto* http = o.reply().get_if<http::response>()) {
        w.key("http");
        stored::write_http(w, *http);
    }
    w.end_object();
    if (text.size() > most) return std::string(forgotten_reply);
    return text;
}

std::string store_error(const error& e) {
    return encode(stored::failure{to_string(e.kind), to_string(e.code), e.message, e.pointer,
                                  e.type, e.http_status});
}

outcome restore(const replay& kept, const store& in, const identity& id) {
    if (kept.failed) {
        const auto found = decode<stored::failure>(kept.result);
        if (!found) return unreadable_result(found.error(), in, id);
        const auto& f = **found;
        error e;
        e.kind = stored::named(f.kind, error_class::permanent, error_class::bug);
        e.code = stored::named(f.code, errc::custom, errc::unrecorded);
        e.message = f.message;
        e.pointer = f.pointer;
        e.type = f.type;
        e.http_status = f.status;
        return e;
    }
    const auto found = decode<stored::reply>(kept.result);
    if (!found) return unreadable_result(found.error(), in, id);
    const auto& r = **found;
    if (r.http) {
        auto read = stored::read_http(*r.http, found->memory());
        if (!read) return unreadable_result(std::move(read).error(), in, id);
        return *std::move(read);
    }
    if (!r.json.empty()) return json_reply{std::string(r.json.text())};
    if (r.null) return json_reply{"null"};
    return r.drop ? outcome::drop() : outcome();
}

error unreadable_result(error why, const store& in, const identity& id) {
    why.kind = error_class::bug;
    why.message = detail::format<"the result of the operation {} in {} cannot be read: {}">(
        id.key, in.name(), why.message);
    return why;
}

} // namespace headrace::idempotency
