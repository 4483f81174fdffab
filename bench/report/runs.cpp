// SPDX-License-Identifier: BSL-1.0

#include "measurement.hpp"

#include <simdjson.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headrace::bench {

namespace {

namespace dom = simdjson::dom;

std::optional<double> number(dom::element object, std::string_view key) {
    double value = 0;
    if (object[key].get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
}

// Google Benchmark appends how it measured. Other clocks than the processor's are those of our own
// measure_against and, in programs from before it, the one on the wall.
std::string_view without_suffix(std::string_view name) {
    for (const std::string_view suffix : {"/manual_time", "/real_time", "/iterations:1"}) {
        if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
    }
    return name;
}

double nanoseconds(dom::element run) {
    const std::string_view word = run["time_unit"];
    const double scale = word == "s" ? 1e9 : word == "ms" ? 1e6 : word == "us" ? 1e3 : 1;
    const std::string_view name = run["run_name"];
    return double{run[name.ends_with("_time") ? "real_time" : "cpu_time"]} * scale;
}

measurement read_run(dom::element run) {
    if (bool failed = false; run["error_occurred"].get(failed) == simdjson::SUCCESS && failed)
        throw std::runtime_error(fmt::format("{}: {}", std::string_view{run["name"]},
                                             std::string_view{run["error_message"]}));
    measurement m;
    m.name = without_suffix(run["run_name"]);
    m.nanoseconds = nanoseconds(run);
    m.floor = number(run, "floor");
    m.allocations = number(run, "allocations");
    m.document = number(run, "document");
    return m;
}

// Google Benchmark writes NaN for the variation of a counter that is always zero, which is no JSON.
std::string load(const std::string& path) {
    const simdjson::padded_string file = simdjson::padded_string::load(path);
    std::string text{std::string_view{file}};
    for (const std::string_view word : {": NaN", ": -NaN", ": Infinity", ": -Infinity"})
        for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at))
            text.replace(at, word.size(), ": null");
    return text;
}

// Without the host's name and paths.
std::string machine(dom::object context) {
    std::string out;
    for (const auto [key, about] : context)
        if (key != "host_name" && key != "executable")
            out += fmt::format("{}\"{}\": {}", out.empty() ? "" : ", ", key,
                               simdjson::to_string(about));
    return "{" + out + "}";
}

// What the runs of a benchmark took.
struct samples {
    std::vector<double> nanoseconds;
    std::vector<double> floor;
};

// What one run in ten does better than: a place in memory that is never met again is luck, too.
double best(std::vector<double>& all) {
    const auto nth = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 10);
    std::nth_element(all.begin(), nth, all.end());
    return *nth;
}

} // namespace

measured read_runs(const char* folder) {
    std::vector<std::string> paths;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        if (file.path().extension() == ".json") paths.push_back(file.path().string());
    }
    std::sort(paths.begin(), paths.end());
    measured out;
    std::map<std::string, samples> taken;
    simdjson::dom::parser parser;
    for (const auto& path : paths) {
        const std::string text = load(path);
        const dom::element report = parser.parse(text);
        if (out.context.empty()) out.context = machine(report["context"]);
        for (const dom::element run : report["benchmarks"]) {
            const std::string_view type = run["run_type"];
            if (type == "aggregate") continue;
            auto m = read_run(run);
            auto& of_name = taken[m.name];
            if (of_name.nanoseconds.empty()) out.all.push_back(m);
            of_name.nanoseconds.push_back(m.nanoseconds);
            if (m.floor) of_name.floor.push_back(*m.floor);
        }
    }
    for (auto& m : out.all) {
        auto& [figure, floor] = taken[m.name];
        m.nanoseconds = best(figure);
        if (m.floor) m.floor = best(floor);
    }
    return out;
}

} // namespace headrace::bench
