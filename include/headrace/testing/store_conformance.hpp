// SPDX-License-Identifier: BSL-1.0
#pragma once

// Does a store of idempotency records keep the promises of idempotency/store.hpp? For authors of
// stores; run it against the real thing.
//   my_store store{...};
//   CHECK(testing::check_store(store).empty());

#include <headrace/idempotency/store.hpp>
#include <headrace/testing/world.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace headrace::testing {

struct store_check {
    std::uint64_t seed = 1;         ///< another seed is another sequence of calls, and other keys
    std::size_t calls = 2'000;      ///< one after the other, each compared with the specification
    std::size_t keys_in_a_race = 8; ///< each claimed by all threads at once
    std::size_t threads = 8;
};

/// What the store does that it should not; empty: nothing. The keys are new ones that begin with
/// "conformance-", so a store in use will do; some of the records never expire. The store's clock
/// does not matter: all times are given.
[[nodiscard]] std::vector<std::string> check_store(idempotency::store& store,
                                                   const store_check& how = {});

} // namespace headrace::testing
