// SPDX-License-Identifier: BSL-1.0
// An app with a route to a queue, which prints its reply to each file that it is given. It is built
// twice: alone, and with all that a program can link.

#include <headrace/app.hpp>
#include <headrace/sources/sqs.hpp>

#ifdef HEADRACE_LINK_EVERYTHING
#    include <headrace/sources/catalogue.hpp>
#    include <headrace/sources/every_source.hpp>
#    include <headrace/testing/recorded.hpp>
#endif

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

using namespace headrace;

int main(int argc, char** argv) {
    app orders;
    orders.on(sqs::queue("no-queue-of-the-samples"), [](const sqs::message&) {});
#ifdef HEADRACE_LINK_EVERYTHING
    if (catalogue().size() != detail::all_operations().size() || testing::recorded("sqs").empty())
        return 1;
#endif
    const platform world = system_platform();
    workspace memory;
    for (int i = 1; i < argc; ++i) {
        std::ifstream in(argv[i], std::ios::binary);
        const std::string event{std::istreambuf_iterator<char>(in), {}};
        context ctx(world, logger(world.log, world.clock, log_level::off));
        const auto reply = orders.handle_copy(memory, event, ctx);
        const auto& text =
            reply.function_error ? "error: " + reply.function_error->message : reply.text;
        std::printf("%s\n", text.c_str());
        memory.reset();
    }
}
