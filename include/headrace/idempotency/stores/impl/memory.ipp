// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/idempotency/stores/memory.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headrace::idempotency {

namespace memories {

// Records by key, in places that are used again together with the memory of their texts. The index
// is a table with open addresses: half of it is empty, and nothing that was removed is left in it.
class places {
public:
    struct place {
        std::string key;
        record what;
        std::uint32_t hash = 0;
        bool used = false;
    };

    // Keys are digests: their first and last characters tell them apart.
    [[nodiscard]] static std::uint32_t hash_of(std::string_view key) noexcept {
        constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
        std::uint64_t first = key.size();
        std::uint64_t last = 0;
        const auto n = std::min(key.size(), sizeof last);
        std::memcpy(&first, key.data(), n);
        std::memcpy(&last, key.data() + key.size() - n, n);
        first *= odd;
        return static_cast<std::uint32_t>(((first ^ first >> 32) + last) * odd >> 32);
    }
    [[nodiscard]] record* find(std::string_view key, std::uint32_t hash) noexcept {
        if (index_.empty()) return nullptr;
        for (auto at = home(hash); index_[at].number != 0; at = next(at)) {
            if (index_[at].hash != hash) continue;
            place& p = all_[index_[at].number - 1];
            if (p.key == key) return &p.what;
        }
        return nullptr;
    }
    // Precondition: it is not there.
    void add(const std::string& key, std::uint32_t hash, const record& what) {
        if (free_.empty()) free_.push_back(grow());
        const auto number = free_.back();
        place& p = all_[number];
        p.key = key;
        p.what = what;
        p.hash = hash;
        p.used = true;
        free_.pop_back();
        point_to(number);
        ++size_;
    }
    // Two places are looked at for each new record, so expired ones do not pile up.
    void sweep(time_point now) noexcept {
        for (int i = 0; i < 2 && !all_.empty(); ++i) {
            sweep_ = sweep_ + 1 < all_.size() ? sweep_ + 1 : 0;
            if (all_[sweep_].used && is_expired(all_[sweep_].what, now)) remove(sweep_);
        }
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    struct pointer {
        std::uint32_t hash = 0;
        std::uint32_t number = 0; // of the place, from 1; 0: empty
    };

    [[nodiscard]] std::size_t home(std::uint32_t hash) const noexcept {
        return hash & (index_.size() - 1);
    }
    [[nodiscard]] std::size_t next(std::size_t at) const noexcept {
        return (at + 1) & (index_.size() - 1);
    }
    std::uint32_t grow() {
        constexpr std::size_t fewest = 16;
        if (free_.capacity() <= all_.size()) { // so that remove() needs no memory
            free_.reserve(std::max(fewest, all_.size() * 2));
        }
        all_.emplace_back();
        if (all_.size() * 2 > index_.size()) {
            index_.assign(std::max(fewest, index_.size() * 2), {});
            for (std::uint32_t i = 0; i < all_.size(); ++i) {
                if (all_[i].used) point_to(i);
            }
        }
        return static_cast<std::uint32_t>(all_.size() - 1);
    }
    void point_to(std::uint32_t number) noexcept {
        const auto hash = all_[number].hash;
        auto at = home(hash);
        while (index_[at].number != 0) at = next(at);
        index_[at] = {hash, number + 1};
    }
    void remove(std::size_t number) noexcept {
        constexpr std::size_t worth_keeping = 1024;
        place& p = all_[number];
        auto hole = home(p.hash);
        while (index_[hole].number != number + 1) hole = next(hole);
        // What stands behind the hole and could be in it moves there.
        for (auto at = next(hole); index_[at].number != 0; at = next(at)) {
            const auto mask = index_.size() - 1;
            const auto distance = (at - home(index_[at].hash)) & mask;
            if (distance < ((at - hole) & mask)) continue;
            index_[hole] = index_[at];
            hole = at;
        }
        index_[hole] = {};
        p.used = false;
        if (p.what.result.capacity() > worth_keeping) p.what.result = std::string();
        free_.push_back(static_cast<std::uint32_t>(number));
        --size_;
    }

    std::deque<place> all_;
    std::vector<std::uint32_t> free_;
    std::vector<pointer> index_; // a power of two, at least twice as many as places
    std::size_t sweep_ = 0;
    std::size_t size_ = 0;
};

} // namespace memories

struct memory_store::table {
    mutable std::mutex mutex;
    memories::places records;

    [[nodiscard]] record* find(const std::string& key) noexcept {
        return records.find(key, memories::places::hash_of(key));
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
    const auto hash = memories::places::hash_of(request.id.key);
    const std::lock_guard lock(table_->mutex);
    auto& records = table_->records;
    auto* const before = records.find(request.id.key, hash);
    if (!may_claim(before, request)) return claim_answer{false, *before};
    result<claim_answer> answer(claim_answer{true, claimed(before, request)});
    if (before != nullptr) {
        *before = answer->now;
    } else {
        records.sweep(request.now);
        records.add(request.id.key, hash, answer->now);
    }
    return answer;
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
