// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which store does this text mean? One type over the stores that are linked, so that a setting
// decides where records are kept.

#include <headrace/idempotency/store.hpp>

#ifdef HEADRACE_HAS_SQLITE
#    include <headrace/idempotency/stores/sqlite.hpp>
#endif
#ifdef HEADRACE_HAS_REDIS
#    include <headrace/idempotency/stores/redis.hpp>
#endif
#ifdef HEADRACE_HAS_DYNAMODB
#    include <headrace/idempotency/stores/dynamodb.hpp>
#endif

#include <memory>
#include <span>
#include <string_view>

namespace headrace {

namespace detail {

/// How the stores of a scheme are made from their URL, without I/O.
struct linked_store {
    std::string_view scheme;
    result<std::unique_ptr<idempotency::store>> (*open)(std::string_view url);
};

// Units of one program may be compiled for different stores, so each has a table of its own.
static constexpr linked_store linked_stores[] = {
#ifdef HEADRACE_HAS_SQLITE
    {"sqlite:", &idempotency::sqlite_store::open},
#endif
#ifdef HEADRACE_HAS_REDIS
    {"redis://", &idempotency::redis_store::open},
    {"rediss://", &idempotency::redis_store::open},
#endif
#ifdef HEADRACE_HAS_DYNAMODB
    {"dynamodb:", &idempotency::dynamodb_store::open},
#endif
    {"", nullptr}}; // an array has to have an element

} // namespace detail

namespace idempotency {

/// A store that was named by a text. Where the text names none, every call answers with an error
/// that says why (permanent), and so do usable() and app::build(). Thread-safe; what was moved from
/// may only be destroyed.
class opened_store final : public store {
public:
    explicit opened_store(result<std::unique_ptr<store>> made);
    opened_store(opened_store&&) noexcept;
    opened_store& operator=(opened_store&&) noexcept;
    ~opened_store() override;

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
    result<std::unique_ptr<store>> made_;
};

/// The store of a URL:
///   memory:                  memory_store
///   sqlite:orders.db         sqlite_store; sqlite:orders.db?ephemeral_ok for Lambda
///   redis://host:6379/0      redis_store; rediss:// over TLS
///   dynamodb:orders-seen     dynamodb_store
/// A scheme has to be linked: headrace::sqlite, headrace::redis and headrace::dynamodb are targets
/// of their own. Without CMake, HEADRACE_HAS_SQLITE, HEADRACE_HAS_REDIS and HEADRACE_HAS_DYNAMODB
/// say what is there. Does no I/O and reads no environment; the store does at its first call.
/// Call it in a source file: an inline function would be compiled with one target's list for all.
/// Never fails; what is wrong with the URL is what usable() says, without repeating the URL.
///   auto seen = idempotency::open("sqlite:orders.db");
///   orders.on(sqs::queue("orders"), chain{idempotent{seen}, retry{}}, ...);
[[nodiscard]] opened_store
open(std::string_view url, std::span<const detail::linked_store> linked = detail::linked_stores);

} // namespace idempotency

} // namespace headrace
