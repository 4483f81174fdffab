// SPDX-License-Identifier: BSL-1.0
// What a program links, and that it makes no difference to what it does.

#include <headrace/sources/catalogue.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

using namespace headrace;

namespace {

std::string output_of(const std::string& command) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> from(::popen(command.c_str(), "r"),
                                                               &::pclose);
    REQUIRE(from);
    std::string text;
    char chunk[4096];
    while (const auto n = std::fread(chunk, 1, sizeof chunk, from.get())) text.append(chunk, n);
    return text;
}

// The samples of all sources, as files that are removed again.
class sample_files {
public:
    sample_files() : folder_(std::filesystem::temp_directory_path() / name()) {
        std::filesystem::create_directories(folder_);
        for (const auto& source : catalogue()) {
            for (const auto& each : source.samples()) {
                const auto file = folder_ / (std::string(each.name) + ".json");
                std::ofstream(file, std::ios::binary) << each.json;
                names_ += " " + file.string();
                ++count;
            }
        }
    }
    sample_files(const sample_files&) = delete;
    sample_files& operator=(const sample_files&) = delete;
    ~sample_files() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    [[nodiscard]] const std::string& names() const noexcept { return names_; }
    long count = 0;

private:
    static std::string name() { return "headrace-links-" + std::to_string(::getpid()); }
    std::filesystem::path folder_;
    std::string names_;
};

} // namespace

TEST_CASE("what becomes of an event depends on the routes, not on what else the program links") {
    const sample_files files;
    const auto alone = output_of(HEADRACE_LINKED_ALONE + files.names());
    const auto with_all = output_of(HEADRACE_LINKED_WITH_ALL + files.names());
    CHECK(std::count(alone.begin(), alone.end(), '\n') == files.count);
    CHECK(alone == with_all);
    CHECK(alone.find("error: this app has no route to what s3 sends") != std::string::npos);
    CHECK(alone.find(R"({"statusCode":404,)") != std::string::npos);
    CHECK(alone.find("null") == std::string::npos);
}

TEST_CASE("a program with routes to queues links nothing that only others need") {
    const auto alone = output_of("nm -C " HEADRACE_LINKED_ALONE);
    const auto with_all = output_of("nm -C " HEADRACE_LINKED_WITH_ALL);
    CHECK(alone.find("headrace::sqs::event::dispatch(") != std::string::npos);
    for (const std::string_view symbol :
         {"headrace::s3::event::dispatch(", "headrace::sns::event::dispatch(",
          "headrace::eventbridge::event::dispatch(", "headrace::schedule::rule_event::dispatch(",
          "headrace::http::v2::event::dispatch(", "headrace::sqs::event::samples(",
          "headrace::catalogue("}) {
        CAPTURE(symbol);
        CHECK(alone.find(symbol) == std::string::npos);
        CHECK(with_all.find(symbol) != std::string::npos);
    }
}
