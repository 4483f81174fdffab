// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which host and which port does the part of a URL name that says where the server is?

#include <headrace/base/detail/ascii.hpp>

#include <string_view>

namespace headrace::detail {

/// A number from 1 to 65535, in digits.
[[nodiscard]] constexpr bool is_port(std::string_view text) noexcept {
    unsigned number = 0;
    for (const char c : text) {
        if (!is_digit(c) || number > 65535) return false;
        number = number * 10 + static_cast<unsigned>(c - '0');
    }
    return number > 0 && number <= 65535;
}

struct authority {
    std::string_view host;       ///< IPv6 without brackets
    std::string_view port;       ///< empty: none is named
    const char* wrong = nullptr; ///< what a URL does that has this in it; null: nothing
};

/// Reads "host", "host:port", "[IPv6]" and "[IPv6]:port". The characters of the host are its
/// reader's affair.
[[nodiscard]] constexpr authority read_authority(std::string_view text) noexcept {
    authority out;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == text.npos) return {{}, {}, "has a [ without its ]"};
        out.host = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
    } else {
        out.host = text.substr(0, text.find(':'));
        text.remove_prefix(out.host.size());
    }
    if (out.host.empty()) {
        out.wrong = "has no host";
    } else if (!text.empty()) {
        out.port = text.substr(1);
        if (text[0] != ':' || !is_port(out.port)) out.wrong = "has a bad port";
    }
    return out;
}

} // namespace headrace::detail
