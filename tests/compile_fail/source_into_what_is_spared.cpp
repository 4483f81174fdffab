// SPDX-License-Identifier: BSL-1.0
// expect: a rule spares a member into which an earlier rule that may hold for the same document
// looks expect: shop::parcel expect: shop::order
#include <headrace/base/types.hpp>
#include <headrace/sources/detail/recognition_table.hpp>

namespace shop {

using namespace headrace::source;

struct parcel {
#ifndef HAPPY
    static constexpr auto recognised = recognised_by(when(has("context/parcel")));
#else
    static constexpr auto recognised = recognised_by(when(has("context/parcel"), has_no("order")));
#endif
};
struct order {
    static constexpr auto recognised = recognised_by(sparing("context", when(has("order"))));
};

} // namespace shop

using listed = headrace::types<shop::parcel, shop::order>;
static_assert(headrace::detail::recognise::check_rules<listed>()); // offending line

int main() {}
