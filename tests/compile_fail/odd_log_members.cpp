// SPDX-License-Identifier: BSL-1.0
// expect: after the message, names and values take turns
// expect: see docs/howto/logging.md
#include <headrace/base/logger.hpp>

void charge(const headrace::logger& log, int order) {
    log.info("charged", "order", order);
#ifndef HAPPY
    log.info("charged", "order"); // offending line
#endif
}
