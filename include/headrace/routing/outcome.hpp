// SPDX-License-Identifier: BSL-1.0
#pragma once

// What became of one record or invocation: a verdict, the error behind it, and a reply.
// Each source maps it to what AWS expects (a batch item failure, an HTTP status, a function error).

#include <headrace/base/detail/error_box.hpp>
#include <headrace/base/error.hpp>
#include <headrace/base/result.hpp>
#include <headrace/base/time_point.hpp>
#include <headrace/routing/any_reply.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace headrace {

enum class verdict : std::uint8_t {
    ok,     ///< done; the record may go
    retry,  ///< failed for now; deliver it again
    reject, ///< will never succeed
    defer,  ///< not now; deliver it again at a later time
    drop,   ///< not for us; the record may go
};
[[nodiscard]] std::string_view to_string(verdict v) noexcept;

/// The verdict about one record or invocation, the error behind it, and the reply.
/// Owns everything, so nothing of the handler has to outlive it. Cheap to move when it is ok.
class [[nodiscard]] outcome {
public:
    outcome() noexcept {} // NOLINT(modernize-use-equals-default): "outcome()" would zero it first
    outcome(outcome&&) noexcept = default;
    outcome& operator=(outcome&&) noexcept = default;
    ~outcome() = default;
    /// An error's class decides the verdict: transient, throttled, conflict, deadline, cancelled,
    /// bug: retry; malformed, invalid, unauthorised, permanent: reject.
    outcome(headrace::error e);
    outcome(json_reply&& r) noexcept : reply_(std::move(r)) {}
    outcome(const json_reply& r) : reply_(r) {}

    [[nodiscard]] static outcome ok() noexcept { return {}; }
    [[nodiscard]] static outcome retry(std::chrono::milliseconds after = {});
    [[nodiscard]] static outcome retry(std::chrono::milliseconds after, headrace::error why);
    [[nodiscard]] static outcome reject(std::string reason);
    [[nodiscard]] static outcome reject(headrace::error why);
    [[nodiscard]] static outcome defer(time_point until);
    [[nodiscard]] static outcome drop() noexcept;
    /// A reply that says by itself that it has failed, as an http::response does: its error decides
    /// the verdict. Not before `until`, where it names a time.
    [[nodiscard]] static outcome failed(any_reply reply, headrace::error why, time_point until);

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
    /// False: the time was over before its turn.
    [[nodiscard]] bool begun() const noexcept { return begun_; }
    /// For what lets nothing begin that cannot end in time.
    void set_not_begun() noexcept { begun_ = false; }
    /// The error behind a verdict that is not ok, or null.
    [[nodiscard]] const headrace::error* error() const noexcept { return error_.get(); }
    /// For retry: how long to wait at least. 0 leaves it to the source.
    [[nodiscard]] std::chrono::milliseconds after() const noexcept { return after_; }
    /// For defer, and for a response that names a date: not before this time.
    [[nodiscard]] time_point until() const noexcept { return until_; }

    /// Is the reply one that was returned and has failed? Then error() is about it.
    [[nodiscard]] bool is_failed_response() const noexcept {
        return error_.get() != nullptr && error_->code == errc::failed_response && !reply_.empty()
               && reply_.get_if<json_reply>() == nullptr;
    }
    [[nodiscard]] const any_reply& reply() const noexcept { return reply_; }
    [[nodiscard]] any_reply& reply() noexcept { return reply_; }
    void set_reply(any_reply r) noexcept { reply_ = std::move(r); }

private:
    headrace::verdict verdict_ = headrace::verdict::ok;
    bool parked_ = false;
    bool begun_ = true;
    std::chrono::milliseconds after_{};
    time_point until_{};
    detail::error_box error_;
    any_reply reply_;
};

} // namespace headrace
