// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/call.hpp>
#include <headrace/http/request.hpp>

namespace headrace {

result<raw_json> call::body() const {
    for (const call* c = this; c != nullptr; c = c->outer_) {
        if (c->request_ != nullptr) {
            auto bytes = c->request_->body(*memory_);
            if (!bytes) return std::move(bytes).error();
            return raw_json(*bytes);
        }
        if (!c->body_.empty()) return c->body_;
    }
    return raw_json();
}

} // namespace headrace
