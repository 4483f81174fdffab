// SPDX-License-Identifier: BSL-1.0
// expect: headrace cannot write a value of this type as JSON
// expect: docs/howto/types.md
#include <headrace/json/decode.hpp>

#include <vector>

using namespace headrace;

struct customer {
    int number = 0;
};

struct order {
    int id = 0;
    std::vector<customer> buyers;
    static void wire(auto& self, auto&& field) {
        field("id", self.id);
#ifndef HAPPY
        field("buyers", self.buyers); // offending line
#endif
    }
};

std::string write(const order& o) { return encode(o); }
