// SPDX-License-Identifier: BSL-1.0
#pragma once

// The way of one operation that must not be done twice: claim it, do it, say how it ended. Whoever
// has claimed holds an attempt, and only an attempt can end one, so nobody ends what is not theirs.

#include <headrace/base/context.hpp>
#include <headrace/base/result.hpp>
#include <headrace/idempotency/store.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace headrace::idempotency {

/// What may happen when an attempt has ended without a word (crash, timeout).
enum class mode : std::uint8_t {
    at_least_once, ///< when its lease is over the next one begins
    at_most_once,  ///< nobody begins: the operation stays `unknown` until somebody reconciles it
};

/// How long things last.
struct terms {
    idempotency::mode mode = idempotency::mode::at_least_once;
    /// How long results are remembered, from the end of the operation.
    std::chrono::milliseconds window = std::chrono::hours(24);
    /// The longest lease. An attempt's lease ends with the invocation's deadline if that is sooner,
    /// and so does the last one before the reserve, in which none is renewed.
    std::chrono::milliseconds lease = std::chrono::minutes(15);
    /// What is added to a lease before somebody else believes that it is over: clocks differ, and
    /// Lambda stops functions a little late.
    std::chrono::milliseconds margin = std::chrono::seconds(2);
};

// ---- how long calls of a store go on ------------------------------------------------------------
//
// An invocation that is ended before its reply is sent loses more than what it was at: all records
// of its batch come again. So every call of a store is given a context that ends with its time:
//
//   claims, waits for other attempts, renewals    when only the reserve is left
//   complete(), fail(), park(), release()         100 ms before the deadline, for the reply
//
// The reserve is what a batch (batch_options::reserve) or deadline_guard{} leaves for the reply:
// context::stop knows when they ask the work to end. Where neither is around it is 500 ms. A
// timeout{} (soft_deadline) ends claims and waits as well. Who is asked to stop in another way
// waits for no other try.
//
// A note of what was done is worth more than a reply in time: where there is no time for both, it
// is tried all the same.

/// When only the reserve is left; the last moment there is where no deadline is known.
[[nodiscard]] time_point reserve_begins(const context& ctx, time_point now) noexcept;
/// Until when operations may begin.
[[nodiscard]] time_point claims_end(const context& ctx, time_point now) noexcept;
/// Until when a note is tried that is due now: for a minute at most, which is longer than most
/// fail-overs.
[[nodiscard]] time_point notes_end(const context& ctx, time_point now) noexcept;
/// The same context, but for its deadline.
[[nodiscard]] context until(time_point end, const context& ctx);

/// What an operation has come to.
struct replay {
    bool failed = false; ///< `result` is an error that is remembered
    std::string result;
};

/// The right to end an operation, held by the one that has claimed it. Each of the four endings can
/// be called again after an error. All but release() are notes of what has happened: whatever goes
/// wrong in the store, and whatever stop, timeout{} or budget of retries is around, they are tried
/// until notes_end(). Not thread-safe, except renew(), which one other thread may call. Borrows the
/// store and the context.
class attempt {
public:
    attempt(store& in, identity id, const record& now, const idempotency::terms& terms) noexcept
        : store_(&in),
          id_(std::move(id)),
          owner_(now.owner),
          fence_(now.fence),
          number_(now.attempts),
          lease_end_(now.lease_end),
          terms_(terms) {}

    /// 1 for the first one.
    [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
    /// Greater for every attempt at this operation than for all before it: whoever remembers the
    /// greatest that it has seen can refuse stragglers.
    [[nodiscard]] std::uint64_t fence() const noexcept { return fence_; }
    [[nodiscard]] const identity& id() const noexcept { return id_; }
    /// What the conditions of its endings name.
    [[nodiscard]] owner_id owner() const noexcept { return owner_; }
    /// Until when the result is remembered, if the operation ends now.
    [[nodiscard]] time_point window_end(time_point now) const noexcept {
        return later(now, terms_.window);
    }
    [[nodiscard]] time_point lease_end() const noexcept { return lease_end_; }
    /// The end of a lease that is renewed now: the last one before the reserve is to the deadline.
    [[nodiscard]] time_point renewed_until(const context& ctx, time_point now) const noexcept;
    /// Where its record is.
    [[nodiscard]] const store& kept_in() const noexcept { return *store_; }

    /// What the operation has come to: this attempt's result, or that of an attempt which was
    /// faster (after this one's lease was over). What the store refuses as too large is kept as
    /// forgotten_reply. Errors: conflict if the operation is another's now, and what the store
    /// answers.
    [[nodiscard]] result<replay> complete(const context& ctx, std::string reply);
    /// The operation has failed for good and is not tried again. The same answer and errors.
    [[nodiscard]] result<replay> fail(const context& ctx, std::string why);
    /// The next attempt may begin. The same errors.
    result<void> release(const context& ctx);
    /// Nobody may begin until somebody has reconciled it. The same errors.
    result<void> park(const context& ctx);
    /// Moves the end of the lease, before the reserve. The same errors. Nothing happens if this
    /// attempt has ended the operation already.
    [[nodiscard]] result<void> renew(const context& ctx, time_point lease_end) const;

private:
    [[nodiscard]] result<replay> finish(const context& ctx, record_status as, std::string text);
    [[nodiscard]] result<void> end_without_result(const context& ctx, time_point now,
                                                  const ending& how) const;
    [[nodiscard]] result<write_answer> write(const context& ctx, time_point now,
                                             const ending& how) const;

    store* store_;
    identity id_;
    owner_id owner_;
    std::uint64_t fence_;
    std::uint32_t number_;
    time_point lease_end_;
    idempotency::terms terms_;
};

/// Another attempt is at work, at the latest until then.
struct in_progress {
    time_point until;
};
/// The key belongs to an operation with another payload.
struct mismatch {};
/// An attempt has ended without a word, and the mode forbids another.
struct unknown {
    std::uint64_t fence = 0;
};

using decision = std::variant<attempt, replay, in_progress, mismatch, unknown>;

/// Claims an operation, or says why not. A claim whose reply was lost is made again and recognised
/// by its owner. Errors: deadline after claims_end(), and what the store answers, after a few tries
/// if it is transient or throttled.
[[nodiscard]] result<decision> begin(store& in, const identity& id, const terms& t,
                                     const context& ctx);

/// What somebody found out about an operation that is `unknown`.
struct verdict_on_unknown {
    bool done = false;  ///< it was done; `result` is what it came to. Otherwise it may be done.
    std::string result; ///< as complete() takes it
};
/// Ends the `unknown` state that was seen with this fence. Errors: conflict if it has ended
/// already.
[[nodiscard]] result<void> reconcile(store& in, const identity& id, std::uint64_t fence,
                                     const verdict_on_unknown& found, const terms& t,
                                     const context& ctx);

} // namespace headrace::idempotency
