// SPDX-License-Identifier: BSL-1.0
// expect: dead_letter{sink} calls  result<void> sink.write(const rejected_record&)
// expect: see docs/howto/dead_letters.md
#include <headrace/app.hpp>
#include <headrace/layers/dead_letter.hpp>
#include <headrace/layers/sinks/memory.hpp>

using namespace headrace;

struct bottomless {
    bool write(const rejected_record&) { return true; }
};

int main() {
    memory_sink rejected;
    bottomless pit;
    app good{chain{dead_letter{rejected}}};
#ifndef HAPPY
    app bad{chain{dead_letter{pit}}}; // offending line
#endif
}
