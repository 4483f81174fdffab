// SPDX-License-Identifier: BSL-1.0
#pragma once

// Answers that another store has given before, from the memory of this process: for operations that
// come again soon and often.

#include <headrace/idempotency/store.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

namespace headrace::idempotency {

struct cache_options {
    std::size_t entries = 256; ///< the longest unused ones go first
    /// How long an answer is given without asking the store: so long a record that somebody has
    /// taken out of it by hand lives on.
    std::chrono::milliseconds max_age = std::chrono::minutes(5);
    std::size_t largest_result = 16 * 1024; ///< bytes; longer ones are left to the store
};

/// In front of any store; where none was made nothing is cached. Only what has ended is answered
/// from here (COMPLETED, and FAILED where failures are remembered), and only to claims that the
/// store would refuse: with the record's fingerprint, so that another payload is still a mismatch,
/// until it expires. Everything else reaches the store. Borrows the store. Thread-safe.
///   auto records = idempotency::open("dynamodb:orders-seen");
///   idempotency::cached_store seen{records, {.entries = 1'000}};
///   orders.on(sqs::queue("orders"), chain{idempotent{seen}, retry{}}, ...);
class cached_store final : public store {
public:
    explicit cached_store(store& in, cache_options how = {});
    ~cached_store() override;
    cached_store(const cached_store&) = delete;
    cached_store& operator=(const cached_store&) = delete;

    [[nodiscard]] std::string name() const override;
    [[nodiscard]] result<void> usable() const override;
    result<claim_answer> claim(const context& ctx, const claim_request& request) override;
    result<write_answer> end(const context& ctx, const identity& id, owner_id owner,
                             const ending& how) override;
    result<write_answer> renew(const context& ctx, const identity& id, owner_id owner,
                               time_point lease_end, time_point expires) override;
    result<write_answer> reconcile(const context& ctx, const identity& id, std::uint64_t fence,
                                   const ending& how) override;
    result<std::optional<record>> find(const context& ctx, const identity& id) override;

private:
    class table;
    store* store_;
    std::unique_ptr<table> table_;
};

} // namespace headrace::idempotency
