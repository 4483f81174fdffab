// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/dead_letters.md.
#include "pages.hpp"

#include <headrace/layers/dead_letter.hpp>
#include <headrace/layers/sinks/file.hpp>

#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <string_view>

using namespace headrace;

namespace {

struct order {
    int total = 0;
    static void wire(auto& self, auto&& field) { field("total", self.total); }
};

struct orders_table {
    std::map<std::string, std::string, std::less<>> rows;
    std::string last;
    result<void> insert(std::string_view id, std::string reason, std::string json) {
        rows.emplace(id, std::move(reason));
        last = std::move(json);
        return {};
    }
};

struct table_sink {
    orders_table* table;
    result<void> write(const rejected_record& r) {
        return table->insert(r.record_id, describe(r.reason), to_json(r));
    }
};

} // namespace

TEST_CASE("dead_letters.md: the first program") {
    file_sink rejected{"/mnt/orders/rejected.jsonl"};

    app orders{chain{access_log{}, dead_letter{rejected}}};
    orders.on(sqs::queue("orders"), [](body<order> o) -> outcome {
        if (o->total <= 0) return outcome::reject("the total of an order is a positive number");
        return outcome::ok();
    });
    testing::world w; // where there is no such folder, nothing is let go
    const auto reply =
        testing::invoke(orders, testing::sqs_batch().message(order{1}).message(order{0}), w);
    CHECK(reply.failed_records() == std::vector<std::string>{"message-1"});
    CHECK(w.log.contains("cannot write /mnt/orders/rejected.jsonl: "));
    CHECK(w.log.contains("rejected because: the total of an order is a positive number"));
}

TEST_CASE("dead_letters.md: a sink of your own") {
    orders_table table;
    table_sink rejected{&table};
    app orders{chain{dead_letter{rejected}}};
    orders.on(sqs::queue("orders"), [](body<order>) {});
    (void)testing::invoke(orders, testing::sqs_batch().message(R"({"total":"many"})"));
    REQUIRE(table.rows.size() == 1);
    CHECK(table.rows["message-0"] == "/total: in the body, expected an integer");
}

TEST_CASE("dead_letters.md: the form of a record") {
    orders_table table;
    table_sink rejected{&table};
    app orders{chain{dead_letter{rejected}}};
    orders.on(sqs::queue("orders"), [](body<order>) {});
    (void)testing::invoke(orders, testing::sqs_batch().message(R"({"total":"many"})"));
    CHECK(docs::is_like(table.last, R"(
{"time":"2026-11-24T22:30:47.201Z","source":"sqs","route":"sqs queue orders","recordId":"message-0","attempt":1,
 "requestId":"8e2f6c1a-4d7b-4e0f-9a35-0c1d2e3f4a5b","functionArn":"arn:aws:lambda:eu-central-1:123456789012:function:...",
 "error":{"class":"malformed","code":"wrong_kind","message":"in the body, expected an integer","pointer":"/total"},
 "record":{"messageId":"message-0",...}}
)"));
}

TEST_CASE("dead_letters.md: leaving it to AWS") {
    app orders{chain{access_log{}, platform_dead_letters{}}};
    orders.on(sqs::queue("orders"),
              [](const sqs::message&) -> outcome { return outcome::reject("no"); });
    CHECK(testing::invoke(orders, testing::sqs_batch().message("")).failed_records().size() == 1);
}
