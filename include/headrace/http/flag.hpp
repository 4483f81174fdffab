// SPDX-License-Identifier: BSL-1.0
#pragma once

// Is it said at all? A boolean of an event that is false where it is absent, and absent again when
// the event is written.

#include <headrace/json/codec.hpp>

#include <cstdint>

namespace headrace::http {

/// Behaves like a const bool.
class flag {
public:
    constexpr flag() noexcept = default;
    constexpr flag(bool value) noexcept : state_(value ? state::yes : state::no) {}
    constexpr operator bool() const noexcept { return state_ == state::yes; }
    /// Does the event say nothing?
    [[nodiscard]] constexpr bool is_absent() const noexcept { return state_ == state::absent; }

private:
    enum class state : std::uint8_t { absent, no, yes };
    state state_ = state::absent;
};

} // namespace headrace::http

namespace headrace {

template <> struct codec<http::flag> {
    static bool read(reader& r, http::flag& out) {
        bool value = false;
        if (!r.boolean(value)) return false;
        out = value;
        return true;
    }
    static void write(writer& w, http::flag v) { w.boolean(v); }
    static bool absent(http::flag v) noexcept { return v.is_absent(); }
};

} // namespace headrace
