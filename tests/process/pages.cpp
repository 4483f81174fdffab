// SPDX-License-Identifier: BSL-1.0
// The command lines of the pages, with examples/orders as their program: each of them runs, and
// what a page shows below it is what comes out.
#include "docs/pages.hpp"
#include "child.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using processes::child;

const fs::path root = HEADRACE_SOURCE_DIR;

// A folder with the recorded events, in which a page's commands run one after the other.
class desk {
public:
    desk() {
        std::string name = (fs::temp_directory_path() / "headrace-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        fs::create_directory(folder_ / "bin");
        fs::create_symlink(HEADRACE_EXAMPLE_ORDERS, folder_ / "bin/orders");
        fs::create_symlink(HEADRACE_EXAMPLE_SIMULATE_DELIVERIES,
                           folder_ / "bin/simulate_deliveries");
        fs::copy(root / "examples/orders/events", folder_ / "events");
    }
    desk(const desk&) = delete;
    desk& operator=(const desk&) = delete;
    ~desk() { fs::remove_all(folder_); }

    // Lines of the standard output.
    std::vector<std::string> run(std::string commands) {
        for (std::size_t at = 0; (at = commands.find("./dev run ", at)) != std::string::npos;) {
            commands.erase(at, std::string_view("./dev run ").size());
        }
        const auto output = (folder_ / "output").string();
        child shell("/bin/sh",
                    {"-c", "set -eu; cd '" + folder_.string() + "'; PATH=$PWD/bin:$PATH; exec >'"
                               + output + "' 2>/dev/null\n" + commands},
                    {{"AWS_LAMBDA_RUNTIME_API", ""},
                     {"ORDERS_REJECTED", "/dev/null"},
                     {"ORDERS_STORE", "sqlite:" + (folder_ / "seen.db").string()}});
        CHECK_MESSAGE(shell.wait() == 0, commands);
        return docs::lines_of(docs::read(output));
    }

private:
    fs::path folder_;
};

// A command of ./dev that builds or tests everything is not run here.
bool is_left_to_ci(std::string_view line) {
    return line.starts_with("./dev ") && !line.starts_with("./dev run ");
}

void check_output(const std::vector<std::string>& lines, const std::vector<std::string>& shown) {
    REQUIRE(lines.size() == shown.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        CHECK_MESSAGE(docs::is_like(lines[i], shown[i]), lines[i], " is not ", shown[i]);
    }
}

void run_script(desk& at, const docs::block& block) {
    std::string script;
    for (const auto& line : docs::lines_of(block.text)) {
        if (!is_left_to_ci(line)) script += line + '\n';
    }
    (void)at.run(script);
}

void run_session(desk& at, const docs::block& block) {
    constexpr std::string_view prompt = "$ ";
    const auto lines = docs::lines_of(block.text);
    for (auto here = lines.begin(); here != lines.end();) {
        REQUIRE_MESSAGE(here->starts_with(prompt), "a session begins with a command");
        INFO(*here);
        const auto command = here->substr(prompt.size());
        const auto begin = ++here;
        while (here != lines.end() && !here->starts_with(prompt)) ++here;
        check_output(at.run(command), {begin, here});
    }
}

// Commands in the text of a page: `orders inspect event.json`.
std::vector<std::string> commands_in_text(const std::string& page) {
    static const std::regex span("`([^`\n]*)`");
    static const std::regex command("(^|\\| )orders (inspect|invoke|replay|routes|events)( .*)?");
    std::vector<std::string> found;
    for (std::sregex_iterator at(page.begin(), page.end(), span), end; at != end; ++at) {
        const std::string text = (*at)[1];
        if (std::regex_search(text, command)) found.push_back(text);
    }
    return found;
}

} // namespace

TEST_CASE("every command line of the pages runs, and prints what the page shows") {
    std::size_t pages = 0;
    for (const auto& page : docs::pages(root)) {
        if (page == "docs/howto/cmake.md") continue; // tests/consume
        INFO(page);
        desk at;
        bool any = false;
        for (const auto& block : docs::blocks(root, page)) {
            INFO(block.place());
            if (block.language == "sh") run_script(at, block);
            if (block.language == "console") run_session(at, block);
            any = any || block.language == "sh" || block.language == "console";
        }
        for (const auto& command : commands_in_text(docs::read(root / page))) {
            any = true;
            (void)at.run(command);
        }
        pages += any ? 1 : 0;
    }
    CHECK(pages >= 4);
}
