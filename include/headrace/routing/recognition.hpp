// SPDX-License-Identifier: BSL-1.0
#pragma once

// How are the documents of a source recognised? Words for authors of sources: conditions on
// members, and rules made of them, as data beside the event. Key order never matters and no type is
// ever tried until one fits. docs/reference/sources/recognition.md shows them at work.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace headrace::source {

/// One condition on a document. `path` leads from its top to a member, with slashes between:
/// "Event", "requestContext/elb". A part "0" is the first element of an array:
/// "Records/0/eventSource", or "0/eventSource" where the document is one. Null is absent.
struct condition {
    enum class test : std::uint8_t {
        present,
        object,
        equals,    ///< the string is the text
        begins,    ///< it begins with the text
        contains,  ///< the text is somewhere in it
        route_key, ///< it is a method, a space and a path
    };
    std::string_view path;
    test what = test::present;
    std::string_view text{};
    bool wanted = true; ///< or must not hold
};

[[nodiscard]] constexpr condition has(std::string_view path) {
    return {path, condition::test::present};
}
[[nodiscard]] constexpr condition has_object(std::string_view path) {
    return {path, condition::test::object};
}
/// The texts of these three are compared with what stands in the document: without escapes.
[[nodiscard]] constexpr condition is(std::string_view path, std::string_view text) {
    return {path, condition::test::equals, text};
}
[[nodiscard]] constexpr condition begins(std::string_view path, std::string_view text) {
    return {path, condition::test::begins, text};
}
[[nodiscard]] constexpr condition contains(std::string_view path, std::string_view text) {
    return {path, condition::test::contains, text};
}
/// "GET /orders/{id}", as API Gateway names a route that is not "$default".
[[nodiscard]] constexpr condition is_route_key(std::string_view path) {
    return {path, condition::test::route_key};
}
[[nodiscard]] constexpr condition is_not(condition c) {
    c.wanted = !c.wanted;
    return c;
}
[[nodiscard]] constexpr condition has_no(std::string_view path) { return is_not(has(path)); }

/// All of these must hold. Borrows the recognition that it is part of.
struct rule {
    std::span<const condition> all;
    bool decisive = false;
    std::string_view spares{};
};

/// A rule by itself, for recognised_by().
template <std::size_t Conditions> struct rule_of {
    std::array<condition, Conditions> all;
    bool decisive = false;
    std::string_view spares{};
};

template <class... Conditions> [[nodiscard]] constexpr auto when(const Conditions&... each) {
    return rule_of<sizeof...(Conditions)>{{each...}};
}

/// The same rule of one condition, ending the search where it holds, whatever else is there:
/// nothing else has such a member.
[[nodiscard]] constexpr rule_of<1> decisive(rule_of<1> r) {
    r.decisive = true;
    return r;
}

/// The same rule, which asks for nothing inside of the member `path`: where all that it asks for is
/// there before that member comes, the member is not searched.
template <std::size_t Conditions>
[[nodiscard]] constexpr rule_of<Conditions> sparing(std::string_view path, rule_of<Conditions> r) {
    r.spares = path;
    return r;
}

namespace detail {

// Where the conditions of a rule end, and what it is beside them.
struct rule_end {
    std::size_t last = 0;
    bool decisive = false;
    std::string_view spares{};
};

} // namespace detail

/// What recognised_by() makes: as long as its rules are.
template <std::size_t Rules, std::size_t Conditions> struct rules_of {
    std::array<condition, Conditions> conditions{};
    std::array<detail::rule_end, Rules> ends{};
};

/// How the documents of a source are recognised: any of these rules. Borrows an event's
/// `recognised`.
class recognition {
public:
    constexpr recognition() noexcept = default;
    template <std::size_t Rules, std::size_t Conditions>
    constexpr recognition(const rules_of<Rules, Conditions>& all) noexcept
        : conditions_(all.conditions), ends_(all.ends) {}

    /// How many rules?
    [[nodiscard]] constexpr std::size_t size() const noexcept { return ends_.size(); }
    [[nodiscard]] constexpr rule operator[](std::size_t i) const noexcept {
        const auto first = i == 0 ? 0 : ends_[i - 1].last;
        return {conditions_.subspan(first, ends_[i].last - first), ends_[i].decisive,
                ends_[i].spares};
    }

private:
    std::span<const condition> conditions_;
    std::span<const detail::rule_end> ends_;
};

template <std::size_t... Conditions>
[[nodiscard]] constexpr auto recognised_by(const rule_of<Conditions>&... each) {
    rules_of<sizeof...(Conditions), (Conditions + ... + 0)> made;
    std::size_t rules = 0;
    std::size_t conditions = 0;
    const auto append = [&](const auto& one) {
        for (const auto& c : one.all) made.conditions[conditions++] = c;
        made.ends[rules++] = {conditions, one.decisive, one.spares};
    };
    (append(each), ...);
    return made;
}

/// A `Records` array whose first element names its source, or, where the name is none that is
/// known, carries the source's own member ("Records/0/s3"). SNS spells the first EventSource.
[[nodiscard]] constexpr auto records_from(std::string_view event_source,
                                          std::string_view payload_path) {
    return recognised_by(decisive(when(is("Records/0/eventSource", event_source))),
                         decisive(when(is("Records/0/EventSource", event_source))),
                         when(has(payload_path)));
}

/// The name that such records give their source: "aws:sqs".
[[nodiscard]] constexpr std::string_view name_in_records(const recognition& r) {
    for (std::size_t i = 0; i < r.size(); ++i) {
        for (const auto& c : r[i].all) {
            const bool names = c.wanted && c.what == condition::test::equals;
            if (names && c.path == "Records/0/eventSource") return c.text;
        }
    }
    return {};
}

} // namespace headrace::source
