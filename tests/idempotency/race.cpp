// SPDX-License-Identifier: BSL-1.0
// Who wins? Two processes with eight threads each claim the same keys at the same time, and the
// winner of each completes it: there is one, and everybody who comes later sees its result. The
// processes are this program again, so that no threads exist before theirs.
#include "long_runs.hpp"
#include "servers.hpp"

#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/dynamodb.hpp>
#include <headrace/testing/world.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;
using servers::folder;

namespace {

constexpr int processes = 2;
constexpr int threads = 8;

// What one thread has seen, a line for each key: "won 17", "told 17 0.3" (by whom it was won),
// "busy 17", "failed 17 why".
std::string try_all(idem::store& in, const context& ctx, const std::string& name, int keys) {
    std::string told;
    for (int k = 0; k < keys; ++k) {
        const auto key = std::to_string(k);
        const idem::identity id{std::string(64 - key.size(), '0') + key, "payload"};
        auto what = idem::begin(in, id, {}, ctx);
        std::string line = "busy " + key;
        if (!what) {
            line = "failed " + key + " " + what.error().message;
        } else if (auto* const mine = std::get_if<idem::attempt>(&*what)) {
            const auto kept = mine->complete(ctx, name);
            line = kept && kept->result == name ? "won " + key : "failed " + key + " to complete";
        } else if (const auto* const done = std::get_if<idem::replay>(&*what)) {
            line = "told " + key + " " + done->result;
        }
        told += line + "\n";
    }
    return told;
}

// What all threads have seen.
struct account {
    std::map<std::string, std::string> winners; // by key
    std::multimap<std::string, std::string> told;
    std::vector<std::string> wrong;
    int busy = 0;

    void read(const std::string& path, const std::string& thread) {
        std::ifstream in(path);
        std::string what;
        for (std::string key; in >> what >> key;) {
            std::string rest;
            std::getline(in, rest);
            if (what == "won") {
                const bool first = winners.emplace(key, thread).second;
                if (!first) wrong.push_back(key + " was won twice");
            } else if (what == "told") {
                told.emplace(key, rest.substr(1));
            } else if (what == "busy") {
                ++busy;
            } else {
                wrong.push_back(what.append(" ").append(key).append(rest));
            }
        }
    }
    void check(int keys) {
        for (int k = 0; k < keys; ++k) {
            if (!winners.contains(std::to_string(k))) {
                wrong.push_back(std::to_string(k) + " was won by nobody");
            }
        }
        for (const auto& [key, by] : told) {
            if (winners[key] != by) wrong.push_back(key + " has another result than its winner's");
        }
        const auto all = winners.size() + told.size() + static_cast<std::size_t>(busy);
        const auto expected = static_cast<std::size_t>(processes * threads * keys);
        if (all != expected) wrong.emplace_back("not everything was tried");
    }
};

std::string name_of(int process, int thread) {
    return std::to_string(process) + "." + std::to_string(thread);
}

// What dynamodb_store reads from its environment. dynalite believes everybody.
constexpr std::pair<const char*, const char*> more_environment[] = {
    {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"}, {"AWS_SECRET_ACCESS_KEY", "a secret"}};

// This program again, as one of the processes. It begins when `begin` is closed.
pid_t start(int process, const std::string& url, int keys, const std::string& to, int begin) {
    const std::string filter = "--test-case=one process of a race*";
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child != 0) return child;
    ::dup2(begin, 0);
    const int quiet = ::open((to + ".log").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(quiet, 1);
    ::dup2(quiet, 2);
    for (const auto& [name, value] : more_environment) ::setenv(name, value, 1);
    ::setenv("HEADRACE_RACE_URL", url.c_str(), 1);
    ::setenv("HEADRACE_RACE_KEYS", std::to_string(keys).c_str(), 1);
    ::setenv("HEADRACE_RACE_TO", to.c_str(), 1);
    ::setenv("HEADRACE_RACE_PROCESS", std::to_string(process).c_str(), 1);
    ::execl("/proc/self/exe", "headrace_tests", "--no-skip", filter.c_str(), nullptr);
    ::_exit(127);
}

// Does each process win some? SQLite gives its lock to whoever asks at the right moment, which may
// be the same one each time; and of few keys one process may have all, since who is ahead of the
// other in the list stays so.
enum class wins_of : std::uint8_t { all_processes, any_process };

void race(const std::string& url, int keys, wins_of expected = wins_of::all_processes) {
    const folder here;
    const auto began = std::chrono::steady_clock::now();
    std::vector<pid_t> children;
    int begin[2];
    REQUIRE(::pipe2(begin, O_CLOEXEC) == 0);
    for (int p = 0; p < processes; ++p) {
        children.push_back(start(p, url, keys, here.file(std::to_string(p)), begin[0]));
    }
    ::close(begin[0]);
    for (int p = 0; p < processes; ++p) { // until all are ready
        while (!std::filesystem::exists(here.file(std::to_string(p) + ".ready"))) {
            std::this_thread::sleep_for(1ms);
            REQUIRE(std::chrono::steady_clock::now() < began + 60s);
        }
    }
    ::close(begin[1]);
    account all;
    for (int p = 0; p < processes; ++p) {
        int status = 0;
        REQUIRE(::waitpid(children[static_cast<std::size_t>(p)], &status, 0) > 0);
        std::ifstream log(here.file(std::to_string(p) + ".log"));
        const std::string said{std::istreambuf_iterator<char>(log), {}};
        REQUIRE_MESSAGE(status == 0, said);
        for (int t = 0; t < threads; ++t) {
            all.read(here.file(name_of(p, t)), name_of(p, t));
        }
    }
    all.check(keys);
    CHECK(all.wrong == std::vector<std::string>{});
    std::array<std::size_t, processes> wins{};
    for (const auto& [key, by] : all.winners) ++wins[static_cast<std::size_t>(by[0] - '0')];
    if (expected == wins_of::all_processes) CHECK(*std::ranges::min_element(wins) > 0);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    MESSAGE(keys << " keys: " << wins[0] << " and " << wins[1] << " won, " << all.told.size()
                 << " told the result, " << all.busy << " busy, in " << took.count() << " s");
}

// The usual number of keys, or that of the long run.
int keys(int usual) { return long_runs::is_long() ? 10'000 : usual; }

std::string variable(const char* name) {
    const char* const text = std::getenv(name);
    REQUIRE_MESSAGE(text != nullptr, "another test starts this one");
    return text;
}

} // namespace

TEST_CASE("one process of a race, which the other tests start" * doctest::skip()) {
    const auto count = std::stoi(variable("HEADRACE_RACE_KEYS"));
    const auto process = std::stoi(variable("HEADRACE_RACE_PROCESS"));
    const auto to = variable("HEADRACE_RACE_TO");
    auto store = idem::open(variable("HEADRACE_RACE_URL"));
    std::array<std::string, threads> told;
    std::ofstream(to + ".ready").flush();
    char nothing = 0;
    while (::read(0, &nothing, 1) > 0) {}
    {
        std::vector<std::jthread> all;
        for (int t = 0; t < threads; ++t) {
            all.emplace_back([&, t] {
                const auto world = system_platform();
                context ctx(world, logger(world.log, world.clock, log_level::off));
                told[static_cast<std::size_t>(t)] = try_all(store, ctx, name_of(process, t), count);
            });
        }
    }
    const auto folder = to.substr(0, to.rfind('/') + 1);
    for (int t = 0; t < threads; ++t) {
        std::ofstream(folder + name_of(process, t)) << told[static_cast<std::size_t>(t)];
    }
}

TEST_CASE("two processes race for the records of a file, and each is won once") {
    const folder here;
    race("sqlite:" + here.file("seen.db"), keys(1'000), wins_of::any_process);
}

TEST_CASE("two processes race for the records of a Redis server, and each is won once") {
    const servers::server redis(servers::redis());
    race("redis://127.0.0.1:" + redis.port(), keys(10'000));
}

TEST_CASE("two processes race for the items of a table, and each is won once") {
    const servers::server dynalite(servers::dynalite());
    const auto endpoint = "http://127.0.0.1:" + dynalite.port();
    testing::world w;
    for (const auto& [name, value] : more_environment) w.env.set(name, value);
    auto ctx = w.make_context();
    ctx.deadline.reset();
    idem::dynamodb_options how;
    how.client.region = "eu-central-1";
    how.client.endpoint = endpoint;
    REQUIRE(idem::dynamodb_store("seen", how).create_table(ctx));
    race("dynamodb:seen?region=eu-central-1&endpoint=" + endpoint, keys(300), wins_of::any_process);
}
