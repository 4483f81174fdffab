// SPDX-License-Identifier: BSL-1.0
// What does it cost to find the route of a path, and does it depend on how many there are?
// The tables have five routes for each resource, as a REST API has; each lookup asks for another
// resource and shape.

#include "allocations.hpp"
#include "suites.hpp"

#include <headrace/http/route_table.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
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

void route(benchmark::State& state, std::size_t routes) {
    const api one(routes);
    for (const auto& r : one.requests) {
        const auto match = one.table.find(r.method, r.path);
        if (!match.found() || match.route != r.expected || match.count != r.parameters) {
            return state.SkipWithError("found another route");
        }
    }
    constexpr std::size_t stride = 7; // visits all, no two of a resource in a row
    std::size_t next = 0;
    measure(state, [&] {
        const auto& r = one.requests[next];
        benchmark::DoNotOptimize(one.table.find(r.method, r.path).route);
        next = (next + stride) % one.requests.size();
    });
}

} // namespace

void register_route() {
    for (const std::size_t routes : {10u, 100u, 1000u}) {
        benchmark::RegisterBenchmark(("route/" + std::to_string(routes)).c_str(),
                                     [routes](benchmark::State& s) { route(s, routes); });
    }
}

} // namespace headrace::bench
