// SPDX-License-Identifier: BSL-1.0
// expect: headrace cannot write a value of this type as JSON: give it a wire list,  static void
// wire(auto& self
#include <headrace/json/decode.hpp>

using namespace headrace;

struct order {
    int id = 0;
#ifdef HAPPY
    static void wire(auto& self, auto&& field) { field("id", self.id); }
#else
    static void wire(order& self, auto&& field) { field("id", self.id); }
#endif
};

bool read(workspace& memory) { return bool(decode<order>(memory, "{}")); }
std::string write(const order& o) {
    return encode(o); // offending line
}
