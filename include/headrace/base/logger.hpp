// SPDX-License-Identifier: BSL-1.0
#pragma once

// Structured log lines in Lambda's JSON log format: one JSON object a line with timestamp, level,
// requestId, message and the caller's own members. Never logs a payload by itself.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html

#include <headrace/base/platform.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace headrace {

/// Lambda's levels, for AWS_LAMBDA_LOG_LEVEL.
enum class log_level : std::uint8_t { trace, debug, info, warn, error, fatal, off };
[[nodiscard]] std::string_view to_string(log_level level) noexcept; ///< "TRACE" ... "FATAL", "OFF"
/// "INFO" or "info"; nothing for other words.
[[nodiscard]] std::optional<log_level> parse_log_level(std::string_view text) noexcept;

/// One value of a log line: text is escaped, numbers and booleans are written as they are.
class log_value {
public:
    log_value(std::string_view text) : value_(text) {}
    log_value(const std::string& text) : value_(std::string_view(text)) {}
    log_value(const char* text) : value_(std::string_view(text)) {}
    log_value(std::same_as<bool> auto flag) : value_(flag) {}
    log_value(std::signed_integral auto number) : value_(static_cast<std::int64_t>(number)) {}
    log_value(std::unsigned_integral auto number)
        requires(!std::same_as<decltype(number), bool>)
        : value_(static_cast<std::uint64_t>(number)) {}
    log_value(std::floating_point auto number) : value_(static_cast<double>(number)) {}
    /// Durations are written as milliseconds with three decimals.
    template <class Rep, class Period>
    log_value(std::chrono::duration<Rep, Period> span) : value_(milliseconds(span)) {}

    using milliseconds = std::chrono::duration<double, std::milli>;
    using variant =
        std::variant<std::string_view, bool, std::int64_t, std::uint64_t, double, milliseconds>;
    [[nodiscard]] const variant& value() const noexcept { return value_; }

private:
    variant value_;
};

struct log_member {
    std::string_view name;
    log_value value;
};

/// Writes log lines for one invocation. A cheap value that borrows its output, clock and ids.
/// Thread-safe like its output and clock. A line is one JSON object:
///
///     {"timestamp":"2026-11-24T10:00:00.123Z","level":"INFO","requestId":"...","tenantId":"...",
///      "message":"charged","order":17}
///
/// requestId and tenantId are left out where they are empty. Control characters, DEL and the
/// Unicode line ends are escaped and invalid UTF-8 becomes U+FFFD, so a line stays one line on a
/// terminal too. NaN and infinities are null. A name that the line has already, like "level", gets
/// a "_". A line has at most 256 KiB; what does not fit is cut or left out, and `"truncated":true`
/// says so.
class logger {
public:
    logger(log_output& out, const clock_source& time,
           log_level threshold = log_level::info) noexcept
        : out_(&out), clock_(&time), threshold_(threshold) {}

    /// The same logger with the ids of an invocation in every line; the texts are borrowed.
    [[nodiscard]] logger with_ids(std::string_view request_id,
                                  std::string_view tenant) const noexcept {
        logger copy = *this;
        copy.request_id_ = request_id;
        copy.tenant_ = tenant;
        return copy;
    }
    /// The same logger with `"try":number` in every line, unless it is the first.
    [[nodiscard]] logger with_try(std::uint32_t number) const noexcept {
        logger copy = *this;
        copy.try_ = number;
        return copy;
    }
    /// The same logger with `"record":id` in every line, unless it is empty; the text is borrowed.
    [[nodiscard]] logger with_record(std::string_view id) const noexcept {
        logger copy = *this;
        copy.record_ = id;
        return copy;
    }
    [[nodiscard]] std::string_view record() const noexcept { return record_; }
    [[nodiscard]] bool enabled(log_level level) const noexcept {
        return level >= threshold_ && level != log_level::off;
    }
    [[nodiscard]] log_level threshold() const noexcept { return threshold_; }

    /// Writes one line with these members after the standard ones, if the level is enabled. Out of
    /// memory: writes nothing.
    void write(log_level level, std::string_view message,
               std::span<const log_member> members) const noexcept;

    /// log.info("charged", "order", id, "cents", 1290): names and values take turns.
    template <class... Pairs> void trace(std::string_view message, const Pairs&... pairs) const {
        pairwise(log_level::trace, message, pairs...);
    }
    template <class... Pairs> void debug(std::string_view message, const Pairs&... pairs) const {
        pairwise(log_level::debug, message, pairs...);
    }
    template <class... Pairs> void info(std::string_view message, const Pairs&... pairs) const {
        pairwise(log_level::info, message, pairs...);
    }
    template <class... Pairs> void warn(std::string_view message, const Pairs&... pairs) const {
        pairwise(log_level::warn, message, pairs...);
    }
    template <class... Pairs> void error(std::string_view message, const Pairs&... pairs) const {
        pairwise(log_level::error, message, pairs...);
    }
    template <class... Pairs> void fatal(std::string_view message, const Pairs&... pairs) const {
        pairwise(log_level::fatal, message, pairs...);
    }

private:
    template <class... Pairs>
    void pairwise(log_level level, std::string_view message, const Pairs&... pairs) const {
        static_assert(sizeof...(Pairs) % 2 == 0,
                      "after the message, names and values take turns: "
                      "log.info(\"charged\", \"order\", id)  see docs/howto/logging.md");
        // Arrays of any length are one type here.
        constexpr bool have_values =
            (std::is_constructible_v<log_value, std::decay_t<const Pairs&>> && ...);
        static_assert(have_values, "what is logged is text, a number, a bool or a std::chrono "
                                   "duration  see docs/howto/logging.md");
        if (!enabled(level)) return;
        if constexpr (sizeof...(Pairs) == 0) {
            write(level, message, {});
        } else if constexpr (have_values) {
            const log_value flat[] = {log_value(pairs)...};
            write_flat(level, message, flat);
        }
    }
    void write_flat(log_level level, std::string_view message,
                    std::span<const log_value> names_and_values) const noexcept;

    log_output* out_;
    const clock_source* clock_;
    std::string_view request_id_;
    std::string_view tenant_;
    std::string_view record_;
    log_level threshold_;
    std::uint32_t try_ = 1;
};

} // namespace headrace
