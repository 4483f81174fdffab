// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is the whole way of one invocation? From the bytes of an event through the layers around the
// invocation to the source's dispatch, and from the outcome to the bytes of the reply.

#include <headrace/base/context.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/outcome.hpp>
#include <headrace/routing/retry_budget.hpp>
#include <headrace/routing/routing_table.hpp>
#include <headrace/routing/service.hpp>

#include <atomic>
#include <string_view>

namespace headrace::detail {

/// One invocation, in the thread that it belongs to. `payload` lies in the input buffer of
/// `memory`.
class invocation {
public:
    invocation(const routing_table& routes, workspace& memory, std::string_view payload,
               context& ctx) noexcept
        : routes_(routes),
          payload_(payload),
          ctx_(ctx),
          lent_before_(ctx.retries),
          whole_(ctx, memory, routes.objects()) {
        if (lent_before_ == nullptr) ctx_.retries = &budget_;
    }
    invocation(const invocation&) = delete;
    invocation& operator=(const invocation&) = delete;
    ~invocation() { ctx_.retries = lent_before_; }

    [[nodiscard]] reply_bytes run();

private:
    [[nodiscard]] outcome around();
    [[nodiscard]] outcome inside(call& c);
    [[nodiscard]] outcome dispatch(call& c, const document& d) const;

    const routing_table& routes_;
    std::string_view payload_;
    context& ctx_;
    // What all retries of one invocation share, unless its context brings a budget.
    retry_budget* lent_before_;
    retry_budget budget_{retry_budget::per_invocation};
    call whole_;
    // What failed inside, where more is known about it. Hedged attempts are two threads.
    std::atomic<bool> logged_ = false;
};

} // namespace headrace::detail
