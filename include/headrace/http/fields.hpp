// SPDX-License-Identifier: BSL-1.0
#pragma once

// Names with values, in order and with repetitions: the headers, query parameters and cookies of a
// request. Looked up by going along the list, which no sender can slow down.

#include <headrace/json/arena.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/text_map.hpp>

#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

namespace headrace::http {

/// One name (`key`) and its value.
using name_value = string_map<>::entry;
/// Names with lists of values, as they stand in events.
using multi_value_map = text_map<std::span<const std::string_view>>;

/// Names compare as they are.
struct exact_names {
    [[nodiscard]] static bool same(std::string_view a, std::string_view b) noexcept {
        return a == b;
    }
};
/// Names compare without the case of ASCII letters (RFC 9110 section 5.1).
struct caseless_names {
    [[nodiscard]] static bool same(std::string_view a, std::string_view b) noexcept;
};

/// Names and values in the order in which they came. Borrows from the invocation.
template <class Names> class fields {
public:
    /// The values of one name, in order; a forward range of std::string_view.
    class values;

    constexpr fields() noexcept = default;
    constexpr explicit fields(std::span<const name_value> all) noexcept : all_(all) {}

    [[nodiscard]] auto begin() const noexcept { return all_.begin(); }
    [[nodiscard]] auto end() const noexcept { return all_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    [[nodiscard]] bool empty() const noexcept { return all_.empty(); }

    /// The first value of this name.
    [[nodiscard]] std::optional<std::string_view> first(std::string_view name) const noexcept {
        for (const name_value& each : all_) {
            if (Names::same(each.key, name)) return each.value;
        }
        return std::nullopt;
    }
    /// All values of this name. They are never split at commas. Borrows `name` too.
    [[nodiscard]] values all(std::string_view name) const noexcept { return {all_, name}; }
    [[nodiscard]] bool contains(std::string_view name) const noexcept {
        return first(name).has_value();
    }

private:
    std::span<const name_value> all_;
};

template <class Names> class fields<Names>::values {
public:
    class iterator {
    public:
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        using reference = std::string_view;
        using pointer = void;
        using iterator_category = std::input_iterator_tag;
        using iterator_concept = std::forward_iterator_tag;

        iterator() noexcept = default;
        std::string_view operator*() const noexcept { return at_->value; }
        iterator& operator++() noexcept {
            ++at_;
            seek();
            return *this;
        }
        iterator operator++(int) noexcept {
            const iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const iterator& a, const iterator& b) noexcept {
            return a.at_ == b.at_;
        }

    private:
        friend class values;
        iterator(const name_value* at, const name_value* end, std::string_view name) noexcept
            : at_(at), end_(end), name_(name) {
            seek();
        }
        void seek() noexcept {
            while (at_ != end_ && !Names::same(at_->key, name_)) ++at_;
        }
        const name_value* at_ = nullptr;
        const name_value* end_ = nullptr;
        std::string_view name_;
    };

    [[nodiscard]] iterator begin() const noexcept { return {first(), last(), name_}; }
    [[nodiscard]] iterator end() const noexcept { return {last(), last(), name_}; }
    [[nodiscard]] bool empty() const noexcept { return begin() == end(); }

private:
    friend class fields;
    values(std::span<const name_value> all, std::string_view name) noexcept
        : all_(all), name_(name) {}
    [[nodiscard]] const name_value* first() const noexcept { return all_.data(); }
    [[nodiscard]] const name_value* last() const noexcept { return all_.data() + all_.size(); }
    std::span<const name_value> all_;
    std::string_view name_;
};

/// Query parameters, form fields, cookies.
using parameters = fields<exact_names>;

/// Header lines. Their names compare without case.
class header_fields : public fields<caseless_names> {
public:
    using fields::fields;
    /// All values of a name as one, joined with ", " ("; " for Cookie). Only several values need
    /// `memory`. Source: RFC 9110 section 5.3, RFC 6265 section 5.4.
    [[nodiscard]] std::optional<std::string_view> joined(std::string_view name,
                                                         arena& memory) const;
    /// The elements of a header that is a list (Accept, X-Forwarded-For, ...), however its lines
    /// were joined on the way: split at commas outside of quotes, white space around them dropped,
    /// empty ones left out. Headers that are no lists but may contain commas (dates, User-Agent,
    /// Cookie, Authorization, ...) are not split. Source: RFC 9110 section 5.6.1.
    [[nodiscard]] std::span<const std::string_view> elements(std::string_view name,
                                                             arena& memory) const;
};

/// The fields of a query string or an application/x-www-form-urlencoded body: split at '&' and at
/// the first '=', then decoded ('+' is a space; a '%' without two hexadecimal digits stays). Empty
/// pieces are left out. Source: https://url.spec.whatwg.org/#urlencoded-parsing
[[nodiscard]] parameters parse_form(std::string_view text, arena& memory);

/// The fields of Cookie header values: split at ';' and at the first '='; nothing is decoded and
/// quotes stay. Source: RFC 6265 section 4.2.
[[nodiscard]] parameters parse_cookies(std::span<const std::string_view> lines, arena& memory);

} // namespace headrace::http
