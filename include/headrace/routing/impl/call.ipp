// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/http/request.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/detail/original_records.hpp>

namespace headrace {

static_assert(sizeof(call) <= 256, "what is larger is copied slowly, and attempts copy calls");

void dependencies::add(entry e) { entries_.push_back(e); }

// Never changed once it is there: a call and the attempts at it share what stands behind.
struct call::more {
    offered one;
    const more* next;
};

void call::offer_one_more(offered one) { more_ = memory_->memory().make<more>(one, more_); }

const void* call::find_more(const more* first, detail::type_id type) noexcept {
    while (first != nullptr && first->one.type != type) first = first->next;
    return first != nullptr ? first->one.address : nullptr;
}

call::call(beside in) : call(in.of) {
    context_ = &in.ctx;
    memory_ = &in.memory;
    if (request_ == nullptr) return;
    const auto* const shared = request_;
    request_ = memory_->memory().make<http::request>(*shared, *memory_);
    for (auto& each : objects_) {
        if (each.address == shared) each.address = request_;
    }
    if (find_more(more_, detail::id_of<http::request>) == shared) {
        offer_one_more({detail::id_of<http::request>, request_});
    }
}

void call::adopt(const call& attempt) noexcept {
    source_ = attempt.source_;
    route_ = attempt.route_;
    record_id_ = attempt.record_id_;
    attempt_ = attempt.attempt_;
    body_ = attempt.body_;
    document_ = attempt.document_;
    element_ = attempt.element_;
    originals_ = attempt.originals_;
    request_ = attempt.request_;
    match_ = attempt.match_;
    principal_ = attempt.principal_;
    objects_ = attempt.objects_;
    offered_count_ = attempt.offered_count_;
    more_ = attempt.more_;
}

principal call::principal() const {
    const http::request* request = nullptr;
    for (const call* c = this; c != nullptr; c = c->outer_) {
        if (c->principal_ != nullptr) return *c->principal_;
        if (request == nullptr) request = c->request_;
    }
    return request != nullptr ? request->principal() : headrace::principal();
}

void call::set_principal(const headrace::principal& who) {
    auto& to = memory_->memory();
    principal_ = to.make<headrace::principal>(
        headrace::principal{to.copy(who.kind), to.copy(who.id), to.copy(who.issuer)});
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

result<raw_json> call::original() const {
    if (document_ == nullptr) return error::bug("no document belongs to this call");
    if (element_) return originals_->at(*element_, *document_, *memory_);
    raw_json whole;
    reader r(*document_, *memory_);
    read_element(r, whole);
    if (r.failed()) return r.to_error();
    return whole;
}

} // namespace headrace
