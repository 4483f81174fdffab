// SPDX-License-Identifier: BSL-1.0
#pragma once

// When does a failed message of a queue come back? After the queue's visibility timeout; or, where
// the function has a client of SQS, when its outcome says so, and later with each delivery.

#include <headrace/base/context.hpp>
#include <headrace/base/result.hpp>
#include <headrace/routing/batch_run.hpp>
#include <headrace/routing/retry_policy.hpp>
#include <headrace/sources/sqs.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

namespace headrace::sqs {

/// One message and for how long it is to stay invisible from now on. Borrows the message's texts.
struct visibility_change {
    std::string_view queue_arn;
    std::string_view receipt_handle;
    std::string_view message_id;
    std::chrono::seconds timeout{}; ///< 0 to longest_visibility

    friend bool operator==(const visibility_change&, const visibility_change&) = default;
};

/// The most entries of one request.
inline constexpr std::size_t most_visibility_changes = 10;
/// SQS allows twelve hours in all, counted from when the message was received. The poller may have
/// held it for a batch window of five minutes and the function runs for fifteen at most.
inline constexpr std::chrono::seconds longest_visibility =
    std::chrono::hours(12) - std::chrono::minutes(20);

/// Your client of SQS. headrace has none.
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html
class visibility_client {
public:
    virtual ~visibility_client() = default;
    /// One ChangeMessageVisibilityBatch: one to ten messages of one queue. An entry that failed is
    /// an error. May be called by several invocations at once.
    virtual result<void> change_visibility(std::span<const visibility_change> changes) = 0;
};

/// What became of one message of a batch.
struct settled_message {
    const message* about = nullptr;
    record_result became;
};

/// Has failed messages come back when it makes sense:
///   sqs::visibility_backoff backoff{client};
///   orders.provide(backoff);
/// is all; the dispatch of SQS looks it up after each batch. outcome::retry(after) comes back after
/// that time, a retry that names none after a wait that grows with the number of deliveries, and
/// outcome::defer(until) at that time. In a FIFO queue only the first failed message of a group is
/// told, since it holds up the others. What the client refuses is logged; such messages come back
/// after the queue's own visibility timeout, as all do without this.
/// Holds no state: several invocations may use it at once. The client must outlive it.
class visibility_backoff {
public:
    /// 5 to 10 s after the first delivery, 10 to 20 s after the second, ... up to 7.5 to 15
    /// minutes.
    static constexpr retry_policy usual_policy() noexcept {
        retry_policy p;
        p.tries = std::numeric_limits<std::uint32_t>::max();
        p.fewer_per_delivery = 0;
        p.jitter = jitter::equal;
        p.base = std::chrono::seconds(10);
        p.cap = std::chrono::minutes(15);
        p.classify = [](const error&) noexcept { return retry_kind::transient; };
        return p;
    }
    /// The policy is asked for retries that name no time; the number of the try is that of the
    /// delivery. Where it knows no wait, the message comes back after the queue's own timeout.
    explicit visibility_backoff(visibility_client& client,
                                retry_policy policy = usual_policy()) noexcept
        : client_(&client), policy_(policy) {}

    /// Changes the visibility of the messages of a batch that are to be delivered again, given in
    /// the order of the batch. For the dispatch of SQS.
    void apply(const context& ctx, std::span<const settled_message> batch) const;

private:
    [[nodiscard]] std::optional<std::chrono::seconds> wait_of(const context& ctx,
                                                              const settled_message& each) const;
    visibility_client* client_;
    retry_policy policy_;
};

} // namespace headrace::sqs
