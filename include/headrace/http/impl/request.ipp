// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/hex.hpp>
#include <headrace/http/request.hpp>
#include <headrace/http/route_table.hpp>
#include <headrace/json/detail/percent.hpp>
#include <headrace/json/text.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace headrace::detail::http_request {

// Splits "/a/b/" into "a", "b", "" and "/" into nothing.
template <class Each> void for_each_segment(std::string_view path, Each&& each) {
    path.remove_prefix(1);
    if (path.empty()) return;
    for (;;) {
        const auto end = path.find('/');
        if (!each(path.substr(0, end)) || end == std::string_view::npos) return;
        path.remove_prefix(end + 1);
    }
}

// What there is in a path, so that the usual one is looked at once. A separator is what a file
// system may take for a slash, and a URL does not.
enum : std::uint8_t { control = 1, percent = 2, dot = 4, separator = 8, no_path_character = 16 };
inline constexpr auto path_classes = [] {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t byte = 0; byte < table.size(); ++byte) {
        const bool is_control = byte < 0x20 || byte == 0x7f;
        const bool is_outside = byte == ' ' || byte == '?' || byte == '#' || byte >= 0x80;
        if (is_control) table[byte] = control;
        if (is_control || is_outside) table[byte] |= no_path_character;
    }
    table['%'] = percent;
    table['.'] = dot;
    table['\\'] = separator;
    return table;
}();
inline unsigned class_of(char c) noexcept { return path_classes[static_cast<unsigned char>(c)]; }
inline unsigned classes_of(std::string_view path) noexcept {
    unsigned all = 0;
    for (const char c : path) all |= class_of(c);
    return all;
}

// What a '%' in an HTTP API's path is: text, or the beginning of an escape if it looks like one.
enum class percent_sign : std::uint8_t { text, escape };

inline bool stands_in_a_path(std::string_view path, std::size_t i, percent_sign sign) noexcept {
    const auto what = class_of(path[i]);
    if ((what & percent) == 0) return (what & no_path_character) == 0;
    return sign == percent_sign::escape && !has_bad_percent(path.substr(i, 3));
}

inline std::string_view encode_what_must(std::string_view path, percent_sign sign, arena& memory) {
    std::size_t escapes = 0;
    for (std::size_t i = 0; i < path.size(); ++i) {
        escapes += stands_in_a_path(path, i, sign) ? 0 : 1;
    }
    const auto size = path.size() + 2 * escapes;
    auto* const room = memory.room_for<char>(size + 1);
    char* to = room;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (stands_in_a_path(path, i, sign)) {
            *to++ = path[i];
            continue;
        }
        const auto byte = static_cast<unsigned char>(path[i]);
        *to++ = '%';
        *to++ = detail::capital_hex_digits[byte >> 4];
        *to++ = detail::capital_hex_digits[byte & 15];
    }
    *to = '\0';
    return {room, size};
}

// What is wrong with the escapes of a path, or null. Adds what they stand for to `classes`.
inline const char* bad_escape(std::string_view path, unsigned& classes) noexcept {
    const char* const end = path.data() + path.size();
    for (const char* p = std::find(path.data(), end, '%'); p != end; p = std::find(p, end, '%')) {
        const int byte = detail::percent_byte(p, end);
        if (byte < 0) return "the path has a '%' without two hexadecimal digits";
        const unsigned what = byte == '/' ? unsigned{separator} : class_of(static_cast<char>(byte));
        if ((what & control) != 0) return "the path has a control character";
        classes |= what;
        p += 3;
    }
    return nullptr;
}

// Where the parts of a text end: at a path's slashes, or at whatever a file system may take for one
// when all is decoded.
enum class parts_of : std::uint8_t { path, value };

// Is one of the parts "." or "..", encoded or not?
inline bool has_dot_part(std::string_view text, parts_of what) noexcept {
    const char* const end = text.data() + text.size();
    std::size_t dots = 0;
    bool only_dots = true;
    const auto is_dots = [&] { return only_dots && (dots == 1 || dots == 2); };
    for (const char* p = text.data(); p != end;) {
        const int byte = *p == '%' ? detail::percent_byte(p, end) : -1;
        const char c = byte < 0 ? *p : static_cast<char>(static_cast<unsigned char>(byte));
        p += byte < 0 ? 1 : 3;
        const bool ends = what == parts_of::path ? c == '/' && byte < 0 : c == '/' || c == '\\';
        if (ends) {
            if (is_dots()) return true;
            dots = 0;
            only_dots = true;
        } else if (c == '.') {
            ++dots;
        } else {
            only_dots = false;
        }
    }
    return is_dots();
}

inline std::string_view with_slash(std::string_view path, arena& memory) {
    if (path.empty()) return "/";
    if (path[0] == '/') return path;
    auto* const room = memory.room_for<char>(path.size() + 2);
    room[0] = '/';
    std::copy(path.begin(), path.end(), room + 1);
    room[path.size() + 1] = '\0';
    return {room, path.size() + 1};
}

// Takes "/prefix" from the path, on the boundary of a segment.
inline bool drop_prefix(std::string_view& path, std::string_view prefix) noexcept {
    if (prefix.empty() || !path.starts_with(prefix)) return false;
    const auto rest = path.substr(prefix.size());
    if (!rest.empty() && rest[0] != '/') return false;
    path = rest.empty() ? std::string_view("/") : rest;
    return true;
}

// An address as X-Forwarded-For has it, without a port: 192.0.2.1, 192.0.2.1:4711, 2001:db8::1,
// [2001:db8::1]:4711.
inline std::string_view without_port(std::string_view address) noexcept {
    if (address.starts_with('[')) return address.substr(1, address.find(']') - 1);
    const auto colon = address.find(':');
    const bool one = colon != address.npos && address.find(':', colon + 1) == address.npos;
    return one ? address.substr(0, colon) : address;
}

} // namespace headrace::detail::http_request

namespace headrace::http {

// ---- path ---------------------------------------------------------------------------------------

void request::set_path() {
    namespace own = detail::http_request;
    auto raw = parts_.path;
    const auto form = parts_.path_form;
    unsigned classes = own::classes_of(raw);
    if (form != path_form::encoded && (classes & (own::percent | own::no_path_character)) != 0) {
        raw = own::encode_what_must(
            raw, form == path_form::decoded ? own::percent_sign::text : own::percent_sign::escape,
            memory_->memory());
        classes |= own::percent;
    }
    path_ = own::with_slash(raw, memory_->memory());
    fault_ = find_fault(classes);
    constexpr unsigned both = own::dot | own::separator;
    may_hide_dots_ = (classes & both) == both;
}

// Adds what escapes stand for to `classes`.
const char* request::find_fault(unsigned& classes) const noexcept {
    namespace own = detail::http_request;
    if (parts_.method.empty()) return "the request has no method";
    if ((classes & own::control) != 0) return "the path has a control character";
    if ((classes & own::percent) != 0) {
        if (const char* const bad = own::bad_escape(path_, classes)) return bad;
    }
    if ((classes & own::dot) == 0) return nullptr;
    return own::has_dot_part(path_, own::parts_of::path) ? "the path has a dot segment" : nullptr;
}

bool request::any_hides_dots(const path_match& match) const noexcept {
    namespace own = detail::http_request;
    const auto* const first = match.values.begin();
    return std::any_of(first, first + match.count, [](std::string_view value) {
        return own::has_dot_part(value, own::parts_of::value);
    });
}

result<void> request::check() const {
    if (fault_ == nullptr) return {};
    error e = error::malformed(fault_);
    e.code = errc::bad_value;
    e.http_status = 400;
    return e;
}

std::span<const std::string_view> request::segments() const {
    if (segments_) return *segments_;
    arena& memory = memory_->memory();
    const auto count = path_.size() == 1 ? 0 : std::count(path_.begin(), path_.end(), '/');
    auto* const list = memory.room_for<std::string_view>(static_cast<std::size_t>(count));
    std::size_t n = 0;
    detail::http_request::for_each_segment(path_, [&](std::string_view segment) {
        list[n++] = detail::percent_decode(segment, detail::plus_sign::itself, memory);
        return true;
    });
    segments_ = std::span<const std::string_view>(list, n);
    return *segments_;
}

bool request::strip_prefix(std::string_view prefix) {
    if (!detail::http_request::drop_prefix(path_, prefix)) return false;
    segments_.reset();
    return true;
}

std::string request::target() const {
    std::string out(path_);
    if (parts_.raw_query.data() != nullptr) {
        if (!parts_.raw_query.empty()) out.append("?").append(parts_.raw_query);
        return out;
    }
    const bool encoded = parts_.query_form == query_form::encoded;
    const auto put = [&](std::string_view text) {
        if (encoded)
            out += text;
        else
            detail::append_percent_encoded(out, text, detail::plus_sign::space);
    };
    char separator = '?';
    for (const name_value& each : parts_.query.flat(memory_->memory())) {
        out.push_back(separator);
        put(each.key);
        out.push_back('=');
        put(each.value);
        separator = '&';
    }
    return out;
}

// ---- query, headers, cookies --------------------------------------------------------------------

std::span<const name_value> request_parts::maps::flat(arena& memory) const {
    if (lists.empty()) return {single.data(), single.size()};
    std::size_t count = 0;
    for (const auto& each : lists) count += each.value.size();
    auto* const flat = memory.room_for<name_value>(count);
    std::size_t n = 0;
    for (const auto& each : lists) {
        for (const auto value : each.value) flat[n++] = {each.key, value};
    }
    return {flat, n};
}

const parameters& request::query() const {
    if (query_) return *query_;
    arena& memory = memory_->memory();
    if (parts_.raw_query.data() != nullptr)
        return query_.emplace(parse_form(parts_.raw_query, memory));
    const auto as_sent = parts_.query.flat(memory);
    if (parts_.query_form == query_form::decoded || as_sent.empty()) return query_.emplace(as_sent);
    auto* const decoded = memory.room_for<name_value>(as_sent.size());
    std::transform(as_sent.begin(), as_sent.end(), decoded, [&](const name_value& each) {
        return name_value{detail::percent_decode(each.key, detail::plus_sign::space, memory),
                          detail::percent_decode(each.value, detail::plus_sign::space, memory)};
    });
    return query_.emplace(std::span<const name_value>(decoded, as_sent.size()));
}

const header_fields& request::headers() const {
    if (headers_) return *headers_;
    const auto lines = parts_.headers.flat(memory_->memory());
    return headers_.emplace(parts_.cookies.empty() ? lines : with_cookies(lines));
}

// HTTP APIs take the cookies out of the headers, function URLs send them twice.
std::span<const name_value> request::with_cookies(std::span<const name_value> lines) const {
    arena& memory = memory_->memory();
    auto* const all = memory.room_for<name_value>(lines.size() + 1);
    auto* const end =
        std::remove_copy_if(lines.begin(), lines.end(), all, [](const name_value& each) {
            return caseless_names::same(each.key, "cookie");
        });
    std::size_t size = 2 * parts_.cookies.size();
    for (const auto each : parts_.cookies) size += each.size();
    auto* const text = memory.room_for<char>(size + 1);
    char* to = text;
    for (const auto each : parts_.cookies) {
        if (to != text) to = std::copy_n("; ", 2, to);
        to = std::copy(each.begin(), each.end(), to);
    }
    *to = '\0';
    *end = {"cookie", {text, static_cast<std::size_t>(to - text)}};
    return {all, static_cast<std::size_t>(end - all) + 1};
}

const parameters& request::cookies() const {
    if (cookies_) return *cookies_;
    arena& memory = memory_->memory();
    if (!parts_.cookies.empty()) return cookies_.emplace(parse_cookies(parts_.cookies, memory));
    const auto lines = headers().all("cookie");
    const auto count = static_cast<std::size_t>(std::distance(lines.begin(), lines.end()));
    auto* const list = memory.room_for<std::string_view>(count);
    std::copy(lines.begin(), lines.end(), list);
    return cookies_.emplace(parse_cookies({list, count}, memory));
}

std::string_view request::content_type() const {
    return headers().first("content-type").value_or(std::string_view());
}

// ---- body ---------------------------------------------------------------------------------------

result<std::string_view> request::body() const {
    if (!parts_.is_base64) return parts_.body;
    if (body_) return *body_;
    auto bytes = base64_decode(parts_.body, memory_->memory());
    if (!bytes) {
        error e =
            error::malformed("the request's body is not the base64 that it is declared to be");
        e.code = errc::bad_value;
        e.http_status = 400;
        return e;
    }
    return body_.emplace(*bytes);
}

// ---- who and where to ---------------------------------------------------------------------------

std::string_view request::host() const { return headers().first("host").value_or(parts_.domain); }

std::string_view request::scheme() const {
    return headers().first("x-forwarded-proto") == "http" ? "http" : "https";
}

std::string_view request::client_ip(std::size_t trusted_proxies) const {
    if (trusted_proxies == 0 && !parts_.source_ip.empty()) return parts_.source_ip;
    const auto hops = headers().elements("x-forwarded-for", memory_->memory());
    if (hops.empty()) return parts_.source_ip;
    const auto hop = std::min(trusted_proxies, hops.size() - 1);
    return detail::http_request::without_port(hops[hops.size() - 1 - hop]);
}

http::caller request::caller() const {
    if (parts_.caller == nullptr) return anonymous_caller{};
    return parts_.caller(parts_.event, *memory_);
}

// ---- as the subject of a call -------------------------------------------------------------------

result<raw_json> request::call_body() const {
    auto bytes = body();
    if (!bytes) return std::move(bytes).error();
    return raw_json(*bytes);
}

const detail::lazy_subject& request::copy_in(workspace& memory) const {
    return *memory.memory().make<request>(*this, memory);
}

} // namespace headrace::http
