// SPDX-License-Identifier: BSL-1.0
#pragma once

// Writes compact JSON (RFC 8259) into a string. Always valid: text is escaped, bytes that are not
// UTF-8 become U+FFFD, numbers that JSON cannot say (infinities, NaN) become null.

#include <headrace/json/wire.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace headrace {

template <class T> struct codec;
class writer;

/// A type that can be written as JSON.
template <class T>
concept writable = requires(writer& w, const T& t) { codec<T>::write(w, t); };

/// Appends one JSON document to a string. Commas are its own business.
class writer {
public:
    explicit writer(std::string& out) noexcept : out_(out) {}

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    /// The name of the next member. Any text.
    void key(std::string_view name);

    void null();
    void boolean(bool value);
    void string(std::string_view text);
    void integer(std::signed_integral auto value) { signed_number(value); }
    void integer(std::unsigned_integral auto value) { unsigned_number(value); }
    void real(double value);
    /// JSON text that is known to be valid, as it is.
    void verbatim(std::string_view json);

    /// Any value that has a codec.
    template <class T> void value(const T& v) {
        constexpr bool can_be_written = writable<T>;
        static_assert(can_be_written, "headrace cannot write a value of this type as JSON: give it "
                                      "a wire list,  static void wire(auto& self, auto&& field),  "
                                      "or specialise headrace::codec for it"
                                      "  see docs/howto/types.md");
        if constexpr (can_be_written) codec<T>::write(*this, v);
    }
    /// key(name), then value(v).
    template <class T> void member(std::string_view name, const T& v) {
        key(name);
        value(v);
    }
    [[nodiscard]] std::string& output() noexcept { return out_; }

private:
    void separate() {
        if (comma_due_) out_.push_back(',');
        comma_due_ = true;
    }
    void open(char bracket) {
        separate();
        out_.push_back(bracket);
        comma_due_ = false;
    }
    void close(char bracket) {
        out_.push_back(bracket);
        comma_due_ = true;
    }
    void put_text(std::string_view text, std::string_view end);
    template <class Number> void put_number(Number value);
    void signed_number(std::int64_t value);
    void unsigned_number(std::uint64_t value);
    std::string& out_;
    bool comma_due_ = false;
};

/// Appends `text` with JSON's escapes and without quotes.
void append_escaped(std::string& out, std::string_view text);

namespace detail {

/// Is this member left out when it is written? Optionals without a value, and views without data:
/// what decoding leaves where the member was absent or null.
template <class M> bool is_absent(const M& member) {
    if constexpr (requires { codec<M>::absent(member); }) {
        return codec<M>::absent(member);
    } else {
        return false;
    }
}

struct write_visitor {
    writer& w;
    template <class M> any_mark operator()(field_name name, const M& member) const {
        if (!is_absent(member)) w.member(name, member);
        return {};
    }
};

} // namespace detail
} // namespace headrace
