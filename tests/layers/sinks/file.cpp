// SPDX-License-Identifier: BSL-1.0
#include <headrace/layers/sinks/file.hpp>

#include "records.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

using namespace headrace;
namespace fs = std::filesystem;

namespace {

// A folder of its own for each test.
struct folder {
    folder() {
        std::string name = (fs::temp_directory_path() / "headrace-sinks-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() { fs::remove_all(path); }
    fs::path path;
};

std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

static_assert(dead_letter_sink<file_sink>);

TEST_CASE("a file sink appends a line for each record, and makes the file for its owner alone") {
    const folder f;
    const sinks::some_record one;
    for (const bool sync : {false, true}) {
        const auto path = f.path / (sync ? "synced" : "not-synced");
        file_sink sink(path.string(), {.sync = sync});
        REQUIRE(sink.write(one.about));
        REQUIRE(sink.write(one.about));
        CHECK(read(path) == to_json(one.about) + "\n" + to_json(one.about) + "\n");
        CHECK((fs::status(path).permissions() & fs::perms(077)) == fs::perms::none);
    }
}

TEST_CASE("a file that was moved away is begun again") {
    const folder f;
    const sinks::some_record one;
    const file_sink sink((f.path / "rejected").string());
    REQUIRE(sink.write(one.about));
    fs::rename(f.path / "rejected", f.path / "yesterday");
    REQUIRE(sink.write(one.about));
    CHECK(read(f.path / "rejected") == read(f.path / "yesterday"));
}

namespace {

// Is somebody waiting for the lock of a file?
bool is_awaited(const fs::path& file) {
    struct ::stat about {};
    REQUIRE(::stat(file.c_str(), &about) == 0);
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        const bool waits = line.find(" -> FLOCK") != std::string::npos;
        if (waits && line.find(":" + std::to_string(about.st_ino) + " ") != std::string::npos) {
            return true;
        }
    }
    return false;
}

} // namespace

TEST_CASE("a line is in the file that is there, also if another was there when it was waited for") {
    enum class meanwhile : std::uint8_t { removed, replaced };
    for (const auto what : {meanwhile::removed, meanwhile::replaced}) {
        const folder f;
        const auto path = f.path / "rejected";
        const sinks::some_record one;
        const int others = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        REQUIRE(::flock(others, LOCK_EX) == 0);
        bool written = false;
        std::jthread writer(
            [&] { written = file_sink(path.string()).write(one.about).has_value(); });
        while (!is_awaited(path)) std::this_thread::yield();
        fs::remove(path);
        if (what == meanwhile::replaced) std::ofstream(path) << "{\"new\":true}\n";
        ::close(others);
        writer.join();
        CHECK(written);
        REQUIRE(fs::exists(path));
        CHECK(read(path)
              == (what == meanwhile::replaced ? "{\"new\":true}\n" : "") + to_json(one.about)
                     + "\n");
    }
}

TEST_CASE("a line that somebody left unfinished is ended before the next one") {
    const folder f;
    const sinks::some_record one;
    std::ofstream(f.path / "rejected") << R"({"time":"20)";
    REQUIRE(file_sink((f.path / "rejected").string()).write(one.about));
    CHECK(read(f.path / "rejected") == "{\"time\":\"20\n" + to_json(one.about) + "\n");
}

TEST_CASE("what cannot be written is an error with the path and the system's reason") {
    const folder f;
    const sinks::some_record one;
    struct row {
        std::string path;
        std::string_view reason;
    };
    const row rows[] = {
        {(f.path / "missing" / "rejected").string(), "No such file or directory"},
        {f.path.string(), "Is a directory"},
        {"/dev/full", "No space left on device"},
    };
    for (const auto& [path, reason] : rows) {
        CAPTURE(path);
        const auto written = file_sink(path).write(one.about);
        REQUIRE_FALSE(written);
        CHECK(written.error().kind == error_class::transient);
        CHECK(written.error().code == errc::input_output);
        CHECK(written.error().message == "cannot write " + path + ": " + std::string(reason));
    }
}

TEST_CASE("a write that ends halfway is taken back") {
    const folder f;
    const sinks::some_record one;
    const file_sink sink((f.path / "rejected").string());
    REQUIRE(sink.write(one.about));
    const std::string before = read(f.path / "rejected");
    // In a child, whose files may grow by ten more bytes only.
    const ::pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const ::rlimit limit{before.size() + 10, before.size() + 10};
        const bool limited = ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
        const auto written = sink.write(one.about);
        ::_exit(limited && !written && written.error().code == errc::input_output ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(read(f.path / "rejected") == before);
}

TEST_CASE("lines of several threads and processes stay whole") {
    const folder f;
    const auto path = f.path / "rejected";
    const auto write_some = [&] {
        sinks::some_record one;
        const std::string large = R"({"body":")" + std::string(20'000, 'x') + "\"}";
        one.about.record = large;
        for (int i = 0; i < 25; ++i) {
            if (!file_sink(path.string()).write(one.about)) return false;
        }
        return true;
    };
    const ::pid_t child = ::fork();
    if (child == 0) ::_exit(write_some() ? 0 : 1);
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 3; ++t) threads.emplace_back([&] { (void)write_some(); });
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    std::ifstream lines(path);
    std::string line;
    int whole = 0;
    while (std::getline(lines, line)) {
        whole += line.starts_with("{\"time\":") && line.ends_with("x\"}}") && line.size() < 21'000;
    }
    CHECK(whole == 100);
}
