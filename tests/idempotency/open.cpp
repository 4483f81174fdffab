// SPDX-License-Identifier: BSL-1.0
#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/routing/routes.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>
#include <headrace/testing/store_conformance.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;
namespace idem = headrace::idempotency;
namespace fs = std::filesystem;

namespace {

using texts = std::vector<std::string>;

// A folder for the time of a test.
class folder {
public:
    folder() {
        std::string name = (fs::temp_directory_path() / "headrace-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() { fs::remove_all(path_); }
    [[nodiscard]] std::string file(const char* name) const { return (path_ / name).string(); }

private:
    fs::path path_;
};

constexpr std::span<const detail::linked_store> none;

struct moody {
    outcome operator()(call& c, auto&& next) const { return next(c); }
    [[nodiscard]] result<void> usable() const { return error::permanent("not today"); }
};

} // namespace

TEST_CASE("a text names the store, which keeps the promises of its kind") {
    const folder here;
    for (const auto& url : {std::string("memory:"), "sqlite:" + here.file("seen.db")}) {
        CAPTURE(url);
        auto store = idem::open(url);
        CHECK(store.usable());
        CHECK(testing::check_store(store, {.calls = 300}) == texts{});
    }
    CHECK(fs::exists(here.file("seen.db")));
}

TEST_CASE("nothing is opened before the first call") {
    const folder here;
    const auto store = idem::open("sqlite:" + here.file("seen.db"));
    CHECK(store.usable());
    CHECK(fs::is_empty(fs::path(here.file("seen.db")).parent_path()));
}

TEST_CASE("what a text lacks is said at once, without repeating it, and by every call") {
    struct row {
        std::string_view url;
        std::string_view says;
    };
    const row rows[] = {
        {"", "an idempotency store is memory:, sqlite:FILE, redis://HOST"},
        {"postgres://user:secret@host", "and this text is none of them"},
        {"memory:x", "and this text is none of them"},
        {"orders.db", "and this text is none of them"},
        {"sqlite:", "sqlite: lacks the path of its file"},
        {"sqlite::memory:", "an SQLite store is a file; the store of memory: does"},
        {"sqlite:?ephemeral_ok", "sqlite: lacks the path of its file"},
        {"sqlite:orders.db?mode=secret", "the only option of sqlite: is ?ephemeral_ok"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.url);
        auto store = idem::open(r.url);
        const auto said = store.usable();
        REQUIRE_FALSE(said);
        CHECK(said.error().kind == error_class::permanent);
        CHECK(said.error().message.find(r.says) != std::string::npos);
        CHECK(said.error().message.find("secret") == std::string::npos);
        testing::world w;
        const auto ctx = w.make_context();
        const idem::identity id{"key", ""};
        const idem::ending how{};
        CHECK(idem::begin(store, id, {}, ctx).error() == said.error());
        CHECK(store.end(ctx, id, {}, how).error() == said.error());
        CHECK(store.renew(ctx, id, {}, {}, {}).error() == said.error());
        CHECK(store.reconcile(ctx, id, 1, how).error() == said.error());
        CHECK(store.find(ctx, id).error() == said.error());
    }
}

TEST_CASE("a scheme that is not linked names its target") {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"sqlite:orders.db", "headrace::sqlite"},
        {"redis://localhost", "headrace::redis"},
        {"rediss://localhost", "headrace::redis"},
        {"dynamodb:orders", "headrace::dynamodb"}};
    for (const auto& [url, target] : rows) {
        const auto said = idem::open(url, none).usable();
        REQUIRE_FALSE(said);
        CHECK(said.error().message.find("the CMake target " + std::string(target) + ",")
              != std::string::npos);
    }
    CHECK(idem::open("memory:", none).usable());
    for (const auto* const url :
         {"dynamodb:orders", "redis://localhost", "rediss://localhost:6380"}) {
        CHECK(idem::open(url).usable()); // linked, and reached with the first call
    }
}

TEST_CASE("on Lambda a file is meant to vanish only if the text says so") {
    const folder here;
    testing::world w;
    w.env.set("AWS_LAMBDA_FUNCTION_NAME", "orders");
    auto refused = idem::open("sqlite:" + here.file("seen.db"));
    CHECK_FALSE(refused.find(w.make_context(), {"key", ""}));
    auto meant = idem::open("sqlite:" + here.file("seen.db") + "?ephemeral_ok");
    CHECK(meant.find(w.make_context(), {"key", ""}));
}

TEST_CASE("build() reports layers that cannot work: over a store that is none, and others") {
    const auto nowhere = [] { return idem::open("redis://localhost", none); };
    auto on_a_route = nowhere();
    auto elsewhere = nowhere();
    auto fine = idem::open("memory:");
    app orders{chain{per_invocation{moody{}}, idempotent{fine}}};
    orders.on(sqs::queue("orders"), chain{idempotent{on_a_route}}, [] {});
    routes others;
    others.on(sqs::queue("others"), chain{idempotent{elsewhere}}, [] {});
    others.on(sqs::queue("fine"), chain{idempotent{fine}}, [] {});
    orders.add(std::move(others));
    const auto built = orders.build();
    REQUIRE_FALSE(built);
    CHECK(built.error().code == errc::bad_app);
    const auto& said = built.error().message;
    CHECK(said.starts_with("3 mistakes in the app:\n  the base chain: "));
    CHECK(said.find("moody cannot work: not today\n  'sqs queue orders': idempotent")
          != std::string::npos);
    CHECK(said.find("cannot work: stores of redis:// need the CMake target headrace::redis, which "
                    "what calls open() does not link\n  'sqs queue others': idempotent")
          != std::string::npos);
}

TEST_CASE("an opened store can be moved before it is used, and used like any other") {
    auto first = idem::open("memory:");
    auto seen = std::move(first);
    int runs = 0;
    app orders{chain{idempotent{seen}}};
    orders.on(sqs::queue("orders"), [&] { ++runs; });
    for (int i = 0; i < 2; ++i) {
        CHECK(testing::invoke(orders, testing::sqs_batch("orders").message("x")).succeeded());
    }
    CHECK(runs == 1);
}
