// SPDX-License-Identifier: BSL-1.0
#pragma once

// Two small event sources with ordered records: a stream, whose records are one sequence, and a log
// of partitions, each with a sequence of its own. They are what an author of a source writes.

#include <headrace/app.hpp>
#include <headrace/base/types.hpp>
#include <headrace/routing/batch.hpp>
#include <headrace/routing/batch_run.hpp>
#include <headrace/routing/dispatch.hpp>
#include <headrace/routing/router.hpp>
#include <headrace/routing/service.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace shards {

struct entry {
    std::string_view sequence;
    std::string_view partition;
    std::string_view data;
    static void wire(auto& self, auto&& field) {
        field("sequence", self.sequence).required();
        field("partition", self.partition);
        field("data", self.data);
    }
};

struct stream {
    static constexpr headrace::record_order order = headrace::record_order::in_sequence;
    std::span<const entry> records;
    static void wire(auto& self, auto&& field) { field("Records", self.records); }
};

struct partitions {
    static constexpr headrace::record_order order = headrace::record_order::by_group;
    std::span<const entry> records;
    static void wire(auto& self, auto&& field) { field("Records", self.records); }
};

class every_entry {
public:
    using subject = entry;
    using provides = headrace::types<entry>;
    [[nodiscard]] bool matches(const entry&) const noexcept { return true; }
    [[nodiscard]] std::string describe() const { return "every entry"; }
    [[nodiscard]] std::uint64_t rank() const noexcept { return 0; }
    [[nodiscard]] bool overlaps(const every_entry&) const noexcept { return true; }
    [[nodiscard]] bool covers(const every_entry&) const noexcept { return true; }
};

template <class Event>
headrace::outcome dispatch(headrace::dispatcher& way, headrace::call& c,
                           const headrace::document& d) {
    auto all = headrace::read_batch<Event>(d, c.memory());
    if (!all) return way.answer(c, all.error());
    c.found().document = {&d};
    headrace::batch_run records(
        way, c, all->records().size(),
        [&](std::size_t i) -> headrace::batch_item {
            return {all->records()[i].sequence, all->records()[i].partition};
        },
        Event::order, way.batches<Event>());
    records.run([&](headrace::dispatcher& here, headrace::call& one, std::size_t i) {
        const auto& item = all->records()[i];
        if (const auto* problem = all->problem(i)) {
            return here.answer(one, *problem);
        }
        one.offer(item);
        one.found().body = headrace::raw_json(item.data);
        if (const auto* route = here.find(item)) return here.run(one, *route);
        return here.unmatched(one, "an entry");
    });
    return records.checkpoint();
}

/// Hands batches of this event to an app.
template <class Event> class source final : public headrace::service {
public:
    explicit source(headrace::router& app) : app_(app) {}
    headrace::result<void> start(const headrace::platform& world) override {
        return app_.start(world);
    }
    headrace::reply_bytes handle(headrace::workspace& memory, std::string_view payload,
                                 headrace::context& ctx) override {
        const auto d = memory.index_input(payload.size());
        if (!d) return {{}, d.error()};
        headrace::call c(ctx, memory, app_.built().objects());
        headrace::dispatcher way(app_.built(), memory);
        headrace::outcome o = dispatch<Event>(way, c, *d);
        if (!o.acknowledges()) return {{}, *o.error()};
        return {std::move(o.reply().get_if<headrace::json_reply>()->text), {}};
    }

private:
    headrace::router& app_;
};

} // namespace shards
