// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/http/routing.hpp>

#include <new>
#include <utility>

namespace headrace::http {

std::unique_ptr<detail::route_index>
routed_request::make_index(std::span<const detail::placed_route> routes,
                           std::vector<std::string>& mistakes) {
    return std::make_unique<request_index>(routes, mistakes);
}

request_index::request_index(std::span<const detail::placed_route> routes,
                             std::vector<std::string>& mistakes) {
    for (const auto& [route, place] : routes) {
        const auto& takes = *static_cast<const route_matcher*>(route->takes->self());
        const auto added =
            table_.add(takes.method(), takes.pattern(), static_cast<route_id>(place), takes.dots());
        if (!added) mistakes.push_back(added.error().message);
        for (const auto& need : route->needs.all()) {
            if (need.kind == requirements::need::what::path_parameter
                && !takes.pattern().find_parameter(need.name)) {
                mistakes.push_back("'" + route->text + "' asks for " + need.text()
                                   + ", which its pattern lacks");
            }
        }
        in_order_.push_back(route);
        by_place_.resize(place);
        by_place_.push_back(route);
    }
}

const detail::route_entry* request_index::find(const void* subject) const {
    const auto& [what, found] = *static_cast<const routed_request*>(subject);
    // Constructed where it stands: assigning would copy room that nothing is in.
    ::new (static_cast<void*>(&found)) path_match(table_.find(what.method(), what.path()));
    return found.found() ? by_place_[found.route] : nullptr;
}

std::string route_matcher::describe() const {
    return detail::format<"http {} {}">(method_, pattern_.text());
}

result<void> route_matcher::put_under(std::string_view prefix) {
    std::string all(prefix);
    if (pattern_.text() != "/") all += pattern_.text();
    const auto joined = std::make_shared<const std::string>(std::move(all));
    auto both = pattern::parse(*joined);
    if (!both) {
        auto& e = both.error();
        return error::invalid("under the prefix '" + std::string(prefix) + "' it is " + e.message);
    }
    pattern_ = *both;
    joined_ = joined;
    return {};
}

error route_matcher::hidden_dots() {
    error e = error::malformed("a parameter of the path has a dot segment");
    e.code = errc::bad_value;
    e.http_status = 400;
    return e;
}

} // namespace headrace::http
