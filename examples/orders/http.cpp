// SPDX-License-Identifier: BSL-1.0
#include "http.hpp"

#include "ledger.hpp"

#include <headrace/http.hpp>
#include <headrace/idempotency.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

using namespace headrace;

routes http_routes(idempotency::store& seen) {
    routes shop;

    shop.on(http::get("/orders"),
            [](http::query<"customer", std::optional<std::string_view>> customer,
               deps<ledger&> books) { return books->list(*customer); });

    // Whoever sends an order twice is answered twice and charged once. Nobody else gets that
    // answer: the API's authorizer says who it is, and whom it does not know is refused.
    shop.on(http::post("/orders"), chain{idempotent{seen, idempotency::key(&order::id)}},
            [](body<order> o, deps<ledger&> books) -> result<http::response> {
                const auto booked = books->book(*o);
                if (!booked) return booked.error(); // invalid: 422 and a problem document
                const std::string place = "/orders/" + std::to_string(booked->order);
                return http::json(201, *booked).header("location", place);
            });

    shop.on(http::get("/orders/{id}"),
            [](http::path<"id", std::uint64_t> id, deps<ledger&> books) -> result<receipt> {
                auto found = books->find(*id);
                if (!found) return http::not_found("there is no such order");
                return *std::move(found);
            });

    // A header may come in several lines and leave in several, and so may cookies. Each front door
    // has its own way of saying that; handlers need not know.
    shop.on(http::get("/orders/{id}/greeting"),
            [](http::path<"id", std::uint64_t> id, deps<ledger&> books, const http::request& r,
               workspace& memory) {
                const auto languages = r.headers().elements("accept-language", memory.memory());
                const bool german = std::ranges::count(languages, "de") > 0;
                const auto found = books->find(*id);
                std::string text = german ? "Guten Tag, " : "Good day, ";
                return http::text(200, text + (found ? found->customer : "whoever you are"))
                    .header("vary", "accept-language")
                    .header("vary", "accept-encoding")
                    .cookie("language=" + std::string(german ? "de" : "en"))
                    .cookie("greeted=yes; Path=/orders");
            });

    return shop;
}
