// SPDX-License-Identifier: BSL-1.0
// expect: what is logged is text, a number, a bool or a std::chrono duration
#include <headrace/base/logger.hpp>

using namespace headrace;

struct customer {
    int number = 0;
};

void tell(const logger& log, const customer& who) {
    log.info("charged", "customer", who.number);
#ifndef HAPPY
    log.info("charged", "customer", who); // offending line
#endif
}
