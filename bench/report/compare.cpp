// SPDX-License-Identifier: BSL-1.0
// Is anything slower than it was? Relates the benchmarks of two programs that ran turn by turn and
// gives a table whose lines end in SLOWER where it is. The exit status is 1 then.
//
// headrace_bench_compare BEFORE NOW    folders of Google Benchmark's JSON

#include "measurement.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

namespace headrace::bench {

namespace {

constexpr double tolerance = 1.05;
// Where code lies in memory makes a cycle or two.
constexpr double nanoseconds_of_no_account = 0.5;

bool is_slower(double before, double now) {
    return now > before * tolerance && now - before > nanoseconds_of_no_account;
}

const measurement* find(const std::vector<measurement>& all, const std::string& name) {
    const auto it =
        std::find_if(all.begin(), all.end(), [&](const auto& m) { return m.name == name; });
    return it == all.end() ? nullptr : &*it;
}

// How many are slower?
int print_table(const std::vector<measurement>& before, const std::vector<measurement>& now) {
    std::size_t width = 4;
    for (const auto& m : now) width = std::max(width, m.name.size());
    fmt::print("{:<{}}  {:>12}  {:>12}  {:>5}\n", "name", width, "before ns", "now ns", "ratio");
    int compared = 0;
    int slower = 0;
    std::string added;
    for (const auto& m : now) {
        const auto* const was = find(before, m.name);
        if (was == nullptr) {
            added += " " + m.name;
            continue;
        }
        const bool is = is_slower(was->nanoseconds, m.nanoseconds);
        fmt::print("{:<{}}  {:>12.1f}  {:>12.1f}  {:>5.2f}{}\n", m.name, width, was->nanoseconds,
                   m.nanoseconds, m.nanoseconds / was->nanoseconds, is ? "  SLOWER" : "");
        ++compared;
        slower += is ? 1 : 0;
    }
    if (!added.empty())
        fmt::print("not compared, since that commit has none of the name:{}\n", added);
    fmt::print("{} of {} are more than {:.0f} % slower\n", slower, compared, (tolerance - 1) * 100);
    return slower;
}

} // namespace

} // namespace headrace::bench

int main(int argc, char** argv) {
    using namespace headrace::bench;
    if (argc != 3) {
        fmt::print(stderr, "usage: headrace_bench_compare BEFORE NOW\n");
        return 2;
    }
    try {
        return print_table(read_runs(argv[1]).all, read_runs(argv[2]).all) == 0 ? 0 : 1;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "{}\n", failure.what());
        return 2;
    }
}
