// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/base/error.hpp>
#include <headrace/base/result.hpp>

#include <utility>

namespace headrace {

std::string_view to_string(error_class kind) noexcept {
    switch (kind) {
    case error_class::malformed: return "malformed";
    case error_class::invalid: return "invalid";
    case error_class::unauthorised: return "unauthorised";
    case error_class::conflict: return "conflict";
    case error_class::transient: return "transient";
    case error_class::throttled: return "throttled";
    case error_class::permanent: return "permanent";
    case error_class::deadline: return "deadline";
    case error_class::cancelled: return "cancelled";
    case error_class::bug: return "bug";
    }
    return "unknown";
}

std::string_view to_string(errc code) noexcept {
    switch (code) {
    case errc::custom: return "custom";
    case errc::syntax: return "syntax";
    case errc::wrong_kind: return "wrong_kind";
    case errc::missing: return "missing";
    case errc::out_of_range: return "out_of_range";
    case errc::bad_value: return "bad_value";
    case errc::too_deep: return "too_deep";
    case errc::too_large: return "too_large";
    case errc::unrecognised: return "unrecognised";
    case errc::no_route: return "no_route";
    case errc::bad_app: return "bad_app";
    case errc::exception: return "exception";
    case errc::bad_reply: return "bad_reply";
    case errc::input_output: return "input_output";
    case errc::timed_out: return "timed_out";
    case errc::breaker_open: return "breaker_open";
    case errc::limited: return "limited";
    case errc::failed_response: return "failed_response";
    case errc::unrecorded: return "unrecorded";
    }
    return "unknown";
}

error::error() noexcept = default;
error::error(const error& other) = default;
error::error(error&& other) noexcept = default;
error& error::operator=(const error& other) = default;
error& error::operator=(error&& other) noexcept = default;
error::~error() = default;

error::error(error_class k, std::string& why) noexcept : kind(k), message(std::move(why)) {}

error error::malformed(std::string why) { return {error_class::malformed, why}; }
error error::invalid(std::string why) { return {error_class::invalid, why}; }
error error::unauthorised(std::string why) { return {error_class::unauthorised, why}; }
error error::conflict(std::string why) { return {error_class::conflict, why}; }
error error::transient(std::string why) { return {error_class::transient, why}; }
error error::throttled(std::string why, std::chrono::milliseconds wait) {
    error e(error_class::throttled, why);
    e.after = wait;
    return e;
}
error error::permanent(std::string why) { return {error_class::permanent, why}; }
error error::deadline(std::string why) { return {error_class::deadline, why}; }
error error::cancelled(std::string why) { return {error_class::cancelled, why}; }
error error::bug(std::string why) { return {error_class::bug, why}; }

std::string describe(const error& e) {
    std::string text;
    if (!e.pointer.empty()) detail::append_format<"{}: ">(text, e.pointer);
    if (e.offset) detail::append_format<"at byte {}: ">(text, *e.offset);
    text += e.message;
    return text;
}

const char* failure::what() const noexcept { return what_.c_str(); }

failure::failure(headrace::error e) : error_(std::move(e)), what_(describe(error_)) {}

void throw_failure(const error& e) { throw failure(e); }

} // namespace headrace
