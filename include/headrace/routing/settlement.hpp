// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does each kind of source do with each outcome? The table that dispatching goes by, as data;
// docs/reference/routing/outcomes.md prints it.

#include <headrace/routing/outcome.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace headrace {

/// Sources that treat a failure alike.
enum class source_family : std::uint8_t {
    queue,        ///< SQS standard queues: each message alone
    fifo_queue,   ///< SQS FIFO queues: in order within a message group
    stream,       ///< one order: Kinesis, DynamoDB
    partitioned,  ///< in order within a partition: Kafka
    asynchronous, ///< Lambda's own queue: SNS, S3, EventBridge, schedules
    synchronous,  ///< somebody waits: HTTP
};
inline constexpr std::size_t source_families = 6;
[[nodiscard]] std::string_view to_string(source_family family) noexcept;

/// How a record can end.
enum class record_end : std::uint8_t {
    ok,
    drop,
    retry,
    defer,
    rejected, ///< and no sink has taken it in
    parked,   ///< rejected, and a sink has taken it in
    not_begun,
};
inline constexpr std::size_t record_ends = 7;
[[nodiscard]] std::string_view to_string(record_end end) noexcept;
[[nodiscard]] record_end end_of(const outcome& o) noexcept;

/// What becomes of the record.
enum class settlement : std::uint8_t {
    acknowledge,         ///< it may go
    redeliver_record,    ///< listed as failed: it comes again
    redeliver_group,     ///< listed with what follows in its message group
    redeliver_rest,      ///< a checkpoint: it comes again, and so does all that follows
    redeliver_partition, ///< a checkpoint of its partition
    function_error,      ///< the invocation fails
    reply,               ///< the caller gets the reply
    problem,             ///< the caller gets an error's status and a problem document
};

/// One field of the table.
struct settlement_rule {
    source_family family;
    record_end end;
    settlement what;
    /// It comes back at the time that the outcome names: a visibility change, where the app has a
    /// sqs::visibility_backoff, or Retry-After.
    bool timed = false;
    std::uint16_t status = 0; ///< of HTTP, unless the error has one; 0: that of the error's class
};
/// "comes again, with the rest of its group": the field in the documentation.
[[nodiscard]] std::string describe(const settlement_rule& rule);

/// All of it, family by family.
/// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
/// https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
/// https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
/// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
inline constexpr std::array<settlement_rule, source_families* record_ends> settlement_table = [] {
    using enum settlement;
    using family = source_family;
    using end = record_end;
    return std::array<settlement_rule, source_families * record_ends>{{
        {family::queue, end::ok, acknowledge},
        {family::queue, end::drop, acknowledge},
        {family::queue, end::retry, redeliver_record, true},
        {family::queue, end::defer, redeliver_record, true},
        {family::queue, end::rejected, redeliver_record},
        {family::queue, end::parked, acknowledge},
        {family::queue, end::not_begun, redeliver_record},

        {family::fifo_queue, end::ok, acknowledge},
        {family::fifo_queue, end::drop, acknowledge},
        {family::fifo_queue, end::retry, redeliver_group, true},
        {family::fifo_queue, end::defer, redeliver_group, true},
        {family::fifo_queue, end::rejected, redeliver_group},
        {family::fifo_queue, end::parked, acknowledge},
        {family::fifo_queue, end::not_begun, redeliver_group},

        {family::stream, end::ok, acknowledge},
        {family::stream, end::drop, acknowledge},
        {family::stream, end::retry, redeliver_rest},
        {family::stream, end::defer, redeliver_rest},
        {family::stream, end::rejected, redeliver_rest},
        {family::stream, end::parked, acknowledge},
        {family::stream, end::not_begun, redeliver_rest},

        {family::partitioned, end::ok, acknowledge},
        {family::partitioned, end::drop, acknowledge},
        {family::partitioned, end::retry, redeliver_partition},
        {family::partitioned, end::defer, redeliver_partition},
        {family::partitioned, end::rejected, redeliver_partition},
        {family::partitioned, end::parked, acknowledge},
        {family::partitioned, end::not_begun, redeliver_partition},

        {family::asynchronous, end::ok, acknowledge},
        {family::asynchronous, end::drop, acknowledge},
        {family::asynchronous, end::retry, function_error},
        {family::asynchronous, end::defer, function_error},
        {family::asynchronous, end::rejected, function_error},
        {family::asynchronous, end::parked, acknowledge},
        {family::asynchronous, end::not_begun, function_error},

        {family::synchronous, end::ok, reply},
        {family::synchronous, end::drop, reply},
        {family::synchronous, end::retry, problem, true},
        {family::synchronous, end::defer, problem, true, 503},
        {family::synchronous, end::rejected, problem},
        {family::synchronous, end::parked, problem}, // somebody waits, so nothing is parked
        {family::synchronous, end::not_begun, problem, false, 504},
    }};
}();

/// The field of the table.
[[nodiscard]] constexpr const settlement_rule& settle(source_family family,
                                                      record_end end) noexcept {
    return settlement_table[static_cast<std::size_t>(family) * record_ends
                            + static_cast<std::size_t>(end)];
}

} // namespace headrace
