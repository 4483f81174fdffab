// SPDX-License-Identifier: BSL-1.0
// expect: headrace cannot write a value of this type as JSON
#include <headrace/testing/builders.hpp>

using namespace headrace;

struct customer {
    int number = 0;
};

std::string event() {
#ifdef HAPPY
    return testing::sqs_batch().message(17).message("text").json();
#else
    return testing::sqs_batch().message(customer()).json(); // offending line
#endif
}
