// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/add-a-source.md: two sources that nobody has, a batch and a single event.
#include <headrace/base/types.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/time.hpp>
#include <headrace/routing/detail/resource_pattern.hpp>
#include <headrace/routing/event_dispatch.hpp>
#include <headrace/routing/record_item.hpp>
#include <headrace/routing/source.hpp>
#include <headrace/sources/detail/recognition_table.hpp>
#include <headrace/sources/detail/scanner.hpp>

#include "shards.hpp"
#include "wire_arity.hpp"

#include <headrace/app.hpp>
#include <headrace/testing/invoke.hpp>
#include <headrace/testing/world.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// ---- a batch, sources/gauges.hpp ----------------------------------------------------------------

namespace headrace::gauges {

/// One reading of a gauge.
struct reading {
    std::string_view sequence_number; ///< the same in every delivery
    std::string_view river;
    std::string_view body;
    std::string_view event_source; ///< "acme:gauges"

    [[nodiscard]] static std::span<const source_operations> arrives_in() noexcept;

    static void wire(auto& self, auto&& field) {
        field("sequenceNumber", self.sequence_number).required();
        field("river", self.river);
        field("body", self.body);
        field("eventSource", self.event_source);
    }
};

/// The whole payload.
struct event {
    std::span<const reading> records;

    static constexpr source_info about{
        .id = "gauges",
        .title = "Acme Gauges",
        .delivery = delivery::polled,
        .docs = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html",
        .family = source_family::stream,
        .header = "headrace/sources/gauges.hpp"};
    static constexpr auto recognised =
        source::records_from("acme:gauges", "Records/0/sequenceNumber");
    [[nodiscard]] static record_item item_of(const reading& r);
    [[nodiscard]] static std::string sought(const reading& r);
    static std::span<const sample> samples();
    static outcome dispatch(dispatcher& d, call& c, const document& json);

    static void wire(auto& self, auto&& field) { field("Records", self.records); }
};

/// Takes the readings of a river.
class river_matcher {
public:
    using subject = reading;
    using provides = types<reading, event>;
    static constexpr headrace::delivery delivered = headrace::delivery::polled;

    explicit river_matcher(std::string name) : river_(std::move(name)) {}
    [[nodiscard]] bool matches(const reading& r) const noexcept {
        return river_.matches({}, r.river);
    }
    [[nodiscard]] std::string describe() const { return river_.describe("gauges river"); }
    [[nodiscard]] std::uint64_t rank() const noexcept { return river_.rank(); }
    [[nodiscard]] bool overlaps(const river_matcher& o) const { return river_.overlaps(o.river_); }
    [[nodiscard]] bool covers(const river_matcher& o) const { return river_.covers(o.river_); }

private:
    detail::resource_pattern river_;
};

/// Readings of the river with this name ("isar", "is*"). Handlers can ask for reading, event and
/// body<T>.
[[nodiscard]] inline river_matcher river(std::string name) {
    return river_matcher(std::move(name));
}

} // namespace headrace::gauges

// ---- sources/gauges/impl/dispatch.ipp -----------------------------------------------------------

namespace headrace::gauges {

record_item event::item_of(const reading& r) {
    return {.id = r.sequence_number,
            .group = r.river,
            .body = raw_json(r.body),
            .name = {r, [](const reading& each) -> name_parts {
                         if (each.sequence_number.empty()) return {};
                         return {"gauges", each.river, each.sequence_number};
                     }}};
}

std::string event::sought(const reading& r) { return "river " + std::string(r.river); }

std::span<const source_operations> reading::arrives_in() noexcept {
    return {&operations_of<event>, 1};
}

outcome event::dispatch(dispatcher& way, call& c, const document& d) {
    return headrace::dispatch<event>(way, c, d);
}

} // namespace headrace::gauges

// ---- a single event, sources/floods.hpp ---------------------------------------------------------

namespace headrace::floods {

/// The whole payload.
struct event {
    std::string_view id; ///< the same when Lambda tries again
    std::string_view river;
    iso_time time;
    raw_json warning;

    static constexpr source_info about{
        .id = "floods",
        .title = "Acme Flood Warnings",
        .delivery = delivery::asynchronous,
        .docs = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html",
        .family = source_family::asynchronous,
        .header = "headrace/sources/floods.hpp"};
    static constexpr auto recognised = source::recognised_by(
        source::when(source::has_object("warning"), source::has_no("detail-type")));
    [[nodiscard]] static std::span<const source_operations> arrives_in() noexcept;
    [[nodiscard]] static record_item item_of(const event& e);
    [[nodiscard]] static std::string sought(const event& e);
    static std::span<const sample> samples();
    static outcome dispatch(dispatcher& d, call& c, const document& json);

    static void wire(auto& self, auto&& field) {
        field("id", self.id);
        field("river", self.river);
        field("time", self.time);
        field("warning", self.warning);
    }
};

/// Takes every warning.
struct any_warning {
    using subject = event;
    using provides = types<event>;
    static constexpr headrace::delivery delivered = headrace::delivery::asynchronous;
    [[nodiscard]] bool matches(const event&) const noexcept { return true; }
    [[nodiscard]] std::string describe() const { return "floods any"; }
    [[nodiscard]] std::uint64_t rank() const noexcept { return 0; }
    [[nodiscard]] bool overlaps(const any_warning&) const noexcept { return true; }
    [[nodiscard]] bool covers(const any_warning&) const noexcept { return true; }
};

record_item event::item_of(const event& e) { return {.id = e.id, .body = e.warning}; }

std::string event::sought(const event& e) { return "river " + std::string(e.river); }

std::span<const source_operations> event::arrives_in() noexcept {
    return {&operations_of<event>, 1};
}

outcome event::dispatch(dispatcher& way, call& c, const document& d) {
    return headrace::dispatch<event>(way, c, d);
}

} // namespace headrace::floods

// ---- what the page says of them -----------------------------------------------------------------

using namespace headrace;

namespace {

struct level {
    int centimetres = 0;
    static void wire(auto& self, auto&& field) {
        field("centimetres", self.centimetres).required();
    }
};

// As on Lambda, but that the list in events.hpp does not have them.
template <class Event> reply_bytes deliver(router& app, std::string_view json) {
    const testing::world w;
    shards::source<Event> source(app);
    REQUIRE(source.start(w.platform()));
    workspace memory;
    context ctx = w.make_context();
    auto room = memory.input(json.size());
    REQUIRE(room);
    json.copy(*room, json.size());
    return source.handle(memory, {*room, json.size()}, ctx);
}

constexpr std::string_view three_readings =
    R"({"Records":[)"
    R"({"sequenceNumber":"1","river":"isar","body":"{\"centimetres\":90}","eventSource":"acme:gauges"},)"
    R"({"sequenceNumber":"2","river":"isar","body":"{}","eventSource":"acme:gauges"},)"
    R"({"sequenceNumber":"3","river":"isar","body":"{\"centimetres\":91}","eventSource":"acme:gauges"}]})";
constexpr std::string_view warning =
    R"({"id":"w-1","river":"isar","time":"2026-11-24T22:30:47Z","warning":{"centimetres":240}})";

using listed = types<gauges::event, floods::event>;
constexpr auto table = headrace::detail::recognise::table_of<listed>;

auto place_of(std::string_view json) {
    workspace memory;
    const auto d = memory.load(json);
    REQUIRE(d.has_value());
    return headrace::detail::recognise::scanner<table>(*d).run(d->index);
}

} // namespace

TEST_CASE("add-a-source.md: the two sources are told apart, and their wire lists are whole") {
    CHECK(place_of(three_readings) == 0);
    CHECK(place_of(warning) == 1);
    CHECK(place_of("{}") == headrace::detail::recognise::no_source);
    CHECK(wire_fault<gauges::reading>() == "");
    CHECK(wire_fault<gauges::event>() == "");
    CHECK(wire_fault<floods::event>() == "");
}

TEST_CASE("add-a-source.md: a stream's batch ends at the first record that fails") {
    std::vector<int> seen;
    app weir;
    weir.on(gauges::river("is*"), [&](body<level> l) { seen.push_back(l->centimetres); });
    CHECK(deliver<gauges::event>(weir, three_readings).text
          == R"({"batchItemFailures":[{"itemIdentifier":"2"}]})");
    CHECK(seen == std::vector{90});
    const bool brought = weir.built().dispatch_of(gauges::event::about) != nullptr;
    CHECK(brought);
    const bool other = weir.built().dispatch_of(floods::event::about) != nullptr;
    CHECK_FALSE(other);
}

TEST_CASE("add-a-source.md: a single event fails as an invocation") {
    int highest = 0;
    app weir;
    weir.on(floods::any_warning{}, [&](body<level> l, const floods::event& e) -> outcome {
        highest = l->centimetres;
        if (e.id == "w-2") return outcome::retry();
        return outcome::ok();
    });
    CHECK_FALSE(deliver<floods::event>(weir, warning).function_error);
    CHECK(highest == 240);
    CHECK(
        deliver<floods::event>(weir, R"({"id":"w-2","warning":{"centimetres":1}})").function_error);
}
