// SPDX-License-Identifier: BSL-1.0
#pragma once

// From the texts that a name has in a query string, form, path or header to a member: one text,
// none or many, for one name or for all that a struct's wire list has.

#include <headrace/base/result.hpp>
#include <headrace/http/fields.hpp>
#include <headrace/json/detail/parse_text.hpp>
#include <headrace/json/wire.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace headrace::detail {

/// Puts the values of a name into `out`, which stays as it is where there are none: the first one,
/// or all of them into a list. Is there one? Errors: malformed, if one is no T.
template <text_values T, class Values>
result<bool> read_texts(T& out, const Values& values, std::string_view place,
                        std::string_view name) {
    auto at = values.begin();
    if (at == values.end()) return false;
    if constexpr (is_vector<T>) {
        out.clear();
        for (; at != values.end(); ++at) {
            auto one = parse_text<typename T::value_type>(*at, place, name);
            if (!one) return std::move(one).error();
            out.push_back(*std::move(one));
        }
    } else if constexpr (is_optional<T>) {
        auto one = parse_text<typename T::value_type>(*at, place, name);
        if (!one) return std::move(one).error();
        out = *std::move(one);
    } else {
        auto one = parse_text<T>(*at, place, name);
        if (!one) return std::move(one).error();
        out = *std::move(one);
    }
    return true;
}

/// The same for one name alone: where it has no value, T has to be able to say so.
template <class Made, class Values>
result<Made> made_of_texts(const Values& values, std::string_view place, std::string_view name) {
    result<Made> made{Made{}};
    auto there = read_texts(made->value, values, place, name);
    if (!there) return std::move(there).error();
    if (!*there && text_value<decltype(Made::value)>) return no_such_parameter(place, name);
    return made;
}

/// Visits a wire list: gives the members the values of their names, up to the first error.
class text_members {
public:
    text_members(const http::parameters& from, std::string_view place) noexcept
        : from_(from), place_(place) {}

    class mark {
    public:
        void required() const {
            if (!there_ && !members_.problem_) {
                members_.problem_ = no_such_parameter(members_.place_, name_);
            }
        }

    private:
        friend class text_members;
        mark(text_members& members, std::string_view name, bool there) noexcept
            : members_(members), name_(name), there_(there) {}
        text_members& members_;
        std::string_view name_;
        bool there_;
    };
    template <class Member> mark operator()(field_name name, Member& member) {
        static_assert(text_values<Member>,
                      "no text can be a member of this type: the T of http::query_of, form and "
                      "path_of has std::string_view, std::string, numbers, bool and enumerations "
                      "with names, and std::optional and std::vector of these"
                      "  see docs/howto/handlers.md");
        bool there = false;
        if constexpr (text_values<Member>) {
            if (!problem_) {
                auto read = read_texts(member, from_.all(name), place_, name);
                if (!read) problem_ = std::move(read).error();
                there = read && *read && !is_blank(member);
            }
        }
        return {*this, name, there};
    }
    [[nodiscard]] std::optional<error>& problem() noexcept { return problem_; }

private:
    const http::parameters& from_;
    std::string_view place_;
    std::optional<error> problem_;
};

/// A Made whose value has the members of `from`. Names that it does not list are left alone.
template <class Made>
result<Made> made_of_members(const http::parameters& from, std::string_view place) {
    result<Made> made{Made{}};
    text_members members(from, place);
    visit_wire(made->value, members);
    if (members.problem()) return *std::move(members.problem());
    return made;
}

/// What can have such members.
template <class T>
concept text_struct = described<T> && std::default_initializable<T>;

} // namespace headrace::detail
