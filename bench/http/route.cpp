// SPDX-License-Identifier: BSL-1.0
// What does it cost to find the route of a path, and does it depend on how many there are?
// The tables have five routes for each resource, as a REST API has; each lookup asks for another
// resource and shape. The floor is one look-up in a hash map that has just these methods and paths.

#include "measure.hpp"
#include "suites.hpp"

#include <headrace/http/route_table.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace headrace::bench {

namespace {

struct shape {
    std::string_view method;
    std::string_view pattern; // '*' stands for the resource
    std::string_view path;
    std::size_t parameters;
};
constexpr std::array shapes{
    shape{"GET", "/v1/*", "/v1/*", 0},
    shape{"POST", "/v1/*", "/v1/*", 0},
    shape{"GET", "/v1/*/{id}", "/v1/*/8d2b7c1e-5a90", 1},
    shape{"GET", "/v1/*/{id}/lines/{line}", "/v1/*/8d2b7c1e-5a90/lines/12", 2},
    shape{"DELETE", "/v1/*/{id}/lines", "/v1/*/8d2b7c1e-5a90/lines", 1},
};

std::string with_resource(std::string_view text, std::size_t resource) {
    constexpr std::array names{"orders", "customers", "invoices", "shipments", "returns"};
    std::string out(text);
    return out.replace(out.find('*'), 1,
                       names[resource % names.size()] + std::to_string(resource / names.size()));
}

struct request {
    std::string_view method;
    std::string path;
    http::route_id expected;
    std::size_t parameters;
};

class api {
public:
    explicit api(std::size_t routes) {
        patterns_.reserve(routes); // the table borrows them
        for (std::size_t i = 0; i < routes; ++i) {
            const auto& s = shapes[i % shapes.size()];
            const auto resource = i / shapes.size();
            patterns_.push_back(with_resource(s.pattern, resource));
            const auto id = static_cast<http::route_id>(i);
            table.add(s.method, *http::pattern::parse(patterns_.back()), id).value();
            requests.push_back({s.method, with_resource(s.path, resource), id, s.parameters});
        }
    }
    http::route_table table;
    std::vector<request> requests;

private:
    std::vector<std::string> patterns_;
};

// For paths without parameters.
class map_by_hand {
public:
    explicit map_by_hand(const std::vector<request>& all) {
        for (const auto& r : all) routes_.emplace(method_and_path(r.method, r.path), r.expected);
    }
    [[nodiscard]] http::route_id find(std::string_view method, std::string_view path) const {
        return routes_.find(method_and_path(method, path))->second;
    }

private:
    using method_and_path = std::pair<std::string_view, std::string_view>;
    struct hash {
        std::size_t operator()(const method_and_path& of) const noexcept {
            const std::hash<std::string_view> text;
            return text(of.first) * 31 + text(of.second);
        }
    };
    std::unordered_map<method_and_path, http::route_id, hash> routes_;
};

void route(benchmark::State& state, std::size_t routes) {
    const api one(routes);
    const map_by_hand by_hand(one.requests);
    for (const auto& r : one.requests) {
        if (by_hand.find(r.method, r.path) != r.expected) {
            return state.SkipWithError("the floor found another route");
        }
        const auto match = one.table.find(r.method, r.path);
        if (!match.found() || match.route != r.expected || match.count != r.parameters) {
            return state.SkipWithError("found another route");
        }
    }
    constexpr std::size_t stride = 7; // visits all, no two of a resource in a row
    auto each = [&one, next = std::size_t{0}](auto find) mutable {
        const auto& r = one.requests[next];
        benchmark::DoNotOptimize(find(r));
        next = (next + stride) % one.requests.size();
    };
    measure_against(
        state,
        [&, each]() mutable {
            each([&](const request& r) { return by_hand.find(r.method, r.path); });
        },
        [&, each]() mutable {
            each([&](const request& r) { return one.table.find(r.method, r.path).route; });
        });
}

} // namespace

void register_route() {
    for (const std::size_t routes : {10u, 100u, 1000u}) {
        add("route/" + std::to_string(routes), [routes](benchmark::State& s) { route(s, routes); });
    }
}

} // namespace headrace::bench
