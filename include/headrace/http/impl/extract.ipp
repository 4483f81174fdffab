// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/http/extract.hpp>
#include <headrace/http/problem.hpp>
#include <headrace/http/route_table.hpp>
#include <headrace/json/detail/percent.hpp>

#include <algorithm>

namespace headrace::detail {

result<std::string_view> path_text(call& c, std::string_view name) {
    const auto text = c.find<http::request>()->match()->parameter(name, c.memory().memory());
    if (!text) return no_such_parameter("path", name); // build() reports this before any call
    return *text;
}

http::parameters path_texts(call& c) {
    const auto& match = *c.find<http::request>()->match();
    arena& memory = c.memory().memory();
    auto* const all = memory.room_for<http::name_value>(match.count);
    for (std::size_t i = 0; i < match.count; ++i) {
        all[i] = {match.names[i], percent_decode(match.values[i], plus_sign::itself, memory)};
    }
    return http::parameters({all, match.count});
}

result<http::parameters> form_texts(call& c) {
    constexpr std::string_view form = "application/x-www-form-urlencoded";
    const auto& request = *c.find<http::request>();
    auto type = request.content_type();
    type = type.substr(0, type.find_first_of("; \t"));
    if (!type.empty() && !http::caseless_names::same(type, form)) {
        return http::unsupported_media_type("the body is to be application/x-www-form-urlencoded");
    }
    const auto coding = request.headers().first("content-encoding").value_or("identity");
    if (!http::caseless_names::same(coding, "identity")) {
        return http::unsupported_media_type("the body is to be a form without a content coding");
    }
    const auto body = request.body();
    if (!body) return body.error();
    return http::parse_form(*body, c.memory().memory());
}

} // namespace headrace::detail
