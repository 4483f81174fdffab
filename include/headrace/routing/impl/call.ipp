// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/call.hpp>
#include <headrace/routing/detail/original_records.hpp>

namespace headrace {

static_assert(sizeof(call) <= 256, "what is larger is copied slowly, and attempts copy calls");

void dependencies::add(entry e) { entries_.push_back(e); }

namespace detail {

// Never changed once it is there: a call and the attempts at it share what stands behind.
struct offered_objects::more {
    one object;
    const more* next;
};

void offered_objects::offer_one_more(one object, workspace& memory) {
    more_ = memory.memory().make<more>(object, more_);
}

const void* offered_objects::find_more(type_id type) const noexcept {
    const auto* each = more_;
    while (each != nullptr && each->object.type != type) each = each->next;
    return each != nullptr ? each->object.address : nullptr;
}

void offered_objects::work_in(workspace& memory) {
    if (lazy_ == nullptr) return;
    const void* const shared = lazy_->self();
    lazy_ = &lazy_->copy_in(memory);
    for (auto& each : few_) {
        if (each.address == shared) each.address = lazy_->self();
    }
    for (const auto* each = more_; each != nullptr; each = each->next) {
        if (each->object.address == shared) return offer(each->object.type, lazy_->self(), memory);
    }
}

} // namespace detail

principal call::principal() const {
    const detail::lazy_subject* subject = nullptr;
    for (const call* c = this; c != nullptr; c = c->outer_) {
        if (c->found_.who != nullptr) return *c->found_.who;
        if (subject == nullptr) subject = c->found_.objects.lazy();
    }
    return subject != nullptr ? subject->call_principal() : headrace::principal();
}

void call::set_principal(const headrace::principal& who) {
    auto& to = memory_->memory();
    found_.who = to.make<headrace::principal>(
        headrace::principal{to.copy(who.kind), to.copy(who.id), to.copy(who.issuer)});
}

result<raw_json> call::body() const {
    for (const call* c = this; c != nullptr; c = c->outer_) {
        if (const auto* const subject = c->found_.objects.lazy()) return subject->call_body();
        if (!c->found_.body.empty()) return c->found_.body.json(*memory_);
    }
    return raw_json();
}

result<raw_json> call::original() const {
    const auto& [whole, element, originals] = found_.document;
    if (whole == nullptr) return error::bug("no document belongs to this call");
    if (is_element()) return originals->at(element, *whole, *memory_);
    raw_json all;
    reader r(*whole, *memory_);
    read_element(r, all);
    if (r.failed()) return r.to_error();
    return all;
}

} // namespace headrace
