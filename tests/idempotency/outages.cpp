// SPDX-License-Identifier: BSL-1.0
// The stores that ship under simulated deliveries, while what they speak to stops, refuses and
// comes back: as long as it is back before the last moment of an invocation, no order is charged
// twice, and whatever it does, no invocation is late.
#include "fake_dynamodb.hpp"
#include "fake_redis.hpp"
#include "long_runs.hpp"

#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/idempotency/stores/dynamodb.hpp>
#include <headrace/idempotency/stores/redis.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/delivery.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;
namespace idem = headrace::idempotency;

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds timeout = 6s;
constexpr milliseconds patience = 2s; // of a call

// When what a schedule's store speaks to is away, and how.
class outages {
public:
    outages(testing::delivery& d, std::uint64_t seed) : d_(d), numbers_(seed) {
        auto at = milliseconds(below(3'000));
        for (auto n = 1 + below(3); n > 0; --n) {
            const auto from = at + milliseconds(below(4'000));
            const auto to = from + milliseconds(below(7'000));
            all_.push_back({from, to, below(3) == 0});
            at = to;
        }
    }
    [[nodiscard]] std::uint64_t below(std::uint64_t n) { return numbers_.next() % n; }

    struct outage {
        nanoseconds from;
        nanoseconds to;
        bool refuses = false; ///< at once, with an error that looks as if it stayed; else it hangs
    };
    [[nodiscard]] const outage* now() const {
        const auto t = d_.time().steady();
        const auto found =
            std::ranges::find_if(all_, [&](const outage& o) { return o.from <= t && t < o.to; });
        return found == all_.end() ? nullptr : &*found;
    }
    [[nodiscard]] bool is_within(nanoseconds from, nanoseconds to) const {
        return std::ranges::any_of(all_,
                                   [&](const outage& o) { return o.from < to && from < o.to; });
    }

    // A call that gives up after `within`. What has been asked of a store that hangs is done when
    // it goes on, though nobody may be there any more.
    template <class Effect> auto call(milliseconds within, Effect effect) -> decltype(effect()) {
        d_.time().work_for(milliseconds(1 + below(4)));
        const auto done = [&](auto f) {
            do_late();
            return d_.alive() ? f() : decltype(effect())(error::cancelled("the process is dead"));
        };
        const auto* const away = now();
        if (away == nullptr) return done(effect);
        if (away->refuses) return error::permanent("NOAUTH");
        const auto wait = away->to - d_.time().steady();
        if (wait <= within) {
            d_.time().work_for(wait);
            return done(effect);
        }
        d_.time().work_for(within);
        if (below(2) == 0) late_.push_back([effect]() mutable { (void)effect(); });
        return error::transient("it took too long");
    }

private:
    void do_late() {
        for (auto& each : std::exchange(late_, {})) each();
    }

    testing::delivery& d_;
    testing::fake_random numbers_;
    std::vector<outage> all_;
    std::vector<std::function<void()>> late_;
};

// ---- stores and what they speak to --------------------------------------------------------------

class backend {
public:
    backend() = default;
    backend(const backend&) = delete;
    backend& operator=(const backend&) = delete;
    virtual ~backend() = default;
    /// The store of a process.
    virtual std::unique_ptr<idem::store> connect(outages& in) = 0;
};

// As a store in a file, or one of the program's own.
class in_memory final : public backend {
    struct each final : idem::store {
        each(outages& of, std::shared_ptr<idem::memory_store> what)
            : in(of), all(std::move(what)) {}
        static milliseconds left(const context& ctx) { return std::min(patience, ctx.remaining()); }
        result<idem::claim_answer> claim(const context& ctx,
                                         const idem::claim_request& r) override {
            return in.call(left(ctx), [to = all, id = r.id, r] {
                return to->claim(no_context(), {id, r.owner, r.now, r.lease_end, r.expires,
                                                r.margin, r.take_over});
            });
        }
        result<idem::write_answer> end(const context& ctx, const idem::identity& id,
                                       idem::owner_id who, const idem::ending& how) override {
            return in.call(left(ctx), [to = all, id, who, text = std::string(how.result), how] {
                return to->end(no_context(), id, who, {how.becomes, text, how.expires});
            });
        }
        result<idem::write_answer> renew(const context& ctx, const idem::identity& id,
                                         idem::owner_id who, time_point a, time_point b) override {
            return in.call(left(ctx), [to = all, id, who, a, b] {
                return to->renew(no_context(), id, who, a, b);
            });
        }
        result<idem::write_answer> reconcile(const context&, const idem::identity&, std::uint64_t,
                                             const idem::ending&) override {
            return error::bug("nobody reconciles");
        }
        result<std::optional<idem::record>> find(const context&,
                                                 const idem::identity& id) override {
            return all->find(no_context(), id);
        }
        static const context& no_context() { // it does not look
            static const auto world = system_platform();
            static const context none(world, logger(world.log, world.clock, log_level::off));
            return none;
        }
        outages& in;
        std::shared_ptr<idem::memory_store> all;
    };
    std::shared_ptr<idem::memory_store> all_ = std::make_shared<idem::memory_store>();

public:
    std::unique_ptr<idem::store> connect(outages& in) override {
        return std::make_unique<each>(in, all_);
    }
};

// The system takes commands for a server that is stopped, and connections to it.
class in_redis final : public backend {
    struct line final : net::stream {
        line(outages& of, std::unique_ptr<net::stream> what) : in(of), inner(std::move(what)) {}
        result<void> write(std::string_view bytes, milliseconds) override {
            unread += bytes;
            return {};
        }
        result<std::size_t> read_some(std::span<char> into, milliseconds within) override {
            const auto answer = in.call(within, [to = inner, bytes = std::exchange(unread, {})] {
                if (bytes.empty()) return result<void>();
                return to->write(bytes, 1s);
            });
            if (!answer) return answer.error();
            return inner->read_some(into, within);
        }
        outages& in;
        std::shared_ptr<net::stream> inner;
        std::string unread;
    };
    struct door final : net::connector {
        door(outages& of, fake_redis::server& to) : in(of), inner(to.connector()) {}
        result<std::unique_ptr<net::stream>> connect(const net::peer& to,
                                                     milliseconds within) override {
            auto made = inner->connect(to, within);
            if (!made) return std::move(made).error();
            return std::unique_ptr<net::stream>(std::make_unique<line>(in, *std::move(made)));
        }
        outages& in;
        std::unique_ptr<net::connector> inner;
    };
    fake_redis::server server_;

public:
    std::unique_ptr<idem::store> connect(outages& in) override {
        return std::make_unique<idem::redis_store>(idem::redis_options{.patience = patience},
                                                   std::make_unique<door>(in, server_));
    }
};

class in_dynamodb final : public backend {
    struct client {
        outages& in;
        std::shared_ptr<fakes::fake_dynamodb> tables;
        result<aws::dynamodb_answer> call(const context& ctx, std::string_view operation,
                                          std::string_view json) {
            return in.call(std::min(patience, ctx.remaining()),
                           [to = tables, what = std::string(operation), text = std::string(json)] {
                               testing::world w;
                               return to->call(w.make_context(), what, text);
                           });
        }
    };
    std::shared_ptr<fakes::fake_dynamodb> tables_ = std::make_shared<fakes::fake_dynamodb>();
    std::optional<client> client_;

public:
    std::unique_ptr<idem::store> connect(outages& in) override {
        if (!client_) client_.emplace(in, tables_);
        return std::make_unique<idem::dynamodb_store>(*client_, "records");
    }
};

// ---- the scenario -------------------------------------------------------------------------------

struct charge {
    nanoseconds note_ends; // when the note of it has to be there
};

struct bank {
    testing::delivery& d;
    outages& weather;
    std::map<std::string, std::vector<charge>> charges = {};
    std::vector<std::unique_ptr<idem::store>> stores = {};
};

// Stands outside of the layer: how long it took.
struct witness {
    bank* all;
    outcome operator()(call& c, auto&& next) const {
        const auto& deadline = *c.context().deadline;
        const auto runs = [&] {
            std::size_t n = 0;
            for (const auto& [order, each] : all->charges) n += each.size();
            return n;
        };
        const auto before = runs();
        outcome o = next(c);
        const auto left = deadline - all->d.time().now();
        constexpr milliseconds on_the_way = 5ms; // of the last call
        all->d.check(left >= 100ms - on_the_way, "a record takes the time of the reply");
        const bool could_not_begin = runs() == before;
        all->d.check(!could_not_begin || left >= 500ms - on_the_way,
                     "a claim goes on in the reserve");
        return o;
    }
};

void deliver(testing::delivery& d, std::uint64_t seed, backend& in, idem::mode mode) {
    outages weather(d, seed);
    bank accounts{d, weather};
    auto& orders = d.queue({.name = "orders", .visibility = 7s, .most_receives = 40});
    const auto make_app = [&]() -> std::unique_ptr<service> {
        auto program = std::make_unique<app<>>();
        auto& store = *accounts.stores.emplace_back(in.connect(weather));
        idem::options options;
        options.terms = {.mode = mode, .window = 1000h};
        program->provide(accounts);
        program->on(sqs::queue("orders"),
                    chain{witness{&accounts}, idempotent{store, idem::key_at{""}, options}},
                    [](const sqs::message& m, const context& ctx, deps<bank&> b) {
                        b->d.time().work_for(milliseconds(b->weather.below(700)));
                        const auto end = *ctx.deadline - b->d.time().now() + b->d.time().steady();
                        b->charges[std::string(m.body)].push_back({end - 100ms});
                        return std::string("charged");
                    });
        return program;
    };
    orders.feeds(d.function("worker", make_app, {.timeout = timeout, .concurrency = 2}),
                 {.batch = 3});
    orders.send("1").send("2").send("2").send("3").send("4"); // a producer that sends twice
    d.run();
    for (const auto& [order, all] : accounts.charges) {
        for (std::size_t i = 0; i + 1 < all.size(); ++i) {
            const auto end = all[i].note_ends;
            d.check(mode == idem::mode::at_least_once && weather.is_within(end - 60ms, end),
                    "an order is charged twice, though its note could be written");
        }
    }
    d.check(mode == idem::mode::at_most_once || accounts.charges.size() == 4,
            "an order is not charged");
    d.check(d.story().text().find("is killed") == std::string::npos, "a process is killed");
}

std::uint64_t schedules(std::uint64_t usual) {
    return long_runs::is_long() ? std::strtoull(long_runs::wanted(), nullptr, 10) / 2 : usual;
}

} // namespace

TEST_CASE("H3: a store that hangs or refuses and comes back costs no effect, and no neighbour") {
    struct row {
        std::string_view store;
        std::function<std::unique_ptr<backend>()> make;
        std::uint64_t usual;
    };
    const row rows[] = {{"memory", [] { return std::make_unique<in_memory>(); }, 1'000},
                        {"redis", [] { return std::make_unique<in_redis>(); }, 700},
                        {"dynamodb", [] { return std::make_unique<in_dynamodb>(); }, 300}};
    for (const auto& r : rows) {
        for (const auto mode : {idem::mode::at_least_once, idem::mode::at_most_once}) {
            CAPTURE(r.store);
            CAPTURE(static_cast<int>(mode));
            const auto began = std::chrono::steady_clock::now();
            const auto wanted = schedules(r.usual);
            std::uint64_t seed = 1;
            for (; seed <= wanted; ++seed) {
                testing::delivery d(seed, testing::fault_plan::none());
                const auto seen = r.make();
                deliver(d, seed, *seen, mode);
                if (d.story().violations().empty()) continue;
                FAIL_CHECK("seed " << seed << ": " << d.story().violations().front() << "\n"
                                   << d.story().text());
                break;
            }
            const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
            MESSAGE(r.store << ": " << seed - 1 << " schedules in " << took.count() << " s");
        }
    }
}
