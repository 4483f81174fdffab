// SPDX-License-Identifier: BSL-1.0
// expect: headrace cannot tell two sources apart
// expect: shop::envelope
// expect: shop::order
#include <headrace/base/types.hpp>
#include <headrace/sources/detail/recognition_table.hpp>

namespace shop {

using namespace headrace::source;

struct envelope {
    static constexpr auto recognised = recognised_by(when(has("order")), when(has("envelope")));
};
struct order {
#ifndef HAPPY
    static constexpr auto recognised = recognised_by(when(is("order", "paid"), has("customer")));
#else
    static constexpr auto recognised = recognised_by(when(is("state", "paid"), has("customer")));
#endif
};

} // namespace shop

using listed = headrace::types<shop::envelope, shop::order>;
static_assert(headrace::detail::recognise::check_rules<listed>()); // offending line

int main() {}
