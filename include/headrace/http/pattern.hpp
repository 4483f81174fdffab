// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which paths does a route take? A pattern such as "/orders/{id}" or "/files/{key+}", checked while
// the program is compiled: what is wrong with it is the name of the function in the compiler's
// message.

#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/result.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace headrace::http {

/// One segment of a pattern: literal text, {name} for one segment, or {name+} for all that follow.
struct pattern_segment {
    enum class kind : std::uint8_t { literal, parameter, catch_all };
    kind what = kind::literal;
    std::string_view text; ///< the literal, or the parameter's name
    [[nodiscard]] constexpr bool is_literal() const noexcept { return what == kind::literal; }
    friend constexpr bool operator==(const pattern_segment&, const pattern_segment&) = default;
};

/// A path with parameters, in the syntax of API Gateway's resources:
///   "/orders", "/orders/", "/orders/{id}/lines/{line}", "/files/{key+}".
/// A segment is literal text as a person reads it (UTF-8, not percent-encoded), or a parameter for
/// one segment that is not empty, or, as the last one, a catch-all for one or more segments of
/// which the first is not empty. "/orders" and "/orders/" are two patterns. Borrows its text.
/// Source:
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
class pattern {
public:
    static constexpr std::size_t most_parameters = 16;
    static constexpr std::size_t longest_literal = 255;

    /// From a literal, checked by the compiler.
    template <std::size_t N>
    consteval pattern(const char (&text)[N]) : pattern(std::string_view(text, N - 1)) {
        if (const auto broken = check(text_)) broken->complain();
    }
    /// Refused: a route's pattern is not checked when the program is running.
    template <class Text>
        requires(!std::is_array_v<Text> && std::convertible_to<const Text&, std::string_view>)
    pattern(const Text&) {
        constexpr bool literal = std::is_array_v<Text>;
        static_assert(literal, "the pattern of a route is a literal, http::get(\"/orders/{id}\"); "
                               "of a text that is known at run time http::pattern::parse(text) "
                               "makes one, which borrows it  see docs/howto/routing.md");
    }
    /// From a text that is known at run time and outlives the pattern. Errors: invalid.
    [[nodiscard]] static result<pattern> parse(std::string_view text);

    [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
    /// Calls each(pattern_segment) from left to right. "/" has one segment, an empty literal.
    template <class Each> constexpr void for_each_segment(Each&& each) const {
        for (std::string_view rest = text_; !rest.empty();) each(next(rest).parsed());
    }
    /// The number of parameters, the catch-all among them.
    [[nodiscard]] constexpr std::size_t parameters() const noexcept {
        std::size_t n = 0;
        for_each_segment([&](pattern_segment s) { n += s.is_literal() ? 0 : 1; });
        return n;
    }
    /// The place of a parameter among the parameters, counted from 0; nothing if there is no
    /// parameter of this name.
    [[nodiscard]] constexpr std::optional<std::size_t>
    find_parameter(std::string_view name) const noexcept {
        std::size_t n = 0;
        std::optional<std::size_t> found;
        for_each_segment([&](pattern_segment s) {
            if (s.is_literal()) return;
            if (s.text == name) found = n;
            ++n;
        });
        return found;
    }
    friend constexpr bool operator==(const pattern&, const pattern&) = default;

private:
    explicit constexpr pattern(std::string_view text) noexcept : text_(text) {}

    // A segment's text between its slashes.
    struct piece {
        std::string_view text;
        bool last;
        [[nodiscard]] constexpr pattern_segment parsed() const noexcept {
            if (!text.starts_with('{')) return {pattern_segment::kind::literal, text};
            const auto name = text.substr(1, text.size() - 2);
            if (!name.ends_with('+')) return {pattern_segment::kind::parameter, name};
            return {pattern_segment::kind::catch_all, name.substr(0, name.size() - 1)};
        }
    };
    // Takes "/segment" from the front of `rest`.
    static constexpr piece next(std::string_view& rest) noexcept {
        const auto end = rest.find('/', 1);
        const bool last = end == std::string_view::npos;
        const piece taken{rest.substr(1, last ? end : end - 1), last};
        rest = last ? std::string_view{} : rest.substr(end);
        return taken;
    }

    // A rule is a sentence and a function that is never called: a constant expression that would
    // call it does not compile, and the compiler says the function's name.
    struct rule {
        void (*complain)();
        std::string_view sentence;
    };
    using broken_rule = std::optional<rule>;
    static void a_pattern_starts_with_a_slash() {}
    static void a_segment_is_not_empty() {}
    static void a_segment_is_not_a_dot_segment() {}
    static void a_segment_is_not_percent_encoded() {}
    static void a_segment_has_only_characters_of_a_path() {}
    static void a_segment_has_at_most_255_bytes() {}
    static void a_parameter_is_written_in_braces() {}
    static void a_parameter_is_a_whole_segment() {}
    static void a_parameter_name_is_letters_digits_and_underscores() {}
    static void a_parameter_name_stands_once() {}
    static void a_catch_all_is_the_last_segment() {}
    static void a_pattern_has_at_most_16_parameters() {}

    static constexpr broken_rule check(std::string_view text) noexcept {
        if (!text.starts_with('/')) {
            return rule{a_pattern_starts_with_a_slash, "a pattern starts with a slash"};
        }
        for (std::string_view rest = text; !rest.empty();) {
            const piece one = next(rest);
            const bool braces = one.text.find_first_of("{}") != std::string_view::npos;
            if (const auto broken = braces ? check_parameter(one) : check_literal(one)) {
                return broken;
            }
        }
        if (pattern(text).parameters() > most_parameters) {
            return rule{a_pattern_has_at_most_16_parameters, "a pattern has at most 16 parameters"};
        }
        return check_names(text);
    }
    static constexpr broken_rule check_literal(piece one) noexcept {
        if (one.text.empty()) {
            if (one.last) return std::nullopt; // a trailing slash
            return rule{a_segment_is_not_empty, "a segment is not empty"};
        }
        if (one.text == "." || one.text == "..") {
            return rule{a_segment_is_not_a_dot_segment, "a segment is not a dot segment"};
        }
        if (one.text[0] == ':' || one.text[0] == '*' || one.text[0] == '<') {
            return rule{a_parameter_is_written_in_braces, "a parameter is written in braces"};
        }
        if (one.text.find('%') != std::string_view::npos) {
            return rule{a_segment_is_not_percent_encoded, "a segment is not percent-encoded"};
        }
        if (one.text.size() > longest_literal) {
            return rule{a_segment_has_at_most_255_bytes, "a segment has at most 255 bytes"};
        }
        for (const char c : one.text) {
            const bool control = detail::is_control(c) || c == ' ';
            if (control || std::string_view("?#\\<>\"^`|").find(c) != std::string_view::npos) {
                return rule{a_segment_has_only_characters_of_a_path,
                            "a segment has only characters of a path"};
            }
        }
        return std::nullopt;
    }
    static constexpr broken_rule check_parameter(piece one) noexcept {
        const auto inner = one.text.substr(1);
        if (!one.text.starts_with('{') || inner.find_first_of("{}") + 1 != inner.size()
            || !inner.ends_with('}')) {
            return rule{a_parameter_is_a_whole_segment, "a parameter is a whole segment"};
        }
        const auto segment = one.parsed();
        bool good = !segment.text.empty();
        for (const char c : segment.text) {
            good = good && (detail::is_letter_or_digit(c) || c == '_');
        }
        if (!good) {
            return rule{a_parameter_name_is_letters_digits_and_underscores,
                        "a parameter name is letters, digits and underscores"};
        }
        if (segment.what == pattern_segment::kind::catch_all && !one.last) {
            return rule{a_catch_all_is_the_last_segment, "a catch-all is the last segment"};
        }
        return std::nullopt;
    }
    static constexpr broken_rule check_names(std::string_view text) noexcept {
        for (std::string_view rest = text; !rest.empty();) {
            const auto one = next(rest).parsed();
            for (std::string_view later = rest; !one.is_literal() && !later.empty();) {
                const auto other = next(later).parsed();
                if (!other.is_literal() && other.text == one.text) {
                    return rule{a_parameter_name_stands_once, "a parameter name stands once"};
                }
            }
        }
        return std::nullopt;
    }

    std::string_view text_;
};

} // namespace headrace::http
