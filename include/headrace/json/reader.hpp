// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reads JSON tokens from a document's structural index straight into C++ values. The full grammar
// is checked, also in members that nobody asked for. The first error is kept and reading goes on
// where that is possible, so that a wrong kind in one member does not hide a syntax error further
// on and one record of a batch does not spoil the next.

#include <headrace/base/error.hpp>
#include <headrace/json/detail/error_pointer.hpp>
#include <headrace/json/detail/field_table.hpp>
#include <headrace/json/wire.hpp>
#include <headrace/json/workspace.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
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
///   static bool absent(const T&);          // optional: the member is left out when written
///   static std::string_view& view(T&);     // optional: read(r, t) is r.string(view(t))
///   static std::string_view& text_of(T&);  // optional: where read(r, t) puts a string
///   using element = E;                     // optional: it is a list or map of E, and
///   using wraps = E;                       // optional: it is an E or nothing,
///                                          //   so that errors can name the members of the E
template <class T> struct codec;

/// A type that can be a member, or a whole document.
template <class T>
concept readable = requires(reader& r, T& t) {
    { codec<T>::read(r, t) } -> std::convertible_to<bool>;
};

namespace detail {

/// One that can be made, and then read: an element, a body, a whole document.
template <class T>
concept makeable = std::default_initializable<T> && readable<T>;

template <class T> consteval bool check_readable() {
    constexpr bool can_be_read = makeable<T>;
    static_assert(can_be_read, "headrace cannot read a value of this type from JSON: give it a "
                               "default constructor and a wire list,  static void wire(auto& self, "
                               "auto&& field),  or specialise headrace::codec for it"
                               "  see docs/howto/types.md");
    return can_be_read;
}

// What is looked at when nothing more can be read: NUL, for ever.
inline constexpr char nothing[padding + 8] = {};
inline constexpr std::uint32_t nowhere[8] = {};

template <class T> class object_visitor;
template <class T> struct required_visitor;
template <class T> constexpr const shape* shape_of() noexcept;

} // namespace detail

/// What went wrong while reading, before it becomes an error with a pointer.
struct read_failure {
    errc code = errc::syntax;
    const std::uint32_t* at = nullptr; ///< the token
    const char* expected = nullptr;    ///< "a string", "an object", ...
    std::string_view member;           ///< for errc::missing: the member's name
    std::uint32_t offset = 0;          ///< bytes from the start of the text
};

/// The reading place in one document. Two pointers and the bookkeeping around them.
/// Not thread-safe; only one reader at a time uses a workspace, apart from nested ones.
// What templates call is not inlined, so that reader::object, which is flattened, stays small also
// where a program compiles the bodies and its handlers in one unit.
class reader {
public:
    reader(const document& d, workspace& memory) noexcept
        : text_(d.text),
          at_(d.index),
          escape_(d.plain_until),
          memory_(&memory),
          depth_left_(memory.bounds().depth),
          whole_(d) {}
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;

    // ---- looking ---------------------------------------------------------------------------
    /// The first character of the next token; NUL where nothing more can be read.
    [[nodiscard]] char peek() const noexcept { return text_[*at_]; }
    [[nodiscard]] const std::uint32_t* position() const noexcept { return at_; }
    [[nodiscard]] const char* text() const noexcept { return text_; }
    [[nodiscard]] workspace& memory() const noexcept { return *memory_; }
    /// Is there nothing more to read, because of the document's end or of an error?
    [[nodiscard]] bool at_end() const noexcept {
        return stopped_ || at_ == whole_.index + whole_.tokens;
    }

    // ---- values: true if there is one, false for null or after noting an error ----------------
    /// A string without its quotes, unescaped: a view into the document, or into the arena.
    [[gnu::always_inline]] bool string(std::string_view& out) {
        if (peek() == '"') [[likely]]
            return string_token(out);
        return other_kind("a string");
    }
    [[gnu::noinline]] bool boolean(bool& out);
    /// A number without a fraction (1.0 and 1e3 have none) in the range of T.
    template <std::integral T> bool integer(T& out) {
        constexpr auto most = std::numeric_limits<T>::max();
        if constexpr (std::is_signed_v<T>) {
            std::int64_t wide = 0;
            if (!signed_integer(wide, std::numeric_limits<T>::min(), most)) return false;
            out = static_cast<T>(wide);
        } else {
            std::uint64_t wide = 0;
            if (!unsigned_integer(wide, most)) return false;
            out = static_cast<T>(wide);
        }
        return true;
    }
    [[gnu::noinline]] bool real(double& out);
    /// A number's own characters.
    [[gnu::noinline]] bool number_token(std::string_view& out);
    /// Any value except null, checked; `text` is its JSON text.
    [[gnu::noinline]] bool any(std::string_view& text);
    /// A null token, consumed. False: something else is there, which is left alone.
    [[gnu::noinline]] bool null_token();
    /// Checks the next value, whatever it is, and goes behind it.
    [[gnu::noinline]] void skip();

    // ---- objects and arrays -------------------------------------------------------------------
    /// Reads an object into a struct with a wire list: first by detail/object_visitor.hpp, and from
    /// the first member out of order on by detail/table_path.hpp. codec.hpp includes both.
    // Flattened: so what it calls and what is not to be part of it says noinline.
    template <class T> [[gnu::noinline, gnu::flatten, gnu::used]] bool object(T& out);
    /// Notes an error if a required member is not there, in an object that was null at `where`.
    template <class T> void require_members(T& absent, const std::uint32_t* where) {
        detail::required_visitor<T>::check(*this, absent, {}, where);
    }
    /// each(key) for every member; it reads the value, or leaves it alone.
    template <class Each> [[gnu::always_inline]] bool members(Each&& each) {
        return members_after([] {}, each);
    }
    /// The same with text(key, value) in its place for the strings that come first: faster for maps
    /// of texts.
    template <class Each, class Text>
    [[gnu::always_inline]] bool members(Each&& each, Text&& text) {
        return members_after([&] { plain_members(text); }, each);
    }
    /// each() for every element; it reads the value, or leaves it alone.
    template <class Each> [[gnu::always_inline]] bool elements(Each&& each) {
        if (peek() != '[') [[unlikely]]
            return other_kind("an array");
        if (!enter()) [[unlikely]]
            return false;
        if (peek() == ']') return leave();
        for (;;) {
            const auto* value = at_;
            each();
            if (at_ == value) [[unlikely]]
                skip();
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
    [[gnu::noinline]] bool other_kind(const char* expected);
    /// Notes an error about the token at `where` (already read). Returns false. The first error
    /// stays, unless it is followed by one that ends the reading.
    [[gnu::noinline]] bool fail(errc code, const std::uint32_t* where, const char* expected);
    /// Notes a syntax error here; nothing more can be read. Returns false.
    [[gnu::noinline]] bool syntax(const char* expected);
    [[nodiscard]] bool failed() const noexcept { return failed_; }
    [[nodiscard]] const read_failure& noted() const noexcept { return failure_; }
    /// Forgets an error after which reading goes on, so that the next record starts clean.
    /// Returns false if there is nothing to go on with.
    bool forgive() noexcept {
        if (stopped_) return false;
        failed_ = false;
        return true;
    }
    /// Has a member of a wire list come again?
    [[nodiscard]] bool repeated() const noexcept { return repeated_; }
    /// The noted failure with the pointer to its place in a document that was read as a T, found by
    /// a second walk. It has the names that T and the types of its members list; where limits do
    /// not say otherwise, other names are left out, which may be payload: /prices/{3}.
    template <class T> [[nodiscard]] error to_error() const {
        return to_error({nullptr, detail::shape_of<T>(), {}});
    }
    /// The same where nothing is known about the types, or the value that has it in it is known.
    [[nodiscard, gnu::noinline]] error to_error(detail::value_at where = {}) const;
    /// Collects the tokens of members that no wire list names.
    void collect_unknown(std::vector<const std::uint32_t*>* list) noexcept { unknown_ = list; }

private:
    template <class T> friend class detail::object_visitor;
    template <class T> friend struct detail::required_visitor;

    // The string whose quote is the next token. Stage 1 has seen to it that only white space lies
    // between the closing quote and the token after it.
    [[gnu::always_inline]] bool string_token(std::string_view& out) {
        const char* first = text_ + at_[0] + 1;
        const char* last = text_ + at_[1] - 1;
        while (*last != '"') --last;
        if (escape_ < last) [[unlikely]]
            return escaped_string(first, last, out);
        ++at_;
        out = {first, static_cast<std::size_t>(last - first)};
        return true;
    }
    template <class First, class Each>
    [[gnu::always_inline]] bool members_after(First&& first, Each&& each) {
        if (peek() != '{') [[unlikely]]
            return other_kind("an object");
        if (!enter()) [[unlikely]]
            return false;
        if (peek() == '}') return leave();
        first();
        for (;;) {
            std::string_view key;
            if (!key_token(key)) [[unlikely]]
                return false;
            const auto* value = at_;
            each(key);
            if (at_ == value) [[unlikely]]
                skip();
            if (peek() == ',') [[likely]] {
                ++at_;
                continue;
            }
            if (peek() == '}') [[likely]]
                return leave();
            return syntax("',' or '}'");
        }
    }
    // "name":"text", again and again, without an escape: where reading is stays in a register.
    template <class Text> [[gnu::always_inline]] void plain_members(Text&& text) {
        const auto* at = at_;
        const auto string_at = [this](const std::uint32_t* token) {
            const char* first = text_ + token[0] + 1;
            const char* last = text_ + token[1] - 1;
            while (*last != '"') --last;
            return std::string_view(first, static_cast<std::size_t>(last - first));
        };
        while (text_[at[0]] == '"' && text_[at[1]] == ':' && text_[at[2]] == '"'
               && text_[at[3]] == ',' && text_ + at[3] <= escape_) {
            text(string_at(at), string_at(at + 2));
            at += 4;
        }
        at_ = at;
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
            return stop(errc::too_deep, "less nesting", *at_);
        --depth_left_;
        ++at_;
        return true;
    }
    [[gnu::always_inline]] bool leave() {
        ++at_;
        ++depth_left_;
        return true;
    }
    void next_escape(const char* from) noexcept;
    [[gnu::noinline]] bool stop(errc code, const char* expected, std::size_t offset);
    [[gnu::noinline]] bool escaped_string(const char* first, const char* last,
                                          std::string_view& out);
    bool checked_escapes(const char* first, const char* last);
    bool ends_at(const char* last) const noexcept;
    bool scalar(const char*& last);
    template <std::size_t N> bool literal(const char (&word)[N]);
    [[gnu::noinline]] bool signed_integer(std::int64_t& out, std::int64_t least, std::int64_t most);
    [[gnu::noinline]] bool unsigned_integer(std::uint64_t& out, std::uint64_t most);
    bool any_integer(bool& negative, std::uint64_t& magnitude);
    bool skip_string();
    bool skip_key();
    bool skip_scalar();
    void skip_nested();
    [[gnu::noinline]] void missing(const std::uint32_t* object, std::string_view name);
    // Where the members of an object end, or should.
    [[gnu::noinline]] bool end_of_members(const std::uint32_t* start);
    // Reads members by name until the object ends; used from the first one out of order.
    [[gnu::noinline]] void members_by_table(void* object, detail::field_table& table,
                                            detail::seen_fields& seen);

    const char* text_;
    const std::uint32_t* at_;
    const char* escape_; // no backslash lies between the place reached and here
    workspace* memory_;
    std::vector<const std::uint32_t*>* unknown_ = nullptr;
    std::uint32_t depth_left_;
    bool failed_ = false;
    bool stopped_ = false; // nothing more can be read
    bool repeated_ = false;
    read_failure failure_;
    document whole_;
};

/// Reads the element of a list, the value of a map or a whole document. Unlike a member of an
/// object such a struct cannot be absent: null is one without members, and lacks the required ones.
template <class T> void read_element(reader& r, T& out);

/// The RFC 6901 pointer to a token of the document; for a member's name, to the member. It has all
/// names, also those that are payload.
[[nodiscard]] std::string pointer_to(const document& d, const std::uint32_t* token);

} // namespace headrace
