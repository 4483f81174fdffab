// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reads JSON tokens from a document's structural index straight into C++ values. The full grammar
// is checked, also in members that nobody asked for. The first error is kept and reading goes on
// where that is possible, so that a wrong kind in one member does not hide a syntax error further
// on and one record of a batch does not spoil the next.

#include <headrace/error.hpp>
#include <headrace/wire.hpp>
#include <headrace/workspace.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace headrace {

class reader;

/// How a type reads from and writes to JSON. Specialise it for a type that is neither a struct with
/// a wire list nor one of the types that codec.hpp knows:
///   static bool read(reader&, T&);         // false: null was there, or an error was noted
///   static void write(writer&, const T&);
template <class T> struct codec;

namespace detail {

/// Lookup from member name to member, for members that come in another order than declared.
class field_table {
public:
    struct entry {
        std::string_view name;
        std::ptrdiff_t offset;              ///< of the member in its object
        bool (*read)(reader&, void*, bool); ///< object's member; whether it was read before
        std::uint8_t follower = 0;          ///< the member that came after this one last time
    };
    static constexpr std::size_t most_fields = 128;
    static constexpr std::uint8_t none = 255;

    void add(std::string_view name, std::ptrdiff_t offset, bool (*read)(reader&, void*, bool));
    void finish();
    /// The entry's number or `none`.
    [[nodiscard]] std::uint8_t find(std::string_view name) const noexcept;
    [[nodiscard]] entry& operator[](std::size_t i) noexcept { return entries_[i]; }

private:
    std::vector<entry> entries_;
    std::vector<std::uint8_t> slots_;
    std::size_t mask_ = 0;
};

struct seen_fields {
    std::array<std::uint64_t, 2> bits{};
    [[nodiscard]] bool test(unsigned i) const noexcept { return (bits[i / 64] >> (i % 64)) & 1u; }
    void set(unsigned i, bool on) noexcept {
        const auto bit = std::uint64_t{1} << (i % 64);
        bits[i / 64] = on ? bits[i / 64] | bit : bits[i / 64] & ~bit;
    }
};

template <class T> inline constexpr char type_tag = 0;

} // namespace detail

/// What went wrong while reading, before it becomes an error with a pointer.
struct read_failure {
    errc code = errc::syntax;
    const std::uint32_t* at = nullptr; ///< the token
    const char* expected = nullptr;    ///< "a string", "an object", ...
    std::string_view member;           ///< for errc::missing: the member's name
    std::uint32_t offset = 0;          ///< bytes from the start of the document
};

/// The reading place in one document. Two pointers and the bookkeeping around them.
class reader {
public:
    reader(const document& d, workspace& memory) noexcept
        : text_(d.text),
          at_(d.index),
          end_(d.index + d.tokens),
          begin_(d.index),
          memory_(&memory),
          depth_left_(memory.bounds().depth) {
        stop_ = text_ + d.size;
        next_escape(d.tokens != 0 ? text_ + *d.index : stop_);
    }
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;

    // ---- looking ---------------------------------------------------------------------------
    /// The first character of the next token; NUL at the end of the document.
    [[nodiscard]] char peek() const noexcept { return text_[*at_]; }
    [[nodiscard]] const std::uint32_t* position() const noexcept { return at_; }
    [[nodiscard]] const char* text() const noexcept { return text_; }
    [[nodiscard]] workspace& memory() const noexcept { return *memory_; }
    [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }

    // ---- values: true if there is one, false for null or after noting an error ----------------
    /// A string without its quotes, unescaped: a view into the document, or into the arena.
    [[gnu::always_inline]] bool string(std::string_view& out) {
        if (peek() == '"') [[likely]]
            return string_token(out);
        return other_kind("a string");
    }
    bool boolean(bool& out);
    /// A number without a fraction (1.0 and 1e3 have none) in the range of T.
    template <std::integral T> bool integer(T& out) {
        if constexpr (std::is_signed_v<T>) {
            std::int64_t wide = 0;
            if (!signed_integer(wide, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()))
                return false;
            out = static_cast<T>(wide);
        } else {
            std::uint64_t wide = 0;
            if (!unsigned_integer(wide, std::numeric_limits<T>::max())) return false;
            out = static_cast<T>(wide);
        }
        return true;
    }
    bool real(double& out);
    /// A number's own characters.
    bool number_token(std::string_view& out);
    /// Any value except null, checked; `text` is its JSON text.
    bool any(std::string_view& text);
    /// A null token, consumed. False: something else is there, which is left alone.
    bool null_token();
    /// Checks the next value, whatever it is, and goes behind it.
    void skip();

    // ---- objects and arrays -------------------------------------------------------------------
    /// Reads an object into a struct with a wire list.
    template <class T> bool object(T& out);
    /// each(key) for every member; it must read exactly one value.
    template <class Each> bool members(Each&& each) {
        if (peek() != '{') [[unlikely]]
            return other_kind("an object");
        if (!enter()) [[unlikely]]
            return false;
        if (peek() == '}') return leave();
        for (;;) {
            std::string_view key;
            if (!key_token(key)) [[unlikely]]
                return false;
            each(key);
            if (peek() == ',') [[likely]] {
                ++at_;
                continue;
            }
            if (peek() == '}') [[likely]]
                return leave();
            return syntax("',' or '}'");
        }
    }
    /// each() for every element; it must read exactly one value.
    template <class Each> bool elements(Each&& each) {
        if (peek() != '[') [[unlikely]]
            return other_kind("an array");
        if (!enter()) [[unlikely]]
            return false;
        if (peek() == ']') return leave();
        for (;;) {
            each();
            if (peek() == ',') [[likely]] {
                ++at_;
                continue;
            }
            if (peek() == ']') [[likely]]
                return leave();
            return syntax("',' or ']'");
        }
    }

    // ---- errors -------------------------------------------------------------------------------
    /// Notes that a value of another kind is wanted, unless it is null, and skips what is there.
    bool other_kind(const char* expected);
    /// Notes an error about the token at `where` (already read). Returns false.
    bool fail(errc code, const std::uint32_t* where, const char* expected);
    /// Notes a syntax error here; nothing more can be read. Returns false.
    bool syntax(const char* expected);
    bool syntax_at(const char* expected, std::size_t offset);
    [[nodiscard]] bool failed() const noexcept { return failed_; }
    [[nodiscard]] const read_failure& noted() const noexcept { return failure_; }
    /// Forgets an error that is not a syntax error, so that the next record starts clean.
    /// Returns false if there is nothing to go on with.
    bool forgive() noexcept {
        if (failed_ && failure_.code == errc::syntax) return false;
        failed_ = false;
        return true;
    }
    /// The noted failure with its JSON pointer, found by a second walk.
    [[nodiscard]] error to_error() const;
    /// Collects the tokens of members that no wire list names.
    void collect_unknown(std::vector<const std::uint32_t*>* list) noexcept { unknown_ = list; }

private:
    template <class T> friend class object_visitor;
    template <class T> friend struct required_visitor;

    // The string whose quote is the next token. Stage 1 has seen to it that only white space lies
    // between the closing quote and the token after it.
    [[gnu::always_inline]] bool string_token(std::string_view& out) {
        const char* first = text_ + at_[0] + 1;
        const char* last = text_ + at_[1] - 1;
        while (*last != '"') --last;
        ++at_;
        if (escape_ < last) [[unlikely]] {
            if (escape_ < first) next_escape(first);
            if (escape_ < last) return unescape(first, last, out);
        }
        out = {first, static_cast<std::size_t>(last - first)};
        return true;
    }
    // A key and the colon after it.
    [[gnu::always_inline]] bool key_token(std::string_view& key) {
        if (peek() != '"') [[unlikely]]
            return syntax("a member name");
        if (!string_token(key)) [[unlikely]]
            return false;
        if (peek() != ':') [[unlikely]]
            return syntax("':'");
        ++at_;
        return true;
    }
    [[gnu::always_inline]] bool enter() {
        if (depth_left_ == 0) [[unlikely]]
            return too_deep();
        --depth_left_;
        ++at_;
        return true;
    }
    [[gnu::always_inline]] bool leave() {
        ++at_;
        ++depth_left_;
        return true;
    }
    void next_escape(const char* from) noexcept {
        const auto* found = static_cast<const char*>(
            std::memchr(from, '\\', static_cast<std::size_t>(stop_ - from)));
        escape_ = found != nullptr ? found : stop_;
    }
    bool too_deep();
    bool unescape(const char* first, const char* last, std::string_view& out);
    bool check_escapes(const char* first, const char* last);
    // A string that nobody asked for: only its escapes are looked at.
    bool pass_string() {
        const char* first = text_ + at_[0] + 1;
        const char* last = text_ + at_[1] - 1;
        while (*last != '"') --last;
        ++at_;
        return escape_ >= last || check_escapes(first, last);
    }
    bool scalar(const char*& last, bool& is_real);
    bool literal(std::string_view word);
    bool signed_integer(std::int64_t& out, std::int64_t least, std::int64_t most);
    bool unsigned_integer(std::uint64_t& out, std::uint64_t most);
    bool integer_slowly(bool& negative, std::uint64_t& magnitude);
    void missing(const std::uint32_t* object, std::string_view name);
    // Reads members by name until the object ends; used from the first one out of order.
    void members_by_table(void* object, detail::field_table& table, detail::seen_fields& seen);
    [[gnu::always_inline]] bool next_member() {
        if (peek() == ',') [[likely]] {
            ++at_;
            if (peek() == '"') [[likely]]
                return true;
            return syntax("a member name");
        }
        if (peek() == '}') [[likely]] {
            leave();
            return false;
        }
        return syntax("',' or '}'");
    }

    const char* text_;
    const std::uint32_t* at_;
    const std::uint32_t* end_;
    const std::uint32_t* begin_;
    const char* escape_; // the first backslash at or after the place reached
    const char* stop_;
    workspace* memory_;
    std::vector<const std::uint32_t*>* unknown_ = nullptr;
    std::uint32_t depth_left_;
    bool failed_ = false;
    bool too_deep_ = false;
    read_failure failure_;
};

/// The RFC 6901 pointer to a token of the document.
[[nodiscard]] std::string pointer_to(const document& d, const std::uint32_t* token);

// ---------------------------------------------------------------------------------------------

namespace detail {

template <class M> bool read_erased(reader& r, void* member, bool again) {
    auto& m = *static_cast<M*>(member);
    if (again) m = M{};
    return codec<M>::read(r, m);
}

template <class T> struct table_builder {
    field_table& table;
    const T* object;
    template <class M> any_mark operator()(field_name name, M& member) const {
        table.add(name,
                  reinterpret_cast<const char*>(&member) - reinterpret_cast<const char*>(object),
                  &read_erased<M>);
        return {};
    }
    static void build(field_table& table, void* object) {
        table_builder self{table, static_cast<T*>(object)};
        visit_wire(*static_cast<T*>(object), self);
    }
};

template <class M> bool is_blank(const M& member) {
    if constexpr (std::is_convertible_v<const M&, std::string_view>) {
        return std::string_view(member).empty();
    } else {
        return false;
    }
}

} // namespace detail

/// Reads members while they come in the declared order: one comparison each.
template <class T> class object_visitor {
public:
    explicit object_visitor(reader& r) noexcept : r_(r) {}

    template <class M>
    [[gnu::always_inline]] detail::any_mark operator()(field_name name, M& member) {
        const unsigned position = position_++;
        if (!open_) return {};
        const char* key = r_.text_ + *r_.at_ + 1;
        if (std::memcmp(key, name.data(), name.size()) != 0 || key[name.size()] != '"') return {};
        if (r_.text_[r_.at_[1]] != ':') [[unlikely]] {
            ++r_.at_;
            open_ = r_.syntax("':'");
            return {};
        }
        r_.at_ += 2;
        if (seen_.test(position)) [[unlikely]]
            member = M{};
        seen_.set(position, codec<M>::read(r_, member));
        open_ = r_.next_member();
        return {};
    }
    [[nodiscard]] bool open() const noexcept { return open_; }
    [[nodiscard]] detail::seen_fields& seen() noexcept { return seen_; }

private:
    reader& r_;
    detail::seen_fields seen_;
    unsigned position_ = 0;
    bool open_ = true;
};

/// After an object was read: are the required members there?
template <class T> struct required_visitor {
    struct mark {
        reader& r;
        const std::uint32_t* object;
        field_name name;
        bool there;
        [[gnu::always_inline]] void required() const {
            if (!there) [[unlikely]]
                r.missing(object, name);
        }
    };
    reader& r;
    const detail::seen_fields& seen;
    const std::uint32_t* object;
    unsigned position = 0;
    template <class M> [[gnu::always_inline]] mark operator()(field_name name, M& member) {
        return {r, object, name, seen.test(position++) && !detail::is_blank(member)};
    }
};

template <class T> bool reader::object(T& out) {
    if (peek() != '{') [[unlikely]]
        return other_kind("an object");
    const std::uint32_t* start = at_;
    if (!enter()) [[unlikely]]
        return false;
    object_visitor<T> visitor(*this);
    if (peek() == '"') [[likely]] {
        detail::visit_wire(out, visitor);
        if (visitor.open()) {
            auto& table =
                memory_->table(&detail::type_tag<T>, &detail::table_builder<T>::build, &out);
            members_by_table(&out, table, visitor.seen());
        }
    } else if (peek() == '}') {
        leave();
    } else {
        return syntax("a member name or '}'");
    }
    required_visitor<T> check{*this, visitor.seen(), start};
    detail::visit_wire(out, check);
    return true;
}

} // namespace headrace
