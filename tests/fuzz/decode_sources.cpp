// SPDX-License-Identifier: BSL-1.0
// Arbitrary bytes through recognition, the decoding of every source and an app with a route for
// each: no crash, no leak, and what was decoded can be encoded, decoded and encoded to the same.

#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/sources/catalogue.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/kinesis.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/recognise.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace headrace;

struct silent : log_output {
    void line(std::string_view) noexcept override {}
};

struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    std::span<const std::string_view> notes;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer);
        field("notes", self.notes);
    }
};

app<>& program() {
    static app<> everything;
    static const bool once = [] {
        everything.on(sqs::queue("orders*"), [](body<order>) {});
        everything.on(kinesis::stream("orders*"), [](body<order>) {});
        everything.on(sns::topic("orders*"), [](const sns::notification&) {});
        everything.on(s3::bucket("*").created().suffix(".csv"), [](const s3::record&) {});
        everything.on(s3::bucket("*"), [](const s3::record&) {});
        everything.on(schedule::rule("*"), [](const schedule::event&) {});
        everything.on(schedule::name("*"), [](const schedule::event&) {});
        everything.on(eventbridge::source("*"), [](body<raw_json>) {});
        everything.on(http::get("/orders/{id}"), [](http::path<"id", std::uint64_t> id) {
            return order{id, "Ada", {}};
        });
        everything.on(http::post("/orders"),
                      [](body<order> o, http::header<"x-request-id", std::optional<std::string>>) {
                          return std::string(o->customer);
                      });
        everything.on(raw::when("/job", "nightly"), [](const raw::event&) {});
        everything.on(raw::any, [](const raw::event&) {});
        return everything.build().has_value();
    }();
    if (!once) std::abort();
    return everything;
}

void round_trip(const catalogue_entry& source, std::string_view json) {
    workspace memory;
    const auto document = memory.load(json);
    if (!document) return;
    const auto first = source.round_trip(*document, memory);
    (void)source.unknown(*document, memory);
    if (!first) return;
    const auto again = memory.nested(*first);
    if (!again) std::abort();
    const auto second = source.round_trip(*again, memory);
    if (!second || *second != *first) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view json(reinterpret_cast<const char*>(data), data == nullptr ? 0 : size);
    for (const auto& source : catalogue()) round_trip(source, json);

    static const platform real = system_platform();
    static silent nowhere;
    context ctx(real, logger(nowhere, real.clock, log_level::off));
    workspace memory;
    const auto reply = program().handle_copy(memory, json, ctx);
    if (!reply.function_error && !memory.nested(reply.text)) std::abort();
    return 0;
}
