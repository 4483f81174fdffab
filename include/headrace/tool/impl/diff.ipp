// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/tool/diff.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace headrace::tool {

namespace comparing {

class comparison {
public:
    explicit comparison(const std::vector<mask>& masks) : masks_(masks) {}

    void at(const json_value& expected, const json_value& actual) {
        if (is_masked() || expected == actual) return;
        if (expected.what == actual.what) {
            if (expected.what == json_value::kind::object) return members(expected, actual);
            if (expected.what == json_value::kind::array) return elements(expected, actual);
            if (inside(expected, actual)) return;
        }
        note(to_line(expected), to_line(actual));
    }
    [[nodiscard]] std::vector<difference> found() && { return std::move(found_); }

private:
    void members(const json_value& expected, const json_value& actual) {
        for (const auto& name : expected.names) {
            if (!is_first(expected, name)) continue;
            const auto* mine = expected.find(name);
            const auto* other = actual.find(name);
            inner(name, [&] { other != nullptr ? at(*mine, *other) : note(to_line(*mine), {}); });
        }
        for (const auto& name : actual.names) {
            if (expected.find(name) != nullptr || !is_first(actual, name)) continue;
            inner(name, [&] { note({}, to_line(*actual.find(name))); });
        }
    }
    void elements(const json_value& expected, const json_value& actual) {
        const auto both = std::min(expected.items.size(), actual.items.size());
        const auto all = std::max(expected.items.size(), actual.items.size());
        for (std::size_t i = 0; i < all; ++i) {
            inner(std::to_string(i), [&] {
                if (i < both)
                    at(expected.items[i], actual.items[i]);
                else if (i < expected.items.size())
                    note(to_line(expected.items[i]), {});
                else
                    note({}, to_line(actual.items[i]));
            });
        }
    }
    // Two strings that hold JSON.
    bool inside(const json_value& expected, const json_value& actual) {
        const auto mine = json_inside(expected);
        const auto other = mine ? json_inside(actual) : nullptr;
        if (!other || mine->what != other->what) return false;
        at(*mine, *other);
        return true;
    }
    // A repeated name is compared once, by its last value.
    static bool is_first(const json_value& object, const std::string& name) {
        return &*std::find(object.names.begin(), object.names.end(), name) == &name;
    }
    template <class Work> void inner(std::string_view step, Work work) {
        steps_.emplace_back(step);
        work();
        steps_.pop_back();
    }
    [[nodiscard]] bool is_masked() const {
        return std::any_of(masks_.begin(), masks_.end(), [&](const mask& each) {
            return std::equal(
                each.begin(), each.end(), steps_.begin(), steps_.end(),
                [](const auto& m, const auto& step) { return m == "*" || m == step; });
        });
    }
    void note(std::optional<std::string> expected, std::optional<std::string> actual) {
        std::string pointer;
        for (const auto& step : steps_) append_step(pointer, step);
        found_.push_back({std::move(pointer), std::move(expected), std::move(actual)});
    }

    const std::vector<mask>& masks_;
    pointer_steps steps_;
    std::vector<difference> found_;
};

} // namespace comparing

std::vector<difference> compare(const json_value& expected, const json_value& actual,
                                const std::vector<mask>& masks) {
    comparing::comparison work(masks);
    work.at(expected, actual);
    return std::move(work).found();
}

} // namespace headrace::tool
