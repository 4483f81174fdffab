// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/json/writer.hpp>
#include <headrace/tool/json_value.hpp>
#include <headrace/tool/local.hpp>
#include <headrace/tool/session.hpp>

#include <array>
#include <chrono>

namespace headrace::tool {

namespace invoking {

inline constexpr std::size_t default_timeout_ms = 30'000;

inline std::string to_json(std::string_view file, std::string_view source, std::string_view id,
                           const local_reply& reply) {
    const bool is_error = reply.what == local_reply::kind::function_error;
    std::string line;
    writer w(line);
    w.begin_object();
    w.member("file", file);
    w.member("source", source);
    w.member("requestId", id);
    w.key("reply");
    w.verbatim(is_error ? "null" : reply.text);
    w.key("error");
    w.verbatim(is_error ? reply.text : "null");
    w.key("milliseconds");
    w.real(std::chrono::duration<double, std::milli>(reply.took).count());
    w.end_object();
    return line + "\n";
}

inline int run(const session& s, const arguments& given) {
    const std::string file(given.names().front());
    const auto timeout = given.number("--timeout", default_timeout_ms);
    if (!timeout) return s.refuse(timeout.error().message);
    const auto payload = load(s, file);
    if (!payload) return s.complain(payload.error().message), status::unreadable;
    // Lambda refuses what is not JSON before a function sees it.
    const auto from = origin_of(*payload);
    if (!from)
        return s.complain(detail::format<"{}: {}">(file, describe_input(from.error()))),
               status::unreadable;
    if (!s.start()) return status::failed;

    const auto wish = given.value("--request-id");
    const std::string id = wish ? std::string(*wish) : random_uuid(s.world.random);
    local_function function(s.app, s.world, wanted_log_level(s.world.env, log_level::info));
    const auto reply = function.invoke(*payload, id, std::chrono::milliseconds(*timeout));
    s.print(given.has("--json") ? to_json(file, from->source, id, reply) : reply.text + "\n");
    return reply.what == local_reply::kind::response ? status::fine : status::failed;
}

inline constexpr std::array options{
    option{"--request-id", "ID", "the invocation's id (a random UUID when not said)"},
    option{"--timeout", "MS", "milliseconds until the deadline (30000)"},
    option{"--json", "",
           "one line: {\"file\",\"source\",\"requestId\",\"reply\",\"error\",\"milliseconds\"}"},
};

} // namespace invoking

command invoke_command() {
    return {
        .name = "invoke",
        .takes = "FILE",
        .summary = "run the function once with an event",
        .details =
            "Runs the function with the event in FILE (\"-\" is the standard input) and prints\n"
            "its reply as Lambda hands it to the caller; a function error as Lambda's error\n"
            "document, with exit status 1. Log lines go to the standard error, at the level\n"
            "that AWS_LAMBDA_LOG_LEVEL names (INFO).\n",
        .least = 1,
        .most = 1,
        .options = invoking::options,
        .run = invoking::run,
    };
}

} // namespace headrace::tool
