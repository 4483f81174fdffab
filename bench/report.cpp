// SPDX-License-Identifier: BSL-1.0
// How do the benchmarks compare? Reads Google Benchmark's JSON, relates every NAME/EVENT to
// floor/EVENT of the same run, and gives a table (standard output), JSON and an SVG bar chart.
//
// headrace_bench_report GOOGLE.json RESULTS.json CHART.svg

#include <simdjson.h>

#include <fmt/core.h>
#include <fmt/os.h>

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct measurement {
    std::string name;                  // decode/sqs-10
    double nanoseconds = 0;            // the median of the repetitions
    std::optional<double> ratio;       // to the floor of the same event
    std::optional<double> allocations; // per operation
    std::optional<double> bytes_per_second;

    std::string_view group() const { return std::string_view{name}.substr(0, name.find('/')); }
    std::string_view event() const {
        const auto slash = name.find('/');
        return slash == std::string::npos ? std::string_view{}
                                          : std::string_view{name}.substr(slash + 1);
    }
};

std::optional<double> number(simdjson::dom::element object, std::string_view key) {
    double value = 0;
    if (object[key].get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
}

double nanoseconds(simdjson::dom::element run) {
    const std::string_view unit = run["time_unit"];
    const double scale = unit == "s" ? 1e9 : unit == "ms" ? 1e6 : unit == "us" ? 1e3 : 1;
    return double{run["cpu_time"]} * scale;
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

// The medians when there are repetitions, else the single runs.
std::vector<measurement> read_runs(simdjson::dom::element report) {
    std::vector<measurement> medians;
    std::vector<measurement> singles;
    for (simdjson::dom::element run : report["benchmarks"]) {
        if (bool failed = false; run["error_occurred"].get(failed) == simdjson::SUCCESS && failed)
            throw std::runtime_error(fmt::format("{}: {}", std::string_view{run["name"]},
                                                 std::string_view{run["error_message"]}));
        std::string_view aggregate;
        const bool single = run["aggregate_name"].get(aggregate) != simdjson::SUCCESS;
        if (!single && aggregate != "median") continue;
        measurement m{std::string{std::string_view{run["run_name"]}},
                      nanoseconds(run),
                      {},
                      number(run, "allocations"),
                      number(run, "bytes_per_second")};
        (single ? singles : medians).push_back(std::move(m));
    }
    return medians.empty() ? singles : medians;
}

// Relates to the floors, and drops those floors that nothing was related to.
std::vector<measurement> relate(std::vector<measurement> all) {
    std::map<std::string, double, std::less<>> floors;
    for (const auto& m : all)
        if (m.group() == "floor") floors.emplace(m.event(), m.nanoseconds);
    std::map<std::string, bool, std::less<>> wanted;
    for (auto& m : all) {
        const auto floor = floors.find(m.event());
        if (floor == floors.end()) continue;
        m.ratio = m.nanoseconds / floor->second;
        if (m.group() != "floor") wanted.emplace(m.event(), true);
    }
    if (!wanted.empty() || floors.size() != all.size())
        std::erase_if(all, [&](const measurement& m) {
            return m.group() == "floor" && !wanted.contains(m.event());
        });
    return all;
}

std::string or_dash(std::optional<double> value, int digits) {
    return value ? fmt::format("{:.{}f}", *value, digits) : "-";
}

void print_table(const std::vector<measurement>& all) {
    std::size_t width = 4;
    for (const auto& m : all) width = std::max(width, m.name.size());
    fmt::print("{:<{}}  {:>12}  {:>7}  {:>11}  {:>8}\n", "name", width, "ns", "x floor",
               "allocations", "GB/s");
    for (const auto& m : all) {
        auto rate = m.bytes_per_second;
        if (rate) *rate /= 1e9;
        fmt::print("{:<{}}  {:>12.1f}  {:>7}  {:>11}  {:>8}\n", m.name, width, m.nanoseconds,
                   or_dash(m.ratio, 2), or_dash(m.allocations, 2), or_dash(rate, 2));
    }
}

// Benchmark names come from our own sources and hold no character that JSON or XML would escape.
void write_json(const std::vector<measurement>& all, simdjson::dom::element context,
                const char* path) {
    std::string machine; // without the host's name and paths
    for (const auto [key, about] : simdjson::dom::object{context})
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
        out.print("{}    {{\"name\": \"{}\", \"nanoseconds\": {:.6g}, \"ratio\": {}, "
                  "\"allocations\": {}, "
                  "\"bytes_per_second\": {}}}",
                  separator, m.name, m.nanoseconds, value(m.ratio), value(m.allocations),
                  value(m.bytes_per_second));
        separator = ",\n";
    }
    out.print("\n  ]\n}}\n");
}

// One bar per ratio; the line across marks the floor, and a bar that would leave the chart is cut.
void write_chart(const std::vector<measurement>& all, const char* path) {
    constexpr int row = 20;
    constexpr int left = 260;
    constexpr int unit = 240; // pixels per floor
    constexpr double longest = 2.5;
    const std::map<std::string_view, std::string_view> colours{{"floor", "#b8b8b8"},
                                                               {"decode", "#2a6f97"},
                                                               {"decode+access", "#61a5c2"},
                                                               {"dispatch", "#e07a5f"}};

    const auto bars =
        std::count_if(all.begin(), all.end(), [](const auto& m) { return m.ratio.has_value(); });
    const auto height = (bars + 2) * row;
    const int width = left + static_cast<int>(longest * unit) + 60;
    auto out = fmt::output_file(path);
    out.print("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" "
              "font-family=\"sans-serif\" "
              "font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
              "<text x=\"{}\" y=\"14\">time, in bare simdjson parses of the same bytes</text>\n",
              width, height, left);
    int y = row;
    for (const auto& m : all) {
        if (!m.ratio) continue;
        const auto colour = colours.find(m.group());
        const double length = std::min(*m.ratio, longest) * unit;
        out.print("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>"
                  "<rect x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" fill=\"{}\"/>"
                  "<text x=\"{:.1f}\" y=\"{}\">{:.2f}</text>\n",
                  left - 8, y + 14, m.name, left, y + 3, length, row - 6,
                  colour == colours.end() ? "#8d99ae" : colour->second, left + length + 6, y + 14,
                  *m.ratio);
        y += row;
    }
    out.print("<line x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{2}\" stroke=\"#444\" "
              "stroke-dasharray=\"3 3\"/>\n</svg>\n",
              left + unit, row, y);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        fmt::print(stderr, "usage: headrace_bench_report GOOGLE.json RESULTS.json CHART.svg\n");
        return 2;
    }
    try {
        simdjson::dom::parser parser;
        const std::string text = load(argv[1]);
        const simdjson::dom::element report = parser.parse(text);
        const auto all = relate(read_runs(report));
        print_table(all);
        write_json(all, report["context"], argv[2]);
        write_chart(all, argv[3]);
    } catch (const std::exception& failure) {
        fmt::print(stderr, "{}: {}\n", argv[1], failure.what());
        return 1;
    }
}
