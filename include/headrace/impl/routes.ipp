// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routes.hpp>

#include <utility>

namespace headrace {

namespace detail {

route_entry::route_entry(std::unique_ptr<any_matcher> matches, std::span<const layer_entry> around,
                         void (*asks_for)(requirements&), erased_service runs)
    : takes(std::move(matches)),
      service(std::move(runs)),
      layers(around),
      text(takes ? takes->describe() : "fallback") {
    asks_for(needs);
}
route_entry::route_entry(route_entry&&) noexcept = default;
route_entry& route_entry::operator=(route_entry&&) noexcept = default;
route_entry::~route_entry() = default;

} // namespace detail

routes::routes() noexcept = default;
routes::routes(routes&&) noexcept = default;
routes& routes::operator=(routes&&) noexcept = default;
routes::~routes() = default;

void routes::add_entry(detail::route_entry entry) { entries_.push_back(std::move(entry)); }

} // namespace headrace
