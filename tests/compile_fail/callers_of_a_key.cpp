// SPDX-License-Identifier: BSL-1.0
// expect: a key tells callers apart by callers::identified{}, callers::everybody{} or a function of
// the http::request that returns a principal expect: see docs/howto/idempotency.md
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/idempotency.hpp>

using namespace headrace;

struct order {
    int id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id); }
};

int main() {
    app shop;
    idempotency::memory_store seen;
    const auto session = [](const http::request& r) {
        return principal{"session", r.cookies().first("session").value_or("")};
    };
    const idempotency::key_header by_session{"Idempotency-Key", session};
    shop.on(http::post("/orders"), chain{idempotent{seen, by_session}}, [] {});
#ifndef HAPPY
    const auto anybody = [](const http::request&) { return true; };
    shop.on(http::post("/carts"),
            chain{idempotent{seen, idempotency::key(&order::id, anybody)}}, // offending line
            [] {});
#endif
}
