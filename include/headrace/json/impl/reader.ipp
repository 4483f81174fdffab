// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/escapes.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/numbers.hpp>
#include <headrace/base/result.hpp>
#include <headrace/json/detail/object_visitor.hpp>
#include <headrace/json/detail/token_path.hpp>
#include <headrace/json/reader.hpp>

#include <algorithm>
#include <bit>
#include <limits>

namespace headrace {

// ---- errors -------------------------------------------------------------------------------------

namespace detail {

[[noreturn, gnu::cold]] void refuse_wire_list(const char* why) {
    throw_failure(error::bug(format<"bad wire list: {}  see docs/howto/types.md">(why)));
}

} // namespace detail

[[gnu::cold]] bool reader::fail(errc code, const std::uint32_t* where, const char* expected) {
    if (!failed_) {
        failed_ = true;
        failure_ = {code, where, expected, {}, *where};
    }
    return false;
}

[[gnu::cold]] bool reader::syntax(const char* expected) {
    return stop(errc::syntax, expected, *at_);
}

[[gnu::cold]] bool reader::stop(errc code, const char* expected, std::size_t offset) {
    if (stopped_) return false;
    failed_ = stopped_ = true;
    failure_ = {code, at_, expected, {}, static_cast<std::uint32_t>(offset)};
    // The text behind a raw_json is not NUL, so the end is looked at elsewhere.
    text_ = detail::nothing;
    at_ = detail::nowhere;
    escape_ = text_;
    return false;
}

[[gnu::cold]] void reader::missing(const std::uint32_t* object, std::string_view name) {
    if (failed_) return;
    failed_ = true;
    failure_ = {errc::missing, object, nullptr, name, *object};
}

bool reader::other_kind(const char* expected) {
    if (null_token() || stopped_) return false;
    const auto* where = at_;
    skip();
    return fail(errc::wrong_kind, where, expected);
}

[[gnu::cold]] bool reader::end_of_members(const std::uint32_t* start) {
    if (at_ == start + 1) return syntax("a member name or '}'");
    if (peek() != ',') return syntax("',' or '}'");
    ++at_;
    return syntax("a member name");
}

error reader::to_error(detail::value_at where) const {
    error e;
    e.kind = error_class::malformed;
    e.code = failure_.code;
    if (memory_->bounds().names == pointer_names::all) {
        e.pointer = pointer_to(whole_, failure_.at);
        if (e.code == errc::missing) detail::append_step(e.pointer, failure_.member);
    } else {
        detail::token_path path(whole_, where.token != nullptr ? where.token : whole_.index);
        path.advance(failure_.at);
        path.append_to(where.pointer, *where.type, *memory_);
        if (e.code == errc::missing) where.pointer.name(failure_.member);
        e.pointer = where.pointer.text();
    }
    switch (e.code) {
    case errc::missing: e.message = "required, but absent, null or empty"; break;
    case errc::out_of_range:
        e.message = std::string("a number out of the range of ") + failure_.expected;
        break;
    case errc::syntax:
    case errc::too_deep: e.offset = failure_.offset; [[fallthrough]];
    default: e.message = std::string("expected ") + failure_.expected; break;
    }
    return e;
}

// ---- strings ------------------------------------------------------------------------------------

// Looks a few pages ahead: who only looks at the beginning of a large document, to recognise it,
// does not pay for all of it.
void reader::next_escape(const char* from) noexcept {
    escape_ = detail::plain_until(from, whole_.text + whole_.size);
}

// A string for which escape_ does not say that it has none.
bool reader::escaped_string(const char* first, const char* last, std::string_view& out) {
    if (escape_ < first) next_escape(first);
    while (escape_ < last && *escape_ != '\\') next_escape(escape_);
    if (escape_ >= last) {
        ++at_;
        out = {first, static_cast<std::size_t>(last - first)};
        return true;
    }
    static_assert(detail::escape_slack <= padding);
    auto& memory = memory_->memory();
    auto* room = static_cast<char*>(memory.take(static_cast<std::size_t>(last - first) + 1, 1));
    const auto done = detail::unescape(first, escape_, last, room);
    if (done.end == nullptr) {
        return stop(errc::syntax, "an escape of JSON",
                    static_cast<std::size_t>(done.bad - whole_.text));
    }
    *done.end = '\0';
    memory.trim(done.end + 1);
    next_escape(last);
    ++at_;
    out = {room, static_cast<std::size_t>(done.end - room)};
    return true;
}

// Are the escapes of a string good that nobody asked for? `last` is the next token, which may lie
// behind the end of the text.
bool reader::checked_escapes(const char* first, const char* last) {
    last = std::min(last, whole_.text + whole_.size);
    if (escape_ < first) next_escape(first);
    while (escape_ < last && *escape_ != '\\') next_escape(escape_);
    if (escape_ >= last) return true;
    if (const char* bad = detail::bad_escape(escape_, last)) {
        return stop(errc::syntax, "an escape of JSON", static_cast<std::size_t>(bad - whole_.text));
    }
    next_escape(last);
    return true;
}

// ---- scalars ------------------------------------------------------------------------------------

// Does the token that reaches to `last` end there?
inline bool reader::ends_at(const char* last) const noexcept {
    return last == text_ + at_[1] || detail::is_space(*last);
}

// The number at the next token; goes behind it.
[[gnu::always_inline]] inline bool reader::scalar(const char*& last) {
    const char* first = text_ + *at_;
    last = detail::number_end(first);
    if (last == first) [[unlikely]]
        return syntax("a value");
    if (!ends_at(last)) [[unlikely]] {
        return stop(errc::syntax, "the end of a number", static_cast<std::size_t>(last - text_));
    }
    ++at_;
    return true;
}

template <std::size_t N> inline bool reader::literal(const char (&word)[N]) {
    const char* first = text_ + *at_;
    if (std::memcmp(first, word, N - 1) != 0 || !ends_at(first + N - 1)) [[unlikely]] {
        return syntax("a value");
    }
    ++at_;
    return true;
}

bool reader::null_token() { return peek() == 'n' && literal("null"); }

bool reader::boolean(bool& out) {
    const char c = peek();
    if (c == 't') return literal("true") && (out = true, true);
    if (c == 'f') return literal("false") && (out = false, true);
    return other_kind("true or false");
}

bool reader::number_token(std::string_view& out) {
    const char* first = text_ + *at_;
    if (*first != '-' && !detail::is_digit(*first)) return other_kind("a number");
    const char* last = nullptr;
    if (!scalar(last)) return false;
    out = {first, static_cast<std::size_t>(last - first)};
    return true;
}

bool reader::real(double& out) {
    const auto* where = at_;
    std::string_view token;
    if (!number_token(token)) return false;
    double value = 0;
    if (detail::to_double(token, value) != detail::number_status::fine) {
        return fail(errc::out_of_range, where, "double");
    }
    out = value;
    return true;
}

// Any number that says an integer of up to 64 bits and a sign.
bool reader::any_integer(bool& negative, std::uint64_t& magnitude) {
    const auto* where = at_;
    const char c = peek();
    if (c != '-' && !detail::is_digit(c)) return other_kind("an integer");
    std::string_view token;
    if (!number_token(token)) return false;
    switch (detail::to_integer(token, negative, magnitude)) {
    case detail::number_status::fine: return true;
    case detail::number_status::fraction:
        return fail(errc::wrong_kind, where, "a number without a fraction");
    default: return fail(errc::out_of_range, where, "64 bits");
    }
}

namespace detail::reader_numbers {

// The value of the decimal digits at p, of which at most 18 fit for certain. Moves p behind them.
inline std::uint64_t digits(const char*& p) noexcept {
    std::uint64_t value = 0;
    for (; is_digit(*p); ++p) value = value * 10 + static_cast<std::uint64_t>(*p - '0');
    return value;
}
inline constexpr std::ptrdiff_t sure_digits = 18;

// Is the number from first to last short and without a leading zero?
inline bool is_short(const char* first, const char* last) noexcept {
    const auto n = last - first;
    return n > 0 && n <= sure_digits && (n == 1 || *first != '0');
}

inline const char* unsigned_name(std::uint64_t most) noexcept {
    return most == UINT64_MAX   ? "an unsigned 64-bit integer"
           : most == UINT32_MAX ? "an unsigned 32-bit integer"
           : most == UINT16_MAX ? "an unsigned 16-bit integer"
                                : "an unsigned 8-bit integer";
}
inline const char* signed_name(std::int64_t most) noexcept {
    return most == INT64_MAX   ? "a 64-bit integer"
           : most == INT32_MAX ? "a 32-bit integer"
           : most == INT16_MAX ? "a 16-bit integer"
                               : "an 8-bit integer";
}

} // namespace detail::reader_numbers

bool reader::unsigned_integer(std::uint64_t& out, std::uint64_t most) {
    namespace numbers = detail::reader_numbers;
    const char* const first = text_ + *at_;
    const char* last = first;
    std::uint64_t value = numbers::digits(last);
    if (numbers::is_short(first, last) && ends_at(last) && value <= most) [[likely]] {
        ++at_;
        out = value;
        return true;
    }
    const auto* where = at_;
    bool negative = false;
    if (!any_integer(negative, value)) return false;
    if ((negative && value != 0) || value > most) {
        return fail(errc::out_of_range, where, numbers::unsigned_name(most));
    }
    out = value;
    return true;
}

bool reader::signed_integer(std::int64_t& out, std::int64_t least, std::int64_t most) {
    namespace numbers = detail::reader_numbers;
    const auto bound_of = [&](bool negative) {
        return negative ? ~static_cast<std::uint64_t>(least) + 1 : static_cast<std::uint64_t>(most);
    };
    const auto with_sign = [](bool negative, std::uint64_t magnitude) {
        return static_cast<std::int64_t>(negative ? ~magnitude + 1 : magnitude);
    };
    const char* first = text_ + *at_;
    bool negative = *first == '-';
    if (negative) ++first;
    const char* last = first;
    std::uint64_t magnitude = numbers::digits(last);
    if (numbers::is_short(first, last) && ends_at(last) && magnitude <= bound_of(negative))
        [[likely]] {
        ++at_;
        out = with_sign(negative, magnitude);
        return true;
    }
    const auto* where = at_;
    if (!any_integer(negative, magnitude)) return false;
    if (magnitude > bound_of(negative)) {
        return fail(errc::out_of_range, where, numbers::signed_name(most));
    }
    out = with_sign(negative, magnitude);
    return true;
}

// ---- anything -----------------------------------------------------------------------------------

[[gnu::always_inline]] inline bool reader::skip_string() {
    const char* first = text_ + at_[0] + 1;
    const char* last = text_ + at_[1];
    if (escape_ < last && !checked_escapes(first, last)) [[unlikely]]
        return false;
    ++at_;
    return true;
}

[[gnu::always_inline]] inline bool reader::skip_key() {
    if (peek() != '"') [[unlikely]]
        return syntax("a member name");
    if (!skip_string()) [[unlikely]]
        return false;
    if (peek() != ':') [[unlikely]]
        return syntax("':'");
    ++at_;
    return true;
}

[[gnu::always_inline]] inline bool reader::skip_scalar() {
    switch (peek()) {
    case 't': return literal("true");
    case 'f': return literal("false");
    case 'n': return literal("null");
    default: {
        const char* last = nullptr;
        return scalar(last);
    }
    }
}

void reader::skip() {
    switch (peek()) {
    case '"': skip_string(); return;
    case '{':
    case '[': skip_nested(); return;
    default: skip_scalar(); return;
    }
}

// An array or object. What the levels inside it are lies in the bits of one word, the innermost in
// the lowest: set for objects. More than 64 levels take another call.
void reader::skip_nested() {
    constexpr unsigned most_levels = 64;
    std::uint64_t objects = 0;
    unsigned levels = 0;
    for (;;) {
        const char c = peek();
        if (c == '"') {
            if (!skip_string()) return;
        } else if (c != '{' && c != '[') {
            if (!skip_scalar()) return;
        } else if (levels == most_levels) {
            skip_nested();
        } else {
            if (!enter()) return;
            const bool object = c == '{';
            if (peek() == (object ? '}' : ']')) {
                leave();
            } else {
                ++levels;
                objects = objects << 1 | std::uint64_t{object};
                if (object && !skip_key()) return;
                continue;
            }
        }
        for (;;) {
            if (levels == 0) return;
            const bool object = (objects & 1u) != 0;
            if (peek() == ',') {
                ++at_;
                if (object && !skip_key()) return;
                break;
            }
            if (peek() != (object ? '}' : ']')) {
                syntax(object ? "',' or '}'" : "',' or ']'");
                return;
            }
            leave();
            objects >>= 1;
            --levels;
        }
    }
}

bool reader::any(std::string_view& text) {
    if (null_token()) return false;
    const char* const first = text_ + *at_;
    skip();
    if (stopped_) return false;
    const char* const final_token = text_ + at_[-1];
    const char* last = text_ + *at_;
    while (last - 1 > final_token && detail::is_space(last[-1])) --last;
    text = {first, static_cast<std::size_t>(last - first)};
    return true;
}

// ---- members out of order -----------------------------------------------------------------------

// What comes after a member is mostly what came after it last time, so that name is tried first.
void reader::members_by_table(void* object, detail::field_table& table, detail::seen_fields& seen) {
    auto* previous = &table.start();
    for (;;) {
        auto* entry = &table.guess_after(*previous);
        if (entry->key.stands_at(text_ + *at_ + 1)) [[likely]] {
            ++at_;
            if (peek() != ':') [[unlikely]]
                return void(syntax("':'"));
            ++at_;
        } else {
            const auto* key_at = at_;
            std::string_view key;
            if (!key_token(key)) [[unlikely]]
                return;
            entry = table.find(detail::field_key(key));
            if (entry != nullptr) {
                previous->follower = table.place(*entry);
            } else {
                if (unknown_ != nullptr) unknown_->push_back(key_at);
                skip();
            }
        }
        if (entry != nullptr) {
            previous = entry;
            const unsigned place = table.place(*entry);
            if (seen.test(place)) [[unlikely]] {
                repeated_ = true;
                table.reset(object, place);
                seen.clear(place);
            }
            void* const member = static_cast<char*>(object) + entry->offset;
            const bool there = entry->read != nullptr
                                   ? entry->read(*this, member)
                                   : string(*static_cast<std::string_view*>(member));
            if (there) seen.set(place);
        }
        if (peek() == ',' && text_[at_[1]] == '"') [[likely]] {
            ++at_;
            continue;
        }
        if (peek() != '}') [[unlikely]]
            return void(end_of_members(at_));
        leave();
        return;
    }
}

std::string pointer_to(const document& d, const std::uint32_t* token) {
    detail::token_path path(d);
    path.advance(token);
    return path.pointer();
}

} // namespace headrace
