// SPDX-License-Identifier: BSL-1.0
// Is the protocol right? Every way in which up to four deliveries of one operation can interleave,
// with a crash anywhere, a lease that may lapse at any time, and replies of the store that may be
// lost, is gone through; the shipped begin(), complete() and release() take every step.
#include "../fakes.hpp"

#include <headrace/idempotency/protocol.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

using namespace headrace;
namespace idem = headrace::idempotency;

namespace {

constexpr std::size_t most_deliveries = 4;

enum class step : std::uint8_t {
    idle,
    claim_lost, // sent; the reply did not arrive
    running,
    worked, // the effect is there
    complete_lost,
    release_lost,
    over,
};

// Everything there is. Plain bytes, so that states are compared as such.
struct state {
    std::uint8_t there = 0; // is there a record?
    std::uint8_t status = 0;
    std::uint8_t owner = 0; // a delivery, counted from 1
    std::uint8_t lease_valid = 0;
    std::uint8_t result = 0; // whose
    std::uint8_t completed_once = 0;
    std::uint8_t results_seen = 0; // a bit for each
    std::uint8_t leases = 0;       // whose are valid, a bit for each
    std::array<step, most_deliveries> at{};
    friend bool operator==(const state&, const state&) = default;
};

struct violations {
    std::uint64_t run_again = 0;    // V1: a claim was granted after a recorded completion
    std::uint64_t second = 0;       // V2: a claim was granted inside a valid lease
    std::uint64_t differing = 0;    // V3: callers saw different results
    std::uint64_t overwritten = 0;  // V4: a stored result was overwritten
    std::uint64_t own_as_rival = 0; // V5: an own claim was taken for a rival's
    std::uint64_t states = 0;
};

constexpr time_point now{std::chrono::seconds(1'000)};
constexpr time_point later = now + std::chrono::hours(1);
constexpr time_point lapsed = now - std::chrono::hours(1);

idem::owner_id owner_of(std::uint8_t delivery) { return {{delivery, 0}}; }

// The record of a state behind the store's interface, for one call.
class one_record final : public idem::store {
public:
    one_record(state& s, bool lose_reply) : state_(s), lose_(lose_reply) {}

    result<idem::claim_answer> claim(const context&, const idem::claim_request& request) override {
        const auto before = load();
        const auto* const r = before ? &*before : nullptr;
        const bool granted = idem::may_claim(r, request);
        if (granted) save(idem::claimed(r, request));
        if (lose_) return lost();
        return idem::claim_answer{granted, *load()};
    }
    result<idem::write_answer> end(const context&, const idem::identity&, idem::owner_id owner,
                                   const idem::ending& how) override {
        const auto before = load();
        const bool may = idem::may_end(before ? &*before : nullptr, owner);
        if (may) save(idem::ended(*before, how));
        if (lose_) return lost();
        return idem::write_answer{may, may ? std::nullopt : before};
    }
    result<idem::write_answer> renew(const context&, const idem::identity&, idem::owner_id,
                                     time_point, time_point) override {
        return error::bug("not modelled");
    }
    result<idem::write_answer> reconcile(const context&, const idem::identity&, std::uint64_t,
                                         const idem::ending&) override {
        return error::bug("not modelled");
    }
    result<std::optional<idem::record>> find(const context&, const idem::identity&) override {
        return load();
    }

private:
    static error lost() { return error::permanent("lost"); } // not tried again inside of the call
    [[nodiscard]] std::optional<idem::record> load() const {
        if (state_.there == 0) return std::nullopt;
        idem::record r;
        r.status = static_cast<idem::record_status>(state_.status);
        r.owner = owner_of(state_.owner);
        r.lease_end = state_.lease_valid != 0 ? later : lapsed;
        r.expires = time_point::max();
        if (state_.result != 0) r.result = std::string(1, static_cast<char>(state_.result));
        return r;
    }
    void save(const idem::record& r) {
        state_.there = 1;
        state_.status = static_cast<std::uint8_t>(r.status);
        state_.owner = static_cast<std::uint8_t>(r.owner.bits[0]);
        state_.lease_valid = r.status == idem::record_status::in_progress;
        state_.result = r.result.empty() ? 0 : static_cast<std::uint8_t>(r.result[0]);
    }

    state& state_;
    bool lose_;
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

enum class claim_says : std::uint8_t { yours, done, busy, nothing };
struct claim_result {
    claim_says what = claim_says::nothing;
    std::uint8_t result = 0;
};
struct end_result {
    bool heard = false;
    std::uint8_t result = 0; // 0: lost to another
};

std::uint8_t whose(const std::string& text) {
    return text.empty() ? 0 : static_cast<std::uint8_t>(text[0]);
}

// The shipped protocol.
class ours {
public:
    claim_result claim(state& s, std::uint8_t delivery, bool lose) {
        one_record store(s, lose);
        numbers_.delivery = delivery;
        numbers_.second = false;
        const auto what = idem::begin(store, id_, terms_, context_);
        if (!what) return {};
        if (const auto* done = std::get_if<idem::replay>(&*what)) {
            return {claim_says::done, whose(done->result)};
        }
        if (std::holds_alternative<idem::attempt>(*what)) return {claim_says::yours};
        return {claim_says::busy};
    }
    end_result complete(state& s, std::uint8_t delivery, bool lose) {
        one_record store(s, lose);
        const auto kept = attempt_of(store, delivery)
                              .complete(context_, std::string(1, static_cast<char>(delivery)));
        if (lose) return {};
        return {true, kept ? whose(kept->result) : std::uint8_t{0}};
    }
    bool release(state& s, std::uint8_t delivery, bool lose) {
        one_record store(s, lose);
        return attempt_of(store, delivery).release(context_).has_value();
    }

private:
    idem::attempt attempt_of(idem::store& store, std::uint8_t delivery) const {
        idem::record r;
        r.owner = owner_of(delivery);
        return {store, id_, r, terms_};
    }
    fakes::world world_;
    turn numbers_;
    platform platform_{world_.clock, world_.tasks, numbers_, world_.environment, world_.log};
    context context_ = [this] {
        world_.clock.at = now;
        return context(platform_, logger(world_.log, world_.clock, log_level::off));
    }();
    idem::identity id_{"key", ""};
    idem::terms terms_{};
};

// What others do: the claim does not know its owner, and the endings have no condition.
class peers {
public:
    claim_result claim(state& s, std::uint8_t delivery, bool lose) {
        const auto completed = static_cast<std::uint8_t>(idem::record_status::completed);
        const bool free = s.there == 0 || (s.status != completed && s.lease_valid == 0);
        if (free) {
            s.there = 1;
            s.status = static_cast<std::uint8_t>(idem::record_status::in_progress);
            s.owner = delivery;
            s.lease_valid = 1;
            s.result = 0;
        }
        if (lose) return {};
        if (free) return {claim_says::yours};
        if (s.status == completed) return {claim_says::done, s.result};
        return {claim_says::busy};
    }
    end_result complete(state& s, std::uint8_t delivery, bool lose) {
        s.there = 1;
        s.status = static_cast<std::uint8_t>(idem::record_status::completed);
        s.result = delivery;
        s.lease_valid = 0;
        return {!lose, delivery};
    }
    bool release(state& s, std::uint8_t, bool lose) {
        s.there = 0;
        s.status = s.owner = s.lease_valid = s.result = 0;
        return !lose;
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
    explicit explorer(std::size_t deliveries) : deliveries_(deliveries) { reach({}); }

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
    static std::uint8_t bit(std::size_t i) { return static_cast<std::uint8_t>(1u << i); }
    void lapse(state s, std::size_t i) {
        s.leases = static_cast<std::uint8_t>(s.leases & ~bit(i));
        if (s.owner == i + 1) s.lease_valid = 0;
        reach(s);
    }
    void move(const state& s, std::size_t i) {
        const auto delivery = static_cast<std::uint8_t>(i + 1);
        if (s.at[i] == step::over) return;
        if (s.at[i] != step::idle) go(s, i, step::over); // a crash
        for (const bool lose : {false, true}) {
            switch (s.at[i]) {
            case step::idle:
            case step::claim_lost: claim(s, i, delivery, lose); break;
            case step::worked:
            case step::complete_lost:
                complete(s, i, delivery, lose);
                if (s.at[i] == step::worked) release(s, i, delivery, lose); // it failed after all
                break;
            case step::release_lost: release(s, i, delivery, lose); break;
            case step::running:
                if (lose) break;
                go(s, i, step::worked);
                release(s, i, delivery, false);
                release(s, i, delivery, true);
                break;
            case step::over: break;
            }
        }
    }
    void claim(const state& s, std::size_t i, std::uint8_t delivery, bool lose) {
        const auto in_progress = static_cast<std::uint8_t>(idem::record_status::in_progress);
        const bool held = s.there != 0 && s.status == in_progress;
        state next = s;
        const auto answer = protocol_.claim(next, delivery, lose);
        const bool taken = next.there != 0 && next.status == in_progress && next.owner == delivery
                           && !(held && s.owner == delivery);
        found_.run_again += taken && s.completed_once != 0;
        for (std::size_t other = 0; taken && other < deliveries_; ++other) {
            const bool at_work = s.at[other] == step::running || s.at[other] == step::worked;
            found_.second += other != i && at_work && (s.leases & bit(other)) != 0;
        }
        if (taken) next.leases = static_cast<std::uint8_t>(next.leases | bit(i));
        if (lose) return go(next, i, step::claim_lost);
        if (answer.what == claim_says::yours) return go(next, i, step::running);
        found_.own_as_rival +=
            answer.what == claim_says::busy && held && s.owner == delivery && s.lease_valid != 0;
        if (answer.what == claim_says::done) see(next, answer.result);
        go(next, i, step::over);
    }
    void complete(const state& s, std::size_t i, std::uint8_t delivery, bool lose) {
        const auto completed = static_cast<std::uint8_t>(idem::record_status::completed);
        state next = s;
        const auto answer = protocol_.complete(next, delivery, lose);
        const bool was = s.there != 0 && s.status == completed;
        found_.overwritten += was && next.result != s.result;
        if (next.there != 0 && next.status == completed) next.completed_once = 1;
        if (answer.heard && answer.result != 0) see(next, answer.result);
        go(next, i, lose ? step::complete_lost : step::over);
    }
    void release(const state& s, std::size_t i, std::uint8_t delivery, bool lose) {
        state next = s;
        (void)protocol_.release(next, delivery, lose);
        go(next, i, lose ? step::release_lost : step::over);
    }
    void see(state& s, std::uint8_t result) {
        const auto before = s.results_seen;
        s.results_seen = static_cast<std::uint8_t>(s.results_seen | 1u << result);
        found_.differing += before != 0 && s.results_seen != before;
    }
    void go(state s, std::size_t i, step to) {
        s.at[i] = to;
        reach(s);
    }
    void reach(const state& s) {
        if (known_.insert(s).second) open_.push_back(s);
    }

    std::size_t deliveries_;
    Protocol protocol_;
    std::unordered_set<state, hash_of_state> known_;
    std::vector<state> open_;
    violations found_;
};

} // namespace

TEST_CASE("no interleaving of four deliveries breaks the protocol") {
    for (std::size_t deliveries = 1; deliveries <= most_deliveries; ++deliveries) {
        const auto found = explorer<ours>(deliveries).run();
        CAPTURE(deliveries);
        MESSAGE(deliveries << " deliveries: " << found.states << " states");
        CHECK(found.states > 10 * deliveries);
        CHECK(found.run_again == 0);
        CHECK(found.second == 0);
        CHECK(found.differing == 0);
        CHECK(found.overwritten == 0);
        CHECK(found.own_as_rival == 0);
    }
}

TEST_CASE("the same search finds all five kinds of damage in the protocol of others") {
    const auto found = explorer<peers>(3).run();
    MESSAGE(found.states << " states");
    CHECK(found.run_again > 0);
    CHECK(found.second > 0);
    CHECK(found.differing > 0);
    CHECK(found.overwritten > 0);
    CHECK(found.own_as_rival > 0);
}
