// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which members has a log line about a call? As many as are there, and the call's record once: the
// logger of a batch's record names it already.

#include <headrace/base/logger.hpp>
#include <headrace/routing/call.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace headrace::detail {

/// The members of one line, which borrow.
class call_line {
public:
    void add(std::string_view name, log_value value) { members_[count_++] = {name, value}; }
    void add_if_there(std::string_view name, std::string_view text) {
        if (!text.empty()) add(name, text);
    }
    /// What names the record, unless `log` does. A notification inside a message has a name of its
    /// own beside the message's.
    void add_record(const logger& log, const call& c) {
        if (log.record() == c.record_id()) return;
        add_if_there(log.record().empty() ? "record" : "innerRecord", c.record_id());
    }
    void write(const logger& log, log_level level, std::string_view message) const {
        log.write(level, message, std::span(members_).first(count_));
    }

private:
    static constexpr std::size_t most = 9;
    static std::array<log_member, most> none() {
        const log_member each{"", ""};
        return {each, each, each, each, each, each, each, each, each};
    }
    std::array<log_member, most> members_ = none(); ///< only the first `count_` are written
    std::size_t count_ = 0;
};

} // namespace headrace::detail
