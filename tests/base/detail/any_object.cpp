// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/detail/any_object.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <type_traits>
#include <utility>

using headrace::detail::any_object;

static_assert(!std::is_copy_constructible_v<any_object> && !std::is_copy_assignable_v<any_object>);
static_assert(std::is_nothrow_move_constructible_v<any_object>);

TEST_CASE("an object lives as long as its owner, wherever that moves") {
    const auto seen = std::make_shared<int>(7);
    const auto alive = [&] { return seen.use_count() - 1; };
    {
        any_object first(seen);
        CHECK(alive() == 1);
        CHECK(**static_cast<std::shared_ptr<int>*>(first.get()) == 7);
        any_object second(std::move(first));
        CHECK(alive() == 1);
        CHECK(**static_cast<std::shared_ptr<int>*>(second.get()) == 7);
        any_object third(seen);
        CHECK(alive() == 2);
        third = std::move(second); // its own object ends here
        CHECK(alive() == 1);
        third = any_object();
        CHECK(alive() == 0);
        CHECK(third.get() == nullptr);
        third = any_object(seen);
        CHECK(alive() == 1);
    }
    CHECK(alive() == 0);
}

TEST_CASE("an object that only moves can be owned") {
    const any_object owner(std::make_unique<int>(3));
    CHECK(**static_cast<std::unique_ptr<int>*>(owner.get()) == 3);
}
