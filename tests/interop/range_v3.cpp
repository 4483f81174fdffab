// SPDX-License-Identifier: BSL-1.0
#include <headrace/interop/range_v3.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>

#include <doctest/doctest.h>

#include <range/v3/algorithm/count_if.hpp>
#include <range/v3/range/concepts.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/take.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;
using testing::sqs_batch;
using testing::sqs_message;

namespace {

using texts = std::vector<std::string>;

decoded<sqs::event> batch_of(const sqs_batch& b) {
    auto made = decode<sqs::event>(b.json());
    REQUIRE(made);
    return *std::move(made);
}

template <class T>
concept can_be_walked = requires { views::records(std::declval<T>()); };
template <class T>
concept has_groups = requires(workspace& m) { views::groups(std::declval<T>(), m); };

} // namespace

static_assert(can_be_walked<const sqs::event&> && !can_be_walked<sqs::event>);
static_assert(has_groups<const sqs::event&> && !has_groups<sqs::event>);
static_assert(
    ranges::random_access_range<decltype(views::records(std::declval<const s3::event&>()))>);
static_assert(ranges::view_<decltype(views::bodies<int>(std::declval<const sqs::event&>(),
                                                        std::declval<workspace&>()))>);

TEST_CASE("records come in the order of the batch") {
    const auto batch = batch_of(sqs_batch().message("a").message("b").message("c"));
    texts seen;
    for (const auto& m : views::records(*batch) | ranges::views::take(2)) seen.emplace_back(m.body);
    CHECK(seen == texts{"a", "b"});
    CHECK(views::records(*batch).size() == 3);
    const sqs::event none;
    CHECK(views::records(none).empty());
}

TEST_CASE("each body is decoded by itself, and a bad one is an error among values") {
    const auto batch = batch_of(sqs_batch().message("[1,2]").message("nonsense").message("[]"));
    texts seen;
    for (const auto& one : views::bodies<std::vector<int>>(*batch, batch.memory())) {
        seen.push_back(one ? std::to_string(one->size())
                           : std::string(to_string(one.error().code)));
    }
    CHECK(seen == texts{"2", "syntax", "0"});
    const auto bodies = views::bodies<std::vector<int>>(*batch, batch.memory());
    CHECK(ranges::count_if(bodies, [](const auto& one) { return one.has_value(); }) == 2);
}

TEST_CASE("the bodies of notifications are their messages") {
    const auto json = testing::sns_notification().message("17").json();
    const auto made = decode<sns::event>(json);
    REQUIRE(made);
    for (const auto& one : views::bodies<int>(**made, made->memory()))
        CHECK(one == result<int>(17));
}

TEST_CASE("a FIFO batch falls into its message groups, each in order") {
    const auto batch = batch_of(sqs_batch("orders.fifo")
                                    .message(sqs_message{.body = "1", .group = "b"})
                                    .message(sqs_message{.body = "2", .group = "a"})
                                    .message(sqs_message{.body = "3", .group = "b"})
                                    .message(sqs_message{.body = "4", .group = "c"})
                                    .message(sqs_message{.body = "5", .group = "a"}));
    texts seen;
    for (const auto group : views::groups(*batch, batch.memory())) {
        std::string line(group.id());
        for (const auto& m : group.records()) line += std::string(m.body);
        seen.push_back(line);
    }
    CHECK(seen == texts{"b13", "a25", "c4"});
    const sqs::event none;
    workspace memory;
    for (const auto group : views::groups(none, memory)) FAIL(std::string(group.id()));
}
