// SPDX-License-Identifier: BSL-1.0
// expect: headrace cannot read a member of this type
// expect: docs/howto/types.md
#include <headrace/json/decode.hpp>

struct customer {
    int number = 0;
};

struct order {
    int id = 0;
    customer buyer;
    static void wire(auto& self, auto&& field) {
        field("id", self.id);
#ifndef HAPPY
        field("buyer", self.buyer); // offending line
#endif
    }
};

bool read(headrace::workspace& memory) { return bool(headrace::decode<order>(memory, "{}")); }
