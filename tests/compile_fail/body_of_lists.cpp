// SPDX-License-Identifier: BSL-1.0
// expect: the T of body<T> cannot be read from JSON
// expect: static void wire(auto& self, auto&& field)
#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

using namespace headrace;

struct customer {
    int number = 0;
};

using customers = std::map<std::string, customer>;

int main() {
    app orders;
    orders.on(sqs::queue("numbers"), [](body<std::vector<int>>) {});
#ifndef HAPPY
    orders.on(sqs::queue("a"), [](body<std::vector<customer>>) {});                // offending line
    orders.on(sqs::queue("b"), [](body<std::optional<customer>>) {});              // offending line
    orders.on(sqs::queue("c"), [](body<std::span<const customer>>) {});            // offending line
    orders.on(sqs::queue("d"), [](body<std::array<customer, 2>>) {});              // offending line
    orders.on(sqs::queue("e"), [](body<string_map<customer>>) {});                 // offending line
    orders.on(sqs::queue("f"), [](body<customers>) {});                            // offending line
    orders.on(sqs::queue("g"), [](result<body<std::vector<customer>>>) {});        // offending line
    orders.on(sqs::queue("h"), [](body<std::optional<std::vector<customer>>>) {}); // offending line
#endif
}
