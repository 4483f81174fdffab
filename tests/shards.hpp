// SPDX-License-Identifier: BSL-1.0
#pragma once

// Two small event sources with ordered records: a stream, whose records are one sequence, and a log
// of partitions, each with a sequence of its own. They are what an author of a source writes.

#include <headrace/app.hpp>
#include <headrace/base/types.hpp>
#include <headrace/routing/dispatch.hpp>
#include <headrace/routing/event_dispatch.hpp>
#include <headrace/routing/record_item.hpp>
#include <headrace/routing/router.hpp>
#include <headrace/routing/service.hpp>
#include <headrace/routing/source.hpp>

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

// What both say of a record.
struct entries {
    std::span<const entry> records;
    [[nodiscard]] static headrace::record_item item_of(const entry& e) {
        return {.id = e.sequence, .group = e.partition, .body = headrace::raw_json(e.data)};
    }
    [[nodiscard]] static std::string sought(const entry&) { return "an entry"; }
};

struct stream : entries {
    static constexpr headrace::source_info about{.id = "shards.stream",
                                                 .title = "a stream",
                                                 .delivery = headrace::delivery::polled,
                                                 .family = headrace::source_family::stream};
    static void wire(auto& self, auto&& field) { field("Records", self.records); }
};

struct partitions : entries {
    static constexpr headrace::source_info about{.id = "shards.partitions",
                                                 .title = "a log of partitions",
                                                 .delivery = headrace::delivery::polled,
                                                 .family = headrace::source_family::partitioned};
    static void wire(auto& self, auto&& field) { field("Records", self.records); }
};

struct whole : entries {
    static constexpr headrace::source_info about{.id = "shards.whole",
                                                 .title = "a batch without partial answers",
                                                 .delivery = headrace::delivery::polled,
                                                 .family = headrace::source_family::whole_batch};
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
        c.found().document = {&*d};
        headrace::outcome o = headrace::dispatch<Event>(way, c, *d);
        if (!o.acknowledges()) return {{}, *o.error()};
        auto* const json = o.reply().get_if<headrace::json_reply>();
        return {json != nullptr ? std::move(json->text) : "null", {}};
    }

private:
    headrace::router& app_;
};

} // namespace shards
