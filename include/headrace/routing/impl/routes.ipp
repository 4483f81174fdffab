// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/routing/routes.hpp>

#include <algorithm>
#include <functional>
#include <string>
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
      layers(around.begin(), around.end()),
      text(takes ? takes->describe() : "fallback"),
      unusable(std::move(unusable_layers)) {
    asks_for(needs);
}
route_entry::route_entry(route_entry&&) noexcept = default;
route_entry& route_entry::operator=(route_entry&&) noexcept = default;
route_entry::~route_entry() = default;

void route_entry::join(std::string_view prefix, std::span<const layer_entry> around) {
    layers.insert(layers.begin(), around.begin(), around.end());
    of_groups += around.size();
    if (prefix.empty()) return;
    if (auto put = takes->put_under(prefix); !put) unusable.push_back(put.error().message);
    text = takes->describe();
}

error no_path_under(std::string_view prefix) {
    return error::bug("the prefix '" + std::string(prefix)
                      + "' stands before paths, and it has none");
}

std::string name_of(const placed_route& one) {
    return "'" + one.route->text + "' (route " + std::to_string(one.place) + ")";
}

namespace {

// Asks one route after the other, that of the highest rank first.
class rank_index final : public route_index {
public:
    rank_index(std::span<const placed_route> routes, std::vector<std::string>& mistakes) {
        std::vector<placed_route> sorted(routes.begin(), routes.end());
        const auto rank = [](const placed_route& each) { return matcher_of(each).rank(); };
        std::ranges::stable_sort(sorted, std::greater(), rank);
        for (const auto& each : sorted) {
            matchers_.push_back(&matcher_of(each));
            routes_.push_back(each.route);
        }
        for (std::size_t j = 1; j < sorted.size(); ++j) {
            for (std::size_t i = 0; i < j; ++i) check(sorted[i], sorted[j], mistakes);
        }
    }
    const route_entry* find(const void* subject) const override {
        for (std::size_t i = 0; i < matchers_.size(); ++i) {
            if (matchers_[i]->matches(subject)) return routes_[i];
        }
        return nullptr;
    }
    std::span<const route_entry* const> in_order() const noexcept override { return routes_; }

private:
    static const ranked_matcher& matcher_of(const placed_route& one) {
        return static_cast<const ranked_matcher&>(*one.route->takes);
    }
    static void check(const placed_route& one, const placed_route& other,
                      std::vector<std::string>& mistakes) {
        const auto& earlier = matcher_of(one);
        const auto& later = matcher_of(other);
        if (earlier.type() != later.type()) return;
        if (earlier.rank() == later.rank() && earlier.overlaps(later.self())) {
            const bool in_order = one.place < other.place;
            mistakes.push_back(name_of(in_order ? one : other) + " and "
                               + name_of(in_order ? other : one) + " are ambiguous");
        } else if (earlier.covers(later.self())) {
            mistakes.push_back(name_of(other) + " is unreachable: " + name_of(one)
                               + " takes all of it");
        }
    }
    std::vector<const ranked_matcher*> matchers_;
    std::vector<const route_entry*> routes_;
};

} // namespace

std::unique_ptr<route_index> ranked_matcher::make_index(std::span<const placed_route> routes,
                                                        std::vector<std::string>& mistakes) const {
    return std::make_unique<rank_index>(routes, mistakes);
}

} // namespace detail

routes::routes() noexcept = default;
routes::routes(routes&&) noexcept = default;
routes& routes::operator=(routes&&) noexcept = default;
routes::~routes() = default;

void routes::add_entry(detail::route_entry entry) { entries_.push_back(std::move(entry)); }

} // namespace headrace
