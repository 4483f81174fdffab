// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which requests does a route take? http::get("/orders/{id}") and the others, as matchers.

#include <headrace/base/types.hpp>
#include <headrace/http/pattern.hpp>
#include <headrace/http/request.hpp>
#include <headrace/http/response.hpp>
#include <headrace/http/route_table.hpp>
#include <headrace/routing/routes.hpp>
#include <headrace/routing/source.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::http {

class request_index;

/// What http routes look at: a request, and room for what is found about its path.
struct routed_request {
    const request& what;
    path_match& found;
    [[nodiscard]] static std::unique_ptr<detail::route_index>
    make_index(std::span<const detail::placed_route> routes, std::vector<std::string>& mistakes);
    /// Requests of every front door; defined with them.
    [[nodiscard]] static std::span<const source_operations> arrives_in() noexcept;
};

/// All http routes of an app, found at once.
class request_index final : public detail::route_index {
public:
    request_index(std::span<const detail::placed_route> routes, std::vector<std::string>& mistakes);
    [[nodiscard]] const detail::route_entry* find(const void* subject) const override;
    [[nodiscard]] std::span<const detail::route_entry* const> in_order() const noexcept override {
        return in_order_;
    }
    [[nodiscard]] const route_table& table() const noexcept { return table_; }

private:
    route_table table_;
    std::vector<const detail::route_entry*> in_order_;
    std::vector<const detail::route_entry*> by_place_;
};

/// Takes requests by method and path. Static segments go before parameters, parameters before
/// catch-alls. HEAD is answered by the GET route without its body. Other methods of a known path
/// are answered 405 with Allow, OPTIONS 204 with Allow, other paths 404. Inside of the route's
/// layers, a parameter that hides a dot segment ("..%2Fetc") is answered 400.
class route_matcher {
public:
    using subject = routed_request;
    using provides = types<request>;
    static constexpr headrace::delivery delivered = headrace::delivery::synchronous;
    static constexpr bool is_http = true;

    route_matcher(std::string_view method, http::pattern path) noexcept
        : method_(method), pattern_(path) {}

    [[nodiscard]] std::string_view method() const noexcept { return method_; }
    [[nodiscard]] const http::pattern& pattern() const noexcept { return pattern_; }
    [[nodiscard]] std::string describe() const;
    /// The same route for parameters that may have parts "." and ".." between slashes and
    /// backslashes: what they are is text, never the name of a file.
    [[nodiscard]] route_matcher dot_segments() const noexcept {
        route_matcher other = *this;
        other.dots_ = dot_parts::allowed;
        return other;
    }
    [[nodiscard]] dot_parts dots() const noexcept { return dots_; }
    /// The same route under a path: "/admin" and "/users" are "/admin/users", "/admin" and "/" are
    /// "/admin". Errors: invalid, if the two make no pattern.
    [[nodiscard]] result<void> put_under(std::string_view prefix);
    /// Text that a handler returns is text/plain.
    [[nodiscard]] static outcome text_reply(std::string body) { return text(200, std::move(body)); }
    /// May the handler have this request? Errors: malformed (400).
    [[nodiscard]] static result<void> admit(const call& c) {
        const auto& asked = *c.find<request>();
        const auto& match = *asked.match();
        if (match.dots == dot_parts::allowed || !asked.hides_dots(match)) [[likely]]
            return {};
        return hidden_dots();
    }

private:
    [[nodiscard]] static error hidden_dots();
    std::string_view method_;
    http::pattern pattern_;
    dot_parts dots_ = dot_parts::refused;
    std::shared_ptr<const std::string> joined_; ///< the pattern's text, where it is not a literal
};

/// Routes by method (RFC 9110 section 9). The pattern's text must outlive the app; a literal does.
[[nodiscard]] inline route_matcher get(pattern path) { return {"GET", path}; }
[[nodiscard]] inline route_matcher post(pattern path) { return {"POST", path}; }
[[nodiscard]] inline route_matcher put(pattern path) { return {"PUT", path}; }
[[nodiscard]] inline route_matcher patch(pattern path) { return {"PATCH", path}; }
[[nodiscard]] inline route_matcher del(pattern path) { return {"DELETE", path}; }
[[nodiscard]] inline route_matcher head(pattern path) { return {"HEAD", path}; }
[[nodiscard]] inline route_matcher options(pattern path) { return {"OPTIONS", path}; }
/// Any method token, such as "PROPFIND". Its text must outlive the app.
[[nodiscard]] inline route_matcher method(std::string_view name, pattern path) {
    return {name, path};
}

} // namespace headrace::http
