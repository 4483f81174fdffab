// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/call.hpp>
#include <headrace/http/request.hpp>

namespace headrace {

call::call(beside in) : call(in.of) {
    context_ = &in.ctx;
    memory_ = &in.memory;
    if (request_ == nullptr) return;
    const auto* const shared = request_;
    request_ = memory_->memory().make<http::request>(*shared, *memory_);
    for (auto& each : objects_) {
        if (each.address == shared) each.address = request_;
    }
}

result<raw_json> call::body() const {
    for (const call* c = this; c != nullptr; c = c->outer_) {
        if (c->request_ != nullptr) {
            auto bytes = c->request_->body();
            if (!bytes) return std::move(bytes).error();
            return raw_json(*bytes);
        }
        if (!c->body_.empty()) return c->body_;
    }
    return raw_json();
}

} // namespace headrace
