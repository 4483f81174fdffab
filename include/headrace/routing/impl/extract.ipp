// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/routing/extract.hpp>
#include <headrace/routing/handler.hpp>

#include <string>

namespace headrace {

void requirements::add(need one) { needs_.push_back(one); }

std::string requirements::need::text() const {
    const auto quoted = [](std::string_view text) { return '"' + std::string(text) + '"'; };
    switch (kind) {
    case what::dependency:
        return key.empty() ? "deps<" + std::string(name) + "&>"
                           : "deps<keyed<" + quoted(key) + ", " + std::string(name) + "&>>";
    case what::path_parameter:
        return by.empty() ? "http::path<" + quoted(name) + '>'
                          : "http::path_of<" + std::string(by) + "> with " + quoted(name);
    case what::offered: break;
    }
    return "what only " + std::string(name) + " gives";
}

namespace detail {

error in_body(error e) {
    e.message.insert(0, "in the body, ");
    return e;
}

error missing_dependency() {
    return error::bug("a handler asks for an object that the app was not given");
}

error object_not_here(std::string_view type) {
    return error::bug(format<"this call has no {}">(type));
}

} // namespace detail
} // namespace headrace
