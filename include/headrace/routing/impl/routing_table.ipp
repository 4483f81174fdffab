// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/routing_table.hpp>

#include <algorithm>
#include <utility>

namespace headrace {

routing_table::routing_table(detail::registrations said, std::vector<detail::route_group> groups,
                             http::route_table requests)
    : said_(std::move(said)), groups_(std::move(groups)), http_(std::move(requests)) {}

routing_table::~routing_table() = default;

const detail::route_entry* routing_table::find(detail::type_id subject, const void* object) const {
    for (const auto& group : groups_) {
        if (group.subject != subject) continue;
        for (const auto i : group.routes) {
            if (said_.entries[i].takes->matches(object)) return &said_.entries[i];
        }
    }
    return nullptr;
}

bool routing_table::has_routes_for(detail::type_id subject) const noexcept {
    return std::ranges::find(groups_, subject, &detail::route_group::subject) != groups_.end();
}

const batch_policy& routing_table::batches_of(detail::type_id event) const noexcept {
    static constexpr batch_policy one_by_one;
    const auto& rules = said_.batches;
    for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
        if (rule->event == event) return rule->policy; // the last one counts
    }
    return one_by_one;
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
        for (const auto i : group.routes) add(said_.entries[i]);
    }
    if (said_.fallback) add(*said_.fallback);
    return all;
}

} // namespace headrace
