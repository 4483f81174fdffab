// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does an event source say about itself? Its id, who waits for its reply, and how its
// documents are recognised.

#include <headrace/routing/recognition.hpp>
#include <headrace/routing/source_family.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

namespace headrace {

class call;
class dispatcher;
class outcome;
struct document;

/// Who invokes the function and what becomes of a failure.
enum class delivery : std::uint8_t {
    synchronous,  ///< the caller waits for the reply
    asynchronous, ///< Lambda's own queue: the reply is ignored, a failure is tried again twice
    polled,       ///< an event source mapping: failures are reported record by record
    direct,       ///< payloads without a marker: whoever has called may wait for the reply, or not
    nested,       ///< only ever inside another source's message
};

/// What is known about a source before any event of it has arrived.
struct source_info {
    std::string_view id;    ///< "sqs", "http.v2", ...: what inspect and the log say
    std::string_view title; ///< "Amazon SQS"
    headrace::delivery delivery = delivery::asynchronous;
    std::string_view docs{}; ///< the page of the AWS documentation
    /// What its failures do; where that depends on the queue, what they do at least.
    source_family family = source_family::asynchronous;
    std::string_view header{}; ///< "headrace/sources/sqs.hpp": where its routes are
    /// What it is answered where an app has no route to it at all, as the JSON of the reply. Where
    /// there is none the invocation fails, which lets nothing go and allows nothing.
    std::string_view unrouted{};
};

/// What dispatching an event takes, without the event's type. A route brings those of the events
/// that its subject arrives in: it says them in
///   static std::span<const source_operations> arrives_in() noexcept;  // in the source's .ipp
/// so that a program links what its routes need.
struct source_operations {
    const source_info* about;
    outcome (*dispatch)(dispatcher&, call&, const document&);
};
template <class E> inline constexpr source_operations operations_of{&E::about, &E::dispatch};

/// One of our own recorded events: what `events`, the tests and the fuzzers use.
struct sample {
    std::string_view name; ///< "sqs", "sqs-fifo", ...: unique over all sources
    std::string_view json;
};

/// An event type: the whole payload of one source.
///   static constexpr source_info about{...};
///   static constexpr auto recognised = source::recognised_by(...);
///   static std::span<const sample> samples();          // in the source's .ipp
///   static outcome dispatch(dispatcher&, call&, const document&);  // routes it, says its reply
///   a wire list
template <class E>
concept event = requires {
    { E::about } -> std::convertible_to<const source_info&>;
    { E::recognised } -> std::convertible_to<source::recognition>;
    E::samples();
    &E::dispatch;
};

/// An event whose records are handled one by one.
template <class E>
concept batch_event = requires(const E& e) {
    { E::about } -> std::convertible_to<const source_info&>;
    e.records.begin();
};

} // namespace headrace
