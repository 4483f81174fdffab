// SPDX-License-Identifier: BSL-1.0
#pragma once

// What became of one record or invocation: a verdict, the error behind it, and a reply.
// Each source maps it to what AWS expects (a batch item failure, an HTTP status, a function error).

#include <headrace/base/detail/error_box.hpp>
#include <headrace/base/error.hpp>
#include <headrace/base/result.hpp>
#include <headrace/base/time_point.hpp>
#include <headrace/http/response.hpp>

#include <chrono>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace headrace {

enum class verdict : std::uint8_t {
    ok,     ///< done; the record may go
    retry,  ///< failed for now; deliver it again
    reject, ///< will never succeed
    defer,  ///< not now; deliver it again at a later time
    drop,   ///< not for us; the record may go
};
[[nodiscard]] std::string_view to_string(verdict v) noexcept;

/// A reply that is JSON text already.
struct json_reply {
    std::string text;
    friend bool operator==(const json_reply&, const json_reply&) = default;
};

/// The verdict about one record or invocation, the error behind it, and the reply.
/// Owns everything, so nothing of the handler has to outlive it. Cheap to move when it is ok.
class [[nodiscard]] outcome {
public:
    using reply_type = std::variant<std::monostate, json_reply, http::response>;

    outcome() noexcept { make_reply(); }
    outcome(outcome&& other) noexcept
        : verdict_(other.verdict_),
          parked_(other.parked_),
          after_(other.after_),
          until_(other.until_),
          error_(std::move(other.error_)) {
        take_reply(std::move(other));
    }
    outcome& operator=(outcome&& other) noexcept {
        if (this == &other) return *this;
        this->~outcome();
        return *::new (static_cast<void*>(this)) outcome(std::move(other));
    }
    ~outcome() { drop_reply(); }
    /// An error's class decides the verdict: transient, throttled, conflict, deadline, cancelled,
    /// bug: retry; malformed, invalid, unauthorised, permanent: reject.
    outcome(headrace::error e);
    /// A response whose status says that it has failed is that failure and still the reply: 408,
    /// 425, 429, 500, 502, 503 and 504 retry, with what Retry-After says; other 5xx reject. All
    /// others are ok. Whoever means otherwise gives set_reply() the response.
    outcome(http::response r);
    outcome(json_reply r);

    [[nodiscard]] static outcome ok() noexcept { return {}; }
    [[nodiscard]] static outcome retry(std::chrono::milliseconds after = {});
    [[nodiscard]] static outcome retry(std::chrono::milliseconds after, headrace::error why);
    [[nodiscard]] static outcome reject(std::string reason);
    [[nodiscard]] static outcome reject(headrace::error why);
    [[nodiscard]] static outcome defer(time_point until);
    [[nodiscard]] static outcome drop() noexcept;

    [[nodiscard]] headrace::verdict verdict() const noexcept { return verdict_; }
    /// ok or drop.
    [[nodiscard]] bool succeeded() const noexcept {
        return verdict_ == headrace::verdict::ok || verdict_ == headrace::verdict::drop;
    }
    /// May the record go? It has succeeded, or it was rejected and a sink has taken it in.
    [[nodiscard]] bool acknowledges() const noexcept { return succeeded() || parked_; }
    /// A rejected record that a sink has taken in (dead_letter.hpp).
    [[nodiscard]] bool parked() const noexcept { return parked_; }
    /// For what writes rejected records away. Precondition: the verdict is reject.
    void set_parked() noexcept;
    /// The error behind a verdict that is not ok, or null.
    [[nodiscard]] const headrace::error* error() const noexcept { return error_.get(); }
    /// For retry: how long to wait at least. 0 leaves it to the source.
    [[nodiscard]] std::chrono::milliseconds after() const noexcept { return after_; }
    /// For defer, and for a response that names a date: not before this time.
    [[nodiscard]] time_point until() const noexcept { return until_; }

    /// Is the reply a response that was returned and has failed? Then error() is about it.
    [[nodiscard]] bool is_failed_response() const noexcept {
        return error_.get() != nullptr && error_->code == errc::failed_response
               && std::holds_alternative<http::response>(reply_);
    }
    [[nodiscard]] const reply_type& reply() const noexcept { return reply_; }
    [[nodiscard]] reply_type& reply() noexcept { return reply_; }
    void set_reply(reply_type r);

private:
    // Most outcomes have no reply. That is seen here, and what moves and destroys replies stands in
    // the library, so that it is compiled once.
    void make_reply() noexcept {
        ::new (static_cast<void*>(&reply_)) reply_type; // "reply_type()" would zero all of it first
    }
    void take_reply(outcome&& other) noexcept {
        if (other.reply_.index() == 0) [[likely]]
            make_reply();
        else
            move_reply(other);
    }
    void drop_reply() noexcept {
        if (reply_.index() != 0) [[unlikely]]
            destroy_reply();
    }
    void move_reply(outcome& other) noexcept;
    void destroy_reply() noexcept;

    headrace::verdict verdict_ = headrace::verdict::ok;
    bool parked_ = false;
    std::chrono::milliseconds after_{};
    time_point until_{};
    detail::error_box error_;
    union {                // so that the members above decide when it is made and destroyed
        reply_type reply_; // NOLINT(readability-identifier-naming), private all the same
    };
};

} // namespace headrace
