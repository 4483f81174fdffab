// SPDX-License-Identifier: BSL-1.0
// expect: a_member_name_has_no_quote_or_backslash
// expect: a_member_name_has_1_to_127_characters
#include <headrace/json/wire.hpp>

struct order {
    int id;
    int lines;
    static void wire(auto& self, auto&& field) {
        field("id", self.id);
#ifndef HAPPY
        field("the \"lines\"", self.lines); // offending line
        field("", self.lines);              // offending line
#endif
    }
};

constexpr headrace::detail::any_field reads;
constexpr auto use = [](order& one) { order::wire(one, reads); };
