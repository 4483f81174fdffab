// SPDX-License-Identifier: BSL-1.0
#pragma once

// Records in the memory of one process: for tests, desks and programs that run as one process only.

#include <headrace/idempotency/store.hpp>

#include <cstddef>
#include <memory>

namespace headrace::idempotency {

/// Forgets everything with the process, so on Lambda each sandbox remembers on its own: duplicates
/// that reach another sandbox are not seen. Expired records are removed as new ones come.
/// Thread-safe.
class memory_store final : public store {
public:
    memory_store();
    ~memory_store() override;
    memory_store(const memory_store&) = delete;
    memory_store& operator=(const memory_store&) = delete;

    [[nodiscard]] std::string name() const override { return "the store in memory"; }
    result<claim_answer> claim(const context& ctx, const claim_request& request) override;
    result<write_answer> end(const context& ctx, const identity& id, owner_id owner,
                             const ending& how) override;
    result<write_answer> renew(const context& ctx, const identity& id, owner_id owner,
                               time_point lease_end, time_point expires) override;
    result<write_answer> reconcile(const context& ctx, const identity& id, std::uint64_t fence,
                                   const ending& how) override;
    result<std::optional<record>> find(const context& ctx, const identity& id) override;

    /// How many records there are, expired ones that were not removed yet among them.
    [[nodiscard]] std::size_t size() const;

private:
    struct table;
    std::unique_ptr<table> table_;
};

} // namespace headrace::idempotency
