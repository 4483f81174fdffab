// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/routing_table.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace headrace {

routing_table::routing_table(detail::registrations said, std::vector<detail::route_group> groups)
    : said_(std::move(said)), groups_(std::move(groups)) {
    const auto bring = [&](std::span<const source_operations> some) {
        operations_.insert(operations_.end(), some.begin(), some.end());
    };
    for (const auto& each : said_.entries) bring(each.takes->arrives_in());
    bring(said_.of_fallback);
    bring(said_.sources->always());
    std::ranges::sort(operations_, std::less(), &source_operations::about);
    const auto again = std::ranges::unique(operations_, {}, &source_operations::about);
    operations_.erase(again.begin(), again.end());
}

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

auto routing_table::dispatch_of(const source_info& source) const noexcept
    -> outcome (*)(dispatcher&, call&, const document&) {
    const auto found =
        std::ranges::lower_bound(operations_, &source, std::less(), &source_operations::about);
    return found != operations_.end() && found->about == &source ? found->dispatch : nullptr;
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
