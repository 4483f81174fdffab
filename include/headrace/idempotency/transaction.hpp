// SPDX-License-Identifier: BSL-1.0
#pragma once

// The effect and the note that it was done, both or neither: what a store needs so that handlers
// write into its own database, and the end of their operation goes into the same transaction.

#include <headrace/http/response.hpp>
#include <headrace/idempotency/protocol.hpp>
#include <headrace/idempotency/store.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/extract.hpp>
#include <headrace/routing/handler.hpp>
#include <headrace/routing/middleware.hpp>
#include <headrace/routing/outcome.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace headrace::idempotency {

/// The end of an attempt as a part of a transaction: what is written, on which condition, and where
/// the store's transaction says what came of it. Borrows from the call. Thread-safe.
class completion {
public:
    /// `memory` is for encoding replies, those of HTTP handlers in their own way.
    completion(workspace& memory, bool for_http, const headrace::context& ctx, const attempt& of,
               std::size_t largest_reply) noexcept
        : memory_(&memory),
          for_http_(for_http),
          context_(&ctx),
          attempt_(&of),
          largest_reply_(largest_reply) {}
    completion(const completion&) = delete;
    completion& operator=(const completion&) = delete;

    [[nodiscard]] const headrace::context& context() const noexcept { return *context_; }
    /// The record of `id().key` becomes COMPLETED on condition that it is in progress under this
    /// owner: may_end(), ended().
    [[nodiscard]] const identity& id() const noexcept { return attempt_->id(); }
    [[nodiscard]] owner_id owner() const noexcept { return attempt_->owner(); }
    /// When the completed record expires, if it is completed now.
    [[nodiscard]] time_point expires() const;

    /// What a handler that returned this would have said.
    template <class R> [[nodiscard]] outcome outcome_of(R&& returned) const;
    /// What the record keeps of an outcome that succeeded.
    [[nodiscard]] std::string text_of(const outcome& o) const;

    /// What the operation has come to, if it has ended: then nothing else may be written, and
    /// answer() is what is returned.
    [[nodiscard]] std::optional<replay> ended() const;
    [[nodiscard]] std::optional<outcome> answer() const;
    /// Takes what the store said to a transaction that was to write `text`, which was made of
    /// `said_by_user`: written; or not, and this is there instead. The outcome is what the
    /// operation has come to, or the error conflict if it is another's now. A record that this
    /// owner has completed says that the transaction was committed before and its reply was lost.
    [[nodiscard]] outcome settle(const write_answer& said, const std::string& text,
                                 outcome said_by_user);

private:
    workspace* memory_;
    bool for_http_;
    const headrace::context* context_;
    const attempt* attempt_;
    std::size_t largest_reply_;
    mutable std::mutex mutex_;
    std::optional<replay> ended_;
};

/// A store whose database can be written to in one transaction with the end of an operation.
/// `S::transaction` is what handlers get as transaction<S>: a handle that is made for each
/// attempt, copied freely, and borrows both. Exemplar: sqlite_store::transaction.
template <class S>
concept transactional_store = std::derived_from<S, store> && requires { typename S::transaction; }
                              && std::constructible_from<typename S::transaction, S&, completion&>
                              && std::copy_constructible<typename S::transaction>;

/// The mode in which a handler's effect and the end of its operation are one transaction of the
/// store's database: neither is ever there without the other.
///   idempotency::sqlite_store books{"orders.db"};
///   orders.on(sqs::queue("orders"), chain{idempotent{idempotency::transactional{books}}},
///             [](body<order> o, idempotency::transaction<idempotency::sqlite_store> tx) {
///                 return tx.run([&](sqlite3* db) -> result<receipt> { ... });
///             });
/// What was committed is the answer, whatever the handler does afterwards. A handler that commits
/// nothing ends like any other. The store is borrowed.
template <class S> class transactional {
public:
    explicit transactional(S& in) noexcept : store_(&in) {
        constexpr bool can_commit = transactional_store<S>;
        static_assert(can_commit, "this store cannot put the end of an operation into a "
                                  "transaction of the user's: sqlite_store and dynamodb_store can"
                                  "  see docs/howto/idempotency.md");
    }
    [[nodiscard]] S& get() const noexcept { return *store_; }

private:
    S* store_;
};

template <class S> class transactional<detail::unnamed<S>> {
public:
    explicit transactional(S&&) noexcept { detail::check_named<S>(); }
};
template <class S>
    requires detail::temporary_for<S, transactional>
transactional(S&&) -> transactional<detail::unnamed<S>>;

/// A handler's parameter inside of idempotent{transactional{store}}: see the transaction of the
/// store. Borrows from the call.
template <class S> class transaction : public S::transaction {
public:
    transaction(S& in, completion& end) : S::transaction(in, end) {}
};

} // namespace headrace::idempotency

namespace headrace::detail {

// The two ways of reading what a handler returns, for to_outcome().
struct any_caller {};
struct http_caller {
    static constexpr bool is_http = true;
    static outcome text_reply(std::string body) { return http::text(200, std::move(body)); }
};

/// The completion that transactional{store} lends to the code that it runs.
struct lent_completion {
    type_id store_type = nullptr;
    void* store = nullptr;
    idempotency::completion* end = nullptr;
};

} // namespace headrace::detail

namespace headrace::idempotency {

template <class R> outcome completion::outcome_of(R&& returned) const {
    const std::lock_guard lock(mutex_); // the workspace is one
    constexpr bool known = detail::returns_something_known<R>();
    static_assert(known, "a transaction returns what a handler may return"
                         "  see docs/howto/idempotency.md");
    if constexpr (known) {
        return for_http_
                   ? detail::to_outcome<detail::http_caller>(std::forward<R>(returned), *memory_)
                   : detail::to_outcome<detail::any_caller>(std::forward<R>(returned), *memory_);
    } else {
        return {};
    }
}

} // namespace headrace::idempotency
