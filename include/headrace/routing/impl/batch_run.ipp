// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/caught.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/json_text.hpp>
#include <headrace/routing/batch_run.hpp>
#include <headrace/routing/detail/original_records.hpp>
#include <headrace/routing/detail/timed_attempt.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace headrace {

// Every worker writes its own records' lines of the ledger, which are read when all are joined.
struct batch_run::book {
    book(const context& ctx, const detail::end_by_clocks& end) : ends(end), limit(ctx, end) {}

    const detail::end_by_clocks ends; ///< of the time for records
    detail::time_limit limit;
    detail::original_records originals;
    std::atomic<std::size_t> next_unit{0};
    std::atomic<std::int64_t> longest{0};      ///< nanoseconds that a record has taken
    std::atomic<const char*> stopped{nullptr}; ///< why no more records begin, once that is so
    std::mutex mutex;                          ///< guards the rest
    std::size_t first = none;                  ///< of the records that may not go
    outcome first_outcome;
};

namespace detail::batch_running {

template <class T> std::span<T> room(workspace& memory, std::size_t n) {
    auto* const first = memory.memory().room_for<T>(n);
    std::uninitialized_value_construct_n(first, n);
    return {first, n};
}

inline record_groups one_group(std::size_t n, workspace& memory) {
    const auto sequence = room<std::uint32_t>(memory, n);
    std::iota(sequence.begin(), sequence.end(), 0u);
    const auto ends = room<std::uint32_t>(memory, n == 0 ? 0 : 1);
    std::ranges::fill(ends, static_cast<std::uint32_t>(n));
    return {sequence, ends};
}

// Does a record that ends so hold up what comes behind it in its order?
inline bool holds_up(settlement what) noexcept {
    return is_listed(what) && what != settlement::redeliver_record;
}

inline void append_failure(std::string& text, std::string_view id) {
    text += text.ends_with('[') ? R"({"itemIdentifier":")" : R"(,{"itemIdentifier":")";
    append_escaped(text, id);
    text += R"("})";
}

// A message that was delivered twice in one batch is named once.
inline outcome reply_with(std::span<std::string_view> ids, workspace& memory) {
    std::vector<std::string_view> sorted(ids.begin(), ids.end());
    std::ranges::sort(sorted);
    const bool twice = std::ranges::adjacent_find(sorted) != sorted.end();
    if (twice) {
        sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
        ids = sorted;
    }
    json_reply reply{memory.take_text()};
    reply.text += R"({"batchItemFailures":[)";
    for (const auto id : ids) append_failure(reply.text, id);
    reply.text += "]}";
    return outcome(std::move(reply));
}

} // namespace detail::batch_running

void batch_run::plan() {
    namespace here = detail::batch_running;
    if (way_.is_nested()) policy_.workers = 1; // the outer batch has workers
    order_ = order_of(family_, way_.table());
    const bool no_group = std::ranges::any_of(items_, [](auto& i) { return i.group.empty(); });
    if (order_ == record_order::by_group && no_group) order_ = record_order::in_sequence;
    auto& memory = whole_->memory();
    ledger_ = here::room<record_result>(memory, items_.size());
    const auto& not_begun = way_.settle(family_, record_end::not_begun);
    for (auto& line : ledger_) {
        line.what = not_begun.what;
        line.timed = not_begun.timed;
    }
    groups_ = order_ == record_order::by_group ? detail::by_group(items_, memory)
                                               : here::one_group(items_.size(), memory);

    const context& ctx = whole_->context();
    const auto ends = ctx.deadline ? detail::end_by_clocks::at(
                          detail::earlier(*ctx.deadline, policy_.options.reserve), ctx.begun)
                                   : detail::end_by_clocks();
    book_ = memory.memory().make<book>(ctx, ends);
}

detail::record_groups detail::by_group(std::span<const record_item> items, workspace& memory) {
    namespace here = batch_running;
    const auto group_of = [&](std::uint32_t i) { return items[i].group; };
    const auto sorted = here::room<std::uint32_t>(memory, items.size());
    std::iota(sorted.begin(), sorted.end(), 0u);
    std::ranges::stable_sort(sorted, {}, group_of);
    struct range {
        std::uint32_t first;
        std::uint32_t last;
    };
    std::vector<range> groups;
    for (std::uint32_t at = 0; at < sorted.size();) {
        auto last = at + 1;
        while (last < sorted.size() && group_of(sorted[last]) == group_of(sorted[at])) ++last;
        groups.push_back({at, last});
        at = last;
    }
    std::ranges::sort(groups, {}, [&](const range& r) { return sorted[r.first]; });
    const auto sequence = here::room<std::uint32_t>(memory, sorted.size());
    const auto ends = here::room<std::uint32_t>(memory, groups.size());
    auto out = sequence.begin();
    for (std::size_t g = 0; g < groups.size(); ++g) {
        out = std::copy(sorted.begin() + groups[g].first, sorted.begin() + groups[g].last, out);
        ends[g] = static_cast<std::uint32_t>(out - sequence.begin());
    }
    return {sequence, ends};
}

std::size_t batch_run::first_left(std::size_t g) const noexcept {
    for (const auto i : groups_[g]) {
        if (ledger_[i].what != settlement::acknowledge) return i;
    }
    return none;
}

// What a worker takes at once: a group in its order, or one record where order does not matter.
bool batch_run::records_stand_alone() const noexcept {
    return order_ == record_order::any || policy_.unordered;
}

std::size_t batch_run::unit_count() const noexcept {
    return records_stand_alone() ? items_.size() : group_count();
}

std::span<const std::uint32_t> batch_run::unit_of(std::size_t n) const noexcept {
    return records_stand_alone() ? groups_.sequence.subspan(n, 1) : groups_[n];
}

// ---- running ------------------------------------------------------------------------------------

void batch_run::run_all(runner one) {
    const context& ctx = whole_->context();
    const auto workers = std::min(std::max<std::size_t>(policy_.workers, 1), unit_count());
    std::vector<std::unique_ptr<executor::task>> others;
    for (std::size_t w = 1; w < workers; ++w) {
        auto& memory = whole_->memory().worker(w - 1);
        try {
            others.push_back(
                ctx.world->tasks.start([this, one, way = way_.beside(memory)] { work(one, way); }));
        } catch (...) {
            const error e = detail::caught_error();
            ctx.log.warn("a worker of a batch could not start", "workers", w, "reason", e.message);
            break;
        }
    }
    work(one, way_);
    others.clear(); // joins
    log_what_is_left();
}

void batch_run::work(runner one, dispatcher way) {
    namespace here = detail::batch_running;
    // Records take nanoseconds at best, so the wall clock is not asked after each.
    constexpr std::chrono::nanoseconds unasked = std::chrono::milliseconds(10);
    const context& outer = whole_->context();
    const auto& time = outer.world->clock;
    context own = outer;
    if (outer.deadline) own.stop = stop_signal(book_->limit);
    const std::size_t units = unit_count();
    const bool timed = outer.deadline.has_value(); // else nobody asks how long they take
    auto now = timed ? time.steady() : std::chrono::nanoseconds::zero();
    auto asked = now;
    for (;;) {
        const auto unit = book_->next_unit.fetch_add(1, std::memory_order_relaxed);
        if (unit >= units) return;
        const auto records = unit_of(unit);
        auto last = settlement::acknowledge;
        for (const auto i : records) {
            if (here::holds_up(last)) {
                hold_back(i, last);
                continue;
            }
            if (!may_begin(now)) return;
            const auto id = items_[i].id;
            own.log = id.empty() ? outer.log : outer.log.with_record(id);
            last = settle(i, handle(one, way, own, i));
            if (!timed) continue;
            const auto begun = std::exchange(now, time.steady());
            auto longest = book_->longest.load(std::memory_order_relaxed);
            while (longest < (now - begun).count()
                   && !book_->longest.compare_exchange_weak(longest, (now - begun).count(),
                                                            std::memory_order_relaxed)) {}
            if (now - asked < unasked) continue;
            asked = now;
            if (book_->ends.has_come(time))
                book_->stopped.store("only the reserve was left", std::memory_order_relaxed);
        }
    }
}

bool batch_run::may_begin(std::chrono::nanoseconds now) const {
    if (book_->stopped.load(std::memory_order_relaxed) != nullptr) return false;
    const std::chrono::nanoseconds longest(book_->longest.load(std::memory_order_relaxed));
    const bool fits = detail::sum(now, longest) <= book_->ends.steady;
    if (fits && !whole_->context().stop.stop_requested()) [[likely]]
        return true;
    const char* const why = fits                       ? "a stop was requested"
                            : now < book_->ends.steady ? "the longest record would not fit"
                                                       : "only the reserve was left";
    book_->stopped.store(why, std::memory_order_relaxed);
    return false;
}

outcome batch_run::handle(runner one, dispatcher& way, const context& own, std::size_t i) {
    call c(call::inside{*whole_}, own, way.memory());
    c.found().set_item(items_[i]);
    c.found().document.element = i;
    c.found().document.originals = &book_->originals;
    try {
        return one.run(one.object, way, c, i);
    } catch (...) { // dispatcher::run catches what handlers and layers throw; this is for the rest
        outcome o(detail::caught_error());
        way.log_failure(c, o);
        return o;
    }
}

settlement batch_run::settle(std::size_t i, outcome o) {
    const auto& rule = way_.settle(family_, end_of(o));
    const bool goes = rule.what == settlement::acknowledge;
    ledger_[i] = {goes ? record_state::acknowledged : record_state::failed,
                  o.verdict(),
                  rule.what,
                  rule.timed,
                  o.after(),
                  o.until()};
    if (goes) [[likely]]
        return rule.what;
    const std::lock_guard lock(book_->mutex);
    if (i < book_->first) {
        book_->first = i;
        book_->first_outcome = settled(std::move(o), rule);
    }
    return rule.what;
}

// What stands behind a failure that it must not overtake comes again with it.
void batch_run::hold_back(std::size_t i, settlement with) {
    ledger_[i] = {.state = record_state::held_back, .what = with};
}

std::string_view batch_run::why_not_begun() const noexcept {
    const char* const why = book_->stopped;
    return why != nullptr ? why : "it ended early";
}

void batch_run::log_what_is_left() const {
    const context& ctx = whole_->context();
    const auto count = [&](record_state s) {
        return static_cast<std::size_t>(std::ranges::count(ledger_, s, &record_result::state));
    };
    const auto acknowledged = count(record_state::acknowledged);
    const auto failed = count(record_state::failed);
    if (acknowledged + failed != 0 && ctx.deadline) {
        const auto late = detail::difference(ctx.world->clock.steady(), book_->ends.steady);
        if (late.count() > 0) ctx.log.warn("a batch ran over its time", "overrunMs", late);
    }
    if (acknowledged == ledger_.size()) return;
    const log_member members[] = {
        {"records", ledger_.size()},
        {"acknowledged", acknowledged},
        {"failed", failed},
        {"heldBack", count(record_state::held_back)},
        {"notBegun", count(record_state::not_begun)},
        {"because", why_not_begun()},
        {"reserveMs", detail::length_of(policy_.options.reserve)},
        {"longestMs", std::chrono::nanoseconds(book_->longest)},
    };
    const bool stopped = book_->stopped != nullptr;
    ctx.log.write(log_level::warn, "records of a batch are left",
                  std::span(members).first(stopped ? std::size(members) : 5));
}

// ---- the reply ----------------------------------------------------------------------------------

bool batch_run::failed_altogether() const {
    return policy_.options.all_failed == when_all_failed::fail && !ledger_.empty()
           && std::ranges::none_of(
               ledger_, [](const record_result& r) { return r.what == settlement::acknowledge; });
}

outcome batch_run::reply() {
    const auto fails = [](settlement what) {
        return what != settlement::acknowledge && !is_listed(what);
    };
    if (std::ranges::any_of(ledger_, fails, &record_result::what) || failed_altogether())
        return function_error();
    if (!reports_records(family_, way_.table())) return outcome();
    auto ids = ids_to_report();
    return detail::batch_running::reply_with(ids, whole_->memory());
}

// The places from which on all is delivered again, and those who come again alone.
std::vector<std::string_view> batch_run::ids_to_report() const {
    std::vector<std::string_view> ids;
    checkpoints([&](std::size_t i) {
        if (is_checkpoint(ledger_[i].what)) ids.push_back(items_[i].id);
    });
    for (std::size_t i = 0; i < items_.size(); ++i) {
        const auto what = ledger_[i].what;
        if (is_listed(what) && !is_checkpoint(what)) ids.push_back(items_[i].id);
    }
    return ids;
}

outcome batch_run::function_error() {
    if (book_->first != none) return std::move(book_->first_outcome);
    return outcome(
        error::deadline(detail::format<"records of the batch were not begun: {}, reserve {} ms">(
            why_not_begun(), policy_.options.reserve.count())));
}

} // namespace headrace
