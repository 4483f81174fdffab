// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/testing/store_conformance.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace headrace::testing {

namespace store_conformance {

using namespace std::chrono_literals;
namespace idem = idempotency;

// What the specification says: a map and the functions of store.hpp.
class oracle {
public:
    idem::claim_answer claim(const idem::claim_request& request) {
        const auto* const before = find(request.id.key);
        if (!idem::may_claim(before, request)) return {false, *before};
        auto now = idem::claimed(before, request);
        return {true, records_[request.id.key] = std::move(now)};
    }
    template <class May, class Change>
    idem::write_answer write(const std::string& key, May may, Change change) {
        auto* const r = find(key);
        if (!may(r)) return {false, r == nullptr ? std::nullopt : std::optional(*r)};
        change(*r);
        return {true, std::nullopt};
    }
    idem::record* find(const std::string& key) {
        const auto found = records_.find(key);
        return found == records_.end() ? nullptr : &found->second;
    }

private:
    std::map<std::string, idem::record> records_;
};

class checking {
public:
    checking(idem::store& store, const store_check& how)
        : store_(store), how_(how), random_(how.seed) {}

    std::vector<std::string> run() {
        ctx_.deadline.reset();
        while (call_ < how_.calls && complaints_.size() < 8) one_call();
        for (std::size_t i = 0; i < how_.keys_in_a_race && complaints_.size() < 8; ++i) race(i);
        return std::move(complaints_);
    }

private:
    std::uint64_t draw(std::uint64_t below) { return random_.next() % below; }
    std::string key(std::string_view of, std::uint64_t n) const {
        return detail::format<"conformance-{}-{}{}">(run_, of, n);
    }
    idem::identity identity() {
        auto& place = places_[draw(places_.size())];
        const auto* const there = oracle_.find(key("", place));
        // What never expires would be there for all the other calls.
        if (there != nullptr && there->expires == time_point::max() && draw(16) == 0) {
            place = next_key_++;
        }
        return {key("", place), draw(4) == 0 ? "another payload" : "payload"};
    }
    idem::owner_id owner() { return {{how_.seed, draw(3)}}; }
    // For ever, too: so long are operations kept that may run at most once.
    time_point expiry(time_point earliest, std::uint64_t most_milliseconds) {
        if (draw(8) == 0) return time_point::max();
        return earliest + std::chrono::milliseconds(draw(most_milliseconds));
    }
    std::string bytes() {
        if (draw(4) == 0) return {};
        return std::string("\x00\xFF \xC3\xBC'\"", 7) + std::string(draw(100), 'x');
    }

    void one_call() {
        ++call_;
        now_ += std::chrono::milliseconds(1 + draw(900));
        switch (draw(6)) {
        case 0:
        case 1: return claim();
        case 2: return end();
        case 3: return renew();
        case 4: return reconcile();
        default: return find();
        }
    }

    void claim() {
        const auto id = identity();
        const auto lease = now_ + std::chrono::milliseconds(draw(2'000));
        const idem::claim_request request{.id = id,
                                          .owner = owner(),
                                          .now = now_,
                                          .lease_end = lease,
                                          .expires = expiry(lease, 4'000),
                                          .margin = std::chrono::milliseconds(draw(500)),
                                          .take_over = draw(3) != 0};
        const auto said = store_.claim(ctx_, request);
        auto should = oracle_.claim(request);
        if (!said) return complain("claim", said.error().message);
        auto& fence = fences_[id.key];
        if (said->granted && said->now.fence <= fence) complain("claim", "the fence did not grow");
        if (said->granted) {
            fence = said->now.fence;
            writers_[id.key] = "claim";
        }
        if (said->granted != should.granted) {
            return complain("claim", said->granted ? "it was granted" : "it was refused");
        }
        compare("claim", id, said->now, should.now);
    }
    // Writes to what has expired are not compared: a store may have removed it or not.
    bool is_expired(const idem::identity& id) {
        const auto* const r = oracle_.find(id.key);
        return r != nullptr && idem::is_expired(*r, now_);
    }
    idem::ending ending(const std::string& text) {
        constexpr std::array all{idem::record_status::completed, idem::record_status::failed,
                                 idem::record_status::released, idem::record_status::unknown};
        const std::string_view result =
            text.empty() ? std::string_view() : text; // as release() does
        return {all[draw(all.size())], result, expiry(now_, 5'000)};
    }
    void end() {
        const auto id = identity();
        if (is_expired(id)) return;
        const auto who = owner();
        const auto text = bytes();
        const auto how = ending(text);
        judge("end", id, store_.end(ctx_, id, who, how),
              oracle_.write(
                  id.key, [&](const idem::record* r) { return idem::may_end(r, who); },
                  [&](idem::record& r) { r = idem::ended(std::move(r), how); }));
    }
    void renew() {
        const auto id = identity();
        if (is_expired(id)) return;
        const auto who = owner();
        const auto lease = now_ + std::chrono::milliseconds(draw(3'000));
        const auto expires = expiry(lease + 2s, 1);
        judge("renew", id, store_.renew(ctx_, id, who, lease, expires),
              oracle_.write(
                  id.key, [&](const idem::record* r) { return idem::may_end(r, who); },
                  [&](idem::record& r) {
                      r.lease_end = lease;
                      r.expires = expires;
                  }));
    }
    void reconcile() {
        const auto id = identity();
        if (is_expired(id)) return;
        const auto text = bytes();
        const auto how = ending(text);
        // The store's own fence: it may differ from the oracle's after a record was deleted.
        const auto fence = fences_[id.key] + (draw(4) == 0 ? 1 : 0);
        const bool right = fence == fences_[id.key];
        judge("reconcile", id, store_.reconcile(ctx_, id, fence, how),
              oracle_.write(
                  id.key,
                  [&](const idem::record* r) {
                      return r != nullptr && right && r->status == idem::record_status::unknown;
                  },
                  [&](idem::record& r) { r = idem::ended(std::move(r), how); }));
    }
    void find() {
        const auto id = identity();
        const auto said = store_.find(ctx_, id);
        if (!said) return complain("find", said.error().message);
        compare_found("find", id, *said, oracle_.find(id.key));
    }

    void judge(std::string_view call, const idem::identity& id,
               const result<idem::write_answer>& said, const idem::write_answer& should) {
        if (!said) return complain(call, said.error().message);
        if (said->written != should.written) {
            return complain(call, said->written ? "it was written" : "it was not written");
        }
        if (said->written) {
            writers_[id.key] = call;
        } else {
            compare_found(call, id, said->found, should.found ? &*should.found : nullptr);
        }
    }
    // What has expired may be there or not.
    void compare_found(std::string_view call, const idem::identity& id,
                       const std::optional<idem::record>& said, const idem::record* should) {
        const bool expired = should != nullptr && idem::is_expired(*should, now_);
        if (expired && !said) return;
        if (said.has_value() != (should != nullptr)) {
            return complain(call, said ? "there is a record" : "there is no record");
        }
        if (said) compare(call, id, *said, *should);
    }
    void compare(std::string_view call, const idem::identity& id, const idem::record& said,
                 const idem::record& should) {
        const auto differs = [&](bool same, std::string_view what) {
            if (same) return;
            const auto& writer = writers_[id.key];
            complain(call, std::string("another ")
                               .append(what)
                               .append(" than ")
                               .append(writer)
                               .append("() wrote"));
        };
        differs(said.status == should.status, "status");
        differs(said.owner == should.owner, "owner");
        differs(said.fence == fences_[id.key], "fence");
        differs(said.attempts == should.attempts, "number of attempts");
        differs(said.lease_end == should.lease_end, "end of the lease");
        differs(said.expires == should.expires, "expiry");
        differs(said.payload == should.payload, "payload");
        differs(said.result == should.result, "result");
    }

    // All at once claim one key: one gets it, and all the others see whose it is.
    void race(std::size_t round) {
        const idem::identity id{key("race-", round), "payload"};
        const auto real = system_platform();
        std::atomic<int> granted = 0;
        std::atomic<int> wrong = 0;
        std::atomic<std::uint64_t> fence = 0;
        std::vector<std::unique_ptr<executor::task>> threads;
        for (std::uint64_t t = 0; t < how_.threads; ++t) {
            threads.push_back(real.tasks.start([&, t] {
                const auto lease = now_ + 1h;
                const auto said = store_.claim(ctx_, {.id = id,
                                                      .owner = {{how_.seed, t}},
                                                      .now = now_,
                                                      .lease_end = lease,
                                                      .expires = lease + 1h,
                                                      .margin = 1s,
                                                      .take_over = true});
                std::uint64_t seen = 0; // all see the same
                wrong += !said || said->now.status != idem::record_status::in_progress
                         || (!fence.compare_exchange_strong(seen, said->now.fence)
                             && seen != said->now.fence)
                         || (said->granted && said->now.owner != idem::owner_id{{how_.seed, t}});
                granted += said && said->granted;
            }));
        }
        threads.clear();
        if (granted != 1)
            complain("race", detail::format<"{} of the threads got the key">(granted.load()));
        if (wrong != 0) complain("race", detail::format<"{} answers make no sense">(wrong.load()));
    }

    void complain(std::string_view call, std::string_view what) {
        complaints_.push_back(
            detail::format<"{}: {} (seed {}, call {})">(call, what, how_.seed, call_));
    }

    idem::store& store_;
    store_check how_;
    fake_random random_;
    std::string run_ = std::to_string(system_platform().random.next()); // a store may be in use
    world world_;
    context ctx_ = world_.make_context();
    time_point now_ = start_of_time;
    oracle oracle_;
    std::size_t call_ = 0;
    std::map<std::string, std::string> writers_;  // which call has written the record last
    std::map<std::string, std::uint64_t> fences_; // of the last claims that the store granted
    std::array<std::uint64_t, 4> places_{0, 1, 2, 3};
    std::uint64_t next_key_ = places_.size();
    std::vector<std::string> complaints_;
};

} // namespace store_conformance

std::vector<std::string> check_store(idempotency::store& store, const store_check& how) {
    return store_conformance::checking(store, how).run();
}

} // namespace headrace::testing
