// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/json_text.hpp>
#include <headrace/base/detail/numbers.hpp>
#include <headrace/base/logger.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <vector>

namespace headrace {

std::string_view to_string(log_level level) noexcept {
    switch (level) {
    case log_level::trace: return "TRACE";
    case log_level::debug: return "DEBUG";
    case log_level::info: return "INFO";
    case log_level::warn: return "WARN";
    case log_level::error: return "ERROR";
    case log_level::fatal: return "FATAL";
    case log_level::off: return "OFF";
    }
    return "UNKNOWN";
}

std::optional<log_level> parse_log_level(std::string_view text) noexcept {
    for (auto i = static_cast<unsigned>(log_level::trace); i <= unsigned(log_level::off); ++i) {
        const auto level = static_cast<log_level>(i);
        if (detail::same_but_for_case(text, to_string(level))) return level;
    }
    return std::nullopt;
}

namespace detail::log_text {

inline constexpr std::size_t line_limit = 256 * 1024; // with the newline
inline constexpr std::string_view cut_mark = R"(,"truncated":true)";
inline constexpr std::size_t name_limit = 1024;

inline void append_timestamp(std::string& out, time_point when) {
    using namespace std::chrono;
    const auto day = floor<days>(when);
    const year_month_day date(day);
    const hh_mm_ss<milliseconds> time(floor<milliseconds>(when - day));
    append_digits(out, 4, static_cast<unsigned>(static_cast<int>(date.year())));
    append_digits(out += '-', 2, static_cast<unsigned>(date.month()));
    append_digits(out += '-', 2, static_cast<unsigned>(date.day()));
    append_digits(out += 'T', 2, static_cast<unsigned>(time.hours().count()));
    append_digits(out += ':', 2, static_cast<unsigned>(time.minutes().count()));
    append_digits(out += ':', 2, static_cast<unsigned>(time.seconds().count()));
    append_digits(out += '.', 3, static_cast<unsigned>(time.subseconds().count()));
    out += 'Z';
}

inline void append_number(std::string& out, auto number, auto... format) {
    std::array<char, 400> digits; // fixed notation of the largest double has 309 before the point
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), number, format...).ptr;
    out.append(digits.data(), end);
}

// One line under construction. Members that do not fit are left out, texts are cut.
class line {
public:
    explicit line(std::size_t members) {
        text_.reserve(512);
        names_.reserve(members);
        text_ += '{';
    }

    void timestamp(time_point when) {
        text_ += R"("timestamp":")";
        append_timestamp(text_, when);
        text_ += '"';
    }
    // A member of our own, whose name is known to be fine. Takes at most `share` bytes.
    void standard(std::string_view name, std::string_view value, std::size_t share) {
        text_.append(",\"").append(name).append("\":");
        cut_ |= !append_json_text(text_, value, share);
    }
    void member(std::string_view name, const log_value& value) {
        const std::size_t before = text_.size();
        if (room() < name_limit) return skip(before);
        text_ += ',';
        append_name(name);
        text_ += ':';
        std::visit([this](auto v) { append(v); }, value.value());
        if (text_.size() - before > room_before(before)) skip(before);
    }
    [[nodiscard]] std::string_view finish() {
        if (cut_) text_ += cut_mark;
        return text_ += '}';
    }

private:
    struct name_used {
        std::string_view text;
        std::size_t marks;
        friend bool operator==(const name_used&, const name_used&) = default;
    };

    [[nodiscard]] std::size_t room_before(std::size_t used) const noexcept {
        constexpr std::size_t most = line_limit - cut_mark.size() - 2; // the brace and the newline
        return most - std::min(used, most);
    }
    [[nodiscard]] std::size_t room() const noexcept { return room_before(text_.size()); }

    void skip(std::size_t before) {
        text_.resize(before);
        cut_ = true;
    }
    void append_name(std::string_view name) {
        const name_used given = bare(name);
        name_used wanted = given;
        if (taken(given)) wanted.marks = most_marks(given.text) + 1;
        names_.push_back(wanted);
        cut_ |= !append_json_text(text_, name, name_limit / 2);
        text_.insert(text_.size() - 1, wanted.marks - given.marks, '_');
    }
    // "order_" is "order" with one mark, so that it meets an "order" that got its mark from us.
    [[nodiscard]] static name_used bare(std::string_view name) noexcept {
        const auto end = name.find_last_not_of('_') + 1;
        return {name.substr(0, end), name.size() - end};
    }
    [[nodiscard]] bool taken(const name_used& wanted) const noexcept {
        constexpr std::string_view standard[] = {"timestamp", "level",   "requestId",
                                                 "tenantId",  "message", "truncated"};
        return (wanted.marks == 0 && std::ranges::find(standard, wanted.text) != std::end(standard))
               || std::ranges::find(names_, wanted) != names_.end();
    }
    [[nodiscard]] std::size_t most_marks(std::string_view text) const noexcept {
        std::size_t most = 0;
        for (const name_used& n : names_) most = n.text == text ? std::max(most, n.marks) : most;
        return most;
    }

    void append(std::string_view value) {
        cut_ |= !append_json_text(text_, value, std::max<std::size_t>(room(), 2));
    }
    void append(bool value) { text_ += value ? "true" : "false"; }
    void append(std::int64_t value) { append_number(text_, value); }
    void append(std::uint64_t value) { append_number(text_, value); }
    void append(double value) {
        if (!std::isfinite(value))
            text_ += "null";
        else
            append_number(text_, value);
    }
    void append(log_value::milliseconds value) {
        if (!std::isfinite(value.count()))
            text_ += "null";
        else
            append_number(text_, value.count(), std::chars_format::fixed, 3);
    }

    std::string text_;
    std::vector<name_used> names_;
    bool cut_ = false;
};

// Where every line begins. The texts' shares leave room for members after a message of any length.
inline void begin(line& out, const clock_source& time, log_level level, std::string_view request_id,
                  std::string_view tenant, std::string_view message) {
    out.timestamp(time.now());
    out.standard("level", to_string(level), line_limit);
    if (!request_id.empty()) out.standard("requestId", request_id, name_limit);
    if (!tenant.empty()) out.standard("tenantId", tenant, 2 * name_limit);
    out.standard("message", message, line_limit / 2);
}

inline void place(line& out, std::string_view record, std::uint32_t number_of_try) {
    if (!record.empty()) out.member("record", record);
    if (number_of_try > 1) out.member("try", number_of_try);
}

} // namespace detail::log_text

void logger::write(log_level level, std::string_view message,
                   std::span<const log_member> members) const noexcept {
    if (!enabled(level)) return;
    try {
        detail::log_text::line line(members.size() + 2);
        detail::log_text::begin(line, *clock_, level, request_id_, tenant_, message);
        detail::log_text::place(line, record_, try_);
        for (const log_member& m : members) line.member(m.name, m.value);
        out_->line(line.finish());
    } catch (...) { // out of memory; a log line is not worth the invocation
    }
}

void logger::write_flat(log_level level, std::string_view message,
                        std::span<const log_value> names_and_values) const noexcept {
    try {
        detail::log_text::line line(names_and_values.size() / 2 + 2);
        detail::log_text::begin(line, *clock_, level, request_id_, tenant_, message);
        detail::log_text::place(line, record_, try_);
        for (std::size_t i = 0; i + 1 < names_and_values.size(); i += 2) {
            const auto* name = std::get_if<std::string_view>(&names_and_values[i].value());
            line.member(name ? *name : "value", names_and_values[i + 1]);
        }
        out_->line(line.finish());
    } catch (...) { // out of memory; a log line is not worth the invocation
    }
}

} // namespace headrace
