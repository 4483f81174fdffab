// SPDX-License-Identifier: BSL-1.0
#pragma once

// What an event source says about itself: its id, who waits for its reply, and how its documents
// are recognised. Key order never matters and no type is ever tried until one fits.

#include <array>
#include <concepts>
#include <cstddef>
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
    nested,       ///< only ever inside another source's message
};

/// One condition on a document. `path` is a member name, or two with a slash between
/// ("requestContext/elb"), or a member of the first record ("Records/0/eventSource").
struct condition {
    enum class test : std::uint8_t { present, object, equals, contains, absent };
    std::string_view path;
    test what = test::present;
    std::string_view text{};
};

[[nodiscard]] constexpr condition has(std::string_view path) {
    return {path, condition::test::present};
}
[[nodiscard]] constexpr condition has_object(std::string_view path) {
    return {path, condition::test::object};
}
[[nodiscard]] constexpr condition is(std::string_view path, std::string_view text) {
    return {path, condition::test::equals, text};
}
[[nodiscard]] constexpr condition contains(std::string_view path, std::string_view text) {
    return {path, condition::test::contains, text};
}
[[nodiscard]] constexpr condition has_no(std::string_view path) {
    return {path, condition::test::absent};
}

/// All of these must hold.
struct rule {
    static constexpr std::size_t most = 6;
    std::array<condition, most> all{};
    std::size_t count = 0;
    /// Nothing else has these members: the search can stop without reading on.
    bool decisive = false;
};

template <class... Conditions>
    requires(sizeof...(Conditions) <= rule::most)
[[nodiscard]] constexpr rule when(Conditions... each) {
    return {{each...}, sizeof...(Conditions)};
}

/// The same rule of one condition, ending the search where it holds, whatever else is there.
[[nodiscard]] constexpr rule decisive(rule r) {
    r.decisive = true;
    return r;
}

/// How the documents of a source are recognised: any of these rules.
struct recognition {
    static constexpr std::size_t most = 3;
    std::array<rule, most> any{};
    std::size_t count = 0;
};

template <class... Rules>
    requires(sizeof...(Rules) <= recognition::most)
[[nodiscard]] constexpr recognition recognised_by(Rules... each) {
    return {{each...}, sizeof...(Rules)};
}

/// A `Records` array whose first element names its source, or, where the name is none that is
/// known, carries the source's own member ("Records/0/s3"). SNS spells the first EventSource.
[[nodiscard]] constexpr recognition records_from(std::string_view event_source,
                                                 std::string_view payload_path) {
    recognition r;
    r.any[0] = decisive(when(is("Records/0/eventSource", event_source)));
    r.any[1] = decisive(when(is("Records/0/EventSource", event_source)));
    r.any[2] = when(has(payload_path));
    r.count = 3;
    return r;
}

/// The name that such records give their source: "aws:sqs".
[[nodiscard]] constexpr std::string_view name_in_records(const recognition& r) {
    return r.any[0].all[0].text;
}

/// What is known about a source before any event of it has arrived.
struct source_info {
    std::string_view id;    ///< "sqs", "http.v2", ...: what inspect and the log say
    std::string_view title; ///< "Amazon SQS"
    headrace::delivery delivery = delivery::asynchronous;
    std::string_view docs; ///< the page of the AWS documentation
};

/// One of our own recorded events: what `events`, the tests and the fuzzers use.
struct sample {
    std::string_view name; ///< "sqs", "sqs-fifo", ...: unique over all sources
    std::string_view json;
};

/// An event type: the whole payload of one source.
///   static constexpr source_info about{...};
///   static constexpr recognition recognised = ...;
///   static std::span<const sample> samples();          // in the source's .ipp
///   static outcome dispatch(dispatcher&, call&, const document&);  // routes it, says its reply
///   a wire list
template <class E>
concept event = requires {
    { E::about } -> std::convertible_to<const source_info&>;
    { E::recognised } -> std::convertible_to<const recognition&>;
    E::samples();
    &E::dispatch;
};

} // namespace headrace
