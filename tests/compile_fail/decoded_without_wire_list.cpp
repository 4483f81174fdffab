// SPDX-License-Identifier: BSL-1.0
// expect: headrace cannot read a value of this type from JSON
// expect: docs/howto/types.md
#include <headrace/json/decode.hpp>

#include <optional>
#include <vector>

using namespace headrace;

struct customer {
    int number = 0;
};

bool read(workspace& memory) {
    bool all = bool(decode<int>("1"));
#ifndef HAPPY
    all &= bool(decode<customer>("{}"));                             // offending line
    all &= bool(decode<std::vector<customer>>(memory, "[]"));        // offending line
    all &= bool(raw_json("{}").as<std::optional<customer>>(memory)); // offending line
#endif
    return all;
}
