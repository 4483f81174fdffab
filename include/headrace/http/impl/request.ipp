// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/http/request.hpp>
#include <headrace/http/route_table.hpp>
#include <headrace/json/detail/percent.hpp>
#include <headrace/json/text.hpp>
#include <headrace/sources/http/alb.hpp>
#include <headrace/sources/http/furl.hpp>
#include <headrace/sources/http/rest.hpp>
#include <headrace/sources/http/v2.hpp>

#include <algorithm>
#include <array>
#include <iterator>

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
    constexpr std::string_view digits = "0123456789ABCDEF";
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
        *to++ = digits[byte >> 4];
        *to++ = digits[byte & 15];
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

// Takes "/segment" from the path; the segment.
inline std::string_view next_segment(std::string_view& path) noexcept {
    const auto end = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(1, end - 1);
    path.remove_prefix(end);
    return segment;
}

// Whoever wrote it, encoded or decoded.
inline bool is_same_text(std::string_view a, std::string_view b, arena& memory) {
    constexpr auto plus = plus_sign::itself;
    return a == b || percent_decode(a, plus, memory) == percent_decode(b, plus, memory);
}

// Does the pattern of a route key take this path, and give its parameters these values?
inline bool fits_route(std::string_view path, std::string_view pattern, const string_map<>& values,
                       arena& memory) {
    while (!pattern.empty()) {
        if (path.empty()) return false;
        auto wanted = next_segment(pattern);
        if (!wanted.starts_with('{') || !wanted.ends_with('}')) {
            if (!is_same_text(next_segment(path), wanted, memory)) return false;
            continue;
        }
        wanted = wanted.substr(1, wanted.size() - 2);
        const bool takes_all = wanted.ends_with('+');
        if (takes_all) wanted.remove_suffix(1);
        const auto value = takes_all ? path.substr(1) : next_segment(path);
        if (value.empty()) return false;
        const auto* const said = values.find(wanted);
        if (said != nullptr && !said->empty() && !is_same_text(*said, value, memory)) return false;
        if (takes_all) return pattern.empty();
    }
    return path.empty();
}

// Outside of execute-api domains the route that API Gateway has found tells whether the path has
// the stage in front: it does if only the path without it fits. Where both do, the parameters tell.
inline bool has_stage(const http::v2::event& from, std::string_view rest,
                      http::stage_in_path unsaid, arena& memory) {
    const auto key = from.route_key.empty() ? from.request_context.route_key : from.route_key;
    const auto at = key.find(" /");
    if (at == key.npos) return unsaid == http::stage_in_path::yes; // $default
    const auto pattern = key.substr(at + 1);
    const auto fits = [&](std::string_view path, const string_map<>& values) {
        return fits_route(path.empty() ? std::string_view("/") : path, pattern, values, memory);
    };
    if (!fits(rest, {})) return false;
    if (!fits(from.raw_path, {})) return true;
    return fits(rest, from.path_parameters) && !fits(from.raw_path, from.path_parameters);
}

// Has somebody been found out?
inline bool says_something(const string_map<>& claims) {
    return std::any_of(claims.begin(), claims.end(),
                       [](const auto& e) { return !e.value.empty(); });
}
inline bool says_something(const raw_json& context, workspace& memory) {
    if (context.empty()) return false;
    const auto all = context.as<string_map<raw_json>>(memory);
    return !all
           || std::any_of(all->begin(), all->end(), [](const auto& e) { return !e.value.empty(); });
}
inline bool says_something(const http::iam_caller& who) {
    const std::string_view members[] = {who.account_id,
                                        who.access_key,
                                        who.caller_id,
                                        who.user_arn,
                                        who.user_id,
                                        who.principal_org_id,
                                        who.cognito_identity_id,
                                        who.cognito_identity_pool_id};
    return std::any_of(std::begin(members), std::end(members),
                       [](std::string_view each) { return !each.empty(); });
}

// Clients of these must write a named stage.
inline bool is_execute_api(std::string_view domain) noexcept {
    return domain.find(".execute-api.") != domain.npos;
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

request::request(const rest::event& from, workspace& memory, const request_options& options)
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
    if (from.version != "1.0") {
        set_path(from.path, path_form::encoded);
        return;
    }
    const auto rest = after_stage(from.path);
    const bool has_stage = rest && detail::http_request::is_execute_api(domain_);
    set_path(has_stage ? *rest : from.path, http_api_form(options));
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

request::request(const v2::event& from, workspace& memory, const request_options& options)
    : event_(&from), memory_(&memory), door_(http::door::v2), reply_form_(http::reply_form::v2) {
    namespace own = detail::http_request;
    take_v2(from);
    const auto rest = after_stage(from.raw_path);
    const bool has_stage = rest
                           && (own::is_execute_api(domain_)
                               || own::has_stage(from, *rest, options.stage, memory.memory()));
    set_path(has_stage ? *rest : from.raw_path, http_api_form(options));
}

request::request(const furl::event& from, workspace& memory, const request_options&)
    : event_(&from), memory_(&memory), door_(http::door::furl), reply_form_(http::reply_form::v2) {
    take_v2(from);
    set_path(from.raw_path, path_form::encoded);
}

request::request(const alb::event& from, workspace& memory, const request_options&)
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

void request::take_maps(const string_map<>& headers, const lists_map& header_lists,
                        const string_map<>& query, const lists_map& query_lists) {
    header_maps_ = {headers, header_lists};
    query_maps_ = {query, query_lists};
}

// ---- path ---------------------------------------------------------------------------------------

// What stands in the path behind a named stage, if it begins with one. On a custom domain it may do
// so by chance.
std::optional<std::string_view> request::after_stage(std::string_view raw) const noexcept {
    if (stage_.empty() || stage_ == "$default") return std::nullopt;
    if (!raw.starts_with('/') || !raw.substr(1).starts_with(stage_)) return std::nullopt;
    const auto rest = raw.substr(1 + stage_.size());
    if (!rest.empty() && rest[0] != '/') return std::nullopt;
    return rest;
}

// AWS's domains have dots, and so have those of its customers; "localhost:3000" has none.
request::path_form request::http_api_form(const request_options& options) const noexcept {
    const bool is_emulated =
        options.path == path_coding::emulated || domain_.find('.') == domain_.npos;
    return is_emulated ? path_form::emulated : path_form::decoded;
}

void request::set_path(std::string_view raw, path_form form) {
    namespace own = detail::http_request;
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
    if (method_.empty()) return "the request has no method";
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
    namespace own = detail::http_request;
    const auto& authorizer = from.request_context.authorizer;
    if (!authorizer.empty()) {
        const auto known = authorizer.as<own::rest_authorizer>(*memory_);
        const auto claims = known && !known->claims.empty() ? known->claims.as<text_map<>>(*memory_)
                                                            : result<text_map<>>(text_map<>());
        const bool has_shape = known && claims;
        const bool is_jwt = has_shape && from.version == "1.0";
        const bool is_somebody = has_shape && own::says_something(*claims);
        if (is_jwt && (is_somebody || !known->scopes.empty())) {
            return jwt_caller{*claims, known->scopes};
        }
        if (is_somebody) return cognito_caller{*claims};
        const auto all = authorizer.as<string_map<raw_json>>(*memory_);
        const auto says_more = [&](const auto& member) {
            if (member.value.empty() || (has_shape && member.key == "claims")) return false;
            return !(has_shape && member.key == "scopes" && known->scopes.empty());
        };
        if (!all || std::any_of(all->begin(), all->end(), says_more)) {
            return lambda_caller{authorizer};
        }
    }
    const auto& who = from.request_context.identity;
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
    namespace own = detail::http_request;
    if (const auto* from = event<rest::event>()) return caller_of(*from);
    const v2::request_context* context = nullptr;
    if (const auto* from = event<v2::event>()) context = &from->request_context;
    if (const auto* from = event<furl::event>()) context = &from->request_context;
    if (context == nullptr || !context->authorizer) return anonymous_caller{};
    const auto& known = *context->authorizer;
    if (known.jwt && (own::says_something(known.jwt->claims) || !known.jwt->scopes.empty())) {
        return jwt_caller{known.jwt->claims, known.jwt->scopes};
    }
    if (own::says_something(known.lambda, *memory_)) return lambda_caller{known.lambda};
    if (!known.iam) return anonymous_caller{};
    const auto cognito =
        known.iam->cognito_identity.value_or(v2::authorizer::iam_identity::cognito{});
    const iam_caller who{known.iam->account_id, known.iam->access_key,
                         known.iam->caller_id,  known.iam->user_arn,
                         known.iam->user_id,    known.iam->principal_org_id,
                         cognito.identity_id,   cognito.identity_pool_id};
    if (!own::says_something(who)) return anonymous_caller{};
    return who;
}

} // namespace headrace::http
