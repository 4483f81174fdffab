// SPDX-License-Identifier: BSL-1.0
// Does a whole program read the way it was meant to? Compiled after headers that know many short
// names, so that none of ours collides with them.
#include <cmath>
#include <csignal>
#include <cstdio>
#include <strings.h>

#include <fmt/format.h>

#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/main.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sqs.hpp>

// At global scope, where a user's program has it.
using namespace headrace;

namespace {

int entries = 0;

struct ledger {
    void add(std::uint64_t) { ++entries; }
};

struct receipt {
    std::string number;
    static void wire(auto& self, auto&& field) { field("number", self.number); }
};

struct order {
    std::uint64_t id;
    std::string_view customer;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer);
    }
};

int program(int argc, char** argv) {
    ledger books; // the user's own

    app orders{chain{access_log{}, deadline_guard{}}};
    orders.provide(books);
    orders.on(sqs::queue("orders"), [](body<order> o, deps<ledger&> d) -> outcome {
        d->add(o->id);
        return outcome::ok();
    });
    orders.on(s3::bucket("uploads").created().suffix(".csv"),
              [](const s3::record& r) { fmt::print("{}\n", r.name()); });
    orders.on(http::get("/orders/{id}"),
              [](http::path<"id", std::uint64_t> id, deps<ledger&> d) -> result<receipt> {
                  d->add(*id);
                  return receipt{std::to_string(*id)};
              });
    orders.on(schedule::rule("nightly"),
              [](const schedule::event& e) { fmt::print("{}\n", e.rule_name()); });
    return headrace::main(orders, argc, argv);
}

} // namespace

#include <headrace/testing/builders.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <unistd.h>
#include <vector>

namespace {

// Runs the program as its own tool, which it is where Lambda's runtime API is not named.
int run_with(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "orders");
    std::vector<char*> pointers;
    for (auto& each : arguments) pointers.push_back(each.data());
    pointers.push_back(nullptr);
    return program(static_cast<int>(arguments.size()), pointers.data());
}

} // namespace

TEST_CASE("the sketch of a program lists its routes and handles a message") {
    CHECK(run_with({"routes"}) == 0);
    const auto file = std::filesystem::temp_directory_path()
                      / ("headrace-sketch-" + std::to_string(::getpid()) + ".json");
    std::ofstream(file) << testing::sqs_batch("orders").message(order{17, "Ada"}).json();
    entries = 0;
    CHECK(run_with({"invoke", file.string()}) == 0);
    CHECK(entries == 1);
    std::filesystem::remove(file);
    CHECK(run_with({"no such command"}) == 2);
}
