// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/ascii.hpp>
#include <headrace/json/text.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/testing/invoke.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace headrace::testing {

namespace replying {

// The HTTP replies of all front doors.
struct http_reply {
    std::uint16_t status = 0;
    string_map<> headers;
    string_map<std::span<const std::string_view>> multi_value_headers;
    std::span<const std::string_view> cookies;
    std::string_view body;
    bool is_base64 = false;

    static void wire(auto& self, auto&& field) {
        field("statusCode", self.status);
        field("headers", self.headers);
        field("multiValueHeaders", self.multi_value_headers);
        field("cookies", self.cookies);
        field("body", self.body);
        field("isBase64Encoded", self.is_base64);
    }
};

struct batch_reply {
    struct failure {
        std::string_view item_identifier;
        static void wire(auto& self, auto&& field) {
            field("itemIdentifier", self.item_identifier);
        }
    };
    std::span<const failure> failures;
    static void wire(auto& self, auto&& field) { field("batchItemFailures", self.failures); }
};

// each(value) for every header of this name.
template <class Each> void visit_header(const http_reply& r, std::string_view name, Each each) {
    for (const auto& [key, value] : r.headers) {
        if (detail::same_but_for_case(key, name)) each(value);
    }
    for (const auto& [key, values] : r.multi_value_headers) {
        if (!detail::same_but_for_case(key, name)) continue;
        for (const auto value : values) each(value);
    }
}

} // namespace replying

std::uint16_t reply::status() const {
    const auto http = as<replying::http_reply>();
    return http ? (*http)->status : std::uint16_t{0};
}

std::string reply::header(std::string_view name) const {
    const auto http = as<replying::http_reply>();
    std::string joined;
    if (!http) return joined;
    replying::visit_header(**http, name, [&](std::string_view value) {
        joined.append(joined.empty() ? "" : ", ").append(value);
    });
    return joined;
}

std::vector<std::string> reply::cookies() const {
    std::vector<std::string> all;
    const auto http = as<replying::http_reply>();
    if (!http) return all;
    for (const auto value : (*http)->cookies) all.emplace_back(value);
    replying::visit_header(**http, "set-cookie", [&](auto value) { all.emplace_back(value); });
    return all;
}

std::string reply::body() const {
    const auto http = as<replying::http_reply>();
    if (!http) return {};
    if (!(*http)->is_base64) return std::string((*http)->body);
    return base64_decode((*http)->body).value_or(std::string());
}

std::vector<std::string> reply::failed_records() const {
    std::vector<std::string> all;
    const auto batch = as<replying::batch_reply>();
    if (!batch) return all;
    for (const auto& each : (*batch)->failures) all.emplace_back(each.item_identifier);
    return all;
}

reply invoke(router& app, std::string_view event, const world& in,
             std::chrono::milliseconds timeout) {
    if (auto built = app.build(); !built) throw_failure(built.error());
    workspace memory;
    context ctx = in.make_context(timeout);
    auto bytes = app.handle_copy(memory, event, ctx);
    return {std::move(bytes.text), std::move(bytes.function_error)};
}

reply invoke(router& app, std::string_view event) {
    world own;
    return invoke(app, event, own);
}

} // namespace headrace::testing
