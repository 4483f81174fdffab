// SPDX-License-Identifier: BSL-1.0
#pragma once

// A program under test: started with variables of the test's own, its log kept, and how it ended.

#include <headrace/json/detail/descriptor.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace processes {

using variables = std::vector<std::pair<std::string, std::string>>;

// What a program finds as its standard streams.
enum class streams {
    kept,       // its log goes to a file
    unread,     // standard error is a pipe that nobody reads
    no_log,     // standard error is closed
    all_closed, // all three are
};

// Runs until its destructor, which kills it if it still does.
class child {
public:
    child(const std::string& program, std::vector<std::string> arguments, const variables& extra,
          streams given = streams::kept) {
        char log[] = "/tmp/headrace-process-XXXXXX";
        const headrace::detail::descriptor file(::mkostemp(log, O_CLOEXEC));
        REQUIRE(file);
        log_ = log;
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, file.get(), STDERR_FILENO);
        ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        headrace::detail::descriptor unread;
        if (given == streams::unread) {
            int ends[2] = {-1, -1};
            REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
            ::close(ends[0]);
            unread = headrace::detail::descriptor(ends[1]);
            ::posix_spawn_file_actions_adddup2(&actions, unread.get(), STDERR_FILENO);
        }
        if (given == streams::all_closed) {
            ::posix_spawn_file_actions_addclose(&actions, STDIN_FILENO);
            ::posix_spawn_file_actions_addclose(&actions, STDOUT_FILENO);
        }
        if (given == streams::all_closed || given == streams::no_log) {
            ::posix_spawn_file_actions_addclose(&actions, STDERR_FILENO);
        }
        // Who runs the tests may ignore it.
        posix_spawnattr_t attributes;
        sigset_t defaults;
        ::sigemptyset(&defaults);
        ::sigaddset(&defaults, SIGPIPE);
        ::posix_spawnattr_init(&attributes);
        ::posix_spawnattr_setsigdefault(&attributes, &defaults);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
        arguments.insert(arguments.begin(), program);
        std::vector<std::string> variables = inherited(extra);
        const int problem = ::posix_spawn(&id_, program.c_str(), &actions, &attributes,
                                          pointers(arguments).data(), pointers(variables).data());
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
        REQUIRE(problem == 0);
    }
    child(const child&) = delete;
    ~child() {
        if (id_ > 0) {
            ::kill(id_, SIGKILL);
            (void)wait();
        }
        ::unlink(log_.c_str());
    }

    // The exit status; 128 and the signal's number after a signal.
    int wait() {
        int status = 0;
        while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {}
        id_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

    // Bytes in memory. Precondition: it runs.
    [[nodiscard]] std::size_t resident() const {
        std::ifstream status("/proc/" + std::to_string(id_) + "/status");
        for (std::string line; std::getline(status, line);) {
            if (line.starts_with("VmRSS:")) return 1024 * std::stoul(line.substr(6));
        }
        return 0;
    }

    [[nodiscard]] std::vector<std::string> log_lines() const {
        std::ifstream file(log_);
        std::vector<std::string> lines;
        for (std::string line; std::getline(file, line);) lines.push_back(line);
        return lines;
    }

private:
    // Our own variables, which sanitizers and coverage need, with `extra` in their place or added.
    static std::vector<std::string> inherited(const variables& extra) {
        std::vector<std::string> all;
        for (char** at = environ; *at; ++at) {
            const std::string_view line = *at;
            const std::string_view name = line.substr(0, line.find('='));
            bool replaced = false;
            for (const auto& [given, value] : extra) replaced = replaced || given == name;
            if (!replaced) all.emplace_back(line);
        }
        for (const auto& [name, value] : extra) all.push_back(name + '=' + value);
        return all;
    }
    static std::vector<char*> pointers(std::vector<std::string>& texts) {
        std::vector<char*> all;
        for (std::string& text : texts) all.push_back(text.data());
        all.push_back(nullptr);
        return all;
    }

    pid_t id_ = -1;
    std::string log_;
};

} // namespace processes
