// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does each kind of source do with each outcome? The table that dispatching goes by, as data;
// docs/reference/routing/outcomes.md prints it.

#include <headrace/routing/batch_options.hpp>
#include <headrace/routing/outcome.hpp>
#include <headrace/routing/source_family.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace headrace {

/// How a record can end.
enum class record_end : std::uint8_t {
    ok,
    drop,
    retry,
    defer,
    rejected,  ///< and no sink has taken it in
    parked,    ///< rejected, and a sink has taken it in
    not_begun, ///< the time was over before its turn
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

/// Is it reported record by record, in a list?
[[nodiscard]] constexpr bool is_listed(settlement what) noexcept {
    return what == settlement::redeliver_record || what == settlement::redeliver_group
           || what == settlement::redeliver_rest || what == settlement::redeliver_partition;
}
/// Is it a place from which on all is delivered again?
[[nodiscard]] constexpr bool is_checkpoint(settlement what) noexcept {
    return what == settlement::redeliver_rest || what == settlement::redeliver_partition;
}

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

using settlements = std::array<settlement_rule, source_families * record_ends>;

/// All of it, family by family.
/// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
/// https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
/// https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
/// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
inline constexpr settlements settlement_table = [] {
    using enum settlement;
    using family = source_family;
    using end = record_end;
    return settlements{{
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

        {family::whole_batch, end::ok, acknowledge},
        {family::whole_batch, end::drop, acknowledge},
        {family::whole_batch, end::retry, function_error},
        {family::whole_batch, end::defer, function_error},
        {family::whole_batch, end::rejected, function_error},
        {family::whole_batch, end::parked, acknowledge},
        {family::whole_batch, end::not_begun, function_error},

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
[[nodiscard]] constexpr const settlement_rule&
settle(source_family family, record_end end, const settlements& table = settlement_table) noexcept {
    return table[static_cast<std::size_t>(family) * record_ends + static_cast<std::size_t>(end)];
}

/// Is one of the family's fields like this?
template <class Is>
[[nodiscard]] constexpr bool any_of_family(source_family family, Is is,
                                           const settlements& table = settlement_table) noexcept {
    const auto* const fields = &settle(family, record_end{}, table);
    for (std::size_t i = 0; i < record_ends; ++i) {
        if (is(fields[i].what)) return true;
    }
    return false;
}

/// Does the reply to a batch list what has failed?
[[nodiscard]] constexpr bool reports_records(source_family family,
                                             const settlements& table = settlement_table) noexcept {
    return any_of_family(family, is_listed, table);
}

/// The order in which the family's records are handled follows from what else comes again with one.
[[nodiscard]] constexpr record_order
order_of(source_family family, const settlements& table = settlement_table) noexcept {
    const auto rest = [](settlement what) { return what == settlement::redeliver_rest; };
    const auto group = [](settlement what) {
        return what == settlement::redeliver_group || what == settlement::redeliver_partition;
    };
    if (any_of_family(family, rest, table)) return record_order::in_sequence;
    if (any_of_family(family, group, table)) return record_order::by_group;
    return record_order::any;
}

/// The same outcome as what becomes of the whole invocation, or of the message around: a success
/// where the rule acknowledges or replies, and else a failure.
[[nodiscard]] outcome settled(outcome o, const settlement_rule& rule);

} // namespace headrace
