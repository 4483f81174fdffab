// SPDX-License-Identifier: BSL-1.0
#pragma once

// How an operation is carried out once: what can be chosen, what the code that does it knows, and
// the steps that the layer idempotent{} and the function run() have in common.

#include <headrace/http/response.hpp>
#include <headrace/idempotency/canonical.hpp>
#include <headrace/idempotency/protocol.hpp>
#include <headrace/idempotency/store.hpp>
#include <headrace/idempotency/transaction.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/detail/timed_attempt.hpp>
#include <headrace/routing/outcome.hpp>
#include <headrace/routing/principal.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace headrace {

namespace idempotency {

/// What is said to whoever comes while another attempt is at work.
enum class when_in_progress : std::uint8_t {
    reject, ///< conflict: HTTP 409 with Retry-After, a failed record of a batch
    wait,   ///< for its end, or for that of its lease, until only the reserve is left
    defer,  ///< come again when its lease is over
};

/// What is done with a record that has no key.
enum class when_keyless : std::uint8_t {
    reject, ///< invalid: HTTP 400
    run,    ///< it is handled, as often as it comes
};

/// What is done with a response that was returned and whose status says that it has failed: 408,
/// 425, 429 and 5xx. It is the reply in any case, and in mode::at_most_once it is always kept.
enum class failed_response : std::uint8_t {
    try_again, ///< it is not kept, and the next attempt may begin
    keep,      ///< it is kept and answered again, like any other response
};

/// An operation that is `unknown` (mode::at_most_once): an attempt has ended without a word.
class unknown_operation {
public:
    unknown_operation(const identity& id, std::uint64_t fence) noexcept : id_(&id), fence_(fence) {}
    [[nodiscard]] const identity& id() const noexcept { return *id_; }
    [[nodiscard]] std::uint64_t fence() const noexcept { return fence_; }
    /// current::downstream_key() of the attempt: ask whoever was called with it.
    [[nodiscard]] std::string downstream_key(std::string_view label) const;

private:
    const identity* id_;
    std::uint64_t fence_;
};

/// Finds out what became of operations that are `unknown`, by asking whoever they have called. Of
/// the user's making; shared by threads.
class reconciler {
public:
    virtual ~reconciler() = default;
    /// was_done(), was_not_done(), or nothing while that is not known either: an attempt that is
    /// only late may still do it, and then it would be done twice. What this throws ends the call
    /// as an exception of the handler would.
    [[nodiscard]] virtual std::optional<verdict_on_unknown>
    find_out(const context& ctx, const unknown_operation& what) = 0;
};
/// It was done, and this is its reply (none for a handler that returns void).
template <class T> [[nodiscard]] verdict_on_unknown was_done(const T& reply) {
    return {true, R"({"json":)" + encode(reply) + '}'};
}
[[nodiscard]] verdict_on_unknown was_done(http::response reply);
[[nodiscard]] inline verdict_on_unknown was_done() { return {true, "{}"}; }
/// It was not done: it is done now. Only for an attempt that cannot be at work any more: what a
/// straggler does after this is not undone.
[[nodiscard]] inline verdict_on_unknown was_not_done() { return {}; }

struct options {
    /// The operation's name; "" is the route. Part of the key: two operations never share one.
    /// run() takes the name of its operation{} instead.
    std::string operation{};
    /// Part of the key, too: count it up when stored replies are not understood any more.
    std::uint32_t version = 1;
    /// Whose operation it is, where one function serves several: part of the key.
    /// context::tenant_id is added by itself.
    std::string tenant{};
    idempotency::terms terms{};
    when_in_progress busy = when_in_progress::reject;
    when_keyless keyless = when_keyless::reject;
    /// The mode "memo": failures that will not go away (malformed, invalid, unauthorised,
    /// permanent) are remembered and answered again, instead of tried again.
    bool remember_failures = false;
    failed_response failed_responses = failed_response::try_again;
    /// Bytes of a reply that are kept. A larger one is remembered as done, without its reply.
    std::size_t largest_reply = 256 * 1024;
    /// mode::at_most_once: asked before an `unknown` operation is refused. Borrowed; null: nobody.
    reconciler* reconciled_by = nullptr;
    /// Called with the outcome of a replay before it is returned; not by run().
    void (*on_replay)(const call&, outcome&) = nullptr;
};

/// What a handler can know about the operation that it is handling: a parameter of this type.
/// Borrows from the call.
class current {
public:
    explicit current(const attempt& a, detail::lent_completion lent = {}) noexcept
        : attempt_(&a), lent_(lent) {}
    /// 1 for the first attempt.
    [[nodiscard]] std::uint32_t attempt_number() const noexcept { return attempt_->number(); }
    /// See attempt::fence().
    [[nodiscard]] std::uint64_t fence() const noexcept { return attempt_->fence(); }
    [[nodiscard]] const identity& id() const noexcept { return attempt_->id(); }
    /// A key for a call to somebody else's idempotent operation, the same in every attempt and
    /// another for each label: 64 hexadecimal digits.
    [[nodiscard]] std::string downstream_key(std::string_view label) const;
    /// The transaction of transactional{store}, if the operation is carried out in such a store.
    template <class S> [[nodiscard]] std::optional<transaction<S>> transaction_in() const {
        if (lent_.store_type != detail::id_of<S>) return std::nullopt;
        return transaction<S>(*static_cast<S*>(lent_.store), *lent_.end);
    }

private:
    const attempt* attempt_;
    detail::lent_completion lent_;
};

} // namespace idempotency

namespace detail {

/// The bytes of a key before its value. Nobody: it holds no caller.
[[nodiscard]] idempotency::canonical begin_key(std::string_view operation,
                                               const idempotency::options& how, const context& ctx,
                                               const principal& caller = {});

/// One passage through an operation: all but where its key comes from and what is done.
class operation_passage {
public:
    operation_passage(const context& ctx, idempotency::store& in,
                      const idempotency::options& how) noexcept
        : context_(&ctx), store_(&in), options_(&how) {}

    /// True: it is to be done. False: answer() is there.
    [[nodiscard]] bool begin(const idempotency::identity& id);
    /// Null where nothing was claimed.
    [[nodiscard]] const idempotency::attempt* attempt() const noexcept {
        return attempt_ ? &*attempt_ : nullptr;
    }
    [[nodiscard]] outcome answer() { return std::move(answer_); }
    /// Under what it is done, with a stop signal that asks when the operation is lost.
    [[nodiscard]] const context& own() const noexcept { return own_ ? *own_ : *context_; }
    /// Starts to renew the lease, if it may end before the invocation does or no deadline is known.
    void keep_alive();
    /// What transactions end the attempt with, encoding replies in this workspace.
    [[nodiscard]] idempotency::completion& completion(workspace& memory, bool for_http);
    [[nodiscard]] outcome end(outcome o);
    /// It threw. Nothing: the exception goes on. Else it is answered with what was committed
    /// before.
    [[nodiscard]] std::optional<outcome> threw() noexcept;

protected:
    [[nodiscard]] const idempotency::options& chosen() const noexcept { return *options_; }
    [[nodiscard]] bool was_done_before() const noexcept { return was_done_before_; }
    [[nodiscard]] outcome& answer_to_change() noexcept { return answer_; }
    /// Is answered without a claim.
    [[nodiscard]] bool refuse(outcome o);

private:
    [[nodiscard]] bool replay(const idempotency::identity& id, const idempotency::replay& done);
    [[nodiscard]] std::optional<outcome> find_out(const idempotency::identity& id,
                                                  std::uint64_t fence);
    [[nodiscard]] bool wait_for(time_point until);
    [[nodiscard]] outcome busy(time_point until) const;

    const context* context_;
    idempotency::store* store_;
    const idempotency::options* options_;
    std::optional<idempotency::attempt> attempt_;
    outcome answer_;
    bool was_done_before_ = false;
    std::stop_source lost_{std::nostopstate};
    std::stop_source done_{std::nostopstate};
    struct forward {
        std::stop_source to;
        void operator()() noexcept { to.request_stop(); }
    };
    std::optional<std::stop_callback<forward>> from_outer_;
    std::optional<time_limit> limit_;
    std::optional<context> own_;
    std::optional<idempotency::completion> completion_;
    std::unique_ptr<executor::task> renewing_; // joined before all others end
};

} // namespace detail

} // namespace headrace
