// SPDX-License-Identifier: BSL-1.0
// expect: headrace cannot write a value of this type as JSON
#include <headrace/app.hpp>
#include <headrace/http.hpp>

using namespace headrace;

struct customer {
    int number = 0;
};

http::response answer() {
#ifdef HAPPY
    return http::json(200, 17);
#else
    return http::json(200, customer()); // offending line
#endif
}
