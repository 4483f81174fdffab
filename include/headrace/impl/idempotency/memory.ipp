// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/idempotency/memory.hpp>

#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace headrace::idempotency {

struct memory_store::table {
    mutable std::mutex mutex;
    std::unordered_map<std::string, record> records;
    std::unordered_map<std::string, record>::iterator sweep = records.end();

    record* find(const std::string& key) {
        const auto found = records.find(key);
        return found == records.end() ? nullptr : &found->second;
    }
    template <class Condition, class Change>
    write_answer write(const identity& id, Condition may, Change change) {
        const std::lock_guard lock(mutex);
        auto* const r = find(id.key);
        if (!may(r)) return {false, r == nullptr ? std::nullopt : std::optional(*r)};
        change(*r);
        return {true, std::nullopt};
    }
};

memory_store::memory_store() : table_(std::make_unique<table>()) {}
memory_store::~memory_store() = default;

result<claim_answer> memory_store::claim(const context&, const claim_request& request) {
    const std::lock_guard lock(table_->mutex);
    auto* const before = table_->find(request.id.key);
    if (!may_claim(before, request)) return claim_answer{false, *before};
    auto now = claimed(before, request);
    if (before != nullptr) {
        *before = now;
    } else {
        // Two old records are looked at for each new one, so expired ones do not pile up.
        auto& records = table_->records;
        for (int i = 0; i < 2 && !records.empty(); ++i) {
            auto& at = table_->sweep;
            if (at == records.end()) at = records.begin();
            at = is_expired(at->second, request.now) ? records.erase(at) : std::next(at);
        }
        const auto room = records.bucket_count();
        records.emplace(request.id.key, now);
        if (records.bucket_count() != room) table_->sweep = records.begin(); // iterators are gone
    }
    return claim_answer{true, std::move(now)};
}

result<write_answer> memory_store::end(const context&, const identity& id, owner_id owner,
                                       const ending& how) {
    return table_->write(
        id, [&](const record* r) { return may_end(r, owner); },
        [&](record& r) { r = ended(std::move(r), how); });
}

result<write_answer> memory_store::renew(const context&, const identity& id, owner_id owner,
                                         time_point lease_end, time_point expires) {
    return table_->write(
        id, [&](const record* r) { return may_end(r, owner); },
        [&](record& r) {
            r.lease_end = lease_end;
            r.expires = expires;
        });
}

result<write_answer> memory_store::reconcile(const context&, const identity& id,
                                             std::uint64_t fence, const ending& how) {
    const auto may = [&](const record* r) {
        return r != nullptr && r->status == record_status::unknown && r->fence == fence;
    };
    return table_->write(id, may, [&](record& r) { r = ended(std::move(r), how); });
}

result<std::optional<record>> memory_store::find(const context&, const identity& id) {
    const std::lock_guard lock(table_->mutex);
    const auto* const r = table_->find(id.key);
    return r == nullptr ? std::optional<record>() : std::optional<record>(*r);
}

std::size_t memory_store::size() const {
    const std::lock_guard lock(table_->mutex);
    return table_->records.size();
}

} // namespace headrace::idempotency
