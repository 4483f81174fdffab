// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/routing/extract.hpp>
#include <headrace/routing/handler.hpp>

#include <string>

namespace headrace {

void requirements::add(need one) { needs_.push_back(one); }

std::string requirements::need::text() const {
    switch (kind) {
    case what::dependency:
        if (key.empty()) return detail::format<"deps<{}&>">(name);
        return detail::format<"deps<keyed<\"{}\", {}&>>">(key, name);
    case what::path_parameter:
        if (by.empty()) return detail::format<"http::path<\"{}\">">(name);
        return detail::format<"http::path_of<{}> with \"{}\"">(by, name);
    case what::offered: break;
    }
    return detail::format<"what only {} gives">(name);
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
