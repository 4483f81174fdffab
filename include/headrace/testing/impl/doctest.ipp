// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/base/error.hpp>
#include <headrace/http/response.hpp>
#include <headrace/routing/outcome.hpp>
#include <headrace/testing/invoke.hpp>

#include <string>
#include <variant>

// The bodies of testing/doctest.hpp, which itself is not included: the kit does not need doctest.
namespace headrace::testing {

std::string printed(const error& e) {
    return headrace::detail::format<"{}/{}: {}">(to_string(e.kind), to_string(e.code), describe(e));
}

std::string printed(const http::response& r) {
    std::string out = std::to_string(r.status);
    for (const auto& [name, value] : r.headers)
        headrace::detail::append_format<", {}: {}">(out, name, value);
    for (const auto& value : r.cookies) out += ", Set-Cookie: " + value;
    return r.body.empty() ? out : out + ", " + r.body;
}

std::string printed(const outcome& o) {
    std::string out(to_string(o.verdict()));
    if (o.error() != nullptr) headrace::detail::append_format<" ({})">(out, printed(*o.error()));
    if (const auto* json = o.reply().get_if<json_reply>()) out += " " + json->text;
    if (const auto* http = o.reply().get_if<http::response>()) out += " " + printed(*http);
    return out;
}

std::string printed(const reply& r) {
    return r.error() ? headrace::detail::format<"function error ({})">(printed(*r.error()))
                     : r.text();
}

} // namespace headrace::testing
