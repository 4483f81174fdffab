// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/detail/type_name.hpp>

#include <doctest/doctest.h>

#include <string_view>

namespace headrace::sqs {
struct parcel {};
} // namespace headrace::sqs
namespace shop {
struct order {};
template <class T> struct box {};
} // namespace shop

using namespace headrace::detail;

static_assert(type_name<int>() == "int");
static_assert(type_name<const shop::order>() == "const shop::order");
static_assert(type_name<shop::box<int>>() == "shop::box<int>");
static_assert(type_name<headrace::sqs::parcel>() == "headrace::sqs::parcel");
static_assert(short_name<headrace::sqs::parcel>() == "sqs::parcel");
static_assert(short_name<shop::order>() == "shop::order");
static_assert(short_name<shop::box<headrace::sqs::parcel>>() == "shop::box<headrace::sqs::parcel>");

TEST_CASE("types have ids of their own") {
    CHECK(id_of<int> == id_of<int>);
    CHECK(id_of<int> != id_of<unsigned>);
    CHECK(id_of<int> != id_of<const int>);
    CHECK(id_of<shop::order> != id_of<shop::box<int>>);
}

TEST_CASE("a lambda has a name, too") {
    const auto f = [] {};
    CHECK(!type_name<decltype(f)>().empty());
    CHECK(type_name<decltype(f)>().find("lambda") != std::string_view::npos);
}
