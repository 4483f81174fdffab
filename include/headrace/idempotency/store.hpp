// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is remembered of an operation, and the few conditional writes that every store offers. All
// conditions of the protocol are here, as functions of a record, so that stores do not differ.

#include <headrace/base/context.hpp>
#include <headrace/base/result.hpp>
#include <headrace/base/time_point.hpp>

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headrace::idempotency {

using detail::earlier; ///< t - d, or the first moment there is
using detail::later;   ///< t + d, or the last moment there is: "for ever" is a length, too

/// Names one attempt: 128 random bits, drawn anew for each, never a process or a request.
struct owner_id {
    std::array<std::uint64_t, 2> bits{};

    /// 32 hexadecimal digits.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] static std::optional<owner_id> parse(std::string_view text) noexcept;
    friend auto operator<=>(const owner_id&, const owner_id&) = default;
};

/// What an operation is about. Made once, before the user's code runs, and never changed.
struct identity {
    std::string key;     ///< 64 hexadecimal digits, see key.hpp
    std::string payload; ///< fingerprint of what the operation was asked to do, or empty: any
    friend bool operator==(const identity&, const identity&) = default;
};

enum class record_status : std::uint8_t {
    in_progress, ///< its owner is at work, until the lease ends
    completed,   ///< there is a result
    failed,      ///< there is an error that is remembered
    released,    ///< an attempt has failed; the next one may begin
    unknown,     ///< an attempt has ended without saying how; only reconciling leads on
};
[[nodiscard]] std::string_view to_string(record_status s) noexcept;
[[nodiscard]] std::optional<record_status> parse_record_status(std::string_view text) noexcept;

/// What a store keeps under a key.
struct record {
    record_status status = record_status::in_progress;
    owner_id owner;
    std::uint64_t fence = 0;    ///< greater for every attempt than for all before it
    std::uint32_t attempts = 0; ///< how many there have been
    time_point lease_end;       ///< of the owner, in progress
    time_point expires;         ///< from then on it is as if there were no record
    std::string payload;        ///< identity::payload
    std::string result;         ///< completed: the reply; failed: the error
    friend bool operator==(const record&, const record&) = default;
};

/// Asks for the right to begin. All times are those of the asker's clock.
struct claim_request {
    const identity& id;
    owner_id owner;
    time_point now;
    time_point lease_end;
    time_point expires;               ///< later than lease_end and margin
    std::chrono::milliseconds margin; ///< how long after its lease an owner is still believed alive
    bool take_over = true;            ///< may a lapsed lease be taken over?
};

/// The answer: the record as it is now.
struct claim_answer {
    bool granted = false;
    record now;
};

/// How an attempt ends.
struct ending {
    record_status becomes = record_status::released;
    std::string_view result; ///< of completed and failed
    time_point expires;
};

/// The answer: was the condition met, and if not, what is there instead?
struct write_answer {
    bool written = false;
    std::optional<record> found; ///< if not written; nothing: there is no record
};

// ---- the conditions -----------------------------------------------------------------------------

/// Is the record as good as absent?
[[nodiscard]] bool is_expired(const record& r, time_point now) noexcept;
/// A lease that has ended before this is over for certain, also by a clock that is `margin` behind.
/// Not before 1970.
[[nodiscard]] time_point lapsed_before(time_point now, std::chrono::milliseconds margin) noexcept;
/// Is its owner's lease over for certain?
[[nodiscard]] bool is_lapsed(const record& r, time_point now,
                             std::chrono::milliseconds margin) noexcept;
/// May this request have the record? Null: there is none.
[[nodiscard]] bool may_claim(const record* r, const claim_request& request) noexcept;
/// The record after a granted claim.
[[nodiscard]] record claimed(const record* before, const claim_request& request);
/// May this owner end or renew its attempt?
[[nodiscard]] bool may_end(const record* r, owner_id owner) noexcept;
/// The record after that.
[[nodiscard]] record ended(record before, const ending& how);

/// Where records are kept. Every write is atomic and conditional; nothing is read before it. A call
/// whose reply was lost can be made again: its own record tells it that it was written.
/// A call takes no longer than its context has left (context::remaining()), and does not keep it.
/// Errors: transient (try again), throttled, permanent; errc::too_large for a result that is longer
/// than the store can keep, which is then noted without it. A claim that fails in another way than
/// transient or throttled is given up at once; what is done is noted again and again, whatever the
/// class. Implementations are thread-safe and do no I/O before the first call.
class store {
public:
    virtual ~store() = default;
    /// What it is called in messages: "the SQLite file orders.db". Without secrets.
    [[nodiscard]] virtual std::string name() const { return "a store of the program's own"; }
    /// What keeps this store from working at all, as far as that is known without I/O: app::build()
    /// reports it.
    [[nodiscard]] virtual result<void> usable() const { return {}; }
    /// Writes claimed() if may_claim().
    [[nodiscard]] virtual result<claim_answer> claim(const context& ctx,
                                                     const claim_request& request) = 0;
    /// Writes ended() if may_end().
    [[nodiscard]] virtual result<write_answer> end(const context& ctx, const identity& id,
                                                   owner_id owner, const ending& how) = 0;
    /// Moves the end of the lease if may_end(), and `expires` with it.
    [[nodiscard]] virtual result<write_answer> renew(const context& ctx, const identity& id,
                                                     owner_id owner, time_point lease_end,
                                                     time_point expires) = 0;
    /// Writes ended() if the record is `unknown` and has this fence.
    [[nodiscard]] virtual result<write_answer>
    reconcile(const context& ctx, const identity& id, std::uint64_t fence, const ending& how) = 0;
    /// The record, as all finished writes have left it. Nothing: there is none.
    [[nodiscard]] virtual result<std::optional<record>> find(const context& ctx,
                                                             const identity& id) = 0;
};

/// What a store of that name says of a record that it cannot read: permanent.
[[nodiscard]] error unreadable_record(std::string_view store, std::string_view key);

} // namespace headrace::idempotency
