// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which route takes this method and path? A tree of path segments: looking up costs as much as the
// path has segments, however many routes there are, and allocates nothing.

#include <headrace/base/result.hpp>
#include <headrace/http/pattern.hpp>
#include <headrace/http/response.hpp>
#include <headrace/json/arena.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::http {

/// What the caller of add() knows a route by.
using route_id = std::uint32_t;

/// Is "/orders/" the same as "/orders"?
enum class trailing_slash : std::uint8_t {
    strict,   ///< no: each needs its own route
    ignore,   ///< yes
    redirect, ///< no, but who asks for the one without a route is sent to the other (308)
};

/// May a parameter, decoded once, have a part "." or ".." between slashes or backslashes?
enum class dot_parts : std::uint8_t {
    refused, ///< no: who puts "..%2Fetc" there means harm
    allowed, ///< the handler takes it for text
};

/// Room for the parameters of a path. Only those that a lookup has put there may be looked at:
/// clearing the others would take longer than most lookups.
class path_values {
public:
    path_values() noexcept {} // NOLINT(*-member-init, modernize-use-equals-default)
    [[nodiscard]] std::string_view& operator[](std::size_t i) noexcept { return room[i]; }
    [[nodiscard]] std::string_view operator[](std::size_t i) const noexcept { return room[i]; }
    [[nodiscard]] const std::string_view* begin() const noexcept { return room; }

private:
    union {
        std::string_view room[pattern::most_parameters];
    };
};

/// What a lookup found. Borrows the path and the table.
struct path_match {
    enum class status : std::uint8_t {
        found,
        not_found,          ///< no pattern takes this path
        method_not_allowed, ///< the path has routes, but none for this method; see allow()
        other_slash,        ///< trailing_slash::redirect: the path with or without slash has one
    };
    status what = status::not_found;
    route_id route = 0;
    std::uint8_t count = 0;
    dot_parts dots = dot_parts::refused;     ///< as the route says
    std::span<const std::string_view> names; ///< of the parameters, as the pattern says
    path_values values;                      ///< the first `count`, as they stand in the path

    [[nodiscard]] bool found() const noexcept { return what == status::found; }
    /// A parameter as it stands in the path, still percent-encoded; nothing if the pattern has no
    /// parameter of this name.
    [[nodiscard]] std::optional<std::string_view> encoded(std::string_view name) const noexcept {
        for (std::size_t i = 0; i < count; ++i) {
            if (names[i] == name) return values[i];
        }
        return std::nullopt;
    }
    /// A parameter, decoded once: a %2F in it has become a slash. A copy in `memory` where
    /// something was encoded.
    [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name,
                                                            arena& memory) const;
};

/// Routes by method and pattern. Filled by add(); after that it is immutable and may be read by
/// several threads.
class route_table {
public:
    explicit route_table(trailing_slash policy = trailing_slash::strict);

    /// Adds a route. The method is compared as it is ("GET"); "" takes every method for which the
    /// path has no route of its own. The pattern's text must outlive the table.
    /// Errors: bad_app, if a route is there that takes exactly the same requests; both are named.
    [[nodiscard]] result<void> add(std::string_view method, pattern path, route_id id,
                                   dot_parts dots = dot_parts::refused);

    /// The route of a request. `path` is percent-encoded, begins with a slash and has no query.
    /// In each segment a literal goes before a parameter and a parameter before a catch-all; where
    /// the choice leads to no route for the method, the next is tried. HEAD is answered by GET.
    /// Segments are split before they are decoded: a %2F never separates.
    /// Allocates nothing (trailing_slash::redirect: one string where nothing was found).
    [[nodiscard]] path_match find(std::string_view method, std::string_view path) const;

    /// The methods of all routes that take this path, for an Allow header: "GET, HEAD, OPTIONS".
    /// Empty if none does.
    [[nodiscard]] std::string allow(std::string_view path) const;

    /// The answer to what find() found no route for: 404, 405 with Allow, 204 with Allow to an
    /// OPTIONS without a route of its own, or 308 to the other spelling of the slash.
    /// `target` is the path, with the query where there is one.
    /// Source: RFC 9110, sections 9.3.7, 15.4.9, 15.5.5 and 15.5.6.
    [[nodiscard]] response unrouted(const path_match& match, std::string_view method,
                                    std::string_view target) const;

    [[nodiscard]] bool empty() const noexcept { return routes_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return routes_; }

private:
    using node_id = std::uint32_t;
    static constexpr node_id none = std::numeric_limits<node_id>::max();
    struct route {
        std::string method;
        pattern path;
        route_id id;
        std::vector<std::string_view> names;
        dot_parts dots;
    };
    struct literal {
        std::string_view text;
        std::uint64_t hash;
        node_id child;
    };
    struct node {
        std::vector<literal> literals;
        std::vector<std::uint32_t> slots; ///< where there are many: hash table of literals, + 1
        node_id parameter = none;
        node_id catch_all = none;
        std::vector<route> routes;
    };
    struct walk;

    [[nodiscard]] node_id child_for(node_id parent, pattern_segment segment);
    [[nodiscard]] node_id literal_child(const node& n, std::string_view text) const noexcept;
    [[nodiscard]] node_id encoded_child(const node& n, std::string_view segment) const noexcept;
    void index_literals(node& n);
    [[nodiscard]] path_match search(std::string_view method, std::string_view path) const;
    [[nodiscard]] std::string_view without_slash(std::string_view path) const noexcept;

    std::vector<node> nodes_;
    std::size_t routes_ = 0;
    trailing_slash policy_;
};

} // namespace headrace::http
