// SPDX-License-Identifier: BSL-1.0
#pragma once

// What stands in a simulated AWS account? Queues, topics, streams and functions with the settings
// that decide how often and when something is delivered. delivery.hpp makes and runs them.

#include <headrace/base/time_point.hpp>
#include <headrace/routing/service.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::sqs {
class visibility_client;
}

namespace headrace::testing::simulated {

class world;

// ---- functions ----------------------------------------------------------------------------------

/// How Lambda runs a function, and what its own queue does with asynchronous events.
/// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
struct function_options {
    std::chrono::milliseconds timeout{10'000};
    unsigned concurrency = 2;              ///< processes at once
    unsigned most_retries = 2;             ///< of an asynchronous event; after 1 and 2 minutes
    std::chrono::seconds most_age{21'600}; ///< of an asynchronous event
    log_level log = log_level::warn;       ///< what of the log enters the story
};

class queue;

/// A function. Lambda makes a process for an invocation when none is idle, and may end idle ones.
class function {
public:
    struct state;
    explicit function(std::unique_ptr<state> s);
    ~function();

    /// An asynchronous invocation with this event, as S3, SNS and EventBridge make them.
    function& invoke(std::string event);
    /// Where the destination records of asynchronous events go.
    /// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    function& on_success(queue& to);
    function& on_failure(queue& to);
    /// Where the events go that failed for good, without a record around them.
    function& dead_letters(queue& to);

    [[nodiscard]] state& internals() noexcept { return *state_; }

private:
    std::unique_ptr<state> state_;
};

// ---- queues -------------------------------------------------------------------------------------

/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
struct queue_options {
    std::string name = "queue"; ///< of a FIFO queue: the ".fifo" is added
    bool fifo = false;
    std::chrono::seconds visibility{60};
    unsigned most_receives = 5;              ///< then it is dead-lettered; 0: never
    std::chrono::seconds retention{345'600}; ///< four days, after which a message is lost
};

/// How Lambda polls a queue.
struct polling {
    std::size_t batch = 10;
};

/// A message that lies in a queue.
struct kept_message {
    std::string id;
    std::string body;
    std::string group;
    std::vector<std::string> tries; ///< what became of each delivery, before it came here
};

/// A queue of SQS. One that feeds no function keeps what it is sent.
class queue {
public:
    struct state;
    explicit queue(std::unique_ptr<state> s);
    ~queue();

    queue& send(std::string body, std::string group = {});
    /// Lets Lambda poll it, with partial batch responses.
    queue& feeds(function& f, polling how = {});
    /// A client for sqs::visibility_backoff, whose calls are steps.
    [[nodiscard]] sqs::visibility_client& visibility() noexcept;
    /// Another queue for what was received too often; without this it is one of its own.
    queue& dead_letters_to(queue& other);
    /// What was received too often. Valid until more is sent or the next run().
    [[nodiscard]] std::span<const kept_message> dead_letters() const;
    /// What lies in it. Valid as long.
    [[nodiscard]] std::span<const kept_message> messages() const;

    [[nodiscard]] state& internals() noexcept { return *state_; }

private:
    std::unique_ptr<state> state_;
};

// ---- topics -------------------------------------------------------------------------------------

/// A topic of SNS.
class topic {
public:
    struct state;
    explicit topic(std::unique_ptr<state> s);
    ~topic();

    topic& publish(const std::string& message);
    topic& feeds(function& f);
    /// In SNS's envelope, or raw.
    topic& feeds(queue& q, bool raw = false);

private:
    std::unique_ptr<state> state_;
};

// ---- streams ------------------------------------------------------------------------------------

/// One record of a shard, as the function's event needs it.
struct stream_record {
    std::string_view sequence; ///< what names it in the reply
    std::string_view key;      ///< partition key
    std::string_view data;
    std::string_view shard;
    time_point arrived;
};
/// Makes the event of a batch, for streams of your own sources.
using stream_render = std::function<std::string(std::span<const stream_record>)>;

/// How Lambda reads a shard.
/// https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
struct shard_reading {
    std::size_t batch = 10;
    unsigned most_retries = 10;             ///< of a batch; then it is given up
    std::chrono::seconds most_age{604'800}; ///< of a record; then it is given up
    bool bisect = false;                    ///< halve a batch whose invocation failed
    queue* on_failure = nullptr;            ///< gets metadata about what was given up
};

/// A stream of shards, each read in order: one of Kinesis, or whatever `stream_render` makes of it.
class stream {
public:
    struct shard;
    struct state;
    explicit stream(std::unique_ptr<state> s);
    ~stream();

    stream& put(std::string data, std::string key = "key", unsigned shard = 0);
    /// Lets Lambda read it, with partial batch responses.
    stream& feeds(function& f, shard_reading how = {});

private:
    std::unique_ptr<state> state_;
};

} // namespace headrace::testing::simulated
