// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/precondition.hpp>
#include <headrace/routing/detail/invocation.hpp>
#include <headrace/routing/dispatch.hpp>
#include <headrace/routing/router.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <utility>

namespace headrace {

namespace detail::routing {

template <class... Parts> std::string joined(const Parts&... parts) {
    std::string text;
    (text.append(parts), ...);
    return text;
}

inline const layer_entry* dead_letter_of(std::span<const layer_entry> layers) {
    const auto found = std::ranges::find(layers, phase::dead_letter, &layer_entry::phase);
    return found == layers.end() ? nullptr : &*found;
}

} // namespace detail::routing

// ---- registration -------------------------------------------------------------------------------

router::router(detail::erased_base base, const detail::recogniser& sources) {
    said_.base = std::move(base);
    said_.sources = &sources;
}

// What routes refer to stays where it is: the base chain and the entries are not part of a router.
router::router(router&&) noexcept = default;

router::~router() = default;

void router::must_not_be_built(const char* what) const {
    if (table_) throw_failure(error::bug(std::string(what) + " before the app is built"));
}

void router::add_entry(detail::route_entry entry) {
    must_not_be_built("routes are added");
    if (said_.base.object.get() == nullptr) throw_failure(error::bug("this app was moved away"));
    said_.entries.push_back(std::move(entry));
}

void router::set_fallback(detail::route_entry entry, std::span<const source_operations> of) {
    must_not_be_built("routes are added");
    if (said_.fallback) mistakes_.push_back("there are two fallbacks");
    said_.fallback = std::make_unique<detail::route_entry>(std::move(entry));
    said_.of_fallback = of;
}

void router::add_dependency(dependencies::entry entry) {
    must_not_be_built("objects are provided");
    if (said_.objects.find(entry.as_const, entry.key) != nullptr) {
        const auto key = entry.key.empty()
                             ? std::string()
                             : detail::routing::joined(" with the key \"", entry.key, "\"");
        mistakes_.push_back(
            detail::routing::joined("two objects of type ", entry.name, key, " are provided"));
    }
    said_.objects.add(entry);
}

void router::set_option(detail::type_id about, detail::any_object value) {
    must_not_be_built("options are said");
    said_.options.push_back({about, std::move(value)}); // the last one counts
}

// ---- build --------------------------------------------------------------------------------------

std::vector<detail::route_group> router::grouped(std::vector<std::string>& mistakes) const {
    std::vector<std::vector<detail::placed_route>> by_subject;
    const auto subject_of = [](const std::vector<detail::placed_route>& routes) {
        return routes.front().route->takes->subject();
    };
    for (std::size_t i = 0; i < said_.entries.size(); ++i) {
        const detail::placed_route one{&said_.entries[i], i};
        const auto known = std::ranges::find(by_subject, one.route->takes->subject(), subject_of);
        if (known != by_subject.end())
            known->push_back(one);
        else
            by_subject.push_back({one});
    }
    std::vector<detail::route_group> groups;
    for (const auto& routes : by_subject) {
        const auto& takes = *routes.front().route->takes;
        groups.push_back({takes.subject(), takes.make_index(routes, mistakes)});
    }
    return groups;
}

result<void> router::build() {
    if (table_) return {};
    std::vector<std::string> mistakes = mistakes_;
    if (said_.entries.empty() && !said_.fallback) mistakes.emplace_back("there is no route");
    check_needs(mistakes);
    check_phases(mistakes);
    check_usable(mistakes);
    check_dead_letters(mistakes);
    auto groups = grouped(mistakes);
    if (mistakes.empty()) {
        table_ = std::make_unique<const routing_table>(std::move(said_), std::move(groups));
        return {};
    }
    error e = error::bug(std::to_string(mistakes.size())
                         + (mistakes.size() == 1 ? " mistake" : " mistakes") + " in the app:");
    for (const auto& each : mistakes) e.message += "\n  " + each;
    e.code = errc::bad_app;
    return e;
}

void router::check_needs(std::vector<std::string>& mistakes) const {
    const auto check = [&](const detail::route_entry& entry) {
        for (const auto& need : entry.needs.all()) {
            if (need.kind == requirements::need::what::dependency
                && said_.objects.find(need.type, need.key) == nullptr) {
                mistakes.push_back("'" + entry.text + "' asks for " + need.text()
                                   + ", which was not provided");
            }
            const auto gives = [&](const detail::layer_entry& layer) {
                return std::ranges::find(layer.offers, need.type) != layer.offers.end();
            };
            if (need.kind == requirements::need::what::offered
                && std::ranges::none_of(entry.layers, gives)
                && std::ranges::none_of(said_.base.layers, gives)) {
                mistakes.push_back("'" + entry.text + "' asks for " + need.text()
                                   + ", and none stands around it");
            }
        }
    };
    for (const auto& entry : said_.entries) check(entry);
    if (said_.fallback) check(*said_.fallback);
}

void router::check_phases(std::vector<std::string>& mistakes) const {
    for (const auto& entry : said_.entries) {
        // Layers around an invocation and layers around a record are two sequences.
        std::array<const detail::layer_entry*, 2> last{};
        const auto next = [&](const detail::layer_entry& layer) {
            if (layer.phase == phase::none) return;
            const auto* outside = std::exchange(last[layer.per_invocation], &layer);
            if (outside != nullptr && layer.phase < outside->phase) {
                mistakes.push_back("'" + entry.text + "': " + std::string(layer.name)
                                   + " stands inside " + std::string(outside->name)
                                   + " but belongs outside of it");
            }
        };
        for (const auto& layer : said_.base.layers) next(layer);
        for (const auto& layer : entry.layers) next(layer);
    }
}

void router::check_usable(std::vector<std::string>& mistakes) const {
    for (const auto& said : said_.base.unusable) mistakes.push_back("the base chain: " + said);
    for (const auto& entry : said_.entries) {
        for (const auto& said : entry.unusable) {
            mistakes.push_back(detail::routing::joined("'", entry.text, "': ", said));
        }
    }
}

void router::check_dead_letters(std::vector<std::string>& mistakes) const {
    for (const auto& layer : said_.base.layers) {
        if (layer.per_invocation && layer.phase == phase::dead_letter) {
            mistakes.push_back(detail::routing::joined(
                layer.name, " writes records, so it cannot stand in per_invocation{}"));
        }
    }
    for (const auto& entry : said_.entries) {
        if (entry.takes->delivered() != delivery::synchronous) continue;
        // Groups have routes of other sources, too.
        const auto own = std::span(entry.layers).subspan(entry.of_groups);
        const auto* const layer = detail::routing::dead_letter_of(own);
        if (layer == nullptr) continue;
        mistakes.push_back(detail::routing::joined("'", entry.text, "': ", layer->name,
                                                   " does nothing where a caller waits"));
    }
}

const routing_table& router::built() const noexcept {
    if (!table_) detail::broken_precondition("the routing table of an app that is not built");
    return *table_;
}

std::vector<route_info> router::table() const {
    return table_ ? table_->lines() : std::vector<route_info>();
}

std::vector<std::string_view> router::routes_without_dead_letters() const {
    std::vector<std::string_view> found;
    if (detail::routing::dead_letter_of(said().base.layers) != nullptr) return found;
    for (const auto& entry : said().entries) {
        const auto delivered = entry.takes->delivered();
        const bool waits = !delivered || delivered == delivery::synchronous;
        if (waits || detail::routing::dead_letter_of(entry.layers) != nullptr) continue;
        found.push_back(entry.text);
    }
    return found;
}

// ---- the way of an invocation -------------------------------------------------------------------

result<void> router::start(const platform&) { return build(); }

reply_bytes router::handle_copy(workspace& memory, std::string_view payload, context& ctx) {
    auto room = memory.input(payload.size());
    if (!room) return {{}, std::move(room).error()};
    if (!payload.empty()) std::memcpy(*room, payload.data(), payload.size());
    return handle(memory, {*room, payload.size()}, ctx);
}

reply_bytes router::handle(workspace& memory, std::string_view payload, context& ctx) {
    if (auto fine = build(); !fine) {
        const call c(ctx, memory, said_.objects);
        dispatcher::log_failure(c, outcome(fine.error()));
        return {{}, std::move(fine).error()};
    }
    return detail::invocation(*table_, memory, payload, ctx).run();
}

} // namespace headrace
