// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/numbers.hpp>
#include <headrace/idempotency/canonical.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

namespace headrace::idempotency {

void canonical::begin(char type, std::uint64_t n) {
    std::uint64_t highest_first = n;
    if constexpr (std::endian::native == std::endian::little) {
        highest_first = __builtin_bswap64(n);
    }
    std::array<char, sizeof n> bytes{};
    std::memcpy(bytes.data(), &highest_first, bytes.size());
    bytes_ += type;
    bytes_.append(bytes.data(), bytes.size());
}

void canonical::sized(char type, std::string_view characters) {
    begin(type, characters.size());
    bytes_ += characters;
}

void canonical::positive(std::uint64_t value) {
    std::array<char, 20> digits{};
    const auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    sized('i', {digits.data(), end});
}

void canonical::negative(std::int64_t value) { sized('i', std::to_string(value)); }

void canonical::real(double value) {
    constexpr double smallest = -9223372036854775808.0; // -2^63
    constexpr double beyond = 18446744073709551616.0;   // 2^64
    if (std::trunc(value) == value && value >= smallest && value < beyond) {
        return value < 0 ? integer(static_cast<std::int64_t>(value))
                         : integer(static_cast<std::uint64_t>(value));
    }
    begin('d', std::bit_cast<std::uint64_t>(value));
}

void canonical::text(std::string_view value) { sized('s', value); }

void canonical::array(std::size_t n) { begin('a', n); }

// Integers of 64 bits keep all their digits, if they are written as such; the others are doubles.
void canonical::read_number(reader& r) {
    std::string_view text;
    if (!r.number_token(text)) return;
    const auto* const end = text.data() + text.size();
    std::uint64_t positive = 0;
    if (const auto [at, code] = std::from_chars(text.data(), end, positive);
        code == std::errc() && at == end) {
        return integer(positive);
    }
    std::int64_t negative = 0;
    if (const auto [at, code] = std::from_chars(text.data(), end, negative);
        code == std::errc() && at == end && negative != 0) {
        return integer(negative);
    }
    double number = 0;
    if (detail::to_double(text, number) != detail::number_status::fine) {
        // Beyond what a double holds: its own digits tell such numbers apart.
        return sized('n', text);
    }
    real(number);
}

void canonical::read_object(reader& r) {
    struct member {
        std::string_view name;
        std::string bytes;
    };
    std::vector<member> members;
    auto outside = std::move(bytes_);
    r.members([&](std::string_view key) {
        bytes_.clear();
        read(r);
        members.push_back({r.memory().memory().copy(key), std::move(bytes_)});
    });
    std::ranges::stable_sort(members, {}, &member::name);
    std::vector<const member*> last;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const bool repeated = i + 1 < members.size() && members[i + 1].name == members[i].name;
        if (!repeated) last.push_back(&members[i]);
    }
    bytes_ = std::move(outside);
    begin('o', last.size());
    for (const auto* each : last) {
        text(each->name);
        bytes_ += each->bytes;
    }
}

void canonical::read(reader& r) {
    switch (r.peek()) {
    case '"': {
        std::string_view value;
        if (r.string(value)) text(value);
        return;
    }
    case '{': return read_object(r);
    case '[': {
        auto outside = std::move(bytes_);
        bytes_.clear();
        std::size_t n = 0;
        r.elements([&] {
            ++n;
            read(r);
        });
        const auto inside = std::exchange(bytes_, std::move(outside));
        array(n);
        bytes_ += inside;
        return;
    }
    case 't':
    case 'f': {
        bool value = false;
        if (r.boolean(value)) boolean(value);
        return;
    }
    case 'n':
        if (r.null_token()) null();
        return;
    default: return read_number(r);
    }
}

namespace naming_something {

inline bool is_in(reader& r) {
    bool any = false;
    switch (r.peek()) {
    case '{': r.members([&](std::string_view) { any = is_in(r) || any; }); return any;
    case '[': r.elements([&] { any = is_in(r) || any; }); return any;
    case '"': {
        std::string_view text;
        return r.string(text) && !text.empty();
    }
    default:
        any = r.peek() != 'n';
        r.skip();
        return any;
    }
}

} // namespace naming_something

result<bool> canonical::key_value(const raw_json& json, workspace& memory) {
    const auto d = json.indexed(memory);
    if (!d) return d.error();
    reader r(*d, memory);
    if (!naming_something::is_in(r)) return r.failed() ? result<bool>(r.to_error()) : false;
    if (auto added = value(json, memory); !added) return std::move(added).error();
    return true;
}

result<void> canonical::value(const raw_json& json, workspace& memory) {
    const auto d = json.indexed(memory);
    if (!d) return d.error();
    reader r(*d, memory);
    read(r);
    if (!r.at_end()) r.syntax("the end of the document");
    if (r.failed()) return r.to_error();
    return {};
}

} // namespace headrace::idempotency
