// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does the runtime loop need from a program? Something that starts once and then turns the
// bytes of one event into the bytes of its reply. headrace's router is one.

#include <headrace/base/context.hpp>
#include <headrace/base/error.hpp>
#include <headrace/base/platform.hpp>
#include <headrace/base/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace headrace {

class workspace;

/// What an invocation ends with.
struct reply_bytes {
    std::string text;                    ///< JSON that the caller gets
    std::optional<error> function_error; ///< set: the invocation failed, and `text` is not used
};

/// A program, as the runtime loop sees it.
class service {
public:
    virtual ~service() = default;

    /// Called once, before the first event. An error (or an exception) is reported to Lambda as a
    /// failed init, and the process ends with status 1.
    virtual result<void> start(const platform& world) = 0;

    /// Answers one event. `payload` lies in the input buffer of `memory`, which the loop resets
    /// after the reply was sent; the texts in `ctx` live as long. Logs its function errors itself,
    /// since it knows more about them. An exception that leaves this function is a function error
    /// with the name of its type, and is logged by the loop.
    /// The reply's text may come from memory.take_text(): the loop gives it back.
    virtual reply_bytes handle(workspace& memory, std::string_view payload, context& ctx) = 0;
};

} // namespace headrace
