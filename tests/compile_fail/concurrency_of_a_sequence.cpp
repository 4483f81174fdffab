// SPDX-License-Identifier: BSL-1.0
// expect: the records of this source are handled in sequence, which several at once would break
// expect: batches<E>(concurrency{8}, unordered_ok)
// expect: see docs/howto/batches.md
#include <headrace/app.hpp>

#include <span>

using namespace headrace;

struct clicks {
    static constexpr source_info about{.id = "clicks", .family = source_family::stream};
    std::span<const int> records;
};

int main() {
    app good;
    good.batches<clicks>({}).batches<clicks>(concurrency{8}, unordered_ok);
#ifndef HAPPY
    good.batches<clicks>(concurrency{8}); // offending line
#endif
}
