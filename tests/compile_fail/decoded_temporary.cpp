// SPDX-License-Identifier: BSL-1.0
// expect: deleted
// expect: // the views would dangle: name the decoded<E> first
#include <headrace/json/decode.hpp>
#include <string_view>

struct order {
    std::string_view customer;
    static void wire(auto& self, auto&& field) { field("customer", self.customer); }
};

std::string_view customer_of(std::string_view json) {
    auto made = headrace::decode<order>(json);
    static auto kept = *std::move(made);
#ifndef HAPPY
    (void)(*headrace::decode<order>(json).value()).customer; // offending line
    return headrace::decode<order>(json).value()->customer;  // offending line
#endif
    return kept->customer;
}
