// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/event_dispatch.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/sources/sqs/visibility.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace headrace::sqs {

std::string event::sought(const message& m) { return "queue " + std::string(m.queue_name()); }

void event::after_batch(const call& c, std::span<const message> batch,
                        std::span<const record_result> ledger) {
    const auto* const backoff = c.dependency<const visibility_backoff>();
    if (backoff == nullptr) return;
    std::vector<settled_message> settled;
    for (std::size_t i = 0; i < batch.size(); ++i) settled.push_back({&batch[i], ledger[i]});
    backoff->apply(c.context(), settled);
}

std::span<const source_operations> message::arrives_in() noexcept {
    return {&operations_of<event>, 1};
}

outcome event::dispatch(dispatcher& way, call& c, const document& d) {
    return headrace::dispatch<event>(way, c, d);
}

} // namespace headrace::sqs
