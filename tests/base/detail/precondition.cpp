// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/detail/precondition.hpp>

#include <headrace/base/result.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/routing/outcome.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

using namespace headrace;

namespace {

// What a process says and how it ends that does this.
std::string said_by(const std::function<void()>& doing) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const ::pid_t child = ::fork();
    if (child == 0) {
        (void)std::signal(SIGABRT, SIG_DFL);
        ::dup2(ends[1], STDERR_FILENO);
        doing();
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string text;
    char chunk[512];
    for (ssize_t got = 0; (got = ::read(ends[0], chunk, sizeof chunk)) > 0;) {
        text.append(chunk, static_cast<std::size_t>(got));
    }
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? text : "it did not abort: " + text;
}

} // namespace

TEST_CASE("a broken precondition ends the program with a sentence that says so") {
    struct row {
        std::string_view what;
        std::function<void()> doing;
    };
    const auto failed = [] { return result<int>(error::invalid("no")); };
    const row rows[] = {
        {"the error of a result that has none was asked for",
         [] { (void)result<int>(17).error().message; }},
        {"the error of a result that has none was asked for",
         [] { (void)std::as_const(*std::make_unique<result<int>>(17)).error(); }},
        {"the error of a result that has none was asked for",
         [] { (void)result<void>().error().message; }},
        {"the error of a result that has none was asked for",
         [] {
             result<int> first = error::invalid("no");
             const result<int> second = std::move(first);
             (void)first.error(); // NOLINT(bugprone-use-after-move)
         }},
        {"an outcome that is no reject was to be parked", [] { outcome().set_parked(); }},
        {"an operation with a value missing has no identity",
         [] {
             fakes::world w;
             (void)identity_of(idempotency::operation{"charge", ""}, w.context);
         }},
#ifndef NDEBUG
        {"the value of a result that is an error was asked for", [&] { (void)*failed(); }},
        {"the value of a result that is an error was asked for",
         [&] {
             const auto r = failed();
             (void)*r;
         }},
        {"the value of a result that is an error was asked for",
         [] {
             const result<std::string> r = error::invalid("no");
             (void)r->size();
         }},
#endif
    };
    for (const auto& [what, doing] : rows) {
        CHECK(said_by(doing)
              == "headrace: a precondition does not hold: " + std::string(what) + "\n");
    }
}
