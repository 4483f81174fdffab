// SPDX-License-Identifier: BSL-1.0
#pragma once

// Do two JSON texts say the same, and what becomes of a text when its members change? For tests of
// event types. A tree of our own, so that members keep their order and may be repeated.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace json_tests {

struct member;

/// One JSON value.
struct node {
    enum class kind { null, boolean, number, string, array, object };
    kind what = kind::null;
    std::string text; ///< of a scalar: the value, numbers and booleans as JSON writes them
    std::vector<node> items;
    std::vector<member> members;

    [[nodiscard]] const node* find(std::string_view name) const;
    /// Null, or nothing but empty objects and arrays all the way down.
    [[nodiscard]] bool is_empty() const;
};
struct member {
    std::string name;
    node value;
};

/// Parses with simdjson's DOM. Fails the test if `json` is not JSON.
[[nodiscard]] node parse(std::string_view json);
[[nodiscard]] std::string to_text(const node& tree);

/// Pointers of what differs, apart from the order of members and from members that are null, absent
/// or empty. Numbers are compared by value.
[[nodiscard]] std::vector<std::string> differences(const node& a, const node& b);
/// The same for texts, without the differences at or below the pointers in `ignored`.
[[nodiscard]] std::vector<std::string> differences(std::string_view a, std::string_view b,
                                                   const std::vector<std::string>& ignored = {});

/// Removes what these pointers point at.
void remove(node& tree, const std::vector<std::string>& pointers);

/// A way in which senders change what they send.
enum class change { removed, nulled, added, reversed, shuffled };
[[nodiscard]] std::string_view to_string(change what);

/// What mutate() added: the last segment of its pointer.
inline constexpr std::string_view added_name = "x-added";

/// each(change, pointer, json) for every member removed and set to null, for a member added to each
/// object, and for all members reversed and shuffled (pointer "").
void mutate(std::string_view json,
            const std::function<void(change, const std::string&, const std::string&)>& each);

} // namespace json_tests
