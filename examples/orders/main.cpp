// SPDX-License-Identifier: BSL-1.0
// One function for everything that happens to an order: messages of a queue, files in a bucket,
// notifications of a topic, HTTP requests, a schedule and jobs that somebody starts by hand.
//
//   ./dev demo             shows it at work
//   ./dev run orders       lists what the program can do on a desk

#include "http.hpp"
#include "ledger.hpp"

#include <headrace/app.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/layers/dead_letter.hpp>
#include <headrace/layers/retry.hpp>
#include <headrace/layers/sinks/file.hpp>
#include <headrace/main.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>

using namespace headrace;
using namespace std::chrono_literals;

struct cancellation {
    std::uint64_t id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id).required(); }
};

struct recount {
    std::size_t orders = 0;
    static void wire(auto& self, auto&& field) { field("orders", self.orders); }
};

int main(int argc, char** argv) {
    const auto& environment = system_platform().env;
    ledger books{environment.get("ORDERS_CHARGES").value_or("")};

    // What was done, so that nothing is done twice. A file for a desk: on Lambda it would be seen
    // by one sandbox only, and says so; there it is dynamodb:TABLE or rediss://HOST.
    const auto url = environment.get("ORDERS_STORE").value_or("sqlite:/tmp/orders-seen.db");
    auto seen = idempotency::open(url);

    // Where records go that will never succeed. For a desk: what lasts on Lambda is a queue or a
    // bucket, see sinks/aws.hpp.
    const auto place = environment.get("ORDERS_REJECTED");
    file_sink rejected{place.value_or("/tmp/orders-rejected.jsonl")};

    // Around every record: a log line, the file for what is rejected, and no work that cannot end
    // in time.
    app orders{chain{access_log{}, dead_letter{rejected}, deadline_guard{}}};
    orders.provide(books);

    // A message that is no order, or one that the ledger refuses, is rejected. One that fails for
    // now is tried again, here and then by its queue. Neither touches its neighbours. An order that
    // was booked is not charged again, whether its message comes twice or its sender sends twice.
    const idempotent once{seen, idempotency::key(&order::id)};
    orders.on(sqs::queue("orders*"), chain{once, retry{{.tries = 2, .base = 5ms}}},
              [](body<order> o, deps<ledger&> d, const context& c) -> result<receipt> {
                  auto booked = d->book(*o);
                  if (booked) c.log.info("charged", "order", booked->order);
                  return booked;
              });

    // Direct from S3, through a topic, through a queue, or through both: the route is the same.
    orders.on(s3::bucket("orders-uploads").created().suffix(".csv"),
              [](const s3::record& r, const context& c) {
                  c.log.info("importing", "bucket", r.s3.bucket.name, "key", r.s3.object.key.text(),
                             "bytes", r.s3.object.size.value_or(0));
              });

    orders.on(sns::topic("orders-cancelled"),
              [](body<cancellation> gone, deps<ledger&> d) { d->cancel(gone->id); });

    orders.add(http_routes(seen));

    orders.on(schedule::rule("nightly"),
              [](const schedule::event& e, const context& c, deps<ledger&> d) {
                  c.log.info("closing the day", "time", e.time.text(), "orders", d->list().size());
              });

    // {"job": "recount"} from a schedule with input of its own, or from `aws lambda invoke`.
    orders.on(raw::when("/job", "recount"),
              [](const raw::event&, deps<ledger&> d) { return recount{d->list().size()}; });

    return headrace::main(orders, argc, argv);
}
