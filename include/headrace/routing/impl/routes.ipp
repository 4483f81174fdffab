// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/routing/routes.hpp>

#include <utility>

namespace headrace {

namespace detail {

void note_unusable(std::vector<std::string>& mistakes, std::string_view layer,
                   const result<void>& said) {
    if (!said) mistakes.push_back(format<"{} cannot work: {}">(layer, said.error().message));
}

route_entry::route_entry(std::unique_ptr<any_matcher> matches, std::span<const layer_entry> around,
                         std::vector<std::string> unusable_layers, void (*asks_for)(requirements&),
                         erased_service runs)
    : takes(std::move(matches)),
      service(std::move(runs)),
      layers(around),
      text(takes ? takes->describe() : "fallback"),
      unusable(std::move(unusable_layers)) {
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
