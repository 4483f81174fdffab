// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/routing_table.hpp>

#include <utility>

namespace headrace {

routing_table::routing_table(detail::registrations said, std::vector<detail::route_group> groups)
    : said_(std::move(said)), groups_(std::move(groups)) {}

routing_table::~routing_table() = default;

const detail::route_index* routing_table::index(detail::type_id subject) const noexcept {
    for (const auto& group : groups_) {
        if (group.subject == subject) return group.index.get();
    }
    return nullptr;
}

const detail::route_entry* routing_table::find(detail::type_id subject, const void* object) const {
    const auto* const routes = index(subject);
    return routes != nullptr ? routes->find(object) : nullptr;
}

const void* routing_table::option_of(detail::type_id about) const noexcept {
    const auto& all = said_.options;
    for (auto each = all.rbegin(); each != all.rend(); ++each) {
        if (each->about == about) return each->value.get();
    }
    return nullptr;
}

const batch_policy& routing_table::batches_of(detail::type_id event) const noexcept {
    static constexpr batch_policy one_by_one;
    const auto* const said = option<batch_policy>(event);
    return said != nullptr ? *said : one_by_one;
}

std::vector<route_info> routing_table::lines() const {
    std::vector<route_info> all;
    const auto add = [&](const detail::route_entry& entry) {
        route_info line;
        line.text = entry.text;
        for (const auto& layer : said_.base.layers) line.layers.push_back(layer.name);
        for (const auto& layer : entry.layers) line.layers.push_back(layer.name);
        all.push_back(std::move(line));
    };
    for (const auto& group : groups_) {
        for (const auto* each : group.index->in_order()) add(*each);
    }
    if (said_.fallback) add(*said_.fallback);
    return all;
}

} // namespace headrace
