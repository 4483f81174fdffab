// SPDX-License-Identifier: BSL-1.0
// How do the benchmarks compare? Reads Google Benchmark's JSON, relates every FAMILY/EVENT to
// floor/EVENT (or to the floor that it measured beside itself) and every FAMILY/* to FAMILY/bare of
// the same run, and gives a table (standard output), JSON and an SVG bar chart, with the bounds
// that docs/reference/benchmarks.md promises.
//
// headrace_bench_report GOOGLE.json RESULTS.json CHART.svg

#include "measurement.hpp"

#include <simdjson.h>

#include <fmt/core.h>
#include <fmt/os.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headrace::bench {

namespace {

namespace dom = simdjson::dom;

// ---- reading
// --------------------------------------------------------------------------------------

std::optional<double> number(dom::element object, std::string_view key) {
    double value = 0;
    if (object[key].get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
}

// What sleeps or writes to disks is measured by the clock on the wall, and Google Benchmark says so
// in the name.
constexpr std::array<std::string_view, 2> by_the_wall{"/real_time", "/manual_time"};

bool takes_suffix(std::string_view& name) {
    for (const auto suffix : by_the_wall) {
        if (!name.ends_with(suffix)) continue;
        name.remove_suffix(suffix.size());
        return true;
    }
    return false;
}

double nanoseconds(dom::element run) {
    const std::string_view word = run["time_unit"];
    const double scale = word == "s" ? 1e9 : word == "ms" ? 1e6 : word == "us" ? 1e3 : 1;
    std::string_view name = run["run_name"];
    const bool wall = takes_suffix(name);
    return double{run[wall ? "real_time" : "cpu_time"]} * scale;
}

// Google Benchmark writes NaN for the variation of a counter that is always zero, which is no JSON.
std::string load(const char* path) {
    const simdjson::padded_string file = simdjson::padded_string::load(path);
    std::string text{std::string_view{file}};
    for (const std::string_view word : {": NaN", ": -NaN", ": Infinity", ": -Infinity"})
        for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at))
            text.replace(at, word.size(), ": null");
    return text;
}

// The medians when there are repetitions, else the single runs, in the order of registration (they
// may have run in another).
std::vector<measurement> read_runs(dom::element report) {
    std::map<std::uint64_t, measurement> medians;
    std::map<std::uint64_t, measurement> singles;
    for (dom::element run : report["benchmarks"]) {
        if (bool failed = false; run["error_occurred"].get(failed) == simdjson::SUCCESS && failed)
            throw std::runtime_error(fmt::format("{}: {}", std::string_view{run["name"]},
                                                 std::string_view{run["error_message"]}));
        std::string_view aggregate;
        const bool single = run["aggregate_name"].get(aggregate) != simdjson::SUCCESS;
        if (!single && aggregate != "median") continue;
        measurement m;
        std::string_view name = run["run_name"];
        takes_suffix(name);
        m.name = name;
        m.nanoseconds = nanoseconds(run);
        m.allocations = number(run, "allocations");
        if (const auto beside = number(run, "floor")) m.ratio = m.nanoseconds / *beside;
        m.bytes_per_second = number(run, "bytes_per_second");
        (single ? singles : medians).insert_or_assign(run["family_index"], std::move(m));
    }
    std::vector<measurement> all;
    for (auto& [index, m] : medians.empty() ? singles : medians) all.push_back(std::move(m));
    return all;
}

// ---- comparing
// ------------------------------------------------------------------------------------

// Relates to floors and bare cases, and drops those floors that nothing was related to.
std::vector<measurement> relate(std::vector<measurement> all) {
    std::map<std::string, double, std::less<>> floors;
    std::map<std::string, double, std::less<>> bare;
    for (const auto& m : all) {
        if (m.family() == "floor") floors.emplace(m.event(), m.nanoseconds);
        if (m.event() == "bare") bare.emplace(m.family(), m.nanoseconds);
    }
    std::set<std::string, std::less<>> wanted;
    for (auto& m : all) {
        if (const auto it = floors.find(m.event()); it != floors.end()) {
            m.ratio = m.nanoseconds / it->second;
            if (m.family() != "floor") wanted.emplace(m.event());
        }
        if (const auto it = bare.find(m.family()); it != bare.end()) {
            m.over_bare = m.nanoseconds - it->second;
        }
        m.bound = bound_of(m.family(), m.event());
    }
    if (!wanted.empty() || floors.size() != all.size())
        std::erase_if(all, [&](const measurement& m) {
            return m.family() == "floor" && !wanted.contains(m.event());
        });
    return all;
}

// ---- saying
// ---------------------------------------------------------------------------------------

std::string or_dash(std::optional<double> value, int digits) {
    return value ? fmt::format("{:.{}f}", *value, digits) : "-";
}

std::string bound_text(const measurement& m) {
    if (!m.bound) return "";
    const char* none = m.bound->allocation_free ? ", 0 allocations" : "";
    switch (m.bound->unit) {
    case unit::floors: return fmt::format("<= {:.2f} x{}", m.bound->limit, none);
    case unit::nanoseconds: return fmt::format("<= {:.0f} ns{}", m.bound->limit, none);
    case unit::over_bare: return fmt::format("<= bare + {:.0f} ns{}", m.bound->limit, none);
    }
    return "";
}

void print_table(const std::vector<measurement>& all) {
    std::size_t width = 4;
    for (const auto& m : all) width = std::max(width, m.name.size());
    fmt::print("{:<{}}  {:>12}  {:>7}  {:>7}  {:>11}  {:>6}  {}\n", "name", width, "ns", "x floor",
               "- bare", "allocations", "GB/s", "bound");
    for (const auto& m : all) {
        auto rate = m.bytes_per_second;
        if (rate) *rate /= 1e9;
        fmt::print("{:<{}}  {:>12.1f}  {:>7}  {:>7}  {:>11}  {:>6}  {}{}\n", m.name, width,
                   m.nanoseconds, or_dash(m.ratio, 2), or_dash(m.over_bare, 1),
                   or_dash(m.allocations, 2), or_dash(rate, 2), bound_text(m),
                   m.exceeds() ? "  EXCEEDED" : "");
    }
    const auto bounded = std::count_if(all.begin(), all.end(),
                                       [](const auto& m) { return m.bounded().has_value(); });
    const auto exceeded =
        std::count_if(all.begin(), all.end(), [](const auto& m) { return m.exceeds(); });
    if (bounded != 0) fmt::print("{} of {} bounds are exceeded\n", exceeded, bounded);
}

// Benchmark names come from our own sources and hold no character that JSON or XML would escape.
void write_json(const std::vector<measurement>& all, dom::element context, const char* path) {
    std::string machine; // without the host's name and paths
    for (const auto [key, about] : dom::object{context})
        if (key != "host_name" && key != "executable")
            machine += fmt::format("{}\"{}\": {}", machine.empty() ? "" : ", ", key,
                                   simdjson::to_string(about));
    const auto value = [](std::optional<double> v) {
        return v ? fmt::format("{:.6g}", *v) : "null";
    };
    auto out = fmt::output_file(path);
    out.print("{{\n  \"context\": {{{}}},\n  \"benchmarks\": [", machine);
    const char* separator = "\n";
    for (const auto& m : all) {
        const auto limit = m.bound ? std::optional(m.bound->limit) : std::nullopt;
        out.print("{}    {{\"name\": \"{}\", \"nanoseconds\": {:.6g}, \"ratio\": {}, "
                  "\"over_bare\": {}, \"allocations\": {}, \"bytes_per_second\": {}, "
                  "\"bound\": {}, \"exceeded\": {}}}",
                  separator, m.name, m.nanoseconds, value(m.ratio), value(m.over_bare),
                  value(m.allocations), value(m.bytes_per_second), value(limit), m.exceeds());
        separator = ",\n";
    }
    out.print("\n  ]\n}}\n");
}

} // namespace

} // namespace headrace::bench

int main(int argc, char** argv) {
    using namespace headrace::bench;
    if (argc != 4) {
        fmt::print(stderr, "usage: headrace_bench_report GOOGLE.json RESULTS.json CHART.svg\n");
        return 2;
    }
    try {
        simdjson::dom::parser parser;
        const std::string text = load(argv[1]);
        const dom::element report = parser.parse(text);
        const auto all = relate(read_runs(report));
        print_table(all);
        write_json(all, report["context"], argv[2]);
        fmt::output_file(argv[3]).print("{}", draw(all));
    } catch (const std::exception& failure) {
        fmt::print(stderr, "{}: {}\n", argv[1], failure.what());
        return 1;
    }
}
