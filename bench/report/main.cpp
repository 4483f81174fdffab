// SPDX-License-Identifier: BSL-1.0
// How do the benchmarks compare with their floors? Gives a table (standard output), JSON and an SVG
// bar chart, with the bounds that docs/reference/benchmarks.md promises.
//
// headrace_bench_report RUNS RESULTS.json CHART.svg    RUNS is a folder of Google Benchmark's JSON

#include "measurement.hpp"

#include <fmt/core.h>
#include <fmt/os.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::bench {

namespace {

std::string or_dash(std::optional<double> value, int digits) {
    return value ? fmt::format("{:.{}f}", *value, digits) : "-";
}

std::string bound_text(const measurement& m) {
    if (!m.bound) return "";
    const char* none = m.bound->allocation_free ? ", 0 allocations" : "";
    return fmt::format("<= {:.2f} x{}", m.bound->limit, none);
}

void print_table(const std::vector<measurement>& all) {
    std::size_t width = 4;
    for (const auto& m : all) width = std::max(width, m.name.size());
    fmt::print("{:<{}}  {:>12}  {:>12}  {:>7}  {:>11}  {:>6}  {}\n", "name", width, "ns", "floor",
               "x floor", "allocations", "GB/s", "bound");
    for (const auto& m : all) {
        fmt::print("{:<{}}  {:>12.1f}  {:>12}  {:>7}  {:>11}  {:>6}  {}{}\n", m.name, width,
                   m.nanoseconds, or_dash(m.floor, 1), or_dash(m.ratio(), 2),
                   or_dash(m.allocations, 2), or_dash(m.bytes_per_nanosecond(), 2), bound_text(m),
                   m.exceeds() ? "  EXCEEDED" : "");
    }
    const auto bounded =
        std::count_if(all.begin(), all.end(), [](const auto& m) { return m.bound && m.floor; });
    const auto exceeded =
        std::count_if(all.begin(), all.end(), [](const auto& m) { return m.exceeds(); });
    if (bounded != 0) fmt::print("{} of {} bounds are exceeded\n", exceeded, bounded);
}

// Benchmark names come from our own sources and hold no character that JSON or XML would escape.
void write_json(const std::vector<measurement>& all, std::string_view context, const char* path) {
    const auto value = [](std::optional<double> v) {
        return v ? fmt::format("{:.6g}", *v) : "null";
    };
    auto out = fmt::output_file(path);
    out.print("{{\n  \"context\": {},\n  \"benchmarks\": [", context);
    const char* separator = "\n";
    for (const auto& m : all) {
        const auto limit = m.bound ? std::optional(m.bound->limit) : std::nullopt;
        out.print("{}    {{\"name\": \"{}\", \"nanoseconds\": {:.6g}, \"floor\": {}, "
                  "\"ratio\": {}, \"allocations\": {}, \"bytes_per_nanosecond\": {}, "
                  "\"bound\": {}, \"exceeded\": {}}}",
                  separator, m.name, m.nanoseconds, value(m.floor), value(m.ratio()),
                  value(m.allocations), value(m.bytes_per_nanosecond()), value(limit), m.exceeds());
        separator = ",\n";
    }
    out.print("\n  ]\n}}\n");
}

} // namespace

} // namespace headrace::bench

int main(int argc, char** argv) {
    using namespace headrace::bench;
    if (argc != 4) {
        fmt::print(stderr, "usage: headrace_bench_report RUNS RESULTS.json CHART.svg\n");
        return 2;
    }
    try {
        auto [all, context] = read_runs(argv[1]);
        for (auto& m : all) m.bound = bound_of(m.family(), m.event());
        print_table(all);
        write_json(all, context, argv[2]);
        fmt::output_file(argv[3]).print("{}", draw(all));
    } catch (const std::exception& failure) {
        fmt::print(stderr, "{}: {}\n", argv[1], failure.what());
        return 1;
    }
}
