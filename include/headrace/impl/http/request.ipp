// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/detail/percent.hpp>
#include <headrace/http/alb.hpp>
#include <headrace/http/furl.hpp>
#include <headrace/http/request.hpp>
#include <headrace/http/rest.hpp>
#include <headrace/http/v2.hpp>
#include <headrace/text.hpp>

#include <algorithm>
#include <array>

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

// Does it say "." or "..", with or without encoding?
inline bool is_dot_segment(std::string_view segment) noexcept {
    std::size_t dots = 0;
    while (!segment.empty()) {
        const bool encoded = segment.starts_with("%2e") || segment.starts_with("%2E");
        if (!encoded && segment[0] != '.') return false;
        segment.remove_prefix(encoded ? 3 : 1);
        ++dots;
    }
    return dots == 1 || dots == 2;
}

// What there is in a path, so that the usual one is looked at once.
enum : std::uint8_t { control = 1, percent = 2, dot = 4, no_path_character = 8 };
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
    return table;
}();
inline unsigned class_of(char c) noexcept { return path_classes[static_cast<unsigned char>(c)]; }
inline unsigned classes_of(std::string_view path) noexcept {
    unsigned all = 0;
    for (const char c : path) all |= class_of(c);
    return all;
}

// May this byte of a decoded path stand in an encoded one? A '%' may if it looks like an escape.
inline bool stands_in_a_path(std::string_view path, std::size_t i) noexcept {
    const auto what = class_of(path[i]);
    return (what & percent) != 0 ? !has_bad_percent(path.substr(i, 3))
                                 : (what & no_path_character) == 0;
}

inline std::string_view encode_what_must(std::string_view path, arena& memory) {
    if ((classes_of(path) & (percent | no_path_character)) == 0) return path;
    std::size_t escapes = 0;
    for (std::size_t i = 0; i < path.size(); ++i) escapes += stands_in_a_path(path, i) ? 0 : 1;
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto size = path.size() + 2 * escapes;
    auto* const room = memory.room_for<char>(size + 1);
    char* to = room;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (stands_in_a_path(path, i)) {
            *to++ = path[i];
            continue;
        }
        const auto byte = static_cast<unsigned char>(path[i]);
        *to++ = '%';
        *to++ = digits[byte >> 4];
        *to++ = digits[byte & 15];
    }
    *to = '\0';
    return {room, size};
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

// What REST APIs put into "authorizer" if they know its shape.
struct rest_authorizer {
    raw_json claims;
    std::span<const std::string_view> scopes;
    static void wire(auto& self, auto&& field) {
        field("claims", self.claims);
        field("scopes", self.scopes);
    }
};

} // namespace headrace::detail::http_request

namespace headrace::http {

// ---- from events --------------------------------------------------------------------------------

request::request(const rest::event& from, workspace& memory)
    : event_(&from),
      memory_(&memory),
      method_(from.http_method),
      stage_(from.request_context.stage),
      domain_(from.request_context.domain_name),
      source_ip_(from.request_context.identity.source_ip),
      body_text_(from.body),
      door_(http::door::rest),
      reply_form_(http::reply_form::rest),
      is_base64_(from.is_base64_encoded) {
    take_maps(from.headers, from.multi_value_headers, from.query_string_parameters,
              from.multi_value_query_string_parameters);
    std::string_view raw = from.path;
    const bool http_api = from.version == "1.0";
    if (http_api) strip_stage(raw, domain_);
    set_path(raw, http_api ? path_form::decoded : path_form::encoded);
}

template <class Event> void request::take_v2(const Event& from) {
    method_ = from.request_context.http.method;
    stage_ = from.request_context.stage;
    domain_ = from.request_context.domain_name;
    source_ip_ = from.request_context.http.source_ip;
    body_text_ = from.body;
    is_base64_ = from.is_base64_encoded;
    cookie_lines_ = from.cookies;
    raw_query_ = from.raw_query_string;
    take_maps(from.headers, {}, from.query_string_parameters, {});
}

request::request(const v2::event& from, workspace& memory)
    : event_(&from), memory_(&memory), door_(http::door::v2), reply_form_(http::reply_form::v2) {
    take_v2(from);
    std::string_view raw = from.raw_path;
    strip_stage(raw, domain_);
    set_path(raw, path_form::decoded);
}

request::request(const furl::event& from, workspace& memory)
    : event_(&from), memory_(&memory), door_(http::door::furl), reply_form_(http::reply_form::v2) {
    take_v2(from);
    set_path(from.raw_path, path_form::encoded);
}

request::request(const alb::event& from, workspace& memory)
    : event_(&from),
      memory_(&memory),
      method_(from.http_method),
      body_text_(from.body),
      door_(http::door::alb),
      reply_form_(from.multi_value_headers.data() != nullptr ? http::reply_form::alb_multi_value
                                                             : http::reply_form::alb),
      is_base64_(from.is_base64_encoded) {
    take_maps(from.headers, from.multi_value_headers, from.query_string_parameters,
              from.multi_value_query_string_parameters);
    set_path(from.path, path_form::encoded);
}

void request::take_maps(const string_map<>& headers, const multi_value_map& header_lists,
                        const string_map<>& query, const multi_value_map& query_lists) {
    header_maps_ = {headers, header_lists};
    query_maps_ = {query, query_lists};
}

// ---- path ---------------------------------------------------------------------------------------

// Only a named stage stands in the path, and only where the client had to write it: not on a custom
// domain, whose paths may begin with the same word by chance.
void request::strip_stage(std::string_view& raw, std::string_view domain) const {
    if (stage_.empty() || stage_ == "$default") return;
    if (!raw.starts_with('/') || !raw.substr(1).starts_with(stage_)) return;
    const auto rest = raw.substr(1 + stage_.size());
    if (!rest.empty() && rest[0] != '/') return;
    if (domain.find(".execute-api.") != domain.npos) raw = rest;
}

void request::set_path(std::string_view raw, path_form form) {
    namespace own = detail::http_request;
    if (form == path_form::decoded) raw = own::encode_what_must(raw, memory_->memory());
    path_ = own::with_slash(raw, memory_->memory());
    fault_ = find_fault();
}

const char* request::find_fault() const noexcept {
    namespace own = detail::http_request;
    if (method_.empty()) return "the request has no method";
    const auto there = own::classes_of(path_);
    if ((there & own::control) != 0) return "the path has a control character";
    if ((there & own::percent) != 0) {
        if (detail::has_bad_percent(path_)) {
            return "the path has a '%' without two hexadecimal digits";
        }
        if (path_.find("%00") != path_.npos) return "the path has a NUL";
    }
    if ((there & (own::percent | own::dot)) == 0) return nullptr;
    bool dots = false;
    own::for_each_segment(path_, [&](std::string_view segment) {
        dots = own::is_dot_segment(segment);
        return !dots;
    });
    return dots ? "the path has a dot segment" : nullptr;
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
    if (raw_query_.data() != nullptr) {
        if (!raw_query_.empty()) out.append("?").append(raw_query_);
        return out;
    }
    const bool encoded = door_ == http::door::alb; // as the client sent them
    const auto put = [&](std::string_view text) {
        if (encoded)
            out += text;
        else
            detail::append_percent_encoded(out, text, detail::plus_sign::space);
    };
    char separator = '?';
    for (const name_value& each : query_maps_.flat(memory_->memory())) {
        out.push_back(separator);
        put(each.key);
        out.push_back('=');
        put(each.value);
        separator = '&';
    }
    return out;
}

// ---- query, headers, cookies --------------------------------------------------------------------

std::span<const name_value> request::maps::flat(arena& memory) const {
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
    if (raw_query_.data() != nullptr) return query_.emplace(parse_form(raw_query_, memory));
    const auto as_sent = query_maps_.flat(memory);
    if (door_ != http::door::alb || as_sent.empty()) return query_.emplace(as_sent);
    auto* const decoded = memory.room_for<name_value>(as_sent.size());
    std::transform(as_sent.begin(), as_sent.end(), decoded, [&](const name_value& each) {
        return name_value{detail::percent_decode(each.key, detail::plus_sign::space, memory),
                          detail::percent_decode(each.value, detail::plus_sign::space, memory)};
    });
    return query_.emplace(std::span<const name_value>(decoded, as_sent.size()));
}

const header_fields& request::headers() const {
    if (headers_) return *headers_;
    const auto lines = header_maps_.flat(memory_->memory());
    return headers_.emplace(cookie_lines_.empty() ? lines : with_cookies(lines));
}

// HTTP APIs take the cookies out of the headers, function URLs send them twice.
std::span<const name_value> request::with_cookies(std::span<const name_value> lines) const {
    arena& memory = memory_->memory();
    auto* const all = memory.room_for<name_value>(lines.size() + 1);
    auto* const end =
        std::remove_copy_if(lines.begin(), lines.end(), all, [](const name_value& each) {
            return caseless_names::same(each.key, "cookie");
        });
    std::size_t size = 2 * cookie_lines_.size();
    for (const auto each : cookie_lines_) size += each.size();
    auto* const text = memory.room_for<char>(size + 1);
    char* to = text;
    for (const auto each : cookie_lines_) {
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
    if (!cookie_lines_.empty()) return cookies_.emplace(parse_cookies(cookie_lines_, memory));
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
    if (!is_base64_) return body_text_;
    if (body_) return *body_;
    auto bytes = base64_decode(body_text_, memory_->memory());
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

std::string_view request::host() const { return headers().first("host").value_or(domain_); }

std::string_view request::scheme() const {
    return headers().first("x-forwarded-proto") == "http" ? "http" : "https";
}

std::string_view request::client_ip(std::size_t trusted_proxies) const {
    if (trusted_proxies == 0 && !source_ip_.empty()) return source_ip_;
    const auto hops = headers().elements("x-forwarded-for", memory_->memory());
    if (hops.empty()) return source_ip_;
    const auto hop = std::min(trusted_proxies, hops.size() - 1);
    return detail::http_request::without_port(hops[hops.size() - 1 - hop]);
}

http::caller request::caller_of(const rest::event& from) const {
    const auto& context = from.request_context;
    if (!context.authorizer.empty()) {
        const auto known = context.authorizer.as<detail::http_request::rest_authorizer>(*memory_);
        if (known && !known->claims.empty()) {
            const auto claims = known->claims.as<string_map<>>(*memory_);
            if (claims && from.version == "1.0") return jwt_caller{*claims, known->scopes};
            if (claims) return cognito_caller{*claims};
        }
        const auto all = context.authorizer.as<string_map<raw_json>>(*memory_);
        const bool says_something = !all
                                    || std::any_of(all->begin(), all->end(),
                                                   [](const auto& e) { return !e.value.empty(); });
        if (says_something) return lambda_caller{context.authorizer};
    }
    const auto& who = context.identity;
    if (who.user_arn.empty()) return anonymous_caller{};
    return iam_caller{who.account_id,
                      who.access_key,
                      who.caller,
                      who.user_arn,
                      who.user,
                      who.principal_org_id,
                      who.cognito_identity_id,
                      who.cognito_identity_pool_id};
}

http::caller request::caller() const {
    if (const auto* from = event<rest::event>()) return caller_of(*from);
    const v2::request_context* context = nullptr;
    if (const auto* from = event<v2::event>()) context = &from->request_context;
    if (const auto* from = event<furl::event>()) context = &from->request_context;
    if (context == nullptr || !context->authorizer) return anonymous_caller{};
    const auto& known = *context->authorizer;
    if (known.jwt) return jwt_caller{known.jwt->claims, known.jwt->scopes};
    if (!known.lambda.empty()) return lambda_caller{known.lambda};
    if (!known.iam) return anonymous_caller{};
    const auto cognito =
        known.iam->cognito_identity.value_or(v2::authorizer::iam_identity::cognito{});
    return iam_caller{known.iam->account_id, known.iam->access_key,   known.iam->caller_id,
                      known.iam->user_arn,   known.iam->user_id,      known.iam->principal_org_id,
                      cognito.identity_id,   cognito.identity_pool_id};
}

} // namespace headrace::http
