// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/reader.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <system_error>

namespace headrace {

namespace detail::reader_chars {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr int hex(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The four digits of \uXXXX, or -1.
constexpr std::int32_t hex4(const char* p, const char* last) noexcept {
    if (last - p < 4) return -1;
    std::int32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        const int digit = hex(p[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

inline char* put_utf8(char* to, std::uint32_t code) noexcept {
    const auto byte = [](std::uint32_t b) {
        return static_cast<char>(static_cast<unsigned char>(b));
    };
    if (code < 0x80) {
        *to++ = byte(code);
    } else if (code < 0x800) {
        *to++ = byte(0xC0 | (code >> 6));
        *to++ = byte(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *to++ = byte(0xE0 | (code >> 12));
        *to++ = byte(0x80 | ((code >> 6) & 0x3F));
        *to++ = byte(0x80 | (code & 0x3F));
    } else {
        *to++ = byte(0xF0 | (code >> 18));
        *to++ = byte(0x80 | ((code >> 12) & 0x3F));
        *to++ = byte(0x80 | ((code >> 6) & 0x3F));
        *to++ = byte(0x80 | (code & 0x3F));
    }
    return to;
}

// The character that a one-letter escape stands for, or NUL.
constexpr char short_escape(char c) noexcept {
    switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '/': return '/';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
    }
}

// One escape at *p, which is a backslash. Moves p behind it; false if it is not an escape.
inline bool one_escape(const char*& p, const char* last, std::uint32_t& code) noexcept {
    if (last - p < 2) return false;
    if (p[1] != 'u') {
        code = static_cast<unsigned char>(short_escape(p[1]));
        p += 2;
        return code != 0;
    }
    const std::int32_t high = hex4(p + 2, last);
    if (high < 0) return false;
    p += 6;
    code = static_cast<std::uint32_t>(high);
    if (code >= 0xDC00 && code <= 0xDFFF) return false; // a low surrogate alone
    if (code < 0xD800 || code > 0xDBFF) return true;
    if (last - p < 6 || p[0] != '\\' || p[1] != 'u') return false;
    const std::int32_t low = hex4(p + 2, last);
    if (low < 0xDC00 || low > 0xDFFF) return false;
    p += 6;
    code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<std::uint32_t>(low) - 0xDC00);
    return true;
}

// RFC 8259 section 6: the end of the number that starts at p; p itself if there is none.
inline const char* number_end(const char* p, bool& is_real) noexcept {
    const char* const start = p;
    is_real = false;
    if (*p == '-') ++p;
    if (*p == '0') {
        ++p;
    } else if (is_digit(*p)) {
        while (is_digit(*p)) ++p;
    } else {
        return start;
    }
    if (*p == '.') {
        is_real = true;
        if (!is_digit(*++p)) return start;
        while (is_digit(*p)) ++p;
    }
    if (*p == 'e' || *p == 'E') {
        is_real = true;
        ++p;
        if (*p == '+' || *p == '-') ++p;
        if (!is_digit(*p)) return start;
        while (is_digit(*p)) ++p;
    }
    return p;
}

// Of a number that double cannot hold: is it too close to zero (rather than too large)?
inline bool is_tiny(std::string_view token) noexcept {
    if (token.front() == '-') token.remove_prefix(1);
    const auto mark = std::min(token.find_first_of("eE"), token.size());
    const auto digits = token.substr(0, mark);
    if (mark < token.size() && token[mark + 1] == '-') {
        return true; // 1e-400; 1000...e-5 with 300 digits before the exponent fits into double
    }
    return digits.starts_with("0."); // 0.000...1 without an exponent
}

constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

} // namespace detail::reader_chars

// ---- errors -----------------------------------------------------------------------------------

[[gnu::cold]] bool reader::fail(errc code, const std::uint32_t* where, const char* expected) {
    if (!failed_) {
        failed_ = true;
        failure_ = {code, where, expected, {}, *where};
    }
    return false;
}

[[gnu::cold]] bool reader::syntax(const char* expected) { return syntax_at(expected, *at_); }

[[gnu::cold]] bool reader::syntax_at(const char* expected, std::size_t offset) {
    if (!failed_ || failure_.code != errc::syntax) {
        failed_ = true;
        failure_ = {errc::syntax, at_, expected, {}, static_cast<std::uint32_t>(offset)};
    }
    at_ = end_;
    return false;
}

[[gnu::cold]] bool reader::too_deep() {
    syntax("");
    if (failure_.code == errc::syntax && *failure_.expected == '\0') {
        failure_.expected = "less nesting";
        too_deep_ = true;
    }
    return false;
}

[[gnu::cold]] void reader::missing(const std::uint32_t* object, std::string_view name) {
    if (failed_) return;
    failed_ = true;
    failure_ = {errc::missing, object, nullptr, name, *object};
}

[[gnu::cold]] bool reader::other_kind(const char* expected) {
    if (null_token()) return false;
    if (peek() == '\0') return syntax("a value");
    const auto* where = at_;
    skip();
    return fail(errc::wrong_kind, where, expected);
}

error reader::to_error() const {
    error e;
    e.kind = error_class::malformed;
    e.code = too_deep_ ? errc::too_deep : failure_.code;
    const document d{text_, static_cast<std::size_t>(stop_ - text_), begin_,
                     static_cast<std::size_t>(end_ - begin_)};
    e.pointer = pointer_to(d, failure_.at);
    switch (e.code) {
    case errc::syntax:
    case errc::too_deep: e.offset = failure_.offset; [[fallthrough]];
    default: e.message = std::string("expected ") + failure_.expected; break;
    case errc::out_of_range:
        e.message = std::string("a number out of the range of ") + failure_.expected;
        break;
    case errc::missing:
        e.pointer.append("/");
        for (const char c : failure_.member) {
            if (c == '~')
                e.pointer.append("~0");
            else if (c == '/')
                e.pointer.append("~1");
            else
                e.pointer.push_back(c);
        }
        e.message = "required, but absent, null or empty";
        break;
    }
    return e;
}

// ---- strings ----------------------------------------------------------------------------------

bool reader::unescape(const char* first, const char* last, std::string_view& out) {
    namespace chars = detail::reader_chars;
    auto* room =
        static_cast<char*>(memory_->memory().take(static_cast<std::size_t>(last - first) + 1, 1));
    char* to = room;
    const char* p = first;
    const char* q = escape_;
    while (q != nullptr) {
        std::memcpy(to, p, static_cast<std::size_t>(q - p));
        to += q - p;
        p = q;
        std::uint32_t code = 0;
        do {
            // Inside JSON that was put into a string, almost every escape is \".
            if (p[1] == '"') [[likely]] {
                *to++ = '"';
                p += 2;
            } else {
                const char* at = p;
                if (!chars::one_escape(p, last, code)) {
                    return syntax_at("an escape of JSON", static_cast<std::size_t>(at - text_));
                }
                to = chars::put_utf8(to, code);
            }
        } while (p < last && *p == '\\');
        q = static_cast<const char*>(std::memchr(p, '\\', static_cast<std::size_t>(last - p)));
    }
    std::memcpy(to, p, static_cast<std::size_t>(last - p));
    to += last - p;
    *to = '\0';
    memory_->memory().trim(to + 1);
    out = {room, static_cast<std::size_t>(to - room)};
    return true;
}

bool reader::check_escapes(const char* first, const char* last) {
    namespace chars = detail::reader_chars;
    if (escape_ < first) next_escape(first);
    for (const char* p = escape_; p < last;) {
        const char* at = p;
        std::uint32_t code = 0;
        if (!chars::one_escape(p, last, code)) {
            return syntax_at("an escape of JSON", static_cast<std::size_t>(at - text_));
        }
        next_escape(p);
        p = escape_;
    }
    return true;
}

// ---- scalars ----------------------------------------------------------------------------------

// The number at the next token; goes behind it. False: not a number by the grammar.
bool reader::scalar(const char*& last, bool& is_real) {
    namespace chars = detail::reader_chars;
    const char* first = text_ + *at_;
    last = chars::number_end(first, is_real);
    if (last == first) return syntax("a value");
    const char* next = text_ + at_[1];
    if (last != next && !chars::is_space(*last)) {
        return syntax_at("the end of a number", static_cast<std::size_t>(last - text_));
    }
    ++at_;
    return true;
}

bool reader::literal(std::string_view word) {
    const char* first = text_ + *at_;
    const char* last = first + word.size();
    if (std::memcmp(first, word.data(), word.size()) != 0
        || (last != text_ + at_[1] && !detail::reader_chars::is_space(*last))) {
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
    const char c = peek();
    if (c != '-' && !detail::reader_chars::is_digit(c)) return other_kind("a number");
    const char* first = text_ + *at_;
    const char* last = nullptr;
    bool is_real = false;
    if (!scalar(last, is_real)) return false;
    out = {first, static_cast<std::size_t>(last - first)};
    return true;
}

bool reader::real(double& out) {
    const auto* where = at_;
    std::string_view token;
    if (!number_token(token)) return false;
    double value = 0;
    const auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), value);
    if (code == std::errc::result_out_of_range) {
        if (!detail::reader_chars::is_tiny(token)) return fail(errc::out_of_range, where, "double");
        value = token.front() == '-' ? -0.0 : 0.0;
    }
    out = value;
    return true;
}

// The integer at the next token from its decimal digits, exponent and fraction, without double.
bool reader::integer_slowly(bool& negative, std::uint64_t& magnitude) {
    const auto* where = at_;
    std::string_view token;
    if (!number_token(token)) return false;
    negative = token.front() == '-';
    if (negative) token.remove_prefix(1);
    const auto mark = token.find_first_of("eE");
    std::string_view mantissa = token.substr(0, mark);
    std::int64_t exponent = 0;
    if (mark != std::string_view::npos) {
        auto digits = token.substr(mark + 1);
        if (digits.front() == '+') digits.remove_prefix(1);
        const auto [end, code] =
            std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
        if (code != std::errc{}) exponent = digits.front() == '-' ? -100'000'000 : 100'000'000;
        exponent = std::clamp<std::int64_t>(exponent, -100'000'000, 100'000'000);
    }
    const auto dot = mantissa.find('.');
    const auto whole = mantissa.substr(0, dot);
    const auto fraction =
        dot == std::string_view::npos ? std::string_view{} : mantissa.substr(dot + 1);
    const auto digit_at = [&](std::size_t i) {
        return i < whole.size() ? whole[i] : fraction[i - whole.size()];
    };
    const auto count = static_cast<std::int64_t>(whole.size() + fraction.size());
    const std::int64_t point = static_cast<std::int64_t>(whole.size()) + exponent;
    magnitude = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto digit = static_cast<std::uint64_t>(digit_at(static_cast<std::size_t>(i)) - '0');
        if (i >= point) {
            if (digit != 0) return fail(errc::wrong_kind, where, "a number without a fraction");
        } else {
            if (magnitude > (UINT64_MAX - digit) / 10)
                return fail(errc::out_of_range, where, "64 bits");
            magnitude = magnitude * 10 + digit;
        }
    }
    for (std::int64_t i = count; i < point && magnitude != 0; ++i) {
        if (magnitude > UINT64_MAX / 10) return fail(errc::out_of_range, where, "64 bits");
        magnitude *= 10;
    }
    return true;
}

bool reader::unsigned_integer(std::uint64_t& out, std::uint64_t most) {
    const auto* where = at_;
    const char c = peek();
    if (c != '-' && !detail::reader_chars::is_digit(c)) return other_kind("an integer");
    bool negative = false;
    if (!integer_slowly(negative, out)) return false;
    if ((negative && out != 0) || out > most) {
        return fail(errc::out_of_range, where,
                    most == UINT64_MAX   ? "an unsigned 64-bit integer"
                    : most == UINT32_MAX ? "an unsigned 32-bit integer"
                    : most == UINT16_MAX ? "an unsigned 16-bit integer"
                                         : "an unsigned 8-bit integer");
    }
    return true;
}

bool reader::signed_integer(std::int64_t& out, std::int64_t least, std::int64_t most) {
    const auto* where = at_;
    const char c = peek();
    if (c != '-' && !detail::reader_chars::is_digit(c)) return other_kind("an integer");
    bool negative = false;
    std::uint64_t magnitude = 0;
    if (!integer_slowly(negative, magnitude)) return false;
    const auto bound =
        negative ? ~static_cast<std::uint64_t>(least) + 1 : static_cast<std::uint64_t>(most);
    if (magnitude > bound) {
        return fail(errc::out_of_range, where,
                    most == INT64_MAX   ? "a 64-bit integer"
                    : most == INT32_MAX ? "a 32-bit integer"
                    : most == INT16_MAX ? "a 16-bit integer"
                                        : "an 8-bit integer");
    }
    out = static_cast<std::int64_t>(negative ? ~magnitude + 1 : magnitude);
    return true;
}

// ---- anything ---------------------------------------------------------------------------------

void reader::skip() {
    // One bit for each open array or object: set for objects.
    std::vector<bool>* deep = nullptr;
    std::array<std::uint64_t, 16> kinds{};
    const std::uint32_t allowed = depth_left_;
    std::uint32_t depth = 0;
    std::vector<bool> spill;
    const auto push = [&](bool is_object) {
        if (depth < kinds.size() * 64) {
            auto& word = kinds[depth / 64];
            const auto bit = std::uint64_t{1} << (depth % 64);
            word = is_object ? word | bit : word & ~bit;
        } else {
            deep = &spill;
            deep->push_back(is_object);
        }
        ++depth;
    };
    const auto in_object = [&] {
        const auto top = depth - 1;
        return top < kinds.size() * 64 ? ((kinds[top / 64] >> (top % 64)) & 1u) != 0
                                       : bool(spill.back());
    };
    const auto pop = [&] {
        --depth;
        if (depth >= kinds.size() * 64) spill.pop_back();
    };
    const auto pass_key = [&] {
        if (peek() != '"') return syntax("a member name");
        if (!pass_string()) return false;
        if (peek() != ':') return syntax("':'");
        ++at_;
        return true;
    };
    for (;;) {
        // a value is due
        switch (peek()) {
        case '"':
            if (!pass_string()) return;
            break;
        case '{':
            if (depth == allowed) return void(too_deep());
            ++at_;
            if (peek() != '}') {
                push(true);
                if (!pass_key()) return;
                continue;
            }
            ++at_;
            break;
        case '[':
            if (depth == allowed) return void(too_deep());
            ++at_;
            if (peek() != ']') {
                push(false);
                continue;
            }
            ++at_;
            break;
        case 't':
            if (!literal("true")) return;
            break;
        case 'f':
            if (!literal("false")) return;
            break;
        case 'n':
            if (!literal("null")) return;
            break;
        default: {
            const char* last = nullptr;
            bool is_real = false;
            if (!scalar(last, is_real)) return;
        }
        }
        // a value is done
        for (;;) {
            if (depth == 0) return;
            const bool object = in_object();
            if (peek() == ',') {
                ++at_;
                if (object && !pass_key()) return;
                break;
            }
            if (peek() != (object ? '}' : ']')) {
                syntax(object ? "',' or '}'" : "',' or ']'");
                return;
            }
            ++at_;
            pop();
        }
    }
}

bool reader::any(std::string_view& text) {
    if (null_token()) return false;
    const char* first = text_ + *at_;
    skip();
    if (failed_ && failure_.code == errc::syntax) return false;
    const char* last = text_ + *at_;
    // back over what separates this value from the next token
    const std::uint32_t* final_token = at_ - 1;
    const char* bound = text_ + *final_token;
    while (last - 1 > bound && detail::reader_chars::is_space(last[-1])) --last;
    text = {first, static_cast<std::size_t>(last - first)};
    return true;
}

// ---- members out of order -----------------------------------------------------------------------

void reader::members_by_table(void* object, detail::field_table& table, detail::seen_fields& seen) {
    std::uint8_t previous = detail::field_table::none;
    for (;;) {
        const auto* key_at = at_;
        std::string_view key;
        if (!key_token(key)) return;
        std::uint8_t found = detail::field_table::none;
        if (previous != detail::field_table::none) found = table[previous].follower;
        if (found == detail::field_table::none || table[found].name != key) found = table.find(key);
        if (found != detail::field_table::none) {
            if (previous != detail::field_table::none) table[previous].follower = found;
            previous = found;
            auto& entry = table[found];
            void* member = static_cast<char*>(object) + entry.offset;
            seen.set(found, entry.read(*this, member, seen.test(found)));
        } else {
            if (unknown_ != nullptr) unknown_->push_back(key_at);
            skip();
        }
        if (!next_member()) return;
    }
}

namespace detail {

namespace table_hash {
inline std::size_t of(std::string_view name) noexcept {
    // The names are ours and few, so mixing both ends and the length tells them apart.
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    const auto n = std::min<std::size_t>(name.size(), 8);
    std::memcpy(&head, name.data(), n);
    std::memcpy(&tail, name.data() + name.size() - n, n);
    const auto mixed = (head ^ (tail * 0x9E3779B97F4A7C15u) ^ name.size()) * 0xD6E8FEB86659FD93u;
    return static_cast<std::size_t>(mixed >> 40);
}
} // namespace table_hash

void field_table::add(std::string_view name, std::ptrdiff_t offset,
                      bool (*read)(reader&, void*, bool)) {
    if (entries_.size() == most_fields) {
        throw_failure(error::bug("a wire list has more than 128 members  see docs/howto/types.md"));
    }
    entries_.push_back({name, offset, read, static_cast<std::uint8_t>(entries_.size() + 1)});
}

void field_table::finish() {
    if (!entries_.empty()) entries_.back().follower = none;
    const auto size = std::bit_ceil(std::max<std::size_t>(4, entries_.size() * 2));
    slots_.assign(size, none);
    mask_ = size - 1;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        auto slot = table_hash::of(entries_[i].name) & mask_;
        while (slots_[slot] != none) slot = (slot + 1) & mask_;
        slots_[slot] = static_cast<std::uint8_t>(i);
    }
}

std::uint8_t field_table::find(std::string_view name) const noexcept {
    if (name.empty()) return none;
    for (auto slot = table_hash::of(name) & mask_;; slot = (slot + 1) & mask_) {
        const auto i = slots_[slot];
        if (i == none || entries_[i].name == name) return i;
    }
}

} // namespace detail

// ---- pointers -----------------------------------------------------------------------------------

std::string pointer_to(const document& d, const std::uint32_t* token) {
    struct level {
        bool object;
        std::size_t element;
        std::string_view key; // as it stands in the document
    };
    std::vector<level> path;
    const auto* end = std::min(token, d.index + d.tokens);
    bool value_due = true;
    for (const auto* at = d.index; at < end; ++at) {
        const char c = d.text[*at];
        switch (c) {
        case '{':
            path.push_back({true, 0, {}});
            value_due = false;
            break;
        case '[':
            path.push_back({false, 0, {}});
            value_due = true;
            break;
        case '}':
        case ']':
            if (!path.empty()) path.pop_back();
            break;
        case ',':
            if (!path.empty()) ++path.back().element;
            value_due = path.empty() || !path.back().object;
            break;
        case ':': value_due = true; break;
        case '"':
            if (!value_due && !path.empty()) {
                const char* first = d.text + *at + 1;
                const char* last = d.text + at[1] - 1;
                while (last > first && *last != '"') --last;
                path.back().key = {first, static_cast<std::size_t>(last - first)};
            }
            break;
        default: break;
        }
    }
    // A token that is itself a key names its member.
    if (!value_due && !path.empty() && path.back().object && token < d.index + d.tokens
        && d.text[*token] == '"') {
        const char* first = d.text + *token + 1;
        const char* last = d.text + token[1] - 1;
        while (last > first && *last != '"') --last;
        path.back().key = {first, static_cast<std::size_t>(last - first)};
    }
    std::string out;
    for (const auto& step : path) {
        out.push_back('/');
        if (!step.object) {
            out += std::to_string(step.element);
            continue;
        }
        for (const char* p = step.key.data(); p != step.key.data() + step.key.size();) {
            std::uint32_t code = static_cast<unsigned char>(*p);
            bool escaped = *p == '\\';
            if (escaped) {
                const char* q = p;
                if (!detail::reader_chars::one_escape(q, step.key.data() + step.key.size(), code)) {
                    break;
                }
                p = q;
            } else {
                ++p;
            }
            if (code == '~')
                out += "~0";
            else if (code == '/')
                out += "~1";
            else if (!escaped)
                out.push_back(static_cast<char>(code));
            else {
                char buffer[4];
                out.append(buffer, detail::reader_chars::put_utf8(buffer, code));
            }
        }
    }
    return out;
}

} // namespace headrace
