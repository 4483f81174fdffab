// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/codec.hpp>

namespace headrace::detail {

void append_choice(std::string& list, std::string_view name) {
    constexpr std::size_t most = 200; // bytes: an error is read by a person
    constexpr std::string_view more = ", ...";
    if (list.ends_with(more)) return;
    if (list.size() + name.size() > most) {
        list += more;
        return;
    }
    list.append(list.empty() ? "one of " : ", ").append(name);
}

bool refuse_name(reader& r, const std::uint32_t* where, std::string choices) {
    choices += '\0'; // so that the copy ends with it
    return r.fail(errc::bad_value, where, r.memory().memory().copy(choices).data());
}

} // namespace headrace::detail
