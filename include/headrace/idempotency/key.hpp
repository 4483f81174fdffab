// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which operation is this, and whose? Where the key of a record or request comes from: its source's
// own identifier, a member of its body, a header, a place in its JSON; and the caller that it
// holds.

#include <headrace/base/result.hpp>
#include <headrace/idempotency/canonical.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/extract.hpp>
#include <headrace/routing/principal.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace headrace::http {
class request;
}

namespace headrace::detail {

// What keys do that are of one kind, whomever they hold.
[[nodiscard]] result<void> usable_key_place(std::string_view pointer);
[[nodiscard]] result<bool> add_key_at(std::string_view pointer, const call& c,
                                      idempotency::canonical& to);
[[nodiscard]] result<void> usable_key_header(bool http);
[[nodiscard]] result<bool> add_key_header(std::string_view name, const call& c,
                                          idempotency::canonical& to);

} // namespace headrace::detail

namespace headrace::idempotency {

/// Whose operation is it? A key holds who is behind the call, so that what was answered to one is
/// never given to another. Of an HTTP request somebody must be known: one from nobody is answered
/// with 401 before the store is asked. A key says otherwise by its member `callers`:
///   key_header{"Idempotency-Key"}                               // identified
///   key_header{"Idempotency-Key", callers::everybody{}}
///   key(&order::id, [](const http::request& r) { return principal{"session", session_of(r)}; })
namespace callers {
/// Whoever call::principal() is.
struct identified {};
/// Callers are not told apart: whoever sends a key gets what was answered to it. For answers that
/// all may read, and for keys that nobody can guess.
struct everybody {};
} // namespace callers

/// What kinds of keys add to the canonical bytes. False: this record has no key. Errors: it has
/// one that cannot be read. One that knows before any call that there will be none says so, for
/// app::build(): optional are `result<void> usable() const`, and `result<void> usable_on(bool http)
/// const` about the records of an HTTP route, or of others. So is a member `callers`.
template <class K>
concept key_source = requires(const K& k, const call& c, canonical& to) {
    { k(c, to) } -> std::same_as<result<bool>>;
};

/// What `callers` can be: one of these, or a function of the request, whose nobody is refused, too.
/// The texts that it returns belong to the request, or live longer than the call.
template <class C>
concept caller_source = std::same_as<C, callers::identified> || std::same_as<C, callers::everybody>
                        || std::is_invocable_r_v<principal, const C&, const http::request&>;

/// What the source itself calls the record, the same in every delivery of it: SQS's messageId (a
/// deduplication id comes again after five minutes, or in another group), Kinesis's eventID in its
/// stream, SNS's MessageId, EventBridge's id, a schedule with its time, S3's object version with
/// the sequencer of a write or the time and request of anything else, and for everything else the
/// request id, which Lambda keeps when it tries an asynchronous invocation again. What is replayed
/// from an archive keeps its identifier, and is done again only when the window is over. An HTTP
/// request has none, nor has a record without all of these. A producer that sends the same thing
/// twice gives it two identifiers: see key() and key_header(). No payload is compared: what has the
/// same identifier is the same.
struct natural_key {
    static constexpr bool names_payload = true;
    /// Errors: HTTP requests have none.
    [[nodiscard]] result<void> usable_on(bool http) const;
    result<bool> operator()(const call& c, canonical& to) const;
};

/// The value at this JSON pointer (RFC 6901) in the body, or in the whole payload where there is no
/// body. Absent, null, "", and arrays and objects with nothing else in them are no key.
template <class Callers = callers::identified> struct key_at {
    std::string pointer;
    [[no_unique_address]] Callers callers{};
    /// Errors: the pointer is none.
    [[nodiscard]] result<void> usable() const { return detail::usable_key_place(pointer); }
    result<bool> operator()(const call& c, canonical& to) const {
        return detail::add_key_at(pointer, c, to);
    }
};
key_at(std::string) -> key_at<callers::identified>;
template <class Callers> key_at(std::string, Callers) -> key_at<Callers>;

/// What the sender of a message to a FIFO queue names it, for its queue and message group: also
/// what is sent again after the five minutes in which SQS itself drops it. Only for senders that
/// give every message a name of its own: where the queue makes it of the body (content-based
/// deduplication), two messages that say the same are one. Other messages have no key.
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
struct key_deduplication_id {
    result<bool> operator()(const call& c, canonical& to) const;
};

/// The value of an HTTP header, such as Idempotency-Key
/// (https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/), for the route
/// that it is sent to. An empty one is no key.
template <class Callers = callers::identified> struct key_header {
    std::string name;
    [[no_unique_address]] Callers callers{};
    /// Errors: only HTTP requests have headers.
    [[nodiscard]] result<void> usable_on(bool http) const {
        return detail::usable_key_header(http);
    }
    result<bool> operator()(const call& c, canonical& to) const {
        return detail::add_key_header(name, c, to);
    }
};
key_header(std::string) -> key_header<callers::identified>;
template <class Callers> key_header(std::string, Callers) -> key_header<Callers>;

/// A member of the decoded body: key(&order::id). An empty optional or text is no key, nor is a
/// value with nothing else in it; a number that may be absent should be an optional.
template <class T, class Member, class Callers = callers::identified> struct key {
    static constexpr bool has_value = detail::makeable<T> && writable<Member>;
    static_assert(has_value, "key(&order::id) reads the body as an order and writes its id: both "
                             "can be JSON  see docs/howto/types.md");

    Member T::*member;
    [[no_unique_address]] Callers callers;

    constexpr explicit key(Member T::*pointer, Callers who = {})
        : member(pointer), callers(std::move(who)) {}
    result<bool> operator()(const call& c, canonical& to) const {
        if constexpr (has_value) {
            auto read = extract<body<T>>::from(const_cast<call&>(c));
            if (!read) return std::move(read).error();
            return add(read->value.*member, c, to);
        } else {
            return false; // one message is enough
        }
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
template <class T, class Member> key(Member T::*) -> key<T, Member, callers::identified>;
template <class T, class Member, class Callers>
key(Member T::*, Callers) -> key<T, Member, Callers>;

/// The fingerprint of what the operation is asked to do: the body, or the whole payload.
[[nodiscard]] std::string fingerprint_of(const call& c);

} // namespace headrace::idempotency

namespace headrace::detail {

template <class Key> consteval bool check_callers() {
    if constexpr (requires(const Key& k) { k.callers; }) {
        constexpr bool fine = idempotency::caller_source<
            std::remove_cvref_t<decltype(std::declval<const Key&>().callers)>>;
        static_assert(fine, "a key tells callers apart by callers::identified{}, "
                            "callers::everybody{} or a function of the http::request that returns "
                            "a principal  see docs/howto/idempotency.md");
    }
    return true;
}

/// Whom a key holds: nothing where callers are not told apart, nobody where this one should be and
/// is not known.
template <class Key> std::optional<principal> caller_for(const Key& key, const call& c) {
    const auto* const request = c.find<http::request>();
    if constexpr (requires { key.callers; }) {
        using source = std::remove_cvref_t<decltype(key.callers)>;
        if constexpr (std::same_as<source, idempotency::callers::everybody>)
            return std::nullopt;
        else if constexpr (std::is_invocable_r_v<principal, const source&, const http::request&>) {
            if (request != nullptr) return principal(key.callers(*request));
        }
    }
    const auto who = c.principal();
    return who || request != nullptr ? std::optional(who) : std::nullopt;
}

} // namespace headrace::detail
