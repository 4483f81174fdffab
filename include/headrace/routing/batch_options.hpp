// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is a batch handled: in which order, how many records at once, until when, and what is said
// when all of them fail? app::batches<Event>() takes the answers.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace headrace {

/// What a source promises about the order of its records, and so what is left to do when one fails.
enum class record_order : std::uint8_t {
    any,         ///< none: each record stands alone (SQS standard queues, SNS, S3)
    by_group,    ///< within a group, which ends at its first failure (SQS FIFO, Kafka partitions)
    in_sequence, ///< of all records; the batch ends at the first failure (Kinesis, DynamoDB)
};

/// How many records may be handled at once. Each of the workers is a task of the platform's
/// executor with a workspace of its own; the thread of the invocation is one of them. Groups of
/// ordered records run beside each other, the records of one group never do.
struct concurrency {
    constexpr explicit concurrency(std::size_t n) noexcept : most(n) {}
    std::size_t most;
};

/// Says that the order of the records does not matter, where a source promises one.
struct unordered_ok_t {
    // Takes something, so that {} in its place can only mean batch_options.
    struct said {};
    constexpr explicit unordered_ok_t(said) noexcept {}
};
inline constexpr unordered_ok_t unordered_ok{unordered_ok_t::said{}};

/// What the function says when no record of a batch has succeeded.
enum class when_all_failed : std::uint8_t {
    report, ///< the list of all of them, like any other list
    fail,   ///< a function error, so that Lambda's Errors metric and the mapping's back-off see it
};

struct batch_options {
    /// Left alone before the invocation's deadline, for the reply. No record begins unless this and
    /// the time that the longest one has taken so far are left, and running ones are asked to end
    /// (context::stop) when only this is left. What has not begun is delivered again.
    std::chrono::milliseconds reserve{500};
    when_all_failed all_failed = when_all_failed::report;
};

/// All of it, as the engine takes it.
struct batch_policy {
    std::size_t workers = 1;
    bool unordered = false;
    batch_options options{};
};

} // namespace headrace
