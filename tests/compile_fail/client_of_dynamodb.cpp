// SPDX-License-Identifier: BSL-1.0
// expect: the client of dynamodb_store has  result<aws::dynamodb_answer> call(
#include <headrace/idempotency/stores/dynamodb.hpp>

using namespace headrace;

struct client {
    result<aws::dynamodb_answer> call(const context&, std::string_view, std::string_view) {
        return aws::dynamodb_answer{};
    }
};
struct silent_client {
    void call(const context&, std::string_view, std::string_view) {}
};

int main() {
    client good;
    const idempotency::dynamodb_store store(good, "seen");
#ifndef HAPPY
    silent_client bad;
    const idempotency::dynamodb_store other(bad, "seen"); // offending line
#endif
}
