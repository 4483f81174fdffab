// SPDX-License-Identifier: BSL-1.0
#pragma once

// What becomes of a record that will never succeed? It is written to a sink, with the reason, and
// only then acknowledged, so that it neither comes back for ever nor is lost.

#include <headrace/base/result.hpp>
#include <headrace/base/time_point.hpp>
#include <headrace/routing/middleware.hpp>
#include <headrace/routing/record_item.hpp>

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace headrace {

/// A record and why it was rejected, for a sink. Borrows everything, for the time of write().
struct rejected_record {
    time_point at;                 ///< when it was rejected
    std::string_view source;       ///< "sqs"
    std::string_view route;        ///< "sqs queue orders", or "" where nothing matched
    std::string_view record_id;    ///< messageId, ...; "" where the source has none
    std::uint32_t attempt = 1;     ///< which delivery it was, where the source counts them
    std::string_view request_id;   ///< of the invocation
    std::string_view function_arn; ///< of this function
    const error& reason;           ///< the layer sees to it that there is one
    std::string_view record;       ///< JSON, byte for byte as it was delivered
    bool listed = false;           ///< is it one of a document's Records, or a document?
    std::string_view body = {};    ///< the message's own text, if it is one of a queue
    std::string_view group = {};   ///< its message group
    std::span<const message_attribute> attributes = {};
};

/// One line of JSON:
///     {"time":"2026-11-24T22:30:47.201Z","source":"sqs","route":"sqs queue orders",
///      "recordId":"...","attempt":1,"requestId":"...","functionArn":"...",
///      "error":{"class":"invalid","code":"custom","message":"...","pointer":"...","type":"..."},
///      "group":"...","record":{...}}
/// `record` is the record as it was delivered; line ends between its tokens become spaces. Texts
/// that are empty are left out.
[[nodiscard]] std::string to_json(const rejected_record& r);

/// The text that makes a message of a queue or topic from which a function gets the record again:
/// the body of a queue's message, else the event with this record alone.
[[nodiscard]] std::string as_message(const rejected_record& r);

/// Where rejected records go. `write` returns when the record is safe; it may be called from
/// several threads at once. A record is written again when the program ends between the write and
/// the reply, so a sink sees some records twice, and none never. Sinks to have: sinks/file.hpp,
/// sinks/memory.hpp, sinks/aws.hpp.
template <class S>
concept dead_letter_sink = requires(S& sink, const rejected_record& r) {
    { sink.write(r) } -> std::same_as<result<void>>;
};

struct dead_letter_options {
    /// Also for payloads without a marker (raw.hpp). Not if nobody says so: a state machine or a
    /// direct call may be waiting for the reply, and has to hear of the failure.
    bool raw_payloads = false;
    /// Not for what no route takes (errc::no_route): it stays with its source, as without this
    /// layer. So a queue that was wired to the wrong function keeps its messages.
    bool leave_unrouted = false;
};

namespace detail {

template <class Sink> consteval bool check_sink() {
    constexpr bool writes = dead_letter_sink<Sink>;
    static_assert(writes, "dead_letter{sink} calls  result<void> sink.write(const "
                          "rejected_record&)  see docs/howto/dead_letters.md");
    return writes;
}

/// A sink without its type, for the time of one call.
struct sink_ref {
    void* object;
    result<void> (*run)(void*, const rejected_record&);
};
/// Writes the record that `o` rejects. `o` becomes a parked reject, or else a failure.
void park(call& c, outcome& o, dead_letter_options options, sink_ref sink);

} // namespace detail

/// Writes what is rejected inside to a sink of yours and then marks it as parked, so that its
/// source lets it go. The verdict stays reject, for logs and metrics outside. A write that fails or
/// throws makes it a failure that comes again: retry, with the sink's error, which names both
/// reasons.
///
/// Does nothing where a caller waits for the reply, who hears of the rejection: HTTP requests, and
/// raw payloads unless the options say otherwise. Does nothing for a batch of a queue that cannot
/// be taken apart into records either, since it may have good ones; nor for what no route takes, if
/// the options say so.
///
/// The sink is borrowed, outlives the app, and is thread-safe.
///   file_sink rejected{"/mnt/orders/rejected.jsonl"};
///   app orders{chain{access_log{}, dead_letter{rejected}}};
template <class Sink> class dead_letter {
    static_assert(detail::check_sink<Sink>());

public:
    static constexpr headrace::phase phase = headrace::phase::dead_letter;

    constexpr explicit dead_letter(Sink& sink, dead_letter_options options = {}) noexcept
        : sink_(&sink), options_(options) {}

    outcome operator()(call& c, auto&& next) const {
        outcome o = caught(c, next);
        if (o.verdict() == verdict::reject && !o.parked()) [[unlikely]] {
            void* const sink = const_cast<std::remove_const_t<Sink>*>(sink_);
            const auto write = [](void* to, const rejected_record& r) -> result<void> {
                return static_cast<Sink*>(to)->write(r);
            };
            detail::park(c, o, options_, {sink, write});
        }
        return o;
    }

private:
    // An error that was thrown may be a rejection; other exceptions are bugs and none.
    static outcome caught(call& c, auto&& next) {
        try {
            return next(c);
        } catch (const failure& thrown) {
            return outcome(thrown.error());
        }
    }
    Sink* sink_;
    dead_letter_options options_;
};
template <class Sink> dead_letter(Sink&) -> dead_letter<Sink>;
template <class Sink> dead_letter(Sink&, dead_letter_options) -> dead_letter<Sink>;

template <class Sink> class dead_letter<detail::unnamed<Sink>> : public detail::refused_layer {
    static_assert(detail::check_named<Sink>());

public:
    constexpr explicit dead_letter(Sink&&, dead_letter_options = {}) noexcept {}
};
template <class Sink>
    requires detail::temporary_for<Sink, dead_letter>
dead_letter(Sink&&) -> dead_letter<detail::unnamed<Sink>>;
template <class Sink>
    requires detail::temporary_for<Sink, dead_letter>
dead_letter(Sink&&, dead_letter_options) -> dead_letter<detail::unnamed<Sink>>;

/// Says that rejected records are meant to stay with the platform: to be delivered again until the
/// queue's redrive policy or the function's on-failure destination takes them. Does nothing but
/// keep the tool's `routes` from remarking that they have no dead_letter layer.
struct platform_dead_letters {
    static constexpr headrace::phase phase = headrace::phase::dead_letter;
    outcome operator()(call& c, auto&& next) const { return next(c); }
};

} // namespace headrace
