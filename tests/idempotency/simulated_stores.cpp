// SPDX-License-Identifier: BSL-1.0
// The stores that ship, under simulated deliveries: every call of a store, or of what it speaks to,
// is a step that may fail, lose its answer, take too long or end the process, and stores are
// throttled and refuse. After every step somebody who sees everything compares what is recorded
// with what was.
#include "fake_dynamodb.hpp"
#include "fake_redis.hpp"
#include "long_runs.hpp"
#include "servers.hpp"

#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/dynamodb.hpp>
#include <headrace/idempotency/stores/redis.hpp>
#include <headrace/idempotency/stores/sqlite.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/delivery.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;

namespace {

// ---- what must hold -----------------------------------------------------------------------------

// Sees every record after every step, and so every change of it.
class judge {
public:
    explicit judge(testing::delivery& d) : d_(d) {}

    void changed(const std::string& key, const std::optional<idem::record>& now) {
        auto& before = last_[key];
        if (before && !now) d_.check(false, "a record vanishes");
        if (before && now) compare(*before, *now);
        before = now;
    }
    // That this owner has ended what is there.
    void ended(const std::optional<idem::record>& before, idem::owner_id by) {
        d_.check(before && before->owner == by, "a claim is ended by another than its owner");
    }
    // What a caller is told about an order.
    void told(const std::string& order, const std::string& result) {
        const auto [first, fresh] = results_.emplace(order, result);
        d_.check(fresh || first->second == result, "callers see differing results");
    }
    // That somebody else is at work, though it is the asker itself.
    void told_busy(const std::optional<idem::record>& r, idem::owner_id asker) {
        d_.check(!r || r->owner != asker || r->status != idem::record_status::in_progress
                     || r->lease_end < d_.time().now(),
                 "an own claim is taken for a rival's");
    }

private:
    void compare(const idem::record& before, const idem::record& now) {
        using enum idem::record_status;
        const bool other = before.owner != now.owner;
        const bool done = before.status == completed;
        d_.check(!(done && now.status == in_progress),
                 "an operation runs again after its recorded completion");
        d_.check(!(done && now.status != in_progress && (other || before.result != now.result)),
                 "a stored result is overwritten");
        d_.check(!(other && before.status == in_progress && before.lease_end >= d_.time().now()),
                 "a second one runs within a valid lease");
        d_.check(now.fence >= before.fence, "a fence falls");
    }

    testing::delivery& d_;
    std::map<std::string, std::optional<idem::record>> last_;
    std::map<std::string, std::string> results_;
};

// ---- stores and what they speak to --------------------------------------------------------------

// What survives the processes.
class backend {
public:
    explicit backend(testing::delivery& d) : d_(d), judge_(d) {}
    backend(const backend&) = delete;
    backend& operator=(const backend&) = delete;
    virtual ~backend() = default;

    /// The store of a process.
    virtual std::unique_ptr<idem::store> connect() = 0;
    /// What is there, without a fault and without time.
    virtual std::optional<idem::record> peek(const idem::identity& id) = 0;

    template <class F> auto step(std::string_view what, F effect) {
        return d_.step(what, [&] {
            auto said = effect();
            for (const auto& id : known_) judge_.changed(id.key, peek(id));
            return said;
        });
    }
    void know(const idem::identity& id) {
        for (const auto& each : known_) {
            if (each.key == id.key) return;
        }
        known_.push_back(id);
    }
    [[nodiscard]] judge& judged() noexcept { return judge_; }
    [[nodiscard]] const context& no_process() const noexcept { return context_; }

private:
    testing::delivery& d_;
    judge judge_;
    std::vector<idem::identity> known_;
    testing::world world_;
    context context_ = world_.make_context();
};

// Another store, each call of which is one step.
class stepping final : public idem::store {
public:
    stepping(backend& in, idem::store& inner) : in_(in), inner_(&inner) {}
    stepping(backend& in, std::unique_ptr<idem::store> own)
        : in_(in), own_(std::move(own)), inner_(own_.get()) {}
    result<idem::claim_answer> claim(const context& ctx, const idem::claim_request& r) override {
        return in_.step("claim", [&] { return inner_->claim(ctx, r); });
    }
    result<idem::write_answer> end(const context& ctx, const idem::identity& id, idem::owner_id who,
                                   const idem::ending& how) override {
        return in_.step("end", [&] {
            const auto before = in_.peek(id);
            auto said = inner_->end(ctx, id, who, how);
            if (said && said->written) in_.judged().ended(before, who);
            return said;
        });
    }
    result<idem::write_answer> renew(const context& ctx, const idem::identity& id,
                                     idem::owner_id who, time_point a, time_point b) override {
        return in_.step("renew", [&] { return inner_->renew(ctx, id, who, a, b); });
    }
    result<idem::write_answer> reconcile(const context& ctx, const idem::identity& id,
                                         std::uint64_t fence, const idem::ending& how) override {
        return in_.step("reconcile", [&] { return inner_->reconcile(ctx, id, fence, how); });
    }
    result<std::optional<idem::record>> find(const context& ctx,
                                             const idem::identity& id) override {
        return in_.step("find", [&] { return inner_->find(ctx, id); });
    }

private:
    backend& in_;
    std::unique_ptr<idem::store> own_;
    idem::store* inner_;
};

// What the layer of a process gets: now and then it is throttled or refused.
class process_store final : public idem::store {
public:
    process_store(backend& in, unsigned lost_renewals)
        : in_(in), inner_(in.connect()), lost_renewals_(lost_renewals) {}
    result<idem::claim_answer> claim(const context& ctx, const idem::claim_request& r) override {
        in_.know(r.id);
        last = r.id;
        asker = r.owner;
        if (auto refused = refusal(ctx)) return *std::move(refused);
        return inner_->claim(ctx, r);
    }
    result<idem::write_answer> end(const context& ctx, const idem::identity& id, idem::owner_id who,
                                   const idem::ending& how) override {
        if (auto refused = refusal(ctx)) return *std::move(refused);
        return inner_->end(ctx, id, who, how);
    }
    result<idem::write_answer> renew(const context& ctx, const idem::identity& id,
                                     idem::owner_id who, time_point a, time_point b) override {
        if (ctx.world->random.next() % 100 < lost_renewals_) return error::permanent("not now");
        return inner_->renew(ctx, id, who, a, b);
    }
    result<idem::write_answer> reconcile(const context& ctx, const idem::identity& id,
                                         std::uint64_t fence, const idem::ending& how) override {
        return inner_->reconcile(ctx, id, fence, how);
    }
    result<std::optional<idem::record>> find(const context& ctx,
                                             const idem::identity& id) override {
        return inner_->find(ctx, id);
    }
    idem::identity last;
    idem::owner_id asker;

private:
    static std::optional<error> refusal(const context& ctx) {
        const auto drawn = ctx.world->random.next() % 100;
        if (drawn < 4) return error::throttled("the store is busy", 50ms);
        if (drawn == 4) return error::permanent("the store is misconfigured");
        return std::nullopt;
    }
    backend& in_;
    std::unique_ptr<idem::store> inner_;
    unsigned lost_renewals_;
};

class in_memory final : public backend {
public:
    using backend::backend;
    std::unique_ptr<idem::store> connect() override {
        return std::make_unique<stepping>(*this, records_);
    }
    std::optional<idem::record> peek(const idem::identity& id) override {
        return *records_.find(no_process(), id);
    }

private:
    idem::memory_store records_;
};

// A place for files that are written a thousand times a second: in memory, where there is such.
std::string file_of_a_schedule() {
    static std::atomic<std::uint64_t> count = 0;
    const std::filesystem::path memory("/dev/shm");
    const auto folder =
        ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    const auto name = std::to_string(::getpid()) + "-" + std::to_string(++count);
    return (folder / ("headrace-" + name + ".db")).string();
}

constexpr idem::sqlite_options ephemeral{.ephemeral_ok = true}; // the simulated world is Lambda

// Every process opens the file anew.
class in_a_file final : public backend {
public:
    using backend::backend;
    ~in_a_file() override {
        for (const auto* const more : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + more);
    }
    std::unique_ptr<idem::store> connect() override {
        return std::make_unique<stepping>(*this,
                                          std::make_unique<idem::sqlite_store>(path_, ephemeral));
    }
    std::optional<idem::record> peek(const idem::identity& id) override {
        return *all_.find(no_process(), id);
    }

private:
    std::string path_ = file_of_a_schedule();
    idem::sqlite_store all_{path_, ephemeral};
};

// Each request is a step, so a claim that needs two may lose the second.
template <bool ReturnsOld> class in_dynamodb final : public backend {
public:
    explicit in_dynamodb(testing::delivery& d) : backend(d) {}
    std::unique_ptr<idem::store> connect() override {
        return std::make_unique<idem::dynamodb_store>(client_, "records");
    }
    std::optional<idem::record> peek(const idem::identity& id) override {
        const auto item = tables_.item("records", id.key);
        if (!item.contains("status")) return std::nullopt;
        idem::record r;
        r.status = *idem::parse_record_status(item.at("status").text);
        r.owner = *idem::owner_id::parse(item.at("owner").text);
        r.fence = std::stoull(item.at("fence").text);
        r.lease_end = time_point(std::chrono::nanoseconds(std::stoll(item.at("lease_ns").text)));
        if (const auto found = item.find("result"); found != item.end()) {
            r.result = found->second.text;
        }
        return r;
    }

private:
    struct stepping_client {
        in_dynamodb& in;
        result<aws::dynamodb_answer> call(const context& ctx, std::string_view operation,
                                          std::string_view json) {
            return in.step(operation, [&] { return in.tables_.call(ctx, operation, json); });
        }
    };
    fakes::fake_dynamodb tables_{{.returns_old = ReturnsOld}};
    stepping_client client_{*this};
};

// Each connection, command and reply is a step; one that fails costs the connection.
class in_redis final : public backend {
public:
    using backend::backend;
    std::unique_ptr<idem::store> connect() override {
        return std::make_unique<idem::redis_store>(idem::redis_options{},
                                                   std::make_unique<stepping_connector>(*this));
    }
    std::optional<idem::record> peek(const idem::identity& id) override {
        return server_.peek("headrace:" + id.key);
    }

private:
    struct stepping_stream final : net::stream {
        stepping_stream(in_redis& to, std::unique_ptr<net::stream> what)
            : in(to), inner(std::move(what)) {}
        result<void> write(std::string_view bytes, std::chrono::milliseconds within) override {
            return in.step("command", [&] { return inner->write(bytes, within); });
        }
        result<std::size_t> read_some(std::span<char> into,
                                      std::chrono::milliseconds within) override {
            return in.step("reply", [&] { return inner->read_some(into, within); });
        }
        in_redis& in;
        std::unique_ptr<net::stream> inner;
    };
    struct stepping_connector final : net::connector {
        explicit stepping_connector(in_redis& to) : in(to), inner(to.server_.connector()) {}
        result<std::unique_ptr<net::stream>> connect(const net::peer& to,
                                                     std::chrono::milliseconds within) override {
            auto made = in.step("connect", [&] { return inner->connect(to, within); });
            if (!made) return std::move(made).error();
            return std::unique_ptr<net::stream>(
                std::make_unique<stepping_stream>(in, *std::move(made)));
        }
        in_redis& in;
        std::unique_ptr<net::connector> inner;
    };
    fake_redis::server server_;
};

// Behind real servers, whose clocks are not ours: there the simulated time is that of the world.
class shifted final : public idem::store {
public:
    explicit shifted(std::unique_ptr<idem::store> inner) : inner_(std::move(inner)) {}
    result<idem::claim_answer> claim(const context& ctx, const idem::claim_request& r) override {
        auto there = r;
        there.now = to_server(r.now);
        there.lease_end = to_server(r.lease_end);
        there.expires = to_server(r.expires);
        auto said = inner_->claim(ctx, there);
        if (said) from_server(said->now);
        return said;
    }
    result<idem::write_answer> end(const context& ctx, const idem::identity& id, idem::owner_id who,
                                   const idem::ending& how) override {
        return heard(inner_->end(ctx, id, who, {how.becomes, how.result, to_server(how.expires)}));
    }
    result<idem::write_answer> renew(const context& ctx, const idem::identity& id,
                                     idem::owner_id who, time_point a, time_point b) override {
        return heard(inner_->renew(ctx, id, who, to_server(a), to_server(b)));
    }
    result<idem::write_answer> reconcile(const context& ctx, const idem::identity& id,
                                         std::uint64_t fence, const idem::ending& how) override {
        return heard(
            inner_->reconcile(ctx, id, fence, {how.becomes, how.result, to_server(how.expires)}));
    }
    result<std::optional<idem::record>> find(const context& ctx,
                                             const idem::identity& id) override {
        auto said = inner_->find(ctx, id);
        if (said && *said) from_server(**said);
        return said;
    }

private:
    static constexpr time_point for_ever = time_point::max();
    static std::chrono::milliseconds ahead() {
        static const auto since = std::chrono::floor<std::chrono::milliseconds>(
            system_platform().clock.now() - testing::start_of_time);
        return since;
    }
    static time_point to_server(time_point t) { return t == for_ever ? t : t + ahead(); }
    static void from_server(idem::record& r) {
        if (r.lease_end != for_ever) r.lease_end -= ahead();
        if (r.expires != for_ever) r.expires -= ahead();
    }
    static result<idem::write_answer> heard(result<idem::write_answer> said) {
        if (said && said->found) from_server(*said->found);
        return said;
    }
    std::unique_ptr<idem::store> inner_;
};

using connection = std::function<std::unique_ptr<idem::store>()>;

// Every process connects anew; each of its calls is a step.
class in_a_server final : public backend {
public:
    in_a_server(testing::delivery& d, const connection& to)
        : backend(d), to_(to), all_(std::make_unique<shifted>(to())) {}
    std::unique_ptr<idem::store> connect() override {
        return std::make_unique<stepping>(*this, std::make_unique<shifted>(to_()));
    }
    std::optional<idem::record> peek(const idem::identity& id) override {
        const auto found = all_->find(no_process(), id);
        REQUIRE_MESSAGE(found, found.error().message);
        return *found;
    }

private:
    const connection& to_;
    std::unique_ptr<idem::store> all_;
};

// ---- controls: stores that are wrong ------------------------------------------------------------

enum class mistake : std::uint8_t { overwrites, takes_early, forgets_completion, hides_owner };

time_point after(time_point t) { return std::min(t, time_point::max() - 1h) + 1s; }

// As stores are that do not know who owns a record.
class careless final : public idem::store {
public:
    careless(idem::store& inner, mistake what) : inner_(inner), what_(what) {}
    result<idem::claim_answer> claim(const context& ctx, const idem::claim_request& r) override {
        auto changed = r;
        if (what_ == mistake::takes_early) {
            changed.now += 4s;
            changed.margin = 0ms;
        }
        const auto there = inner_.find(ctx, r.id);
        const bool done = *there && (*there)->status == idem::record_status::completed;
        if (what_ == mistake::forgets_completion && done) changed.now = after((*there)->expires);
        auto said = inner_.claim(ctx, changed);
        if (what_ == mistake::hides_owner && !said->granted) said->now.owner = {};
        return said;
    }
    result<idem::write_answer> end(const context& ctx, const idem::identity& id, idem::owner_id who,
                                   const idem::ending& how) override {
        const auto there = inner_.find(ctx, id);
        const bool done = *there && (*there)->status == idem::record_status::completed;
        if (what_ == mistake::overwrites && done) { // as if it were not there
            const idem::identity same{id.key, (*there)->payload};
            (void)inner_.claim(ctx, {.id = same,
                                     .owner = who,
                                     .now = after((*there)->expires),
                                     .lease_end = (*there)->lease_end,
                                     .expires = (*there)->expires,
                                     .margin = 0ms});
        }
        return inner_.end(ctx, id, who, how);
    }
    result<idem::write_answer> renew(const context& ctx, const idem::identity& id,
                                     idem::owner_id who, time_point a, time_point b) override {
        return inner_.renew(ctx, id, who, a, b);
    }
    result<idem::write_answer> reconcile(const context& ctx, const idem::identity& id,
                                         std::uint64_t fence, const idem::ending& how) override {
        return inner_.reconcile(ctx, id, fence, how);
    }
    result<std::optional<idem::record>> find(const context& ctx,
                                             const idem::identity& id) override {
        return inner_.find(ctx, id);
    }

private:
    idem::store& inner_;
    mistake what_;
};

template <mistake What> class control final : public backend {
public:
    using backend::backend;
    std::unique_ptr<idem::store> connect() override {
        return std::make_unique<stepping>(*this, std::make_unique<careless>(records_, What));
    }
    std::optional<idem::record> peek(const idem::identity& id) override {
        return *records_.find(no_process(), id);
    }

private:
    idem::memory_store records_;
};

// ---- the scenario -------------------------------------------------------------------------------

using made = std::unique_ptr<backend>;
using maker = std::function<made(testing::delivery&)>;
template <class B> made make(testing::delivery& d) { return std::make_unique<B>(d); }

struct receipt {
    int number = 0;
    static void wire(auto& self, auto&& field) { field("number", self.number); }
};

struct rules {
    idem::mode mode = idem::mode::at_least_once;
    std::chrono::milliseconds lease = 15min;
    unsigned lost_renewals = 0; ///< per cent: then leases lapse under those who are at work
};

// What the handler does outside of its process.
struct bank {
    testing::delivery& d;
    backend& seen;
    std::map<std::string, int> charges = {};
    std::set<std::string> keys = {};
    std::deque<process_store> stores = {};
    int runs = 0;

    result<receipt> charge(const std::string& order, const std::string& key, bool once) {
        const int number = ++runs; // no two runs come to the same
        auto done = d.step("charge " + order, [&] {
            if (!once || keys.insert(key).second) ++charges[order];
        });
        if (!done) return std::move(done).error();
        return receipt{number};
    }
};

// Stands outside of the layer and hears what the caller hears.
struct witness {
    bank* all;
    process_store* own;
    outcome operator()(call& c, auto&& next) const {
        outcome o = next(c);
        if (!all->d.alive()) return o;
        auto& judge = all->seen.judged();
        if (const auto* const json = o.reply().get_if<json_reply>(); json && o.succeeded()) {
            judge.told(std::string(c.body()->text()), json->text);
        } else if (o.error() != nullptr && o.error()->kind == error_class::conflict) {
            judge.told_busy(all->seen.peek(own->last), own->asker);
        }
        return o;
    }
};

// Real servers keep the records of all schedules.
std::string new_operation() {
    static std::atomic<std::uint64_t> count = 0;
    return std::to_string(++count);
}

void deliver(testing::delivery& d, const maker& make_backend, const rules& how) {
    const auto seen = make_backend(d);
    bank accounts{d, *seen};
    auto& orders = d.queue({.name = "orders", .visibility = 4s, .most_receives = 40});
    const bool once = how.mode == idem::mode::at_most_once;
    const auto name = new_operation();
    const auto make_app = [&]() -> std::unique_ptr<service> {
        auto program = std::make_unique<app<>>();
        auto& store = accounts.stores.emplace_back(*seen, how.lost_renewals);
        idem::options options{.operation = name};
        options.terms = {.mode = how.mode, .window = 1000h, .lease = how.lease};
        program->provide(accounts);
        program->on(sqs::queue("orders"),
                    chain{witness{&accounts, &store}, idempotent{store, idem::key_at{""}, options}},
                    [once](const sqs::message& m, idem::current now, deps<bank&> b) {
                        return b->charge(std::string(m.body), now.downstream_key("charge"), !once);
                    });
        return program;
    };
    orders.feeds(d.function("worker", make_app, {.timeout = 10s, .concurrency = 2}), {.batch = 2});
    orders.send("1").send("2").send("2"); // a producer that sends twice
    d.run();
    for (const auto& [order, times] : accounts.charges) {
        d.check(times <= 1, "an order is charged twice");
    }
    d.check(once || accounts.charges.size() == 2, "an order is not charged");
}

struct outcome_of_many {
    testing::delivery::verdict verdict;
    std::uint64_t schedules = 0;
};

// Each of the rules gets its share.
outcome_of_many explore(const maker& make_backend, std::uint64_t schedules) {
    constexpr auto once = idem::mode::at_most_once;
    constexpr rules all[] = {{},
                             {.lease = 3s},
                             {.lease = 3s, .lost_renewals = 90},
                             {.mode = once, .lease = 3s, .lost_renewals = 50}};
    outcome_of_many found;
    for (const auto& each : all) {
        found.verdict = testing::delivery::explore(
            {.seeds = schedules / std::size(all),
             .faults = {.share = 0.2, .most = 6},
             .threads = 2},
            [&](testing::delivery& d) { deliver(d, make_backend, each); });
        found.schedules += found.verdict.schedules;
        if (!found.verdict.passed) break;
    }
    return found;
}

// In the long run all stores together get ten times as many schedules as other simulations.
std::uint64_t schedules(std::uint64_t usual, double share_of_long_run) {
    if (!long_runs::is_long()) return usual;
    const auto wanted = std::strtoull(long_runs::wanted(), nullptr, 10);
    return static_cast<std::uint64_t>(static_cast<double>(wanted) * 10 * share_of_long_run);
}

} // namespace

TEST_CASE("no store breaks the protocol, whatever happens to its calls and processes") {
    struct row {
        std::string store;
        maker make_backend;
        std::uint64_t usual;
        double share_of_long_run;
    };
    const row rows[] = {{"memory", make<in_memory>, 2'000, 0.35},
                        {"sqlite", make<in_a_file>, 1'000, 0.05},
                        {"redis", make<in_redis>, 1'000, 0.2},
                        {"dynamodb", make<in_dynamodb<true>>, 1'000, 0.2},
                        {"dynamodb without the old item", make<in_dynamodb<false>>, 1'000, 0.2}};
    for (const auto& r : rows) {
        CAPTURE(r.store);
        const auto began = std::chrono::steady_clock::now();
        const auto found = explore(r.make_backend, schedules(r.usual, r.share_of_long_run));
        CHECK_MESSAGE(found.verdict.passed, found.verdict.story);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        MESSAGE(r.store << ": " << found.schedules << " schedules in " << took.count() << " s");
    }
}

TEST_CASE("a store that does not know who owns a record is caught") {
    struct row {
        maker make_backend;
        std::string says;
    };
    const row rows[] = {
        {make<control<mistake::overwrites>>, "a stored result is overwritten"},
        {make<control<mistake::takes_early>>, "a second one runs within a valid lease"},
        {make<control<mistake::forgets_completion>>, "runs again after its recorded completion"},
        {make<control<mistake::forgets_completion>>, "callers see differing results"},
        {make<control<mistake::hides_owner>>, "an own claim is taken for a rival's"}};
    for (const auto& r : rows) {
        CAPTURE(r.says);
        const auto found = explore(r.make_backend, 20'000);
        REQUIRE_FALSE(found.verdict.passed);
        std::string all;
        for (const auto& each : found.verdict.violations) all += each + "; ";
        CHECK_MESSAGE(all.find(r.says) != std::string::npos, all);
        MESSAGE(r.says << ": found after " << found.schedules << " schedules");
    }
}

TEST_CASE("nor does one in real servers") {
    const servers::server redis(servers::redis());
    const auto redis_url = "redis://127.0.0.1:" + redis.port();
    const servers::server dynalite(servers::dynalite());
    idem::dynamodb_options how;
    how.client.region = "eu-central-1";
    how.client.endpoint = "http://127.0.0.1:" + dynalite.port();
    how.client.credentials = std::make_shared<aws::fixed_credentials>(
        aws::credentials{"AKIDEXAMPLE", "a secret", "", {}});
    testing::world w;
    auto ctx = w.make_context();
    ctx.deadline.reset();
    REQUIRE(idem::dynamodb_store("seen", how).create_table(ctx));
    struct row {
        std::string server;
        connection to;
        std::uint64_t usual;
    };
    const row rows[] = {
        {"redis", [&] { return *idem::redis_store::open(redis_url); }, 200},
        {"dynalite", [&] { return std::make_unique<idem::dynamodb_store>("seen", how); }, 40}};
    for (const auto& r : rows) {
        CAPTURE(r.server);
        const auto began = std::chrono::steady_clock::now();
        const auto found =
            explore([&](testing::delivery& d) { return std::make_unique<in_a_server>(d, r.to); },
                    long_runs::is_long() ? r.usual * 10 : r.usual);
        CHECK_MESSAGE(found.verdict.passed, found.verdict.story);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        MESSAGE(r.server << ": " << found.schedules << " schedules in " << took.count() << " s");
    }
}
