// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/escapes.hpp>
#include <headrace/base/detail/hex.hpp>
#include <headrace/base/detail/utf8.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#    include <emmintrin.h>
#elif defined(__ARM_NEON) && defined(__aarch64__)
#    include <arm_neon.h>
#endif

namespace headrace::detail {

namespace escapes {

inline constexpr std::ptrdiff_t block = 64;

// Bit i is set where p[i] is a backslash.
inline std::uint64_t backslashes(const char* p) noexcept {
#if defined(__SSE2__)
    const __m128i wanted = _mm_set1_epi8('\\');
    const auto quarter = [&](int i) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p) + i);
        const auto bits = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
        return std::uint64_t{bits} << (16 * i);
    };
    return quarter(0) | quarter(1) | quarter(2) | quarter(3);
#elif defined(__ARM_NEON) && defined(__aarch64__)
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(p);
    const uint8x16_t wanted = vdupq_n_u8('\\');
    const uint8x16_t weight = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const auto quarter = [&](int i) {
        return vandq_u8(vceqq_u8(vld1q_u8(bytes + 16 * i), wanted), weight);
    };
    // Adding neighbours three times leaves one byte for each eight.
    const uint8x16_t half =
        vpaddq_u8(vpaddq_u8(quarter(0), quarter(1)), vpaddq_u8(quarter(2), quarter(3)));
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(half, half)), 0);
#else
    std::uint64_t found = 0;
    for (unsigned i = 0; i < block; ++i) found |= std::uint64_t{p[i] == '\\'} << i;
    return found;
#endif
}

// Copies n bytes; reads and writes up to 15 more.
inline char* copy(char* to, const char* from, std::ptrdiff_t n) noexcept {
    char* const end = to + n;
    do {
        std::memcpy(to, from, 16);
        to += 16;
        from += 16;
    } while (to < end);
    return end;
}

// What a one-letter escape stands for, by its letter; NUL: it is none.
struct letters {
    char meaning[256] = {};
    constexpr letters() {
        constexpr char each[][2] = {{'"', '"'},  {'\\', '\\'}, {'/', '/'},  {'b', '\b'},
                                    {'f', '\f'}, {'n', '\n'},  {'r', '\r'}, {'t', '\t'}};
        for (const auto& [letter, means] : each)
            meaning[static_cast<unsigned char>(letter)] = means;
    }
    constexpr char operator[](char c) const noexcept {
        return meaning[static_cast<unsigned char>(c)];
    }
};
inline constexpr letters by_letter;

// The XXXX of \uXXXX at p, or a negative number.
constexpr std::int32_t unit(const char* p, const char* last) noexcept {
    if (last - p < 6 || p[0] != '\\' || p[1] != 'u') return -1;
    std::int32_t value = 0;
    for (int i = 2; i < 6; ++i) {
        const std::int32_t digit = hex_value(p[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

// The character of the \uXXXX at p, or of the pair of them. Moves p behind it.
constexpr bool character(const char*& p, const char* last, std::uint32_t& point) noexcept {
    const std::int32_t high = unit(p, last);
    if (high < 0 || (high >= 0xDC00 && high <= 0xDFFF)) return false;
    p += 6;
    point = static_cast<std::uint32_t>(high);
    if (high < 0xD800 || high > 0xDBFF) return true;
    const std::int32_t low = unit(p, last);
    if (low < 0xDC00 || low > 0xDFFF) return false;
    p += 6;
    point = 0x10000 + ((point - 0xD800) << 10) + (static_cast<std::uint32_t>(low) - 0xDC00);
    return true;
}

// Calls each(escape) for every backslash that begins an escape; it returns where to go on, or null
// to stop. The positions come from masks rather than from one escape to the next, so that the
// processor works on several at a time: a body that is JSON itself has one every few bytes.
template <class Each>
[[gnu::always_inline]] inline void for_each(const char* first, const char* last, Each&& each) {
    const char* from = first;
    for (const char* p = first; p < last; p += block) {
        std::uint64_t found = backslashes(p);
        if (last - p < block) found &= (std::uint64_t{1} << (last - p)) - 1;
        for (; found != 0; found &= found - 1) {
            const char* at = p + std::countr_zero(found);
            if (at < from) continue; // the second of \\, or of a pair
            from = each(at);
            if (from == nullptr) return;
        }
    }
}

} // namespace escapes

unescaped unescape(const char* first, const char* escape, const char* last, char* to) noexcept {
    const auto before = static_cast<std::size_t>(escape - first);
    std::memcpy(to, first, before);
    to += before;
    const char* from = escape;
    const char* bad = nullptr;
    escapes::for_each(escape, last, [&](const char* at) -> const char* {
        to = escapes::copy(to, from, at - from);
        const char simple = escapes::by_letter[at[1]];
        if (simple != '\0') [[likely]] {
            *to++ = simple;
            return from = at + 2;
        }
        std::uint32_t point = 0;
        from = at;
        if (!escapes::character(from, last, point)) {
            bad = at;
            return nullptr;
        }
        to = put_utf8(to, point);
        return from;
    });
    if (bad != nullptr) return {nullptr, bad};
    const auto rest = static_cast<std::size_t>(last - from);
    std::memcpy(to, from, rest);
    return {to + rest, nullptr};
}

const char* plain_until(const char* from, const char* stop) noexcept {
    constexpr std::ptrdiff_t ahead = 16 * 1024;
    const auto window = static_cast<std::size_t>(std::min(ahead, stop - from));
    const auto* found = static_cast<const char*>(std::memchr(from, '\\', window));
    return found != nullptr ? found : from + window;
}

const char* bad_escape(const char* escape, const char* last) noexcept {
    const char* bad = nullptr;
    escapes::for_each(escape, last, [&](const char* at) -> const char* {
        if (escapes::by_letter[at[1]] != '\0') [[likely]]
            return at + 2;
        std::uint32_t point = 0;
        const char* end = at;
        if (escapes::character(end, last, point)) return end;
        bad = at;
        return nullptr;
    });
    return bad;
}

} // namespace headrace::detail
