// SPDX-License-Identifier: BSL-1.0
// Whatever comes back instead of an answer of DynamoDB: is it read without looking outside, and is
// nothing granted that it does not say? The first byte chooses between bytes of a connection and
// JSON with a status.

#include <headrace/idempotency/stores/dynamodb.hpp>
#include <headrace/testing/world.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

using namespace headrace;
namespace idem = headrace::idempotency;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

// Every connection brings the same bytes and ends.
struct connector final : net::connector {
    explicit connector(std::string_view all) : bytes(all) {}
    struct stream final : net::stream {
        explicit stream(std::string_view all) : left(all) {}
        result<void> write(std::string_view, std::chrono::milliseconds) override { return {}; }
        result<std::size_t> read_some(std::span<char> into, std::chrono::milliseconds) override {
            const auto size = std::min({into.size(), left.size(), std::size_t{100}});
            std::copy_n(left.begin(), size, into.begin());
            left.remove_prefix(size);
            return size;
        }
        std::string_view left;
    };
    result<std::unique_ptr<net::stream>> connect(const net::peer&,
                                                 std::chrono::milliseconds) override {
        return std::unique_ptr<net::stream>(std::make_unique<stream>(bytes));
    }
    std::string_view bytes;
};

struct client {
    aws::dynamodb_answer answer;
    result<aws::dynamodb_answer> call(const context&, std::string_view, std::string_view) {
        return answer;
    }
};

void check(idem::dynamodb_store& store, const context& ctx) {
    const idem::identity id{"key", "payload"};
    const idem::owner_id owner{{1, 2}};
    (void)store.find(ctx, id);
    const auto now = testing::start_of_time;
    const auto claimed = store.claim(ctx, {.id = id,
                                           .owner = owner,
                                           .now = now,
                                           .lease_end = now + std::chrono::seconds(10),
                                           .expires = now + std::chrono::seconds(20),
                                           .margin = std::chrono::seconds(1),
                                           .take_over = true});
    if (claimed && claimed->granted) {
        must(claimed->now.owner == owner);
        must(claimed->now.status == idem::record_status::in_progress);
    }
    const auto ended = store.end(ctx, id, owner, {idem::record_status::completed, "x", now});
    if (ended && ended->found) must(!ended->written);
    (void)store.create_table(ctx);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string copy(reinterpret_cast<const char*>(data) + 1, size - 1);
    testing::world w;
    const auto ctx = w.make_context();
    if (data[0] % 2 == 0) {
        idem::dynamodb_options how;
        how.client.region = "eu-central-1";
        how.client.connector = std::make_shared<connector>(copy);
        how.client.credentials =
            std::make_shared<aws::fixed_credentials>(aws::credentials{"id", "secret", "", {}});
        idem::dynamodb_store store("records", std::move(how));
        check(store, ctx);
    } else {
        client said{{data[0] % 4 == 1 ? 200u : 400u, copy}};
        idem::dynamodb_store store(said, "records");
        check(store, ctx);
    }
    return 0;
}
