// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/idempotency/stored_reply.hpp>
#include <headrace/idempotency/transaction.hpp>

namespace headrace::idempotency {

time_point completion::expires() const {
    return attempt_->window_end(context_->world->clock.now());
}

std::string completion::text_of(const outcome& o) const { return store_reply(o, largest_reply_); }

std::optional<replay> completion::ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
}

std::optional<outcome> completion::answer() const {
    const auto kept = ended();
    if (!kept) return std::nullopt;
    return restore(*kept, attempt_->kept_in(), id());
}

outcome completion::settle(const write_answer& said, const std::string& text,
                           outcome said_by_user) {
    bool mine = said.written;
    {
        const std::lock_guard lock(mutex_);
        const auto& there = said.found;
        const bool failed = there && there->status == record_status::failed;
        const bool done = failed || (there && there->status == record_status::completed);
        if (said.written) {
            ended_ = replay{false, text};
        } else if (done && there->payload == id().payload) { // by whoever was faster, or by us
            ended_ = replay{failed, there->result};
            mine = there->owner == owner();
        }
    }
    if (!mine) {
        return error::conflict("another attempt has taken this operation over: its lease was over");
    }
    return said.written && text == forgotten_reply ? std::move(said_by_user) : *answer();
}

} // namespace headrace::idempotency
