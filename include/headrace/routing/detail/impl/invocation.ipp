// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/caught.hpp>
#include <headrace/routing/detail/invocation.hpp>
#include <headrace/routing/dispatch.hpp>

#include <utility>

namespace headrace::detail {

reply_bytes invocation::run() {
    outcome o = around();
    if (!o.acknowledges()) {
        if (!logged_) dispatcher::log_failure(whole_, o);
        return {{}, o.error() != nullptr ? *o.error() : error::bug("the invocation failed")};
    }
    if (auto* json = o.reply().get_if<json_reply>()) return {std::move(json->text), {}};
    return {"null", {}};
}

outcome invocation::around() {
    try {
        const auto& base = routes_.base();
        if (base.around_invocation == nullptr) return inside(whole_);
        return base.around_invocation(base.object.get(), whole_,
                                      {this, [](void* self, call& c) -> outcome {
                                           return static_cast<invocation*>(self)->inside(c);
                                       }});
    } catch (...) {
        return outcome(caught_error());
    }
}

// Asked again by a layer that tries again, and by one that hedges in a thread with a workspace of
// its own.
outcome invocation::inside(call& c) {
    auto& memory = c.memory();
    auto d =
        &memory == &whole_.memory() ? memory.index_input(payload_.size()) : memory.load(payload_);
    if (!d) return outcome(std::move(d).error());
    // Layers around may ask for the original.
    outcome answer = dispatch(c, *memory.memory().make<document>(*d));
    logged_ = !answer.acknowledges();
    return answer;
}

outcome invocation::dispatch(call& c, const document& d) const {
    dispatcher way(routes_, c.memory());
    c.found().document = {&d};
    const auto* const source = routes_.sources().recognise(d);
    if (source == nullptr) return routes_.sources().otherwise(way, c, d);
    c.found().source = source;
    auto* const dispatch = routes_.dispatch_of(*source);
    return dispatch != nullptr ? dispatch(way, c, d) : way.unrouted(c, *source);
}

} // namespace headrace::detail
