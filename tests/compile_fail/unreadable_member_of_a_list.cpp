// SPDX-License-Identifier: BSL-1.0
// expect: headrace cannot read a member of this type
// expect: docs/howto/types.md
#include <headrace/json/decode.hpp>

#include <optional>
#include <vector>

using namespace headrace;

struct customer {
    int number = 0;
};

struct order {
    int id = 0;
    std::optional<customer> buyer;
    std::vector<customer> others;
    static void wire(auto& self, auto&& field) {
        field("id", self.id);
#ifndef HAPPY
        field("buyer", self.buyer);   // offending line
        field("others", self.others); // offending line
#endif
    }
};

bool read(workspace& memory) { return bool(decode<order>(memory, "{}")); }
