// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does each front door say about a request, and about who has sent it?

#include <headrace/http/request.hpp>
#include <headrace/json/detail/percent.hpp>
#include <headrace/sources/http/alb.hpp>
#include <headrace/sources/http/furl.hpp>
#include <headrace/sources/http/rest.hpp>
#include <headrace/sources/http/v2.hpp>

#include <algorithm>
#include <iterator>
#include <optional>

namespace headrace::http {

namespace doors {

using detail::percent_decode;
using detail::plus_sign;

// ---- paths --------------------------------------------------------------------------------------

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
inline bool has_stage(const v2::event& from, std::string_view rest, stage_in_path unsaid,
                      arena& memory) {
    const auto key = from.route_key.empty() ? from.request_context.route_key : from.route_key;
    const auto at = key.find(" /");
    if (at == key.npos) return unsaid == stage_in_path::yes; // $default
    const auto pattern = key.substr(at + 1);
    const auto fits = [&](std::string_view path, const string_map<>& values) {
        return fits_route(path.empty() ? std::string_view("/") : path, pattern, values, memory);
    };
    if (!fits(rest, {})) return false;
    if (!fits(from.raw_path, {})) return true;
    return fits(rest, from.path_parameters) && !fits(from.raw_path, from.path_parameters);
}

// Clients of these must write a named stage.
inline bool is_execute_api(std::string_view domain) noexcept {
    return domain.find(".execute-api.") != domain.npos;
}

// What stands in the path behind a named stage, if it begins with one. On a custom domain it may do
// so by chance.
inline std::optional<std::string_view> after_stage(std::string_view raw,
                                                   std::string_view stage) noexcept {
    if (stage.empty() || stage == "$default") return std::nullopt;
    if (!raw.starts_with('/') || !raw.substr(1).starts_with(stage)) return std::nullopt;
    const auto rest = raw.substr(1 + stage.size());
    if (!rest.empty() && rest[0] != '/') return std::nullopt;
    return rest;
}

// AWS's domains have dots, and so have those of its customers; "localhost:3000" has none.
inline path_form http_api_form(std::string_view domain, const request_options& options) noexcept {
    const bool is_emulated =
        options.path == path_coding::emulated || domain.find('.') == domain.npos;
    return is_emulated ? path_form::emulated : path_form::decoded;
}

// ---- callers ------------------------------------------------------------------------------------

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
inline bool says_something(const iam_caller& who) {
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

// What REST APIs put into "authorizer" if they know its shape.
struct rest_authorizer {
    raw_json claims;
    std::span<const std::string_view> scopes;
    static void wire(auto& self, auto&& field) {
        field("claims", self.claims);
        field("scopes", self.scopes);
    }
};

inline http::caller rest_caller(const void* event, workspace& memory) {
    const auto& from = *static_cast<const rest::event*>(event);
    const auto& authorizer = from.request_context.authorizer;
    if (!authorizer.empty()) {
        const auto known = authorizer.as<rest_authorizer>(memory);
        const auto claims = known && !known->claims.empty() ? known->claims.as<text_map<>>(memory)
                                                            : result<text_map<>>(text_map<>());
        const bool has_shape = known && claims;
        const bool is_jwt = has_shape && from.version == "1.0";
        const bool is_somebody = has_shape && says_something(*claims);
        if (is_jwt && (is_somebody || !known->scopes.empty())) {
            return jwt_caller{*claims, known->scopes};
        }
        if (is_somebody) return cognito_caller{*claims};
        const auto all = authorizer.as<string_map<raw_json>>(memory);
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

// Of HTTP APIs and of function URLs, which have the same shape.
template <class Event> http::caller v2_caller(const void* event, workspace& memory) {
    const auto& context = static_cast<const Event*>(event)->request_context;
    if (!context.authorizer) return anonymous_caller{};
    const auto& known = *context.authorizer;
    if (known.jwt && (says_something(known.jwt->claims) || !known.jwt->scopes.empty())) {
        return jwt_caller{known.jwt->claims, known.jwt->scopes};
    }
    if (says_something(known.lambda, memory)) return lambda_caller{known.lambda};
    if (!known.iam) return anonymous_caller{};
    const auto cognito =
        known.iam->cognito_identity.value_or(v2::authorizer::iam_identity::cognito{});
    const iam_caller who{known.iam->account_id, known.iam->access_key,
                         known.iam->caller_id,  known.iam->user_arn,
                         known.iam->user_id,    known.iam->principal_org_id,
                         cognito.identity_id,   cognito.identity_pool_id};
    if (!says_something(who)) return anonymous_caller{};
    return who;
}

// Without the way in which they came.
template <class T> const string_map<T>& texts_of(const text_map<T>& all) noexcept { return all; }

template <class Event> request_parts parts_of_v2(const Event& from) {
    request_parts all;
    all.event = &from;
    all.event_type = detail::id_of<Event>;
    all.method = from.request_context.http.method;
    all.path = from.raw_path;
    all.stage = from.request_context.stage;
    all.domain = from.request_context.domain_name;
    all.source_ip = from.request_context.http.source_ip;
    all.body = from.body;
    all.is_base64 = from.is_base64_encoded;
    all.cookies = from.cookies;
    all.raw_query = from.raw_query_string;
    all.headers.single = texts_of(from.headers);
    all.query.single = texts_of(from.query_string_parameters);
    all.caller = &v2_caller<Event>;
    return all;
}

// Doors that tell all values of a name.
template <class Event> request_parts parts_of_lists(const Event& from) {
    request_parts all;
    all.event = &from;
    all.event_type = detail::id_of<Event>;
    all.method = from.http_method;
    all.path = from.path;
    all.body = from.body;
    all.is_base64 = from.is_base64_encoded;
    all.headers = {texts_of(from.headers), texts_of(from.multi_value_headers)};
    all.query = {texts_of(from.query_string_parameters),
                 texts_of(from.multi_value_query_string_parameters)};
    return all;
}

} // namespace doors

request_parts rest::event::parts(const event& from, workspace&, const request_options& options) {
    auto all = doors::parts_of_lists(from);
    all.door = door::rest;
    all.reply_form = reply_form::rest;
    all.stage = from.request_context.stage;
    all.domain = from.request_context.domain_name;
    all.source_ip = from.request_context.identity.source_ip;
    all.api = from.request_context.api_id;
    all.caller = &doors::rest_caller;
    if (from.version != "1.0") return all;
    const auto rest = doors::after_stage(from.path, all.stage);
    if (rest && doors::is_execute_api(all.domain)) all.path = *rest;
    all.path_form = doors::http_api_form(all.domain, options);
    return all;
}

request_parts v2::event::parts(const event& from, workspace& memory,
                               const request_options& options) {
    auto all = doors::parts_of_v2(from);
    all.api = from.request_context.api_id;
    const auto rest = doors::after_stage(from.raw_path, all.stage);
    const bool has_stage = rest
                           && (doors::is_execute_api(all.domain)
                               || doors::has_stage(from, *rest, options.stage, memory.memory()));
    if (has_stage) all.path = *rest;
    all.path_form = doors::http_api_form(all.domain, options);
    return all;
}

request_parts furl::event::parts(const event& from, workspace&, const request_options&) {
    auto all = doors::parts_of_v2(from);
    all.door = door::furl;
    return all;
}

request_parts alb::event::parts(const event& from, workspace&, const request_options&) {
    auto all = doors::parts_of_lists(from);
    all.door = door::alb;
    all.reply_form =
        from.multi_value_headers.data() != nullptr ? reply_form::alb_multi_value : reply_form::alb;
    all.query_form = query_form::encoded;
    return all;
}

} // namespace headrace::http
