// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/idempotency/stores/cached.hpp>

#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace headrace::idempotency {

// What this process has seen of records. Those in progress are kept to know the whole record when
// its attempt ends, and never answered.
class cached_store::table {
public:
    explicit table(cache_options how) : how_(how) {}

    std::optional<record> ended(const std::string& key, time_point now) {
        const std::lock_guard lock(mutex_);
        const auto found = by_key_.find(key);
        if (found == by_key_.end() || !has_ended(found->second->now)) return std::nullopt;
        if (now - found->second->since > detail::length_of(how_.max_age)) {
            drop(found->second);
            return std::nullopt;
        }
        entries_.splice(entries_.begin(), entries_, found->second);
        return found->second->now;
    }
    void put(const std::string& key, const record& r, time_point now) {
        const bool is_kept = has_ended(r) || r.status == record_status::in_progress;
        const std::lock_guard lock(mutex_);
        if (const auto found = by_key_.find(key); found != by_key_.end()) drop(found->second);
        if (!is_kept || r.result.size() > how_.largest_result || how_.entries == 0) return;
        if (entries_.size() == how_.entries) drop(std::prev(entries_.end()));
        entries_.push_front({key, r, now});
        by_key_.emplace(entries_.front().key, entries_.begin());
    }
    // What this owner's attempt has become.
    template <class Change>
    void change(const std::string& key, owner_id owner, time_point now, Change change) {
        std::optional<record> r;
        {
            const std::lock_guard lock(mutex_);
            const auto found = by_key_.find(key);
            if (found == by_key_.end() || !may_end(&found->second->now, owner)) return;
            r = found->second->now;
        }
        change(*r);
        put(key, *r, now);
    }
    void forget(const std::string& key) {
        const std::lock_guard lock(mutex_);
        if (const auto found = by_key_.find(key); found != by_key_.end()) drop(found->second);
    }

private:
    struct entry {
        std::string key;
        record now;
        time_point since;
    };
    using entries = std::list<entry>; // the last one was not used for the longest time

    static bool has_ended(const record& r) noexcept {
        return r.status == record_status::completed || r.status == record_status::failed;
    }
    void drop(entries::iterator at) {
        by_key_.erase(at->key);
        entries_.erase(at);
    }

    cache_options how_;
    std::mutex mutex_;
    entries entries_;
    std::unordered_map<std::string_view, entries::iterator> by_key_;
};

cached_store::cached_store(store& in, cache_options how)
    : store_(&in), table_(std::make_unique<table>(how)) {}
cached_store::~cached_store() = default;

std::string cached_store::name() const { return store_->name(); }
result<void> cached_store::usable() const { return store_->usable(); }

result<claim_answer> cached_store::claim(const context& ctx, const claim_request& request) {
    const auto& key = request.id.key;
    if (auto known = table_->ended(key, ctx.world->clock.now())) {
        if (!may_claim(&*known, request)) return claim_answer{false, *std::move(known)};
    }
    auto said = store_->claim(ctx, request);
    if (said) table_->put(key, said->now, ctx.world->clock.now());
    return said;
}

result<write_answer> cached_store::end(const context& ctx, const identity& id, owner_id owner,
                                       const ending& how) {
    auto said = store_->end(ctx, id, owner, how);
    const auto now = ctx.world->clock.now();
    if (said && said->written) {
        table_->change(id.key, owner, now,
                       [&](record& r) { r = idempotency::ended(std::move(r), how); });
    } else if (said && said->found) {
        table_->put(id.key, *said->found, now);
    }
    return said;
}

result<write_answer> cached_store::renew(const context& ctx, const identity& id, owner_id owner,
                                         time_point lease_end, time_point expires) {
    auto said = store_->renew(ctx, id, owner, lease_end, expires);
    if (said && said->written) {
        table_->change(id.key, owner, ctx.world->clock.now(), [&](record& r) {
            r.lease_end = lease_end;
            r.expires = expires;
        });
    }
    return said;
}

result<write_answer> cached_store::reconcile(const context& ctx, const identity& id,
                                             std::uint64_t fence, const ending& how) {
    auto said = store_->reconcile(ctx, id, fence, how);
    table_->forget(id.key);
    return said;
}

result<std::optional<record>> cached_store::find(const context& ctx, const identity& id) {
    return store_->find(ctx, id);
}

} // namespace headrace::idempotency
