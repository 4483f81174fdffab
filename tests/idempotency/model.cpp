// SPDX-License-Identifier: BSL-1.0
// Is the protocol right? Every way in which up to four deliveries of one operation can interleave,
// with a crash anywhere, a lease that may lapse at any time, and replies of the store that may be
// lost, is gone through; the shipped begin(), the endings of attempt, renew() and reconcile() take
// every step. Each has the time of an invocation: calls whose reply is lost take all of it, and at
// every step the store may be away for a part of it.
#include "fakes.hpp"

#include <headrace/idempotency/protocol.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;

namespace {

constexpr std::size_t most_deliveries = 4;

enum class step : std::uint8_t {
    idle,
    claim_lost, // sent; the reply did not arrive
    parking,    // it has seen a lapsed lease that nobody may take over
    asking,     // it has seen an unknown operation and wants to know what became of it
    told,       // it knows, and is to say it to the store
    running,
    worked, // the effect is there
    complete_lost,
    fail_lost,
    release_lost,
    park_lost,
    over,
};

enum class reconciling : std::uint8_t {
    by_truth,    // waits until an attempt that has done nothing cannot do it any more
    by_guessing, // what is not there will not come
};

// Everything there is. Plain bytes, so that states are compared as such.
struct state {
    std::uint8_t there = 0; // is there a record?
    std::uint8_t status = 0;
    std::uint8_t owner = 0; // a delivery, counted from 1
    std::uint8_t lease_valid = 0;
    std::uint8_t result = 0; // whose
    std::uint8_t ended_once = 0;
    std::uint8_t results_seen = 0; // a bit for each
    std::uint8_t leases = 0;       // whose are valid, a bit for each
    std::uint8_t effects = 0;      // whose are there
    std::uint8_t fresh = 0;        // who has seen the record's fence, a bit for each
    std::array<std::uint8_t, most_deliveries> about{}; // whose attempt was seen or found out about
    std::array<step, most_deliveries> at{};
    friend bool operator==(const state&, const state&) = default;
};
static_assert(std::has_unique_object_representations_v<state>);

struct violations {
    std::uint64_t run_again = 0;    // V1: a claim was granted after a recorded end
    std::uint64_t second = 0;       // V2: a claim was granted inside a valid lease
    std::uint64_t differing = 0;    // V3: callers saw different results
    std::uint64_t overwritten = 0;  // V4: a stored result was overwritten
    std::uint64_t own_as_rival = 0; // V5: an own claim was taken for a rival's
    std::uint64_t renewal = 0;      // an owner was told that it is none, or the other way round
    std::uint64_t fence = 0;        // the fence did not grow with a claim
    std::uint64_t effects = 0;      // there is more than one: at most once forbids it
    std::uint64_t given_up = 0;     // a note was, though there was time
    std::uint64_t late = 0;         // a call goes on in the reserve, or a note until the deadline
    std::uint64_t states = 0;
};

constexpr time_point now{std::chrono::seconds(1'000)};
constexpr time_point later = now + std::chrono::hours(1);
constexpr time_point lapsed = now - std::chrono::hours(1);
constexpr time_point deadline = now + 10s;
constexpr time_point reserve = deadline - 500ms;
// The fence of the record that is there. What was seen before it is compared with it only.
constexpr std::uint64_t this_fence = 2'000'000;
constexpr std::uint64_t older_fence = this_fence - 1;

idem::owner_id owner_of(std::uint8_t delivery) { return {{delivery, 0}}; }

// How it stands with an invocation and the store when a call of the protocol is made.
struct moment {
    bool lose = false;                    // the reply of what the store does
    std::chrono::milliseconds passed{};   // since the invocation began
    std::chrono::milliseconds away_for{}; // from then on
};
// There is time for a note. Of the last one there is none for the reply.
constexpr moment times_to_note[] = {
    {false, 0s, 6s}, {false, 9'600ms, 250ms}, {false, 9'950ms, 0ms}};
// There is none for a claim, or none is left when the store is back.
constexpr moment times_without_claims[] = {
    {false, 9'600ms, 0ms}, {false, 9'500ms, 0ms}, {false, 0s, 9'600ms}, {false, 9s, 501ms}};

// The record of a state behind the store's interface, for one call: in begin(), the claim, or the
// parking that follows an earlier claim.
class one_record final : public idem::store {
public:
    one_record(state& s, fakes::clock& time, const moment& m)
        : state_(s), time_(time), lose_(m.lose), back_(now + m.passed + m.away_for) {
        time.at = now + m.passed;
        time.passed = m.passed;
    }
    // The claim was refused before: this delivery's lease has lapsed.
    one_record(state& s, fakes::clock& time, const moment& m, std::uint8_t lapsed_owner,
               bool is_fresh)
        : one_record(s, time, m) {
        auto& seen = lapsed_.emplace();
        seen.owner = owner_of(lapsed_owner);
        seen.fence = is_fresh ? this_fence : older_fence;
        seen.lease_end = lapsed;
        seen.expires = time_point::max();
    }

    [[nodiscard]] bool has_granted() const noexcept { return granted_; }
    [[nodiscard]] bool fence_stayed() const noexcept { return fence_stayed_; }
    [[nodiscard]] std::uint8_t to_park() const noexcept { return to_park_; }

    result<idem::claim_answer> claim(const context& ctx,
                                     const idem::claim_request& request) override {
        if (lapsed_) return idem::claim_answer{false, *lapsed_};
        if (is_away(ctx)) return away();
        in_begin_ = true;
        const auto before = load();
        const auto* const r = before ? &*before : nullptr;
        granted_ = idem::may_claim(r, request);
        if (granted_) {
            const auto after = idem::claimed(r, request);
            fence_stayed_ = before && after.fence <= before->fence;
            save(after);
        }
        if (lose_) return lost(ctx);
        return idem::claim_answer{granted_, *load()};
    }
    result<idem::write_answer> end(const context& ctx, const idem::identity&, idem::owner_id owner,
                                   const idem::ending& how) override {
        if (in_begin_) { // others may come in between
            to_park_ = static_cast<std::uint8_t>(owner.bits[0]);
            return away();
        }
        return write(
            ctx, [&](const idem::record* r) { return idem::may_end(r, owner); },
            [&](idem::record& r) { r = idem::ended(std::move(r), how); });
    }
    result<idem::write_answer> renew(const context& ctx, const idem::identity&,
                                     idem::owner_id owner, time_point lease_end,
                                     time_point) override {
        return write(
            ctx, [&](const idem::record* r) { return idem::may_end(r, owner); },
            [&](idem::record& r) { r.lease_end = lease_end; });
    }
    result<idem::write_answer> reconcile(const context& ctx, const idem::identity&,
                                         std::uint64_t fence, const idem::ending& how) override {
        return write(
            ctx,
            [&](const idem::record* r) {
                return r != nullptr && r->status == idem::record_status::unknown
                       && r->fence == fence;
            },
            [&](idem::record& r) { r = idem::ended(std::move(r), how); });
    }
    result<std::optional<idem::record>> find(const context&, const idem::identity&) override {
        return load();
    }

private:
    // Until the caller's time is over.
    error lost(const context& ctx) {
        time_.advance(ctx.remaining());
        return error::transient("lost");
    }
    [[nodiscard]] bool is_away(const context& ctx) {
        if (time_.at >= back_) return false;
        time_.advance(std::min<std::chrono::nanoseconds>(
            {std::chrono::seconds(2), ctx.remaining(), back_ - time_.at}));
        return true;
    }
    static error away() { return error::permanent("away"); }
    template <class May, class Change>
    result<idem::write_answer> write(const context& ctx, const May& may, const Change& change) {
        if (is_away(ctx)) return away();
        auto r = load();
        const bool written = may(r ? &*r : nullptr);
        if (written) {
            change(*r);
            save(*r);
        }
        if (lose_) return lost(ctx);
        return idem::write_answer{written, written ? std::nullopt : r};
    }
    [[nodiscard]] std::optional<idem::record> load() const {
        if (state_.there == 0) return std::nullopt;
        idem::record r;
        r.status = static_cast<idem::record_status>(state_.status);
        r.owner = owner_of(state_.owner);
        r.fence = this_fence;
        r.lease_end = state_.lease_valid != 0 ? later : lapsed;
        r.expires = time_point::max();
        if (state_.result != 0) r.result = std::string(1, static_cast<char>(state_.result));
        return r;
    }
    void save(const idem::record& r) {
        state_.there = 1;
        state_.status = static_cast<std::uint8_t>(r.status);
        state_.owner = static_cast<std::uint8_t>(r.owner.bits[0]);
        state_.lease_valid = r.status == idem::record_status::in_progress && r.lease_end >= now;
        state_.result = r.result.empty() ? 0 : static_cast<std::uint8_t>(r.result[0]);
    }

    state& state_;
    fakes::clock& time_;
    bool lose_;
    time_point back_;
    std::optional<idem::record> lapsed_;
    bool in_begin_ = false;
    bool granted_ = false;
    bool fence_stayed_ = false;
    std::uint8_t to_park_ = 0;
};

// Says whose turn it is: the two numbers of an owner.
struct turn final : random_source {
    std::uint8_t delivery = 0;
    bool second = false;
    std::uint64_t next() override {
        second = !second;
        return second ? delivery : 0;
    }
};

enum class claim_says : std::uint8_t { yours, done, busy, unknown, park, nothing };
struct claim_result {
    claim_says what = claim_says::nothing;
    std::uint8_t about = 0; // done: whose result; unknown, park: whose attempt
    bool granted = false;   // also if nobody hears it
    bool fence_stayed = false;
};
struct end_result {
    bool heard = false;
    std::uint8_t result = 0; // 0: lost to another
};

std::string text_of(std::uint8_t delivery) { return std::string(1, static_cast<char>(delivery)); }
// Remembered errors are results, too.
std::uint8_t result_of(const idem::replay& r) {
    if (r.result.empty()) return 0;
    const auto whose = static_cast<std::uint8_t>(r.result[0]);
    return static_cast<std::uint8_t>(whose + (r.failed ? most_deliveries : 0));
}

// The shipped protocol.
class ours {
public:
    explicit ours(idem::mode mode) : terms_{.mode = mode} {}

    claim_result claim(state& s, std::uint8_t delivery, const moment& m) {
        one_record store(s, world_.clock, m);
        return begin(store, s, delivery);
    }
    // The rest of begin(), which has seen the lapsed lease of that attempt.
    claim_result park_lapsed(state& s, std::uint8_t delivery, std::uint8_t other, bool is_fresh,
                             const moment& m) {
        one_record store(s, world_.clock, m, other, is_fresh);
        auto said = begin(store, s, delivery);
        if (said.what == claim_says::unknown) said.about = other;
        return said;
    }
    end_result complete(state& s, std::uint8_t delivery, const moment& m) {
        one_record store(s, world_.clock, m);
        return heard(attempt_of(store, delivery).complete(context_, text_of(delivery)));
    }
    end_result fail(state& s, std::uint8_t delivery, const moment& m) {
        one_record store(s, world_.clock, m);
        return heard(attempt_of(store, delivery).fail(context_, text_of(delivery)));
    }
    void release(state& s, std::uint8_t delivery, const moment& m) {
        one_record store(s, world_.clock, m);
        (void)attempt_of(store, delivery).release(context_);
    }
    void park(state& s, std::uint8_t delivery, const moment& m) {
        one_record store(s, world_.clock, m);
        (void)attempt_of(store, delivery).park(context_);
    }
    bool renew(state& s, std::uint8_t delivery, const moment& m) {
        one_record store(s, world_.clock, m);
        return attempt_of(store, delivery).renew(context_, later).has_value();
    }
    // 0: nobody's effect is there.
    void reconcile(state& s, std::uint8_t whose_effect, bool is_fresh, const moment& m) {
        one_record store(s, world_.clock, m);
        const bool done = whose_effect != 0;
        (void)idem::reconcile(store, id_, is_fresh ? this_fence : older_fence,
                              {done, done ? text_of(whose_effect) : ""}, terms_, context_);
    }
    // When the last call has ended.
    [[nodiscard]] time_point time() const noexcept { return world_.clock.at; }

private:
    claim_result begin(one_record& store, const state& s, std::uint8_t delivery) {
        numbers_.delivery = delivery;
        numbers_.second = false;
        const auto what = idem::begin(store, id_, terms_, context_);
        claim_result said{.granted = store.has_granted(), .fence_stayed = store.fence_stayed()};
        if (store.to_park() != 0) {
            said.what = claim_says::park;
            said.about = store.to_park();
        } else if (!what) {
            said.what = claim_says::nothing;
        } else if (const auto* done = std::get_if<idem::replay>(&*what)) {
            said.what = claim_says::done;
            said.about = result_of(*done);
        } else if (std::holds_alternative<idem::attempt>(*what)) {
            said.what = claim_says::yours;
        } else if (std::holds_alternative<idem::unknown>(*what)) {
            said.what = claim_says::unknown;
            said.about = s.owner;
        } else {
            said.what = claim_says::busy;
        }
        return said;
    }
    static end_result heard(const result<idem::replay>& kept) {
        if (!kept && kept.error().kind != error_class::conflict) return {};
        return {true, kept ? result_of(*kept) : std::uint8_t{0}};
    }
    idem::attempt attempt_of(idem::store& store, std::uint8_t delivery) const {
        idem::record r;
        r.owner = owner_of(delivery);
        return {store, id_, r, terms_};
    }
    fakes::world world_;
    turn numbers_;
    platform platform_{world_.clock, world_.tasks, numbers_, world_.environment, world_.log};
    context context_ = [this] {
        context made(platform_, logger(world_.log, world_.clock, log_level::off));
        made.begun = {0ns, now};
        made.deadline = deadline;
        return made;
    }();
    idem::identity id_{"key", ""};
    idem::terms terms_;
};

// What others do: the claim does not know its owner, and the endings have no condition.
class peers {
public:
    explicit peers(idem::mode) {}

    claim_result claim(state& s, std::uint8_t delivery, const moment& m) {
        const auto completed = static_cast<std::uint8_t>(idem::record_status::completed);
        const bool free = s.there == 0 || (s.status != completed && s.lease_valid == 0);
        if (free) {
            s.there = 1;
            s.status = static_cast<std::uint8_t>(idem::record_status::in_progress);
            s.owner = delivery;
            s.lease_valid = 1;
            s.result = 0;
        }
        claim_result said{.granted = free};
        if (m.lose) return said;
        said.what = free                    ? claim_says::yours
                    : s.status == completed ? claim_says::done
                                            : claim_says::busy;
        if (said.what == claim_says::done) said.about = s.result;
        return said;
    }
    end_result complete(state& s, std::uint8_t delivery, const moment& m) {
        s.there = 1;
        s.status = static_cast<std::uint8_t>(idem::record_status::completed);
        s.result = delivery;
        s.lease_valid = 0;
        return {!m.lose, delivery};
    }
    void release(state& s, std::uint8_t, const moment&) {
        s.there = 0;
        s.status = s.owner = s.lease_valid = s.result = 0;
    }
};

struct hash_of_state {
    std::size_t operator()(const state& s) const noexcept {
        std::array<unsigned char, sizeof(state)> bytes{};
        std::memcpy(bytes.data(), &s, sizeof s);
        std::uint64_t h = 0xcbf29ce484222325;
        for (const auto b : bytes) h = (h ^ b) * 0x100000001b3;
        return h;
    }
};

template <class Protocol> class explorer {
public:
    explorer(std::size_t deliveries, idem::mode mode, reconciling how = reconciling::by_truth)
        : deliveries_(deliveries), mode_(mode), how_(how), protocol_(mode) {
        reach({});
    }

    violations run() {
        while (!open_.empty()) {
            const state s = open_.back();
            open_.pop_back();
            ++found_.states;
            for (std::size_t i = 0; i < deliveries_; ++i) {
                if ((s.leases & bit(i)) != 0) lapse(s, i);
                move(s, i);
            }
        }
        return found_;
    }

private:
    static constexpr auto in_progress = static_cast<std::uint8_t>(idem::record_status::in_progress);
    static constexpr auto completed = static_cast<std::uint8_t>(idem::record_status::completed);
    static constexpr auto failed = static_cast<std::uint8_t>(idem::record_status::failed);
    static constexpr bool all_steps = std::is_same_v<Protocol, ours>;

    static std::uint8_t bit(std::size_t i) { return static_cast<std::uint8_t>(1u << i); }
    static void set(std::uint8_t& bits, std::size_t i) {
        bits = static_cast<std::uint8_t>(bits | bit(i));
    }
    static void clear(std::uint8_t& bits, std::size_t i) {
        bits = static_cast<std::uint8_t>(bits & ~bit(i));
    }
    static bool has_ended(const state& s) {
        return s.there != 0 && (s.status == completed || s.status == failed);
    }
    static bool is_held_by(const state& s, std::uint8_t delivery) {
        return s.there != 0 && s.status == in_progress && s.owner == delivery;
    }
    static bool is_at_work(const state& s, std::size_t i) {
        return s.at[i] == step::running || s.at[i] == step::worked;
    }
    [[nodiscard]] bool at_most_once() const { return mode_ == idem::mode::at_most_once; }

    void lapse(state s, std::size_t i) {
        clear(s.leases, i);
        if (s.owner == i + 1) s.lease_valid = 0;
        reach(s);
    }
    void move(const state& s, std::size_t i) {
        const auto delivery = static_cast<std::uint8_t>(i + 1);
        if (s.at[i] == step::over) return;
        if (s.at[i] != step::idle) go(s, i, step::over); // a crash
        if (s.at[i] == step::running) work(s, i);
        if constexpr (all_steps) watch_time(s, i, delivery);
        for (const bool lose : {false, true}) {
            switch (s.at[i]) {
            case step::idle:
            case step::claim_lost: claim(s, i, delivery, lose); break;
            case step::running:
                release(s, i, delivery, lose);
                more(s, i, delivery, lose);
                break;
            case step::worked:
                complete(s, i, delivery, lose);
                // It failed after all. At most once, it must not say that nothing was done.
                if (!at_most_once()) release(s, i, delivery, lose);
                more(s, i, delivery, lose);
                break;
            case step::complete_lost: complete(s, i, delivery, lose); break;
            case step::release_lost: release(s, i, delivery, lose); break;
            default: more(s, i, delivery, lose); break;
            }
        }
        if (s.at[i] == step::asking) ask(s, i);
    }
    // What comes of a call at another moment than the usual one: once for each record there can be.
    void watch_time(const state& s, std::size_t i, std::uint8_t delivery) {
        std::uint64_t what = delivery;
        for (const auto part : {static_cast<std::uint8_t>(s.at[i]), s.there, s.status, s.owner,
                                s.lease_valid, s.result}) {
            what = what << 8 | part;
        }
        if (!watched_.insert(what).second) return;
        if (s.at[i] == step::idle || s.at[i] == step::claim_lost) {
            for (const auto& m : times_without_claims) {
                state next = s;
                found_.late += protocol_.claim(next, delivery, m).what != claim_says::nothing;
                found_.late += next != s || protocol_.time() > std::max(now + m.passed, reserve);
            }
        }
        const auto note = [&](step lost, const auto& make) {
            if (!is_at_work(s, i) && s.at[i] != lost) return;
            state usual = s;
            const end_result told = make(usual, moment{});
            for (const auto& m : times_to_note) {
                state next = s;
                const end_result said = make(next, m);
                found_.given_up +=
                    next != usual || said.heard != told.heard || said.result != told.result;
                found_.late += protocol_.time() > std::max(now + m.passed, deadline - 100ms);
            }
            state never = s;
            (void)make(never, {false, 0s, 1h});
            found_.late += never != s || protocol_.time() > deadline - 100ms;
        };
        note(step::complete_lost,
             [&](state& in, const moment& m) { return protocol_.complete(in, delivery, m); });
        note(step::fail_lost,
             [&](state& in, const moment& m) { return protocol_.fail(in, delivery, m); });
        note(step::park_lost, [&](state& in, const moment& m) {
            protocol_.park(in, delivery, m);
            return end_result{};
        });
    }
    // The steps that not every protocol has.
    void more(const state& s, std::size_t i, std::uint8_t delivery, bool lose) {
        if constexpr (all_steps) {
            const bool at_work = is_at_work(s, i);
            if (at_work) renew(s, i, delivery, lose);
            if (at_work || s.at[i] == step::fail_lost) {
                state next = s;
                const auto answer = protocol_.fail(next, delivery, {lose});
                ended(s, next, i, answer, step::fail_lost);
            }
            if (at_work || s.at[i] == step::park_lost) {
                state next = s;
                protocol_.park(next, delivery, {lose});
                found_.overwritten += is_overwritten(s, next);
                go(next, i, lose ? step::park_lost : step::over);
            }
            if (s.at[i] == step::parking) {
                state next = s;
                const bool is_fresh = (s.fresh & bit(i)) != 0;
                const auto answer =
                    protocol_.park_lapsed(next, delivery, s.about[i], is_fresh, {lose});
                found_.overwritten += is_overwritten(s, next);
                if (lose) {
                    go(next, i, step::parking);
                } else {
                    heard(next, i, answer, is_fresh);
                }
            }
            if (s.at[i] == step::told) {
                state next = s;
                protocol_.reconcile(next, s.about[i], (s.fresh & bit(i)) != 0, {lose});
                found_.overwritten += is_overwritten(s, next);
                next.ended_once |= has_ended(next);
                go(next, i, lose ? step::told : step::idle); // and begins again
            }
        }
    }
    void claim(const state& s, std::size_t i, std::uint8_t delivery, bool lose) {
        state next = s;
        const auto answer = protocol_.claim(next, delivery, {lose});
        found_.run_again += answer.granted && s.ended_once != 0;
        found_.fence += answer.fence_stayed;
        for (std::size_t other = 0; answer.granted && other < deliveries_; ++other) {
            found_.second += other != i && is_at_work(s, other) && (s.leases & bit(other)) != 0;
        }
        if (answer.granted) {
            set(next.leases, i);
            next.fresh = 0;
        }
        if (lose) return go(next, i, step::claim_lost);
        found_.own_as_rival +=
            answer.what == claim_says::busy && is_held_by(s, delivery) && s.lease_valid != 0;
        heard(next, i, answer, true);
    }
    void heard(state s, std::size_t i, const claim_result& answer, bool is_fresh) {
        switch (answer.what) {
        case claim_says::yours: return go(s, i, step::running);
        case claim_says::park:
        case claim_says::unknown:
            go(s, i, step::over);
            s.about[i] = answer.about;
            if (is_fresh) set(s.fresh, i);
            return go(s, i, answer.what == claim_says::park ? step::parking : step::asking);
        case claim_says::done: see(s, answer.about); break;
        case claim_says::busy:
        case claim_says::nothing: break;
        }
        go(s, i, step::over);
    }
    void work(state s, std::size_t i) {
        set(s.effects, i);
        found_.effects += std::popcount(s.effects) > 1;
        go(s, i, step::worked);
    }
    // The truth, once it is certain: while the attempt is at work nothing is.
    void ask(state s, std::size_t i) {
        const auto other = static_cast<std::size_t>(s.about[i] - 1);
        const bool done = (s.effects & bit(other)) != 0;
        const bool is_its_last = (s.fresh & bit(i)) != 0;
        const bool may_do_it = s.at[other] == step::running && is_its_last;
        if (!done && may_do_it && how_ == reconciling::by_truth) return;
        if (!done) s.about[i] = 0;
        go(s, i, step::told);
    }
    void renew(const state& s, std::size_t i, std::uint8_t delivery, bool lose) {
        if constexpr (all_steps) {
            state next = s;
            const bool renewed = protocol_.renew(next, delivery, {lose});
            if (is_held_by(s, delivery)) set(next.leases, i);
            if (lose) return reach(next);
            const bool is_done = s.status == completed && s.owner == delivery; // as was reconciled
            found_.renewal += renewed != (is_held_by(s, delivery) || is_done);
            go(next, i, renewed ? s.at[i] : step::over);
        }
    }
    void complete(const state& s, std::size_t i, std::uint8_t delivery, bool lose) {
        state next = s;
        const auto answer = protocol_.complete(next, delivery, {lose});
        ended(s, next, i, answer, step::complete_lost);
    }
    void ended(const state& before, state after, std::size_t i, const end_result& answer,
               step unheard) {
        found_.overwritten += is_overwritten(before, after);
        after.ended_once |= has_ended(after);
        if (answer.heard && answer.result != 0) see(after, answer.result);
        go(after, i, answer.heard ? step::over : unheard);
    }
    static bool is_overwritten(const state& before, const state& after) {
        return has_ended(before)
               && (after.status != before.status || after.result != before.result);
    }
    void release(const state& s, std::size_t i, std::uint8_t delivery, bool lose) {
        state next = s;
        protocol_.release(next, delivery, {lose});
        go(next, i, lose ? step::release_lost : step::over);
    }
    void see(state& s, std::uint8_t result) {
        const auto before = s.results_seen;
        set(s.results_seen, result - std::size_t{1});
        found_.differing += before != 0 && s.results_seen != before;
    }
    void go(state s, std::size_t i, step to) {
        s.at[i] = to;
        if (to != step::parking && to != step::asking && to != step::told) {
            s.about[i] = 0;
            clear(s.fresh, i);
        }
        reach(s);
    }
    // The same but for the deliveries' numbers, which mean nothing, and for leases that nobody
    // looks at any more: far fewer states.
    [[nodiscard]] state usual(state s) const {
        std::array<std::uint32_t, most_deliveries> order{};
        for (std::size_t i = 0; i < deliveries_; ++i) {
            const auto delivery = static_cast<std::uint8_t>(i + 1);
            if (!is_at_work(s, i) && !is_held_by(s, delivery)) clear(s.leases, i);
            auto looks = static_cast<std::uint32_t>(s.at[i]);
            const auto add = [&](bool what) { looks = looks << 1 | std::uint32_t{what}; };
            for (const auto bits : {s.leases, s.effects, s.fresh, s.results_seen}) {
                add((bits & bit(i)) != 0);
            }
            add((s.results_seen & bit(i + most_deliveries)) != 0);
            add(s.owner == delivery);
            add(s.result == delivery);
            add(s.about[i] != 0);
            add(s.about[i] == s.owner);
            add(s.about[i] == delivery);
            order[i] = looks << 2 | static_cast<std::uint32_t>(i);
        }
        std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(deliveries_));
        std::array<std::uint8_t, most_deliveries + 1> now_called{};
        for (std::size_t to = 0; to < deliveries_; ++to) {
            now_called[(order[to] & 3) + 1] = static_cast<std::uint8_t>(to + 1);
        }
        state t = s;
        t.owner = now_called[s.owner];
        t.result = now_called[s.result];
        t.results_seen = t.leases = t.effects = t.fresh = 0;
        for (std::size_t to = 0; to < deliveries_; ++to) {
            const std::size_t i = order[to] & 3;
            if ((s.leases & bit(i)) != 0) set(t.leases, to);
            if ((s.effects & bit(i)) != 0) set(t.effects, to);
            if ((s.fresh & bit(i)) != 0) set(t.fresh, to);
            for (const std::size_t kind : {std::size_t{0}, most_deliveries}) {
                if ((s.results_seen & bit(i + kind)) != 0) set(t.results_seen, to + kind);
            }
            t.about[to] = now_called[s.about[i]];
            t.at[to] = s.at[i];
        }
        return t;
    }
    void reach(const state& any) {
        const auto s = usual(any);
        if (known_.insert(s).second) open_.push_back(s);
    }

    std::size_t deliveries_;
    idem::mode mode_;
    reconciling how_;
    Protocol protocol_;
    std::unordered_set<state, hash_of_state> known_;
    std::vector<state> open_;
    std::unordered_set<std::uint64_t> watched_;
    violations found_;
};

violations check(const char* mode_name, idem::mode mode, std::size_t deliveries) {
    const auto found = explorer<ours>(deliveries, mode).run();
    const std::string name = mode_name;
    CAPTURE(name);
    CAPTURE(deliveries);
    MESSAGE(name << ", " << deliveries << " deliveries: " << found.states << " states");
    CHECK(found.states > 10 * deliveries);
    CHECK(found.run_again == 0);
    CHECK(found.second == 0);
    CHECK(found.differing == 0);
    CHECK(found.overwritten == 0);
    CHECK(found.own_as_rival == 0);
    CHECK(found.renewal == 0);
    CHECK(found.fence == 0);
    CHECK(found.given_up == 0);
    CHECK(found.late == 0);
    return found;
}

} // namespace

TEST_CASE("no interleaving of four deliveries breaks the protocol") {
    for (std::size_t deliveries = 1; deliveries <= most_deliveries; ++deliveries) {
        const auto found = check("at least once", idem::mode::at_least_once, deliveries);
        CHECK((found.effects > 0) == (deliveries > 1)); // as its name says
    }
}

TEST_CASE("at most once there is one effect at most, also where operations are reconciled") {
    for (std::size_t deliveries = 1; deliveries <= most_deliveries; ++deliveries) {
        const auto found = check("at most once", idem::mode::at_most_once, deliveries);
        CHECK(found.effects == 0);
    }
}

TEST_CASE("who says that nothing was done while an attempt is at work lets it be done twice") {
    const auto mode = idem::mode::at_most_once;
    CHECK(explorer<ours>(2, mode, reconciling::by_guessing).run().effects > 0);
}

TEST_CASE("the same search finds all five kinds of damage in the protocol of others") {
    const auto found = explorer<peers>(3, idem::mode::at_least_once).run();
    MESSAGE(found.states << " states");
    CHECK(found.run_again > 0);
    CHECK(found.second > 0);
    CHECK(found.differing > 0);
    CHECK(found.overwritten > 0);
    CHECK(found.own_as_rival > 0);
}
