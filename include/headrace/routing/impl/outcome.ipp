// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/outcome.hpp>

namespace headrace {

std::string_view to_string(verdict v) noexcept {
    switch (v) {
    case verdict::ok: return "ok";
    case verdict::retry: return "retry";
    case verdict::reject: return "reject";
    case verdict::defer: return "defer";
    case verdict::drop: return "drop";
    }
    return "unknown";
}

namespace {
constexpr verdict verdict_of(error_class kind) noexcept {
    switch (kind) {
    case error_class::malformed:
    case error_class::invalid:
    case error_class::unauthorised:
    case error_class::permanent: return verdict::reject;
    default: return verdict::retry;
    }
}
} // namespace

outcome::outcome(headrace::error e)
    : verdict_(verdict_of(e.kind)),
      after_(e.after.value_or(std::chrono::milliseconds{})),
      error_(detail::error_box(std::move(e))) {}

void outcome::set_parked() noexcept {
    if (verdict_ != headrace::verdict::reject) {
        detail::broken_precondition("an outcome that is no reject was to be parked");
    }
    parked_ = true;
}

outcome outcome::retry(std::chrono::milliseconds after) {
    return retry(after, headrace::error::transient("the handler asked for a retry"));
}

outcome outcome::retry(std::chrono::milliseconds after, headrace::error why) {
    outcome o;
    o.verdict_ = headrace::verdict::retry;
    o.after_ = after;
    o.error_ = detail::error_box(std::move(why));
    return o;
}

outcome outcome::reject(std::string reason) {
    return reject(headrace::error::permanent(std::move(reason)));
}

outcome outcome::reject(headrace::error why) {
    outcome o;
    o.verdict_ = headrace::verdict::reject;
    o.error_ = detail::error_box(std::move(why));
    return o;
}

outcome outcome::defer(time_point until) {
    outcome o;
    o.verdict_ = headrace::verdict::defer;
    o.until_ = until;
    o.error_ = detail::error_box(headrace::error::conflict("the handler deferred this record"));
    return o;
}

outcome outcome::failed(any_reply reply, headrace::error why, time_point until) {
    outcome o(std::move(why));
    o.until_ = until;
    o.reply_ = std::move(reply);
    return o;
}

outcome outcome::drop() noexcept {
    outcome o;
    o.verdict_ = headrace::verdict::drop;
    return o;
}

} // namespace headrace
