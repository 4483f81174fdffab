// SPDX-License-Identifier: BSL-1.0
#pragma once

// The batch engine: handles the records of one batch in the order that its source promises, by one
// worker or several, until the time is over, and keeps the ledger of what became of each. For
// authors of sources.

#include <headrace/base/time_point.hpp>
#include <headrace/routing/batch_options.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/dispatch.hpp>
#include <headrace/routing/outcome.hpp>
#include <headrace/routing/record_item.hpp>
#include <headrace/routing/settlement.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace headrace {

namespace detail {

/// The records of a batch, group by group: the groups in the order of their first records, and so
/// the records of each. Lives in the workspace.
struct record_groups {
    std::span<const std::uint32_t> sequence;
    std::span<const std::uint32_t> ends; ///< of each group, in the sequence

    [[nodiscard]] std::span<const std::uint32_t> operator[](std::size_t g) const noexcept {
        const std::size_t begin = g == 0 ? 0 : ends[g - 1];
        return sequence.subspan(begin, ends[g] - begin);
    }
};
[[nodiscard]] record_groups by_group(std::span<const record_item> items, workspace& memory);

} // namespace detail

/// What became of a record.
enum class record_state : std::uint8_t {
    not_begun,    ///< the time was over before
    held_back,    ///< it stands behind a failure that it must not overtake
    failed,       ///< to be delivered again, or the reason for all to be
    acknowledged, ///< it may go
};

/// One line of the ledger.
struct record_result {
    record_state state = record_state::not_begun;
    headrace::verdict verdict = headrace::verdict::retry;
    settlement what = settlement::redeliver_record; ///< what becomes of it, by the table
    bool timed = false;                ///< it comes back when its outcome says so, by the table
    std::chrono::milliseconds after{}; ///< of a retry; 0 leaves it to the source
    time_point until{};                ///< of a deferred record
};

/// One run over a batch. The ledger is pessimistic: every record counts as not begun until an
/// outcome that acknowledges it is there, so nothing is acknowledged by accident. All of it ends
/// before run() returns. Belongs to the thread of the invocation; the ledger lives in the
/// workspace of `whole` and is borrowed from it.
///   batch_run records(way, c, n, [&](std::size_t i) { return event::item_of(all[i]); },
///                     event::about.family, way.batches<event>());
///   records.run([&](dispatcher& way, call& one, std::size_t i) -> outcome { ... });
///   return records.reply();
class batch_run {
public:
    /// `item_of(i)` says what there is to know about record i of n. What it returns borrows from
    /// the invocation. How the family's records end decides about their order and about the reply.
    /// A batch of grouped records of which one has no group is handled in sequence.
    template <class ItemOf>
    batch_run(const dispatcher& way, call& whole, std::size_t n, const ItemOf& item_of,
              source_family family, const batch_policy& policy = {})
        : way_(way), whole_(&whole), family_(family), policy_(policy) {
        auto* const items = whole.memory().memory().template room_for<record_item>(n);
        for (std::size_t i = 0; i < n; ++i) ::new (items + i) record_item(item_of(i));
        items_ = {items, n};
        plan();
    }
    batch_run(const batch_run&) = delete;
    batch_run& operator=(const batch_run&) = delete;

    /// Calls one(way, call, i) for each record i, each with a call of its own and the workspace and
    /// dispatcher of its worker. What it throws becomes an outcome and is logged.
    template <class F> void run(F&& one) {
        run_all({std::addressof(one), [](void* f, dispatcher& way, call& c, std::size_t i) {
                     return (*static_cast<std::remove_reference_t<F>*>(f))(way, c, i);
                 }});
    }

    [[nodiscard]] std::span<const record_item> items() const noexcept { return items_; }
    [[nodiscard]] std::span<const record_result> ledger() const noexcept { return ledger_; }
    /// Calls f(i) for the first record of each group that has to be delivered again; for records in
    /// sequence and without order that is the first of all.
    template <class F> void checkpoints(F&& f) const {
        for (std::size_t g = 0; g < group_count(); ++g) {
            if (const auto i = first_left(g); i != none) f(i);
        }
    }

    /// What the source is told, by the table, once: a function error where a record's end makes the
    /// invocation fail, with what was wrong with the first such record; else, of a family that
    /// reports records, {"batchItemFailures":[...]} with the id of each record that has to be
    /// delivered again, once, or with the checkpoints only; else nothing. A function error also if
    /// all have failed and the options say so.
    /// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    /// https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
    [[nodiscard]] outcome reply();

private:
    struct runner {
        void* object;
        outcome (*run)(void*, dispatcher&, call&, std::size_t);
    };
    struct book; // what the workers share
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    void plan();
    void run_all(runner one);
    void work(runner one, dispatcher way);
    [[nodiscard]] bool may_begin(std::chrono::nanoseconds now) const;
    [[nodiscard]] std::string_view why_not_begun() const noexcept;
    [[nodiscard]] outcome handle(runner one, dispatcher& way, const context& own, std::size_t i);
    [[nodiscard]] settlement settle(std::size_t i, outcome o);
    void hold_back(std::size_t i, settlement with);
    void log_what_is_left() const;
    [[nodiscard]] bool failed_altogether() const;
    [[nodiscard]] outcome function_error();
    [[nodiscard]] std::vector<std::string_view> ids_to_report() const;
    [[nodiscard]] std::size_t group_count() const noexcept { return groups_.ends.size(); }
    [[nodiscard]] bool records_stand_alone() const noexcept;
    [[nodiscard]] std::size_t unit_count() const noexcept;
    [[nodiscard]] std::span<const std::uint32_t> unit_of(std::size_t n) const noexcept;
    [[nodiscard]] std::size_t first_left(std::size_t group) const noexcept;

    dispatcher way_;
    call* whole_;
    std::span<const record_item> items_;
    source_family family_;
    record_order order_ = record_order::any; ///< of the table, as far as the records have groups
    batch_policy policy_;
    std::span<record_result> ledger_;
    detail::record_groups groups_; ///< one of all where they are in sequence or without order
    book* book_ = nullptr;
};

} // namespace headrace
