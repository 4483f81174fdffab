// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which sources treat a failure alike? settlement.hpp says how.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace headrace {

/// Sources that treat a failure alike.
enum class source_family : std::uint8_t {
    queue,        ///< SQS standard queues: each message alone
    fifo_queue,   ///< SQS FIFO queues: in order within a message group
    stream,       ///< one order: Kinesis, DynamoDB
    partitioned,  ///< in order within a partition: Kafka
    whole_batch,  ///< batches without partial answers: ActiveMQ, RabbitMQ, DocumentDB
    asynchronous, ///< Lambda's own queue: SNS, S3, EventBridge, schedules
    synchronous,  ///< somebody waits: HTTP
};
inline constexpr std::size_t source_families = 7;
[[nodiscard]] std::string_view to_string(source_family family) noexcept;

} // namespace headrace
