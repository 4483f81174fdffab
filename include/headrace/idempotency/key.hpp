// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which operation is this? Where the key of a record or request comes from: its source's own
// identifier, a member of its body, a header, a place in its JSON.

#include <headrace/call.hpp>
#include <headrace/extract.hpp>
#include <headrace/idempotency/canonical.hpp>
#include <headrace/result.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace headrace::idempotency {

/// What kinds of keys add to the canonical bytes. False: this record has no key. Errors: it has
/// one that cannot be read. One that knows before any call that there will be none says so, for
/// app::build(): optional are `result<void> usable() const`, and `result<void> usable_on(bool http)
/// const` about the records of an HTTP route, or of others.
template <class K>
concept key_source = requires(const K& k, const call& c, canonical& to) {
    { k(c, to) } -> std::same_as<result<bool>>;
};

/// What the source itself calls the record, the same in every delivery of it: SQS's messageId (a
/// deduplication id comes again after five minutes, or in another group), SNS's MessageId, S3's
/// object version with its sequencer, EventBridge's id, a schedule with its time, and for
/// everything else the request id, which Lambda keeps when it tries an asynchronous invocation
/// again. An HTTP request has none. A producer that sends the same thing twice gives it two
/// identifiers: see key() and key_header(). No payload is compared: what has the same identifier is
/// the same.
struct natural_key {
    static constexpr bool names_payload = true;
    /// Errors: HTTP requests have none.
    [[nodiscard]] result<void> usable_on(bool http) const;
    result<bool> operator()(const call& c, canonical& to) const;
};

/// The value at this JSON pointer (RFC 6901) in the body, or in the whole payload where there is no
/// body. Absent, null, "", and arrays and objects with nothing else in them are no key.
struct key_at {
    std::string pointer;
    /// Errors: the pointer is none.
    [[nodiscard]] result<void> usable() const;
    result<bool> operator()(const call& c, canonical& to) const;
};

/// What the sender of a message to a FIFO queue names it, for its queue and message group: also
/// what is sent again after the five minutes in which SQS itself drops it. Only for senders that
/// give every message a name of its own: where the queue makes it of the body (content-based
/// deduplication), two messages that say the same are one. Other messages have no key.
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
struct key_deduplication_id {
    result<bool> operator()(const call& c, canonical& to) const;
};

/// The value of an HTTP header, such as Idempotency-Key
/// (https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/), for the caller
/// and the route that it is sent to. An empty one is no key.
struct key_header {
    std::string name;
    /// Errors: only HTTP requests have headers.
    [[nodiscard]] result<void> usable_on(bool http) const;
    result<bool> operator()(const call& c, canonical& to) const;
};

/// A member of the decoded body: key(&order::id). An empty optional or text is no key, nor is a
/// value with nothing else in it; a number that may be absent should be an optional.
template <class T, class Member> struct key {
    Member T::*member;

    constexpr explicit key(Member T::*pointer) noexcept : member(pointer) {}
    result<bool> operator()(const call& c, canonical& to) const {
        auto read = extract<body<T>>::from(const_cast<call&>(c));
        if (!read) return std::move(read).error();
        return add(read->value.*member, c, to);
    }

private:
    // Every value as its JSON; of those that most keys are no JSON need be made.
    template <class V> static result<bool> add(const V& value, const call& c, canonical& to) {
        if constexpr (requires { value.has_value(); }) {
            return value.has_value() ? add(*value, c, to) : false;
        } else if constexpr (std::same_as<V, bool>) {
            to.boolean(value);
        } else if constexpr (std::integral<V>) {
            to.integer(value);
        } else if constexpr (std::same_as<V, std::string> || std::same_as<V, std::string_view>) {
            if (value.empty()) return false;
            to.text(value);
        } else {
            std::string json;
            writer w(json);
            w.value(value);
            return to.key_value(raw_json(c.memory().memory().copy(json)), c.memory());
        }
        return true;
    }
};
template <class T, class Member> key(Member T::*) -> key<T, Member>;

/// The fingerprint of what the operation is asked to do: the body, or the whole payload.
[[nodiscard]] std::string fingerprint_of(const call& c);

} // namespace headrace::idempotency
