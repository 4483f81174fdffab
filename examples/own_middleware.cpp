// SPDX-License-Identifier: BSL-1.0
// How is a layer of one's own written? As a callable that gets the call and what comes next.
// `./dev run own_middleware routes` shows where each stands.
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/main.hpp>

using namespace headrace;

// Answers itself instead of going on: callers without a key never reach the handler.
struct api_key {
    std::string wanted;
    outcome operator()(call& c, auto&& next) const {
        const auto* request = c.find<http::request>();
        if (request == nullptr || request->headers().first("x-api-key") != wanted) {
            return http::unauthorised("send the header x-api-key");
        }
        return next(c);
    }
};

// Changes what comes back: every answer says how it may be kept.
struct no_store {
    outcome operator()(call& c, auto&& next) const {
        outcome o = next(c);
        if (auto* answer = o.reply().get_if<http::response>()) {
            answer->header("cache-control", "no-store");
        }
        return o;
    }
};

int main(int argc, char** argv) {
    app vault{chain{access_log{}, no_store{}}};
    vault.on(http::get("/health"), [] { return "fine"; });
    vault.on(http::get("/secret"), chain{api_key{"open-sesame"}},
             [] { return "the treasure is in the cave"; });
    return headrace::main(vault, argc, argv);
}
