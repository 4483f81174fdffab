// SPDX-License-Identifier: BSL-1.0
#pragma once

// What can go wrong, as a value: who has to act (error_class), what happened (errc), a sentence for
// a person and the place in the document. An error never carries the payload's content.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headrace {

/// Who has to act, and so what a reply says. Each source maps these in its own table.
enum class error_class : std::uint8_t {
    malformed,    ///< the bytes are not what they claim to be; the sender has to act
    invalid,      ///< well formed, but refused by a rule; the sender has to act
    unauthorised, ///< the caller may not do this
    conflict,     ///< another attempt holds or has changed the thing; may be tried again
    transient,    ///< a dependency failed for now; worth another attempt
    throttled,    ///< a dependency asks for less; worth another attempt after `error::after`
    permanent,    ///< another attempt would fail the same way
    deadline,     ///< not enough time is left
    cancelled,    ///< a stop was requested
    bug,          ///< the program is wrong; its authors have to act
};

/// What happened, for a program. `custom` is for errors that do not come from headrace itself.
enum class errc : std::uint8_t {
    custom,
    syntax,          ///< not JSON (RFC 8259)
    wrong_kind,      ///< a JSON value of another kind than the member takes
    missing,         ///< a required member is absent, null or empty
    out_of_range,    ///< a number that its type cannot hold
    bad_value,       ///< the right kind, but not a date, base64, a known enumerator, ...
    too_deep,        ///< nested deeper than limits::depth
    too_large,       ///< longer than limits::bytes or more tokens than limits::tokens
    unrecognised,    ///< no known event source looks like this document
    no_route,        ///< no route matches
    bad_app,         ///< build() found mistakes in the routes
    exception,       ///< a handler or layer threw
    bad_reply,       ///< a reply that its source would refuse
    input_output,    ///< a file, socket or store failed
    timed_out,       ///< an attempt did not end within its time limit
    breaker_open,    ///< a circuit breaker lets nothing through for now
    limited,         ///< a bulkhead or rate limit has no room for now
    failed_response, ///< a returned response whose status says so: 408, 425, 429 and 5xx
    unrecorded,      ///< an operation was done, but the note of it could not be kept
};

[[nodiscard]] std::string_view to_string(error_class kind) noexcept;
[[nodiscard]] std::string_view to_string(errc code) noexcept;

/// One failure. Owns its text, so it outlives the invocation.
struct error {
    error_class kind = error_class::bug;
    errc code = errc::custom;
    std::string message; ///< one sentence, no payload content
    std::string pointer; ///< RFC 6901 pointer into the document, or ""; {3} is its fourth member
    std::optional<std::size_t> offset;              ///< bytes from the start, for syntax errors
    std::optional<std::chrono::milliseconds> after; ///< not before; for throttled and transient
    std::uint16_t http_status = 0;                  ///< overrides the class's HTTP status
    std::string type; ///< errorType of a function error, e.g. what a state machine catches; "":
                      ///< derived from code and kind. For exceptions the name of their type.

    // What becomes of errors is compiled once.
    error() noexcept;
    error(const error& other);
    error(error&& other) noexcept;
    error& operator=(const error& other);
    error& operator=(error&& other) noexcept;
    ~error();

    [[nodiscard]] static error malformed(std::string why);
    [[nodiscard]] static error invalid(std::string why);
    [[nodiscard]] static error unauthorised(std::string why);
    [[nodiscard]] static error conflict(std::string why);
    [[nodiscard]] static error transient(std::string why);
    [[nodiscard]] static error throttled(std::string why, std::chrono::milliseconds wait);
    [[nodiscard]] static error permanent(std::string why);
    [[nodiscard]] static error deadline(std::string why);
    [[nodiscard]] static error cancelled(std::string why);
    [[nodiscard]] static error bug(std::string why);

    friend bool operator==(const error&, const error&) = default;

private:
    error(error_class k, std::string& why) noexcept;
};

/// "/Records/1/size: expected an integer" or just the message where there is no pointer.
[[nodiscard]] std::string describe(const error& e);

} // namespace headrace
