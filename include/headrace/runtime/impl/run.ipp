// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/caught.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/runtime/client.hpp>
#include <headrace/runtime/run.hpp>
#include <headrace/runtime/transport.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace headrace {

namespace detail::loop {

using runtime::client;
using runtime::delivery;

inline constexpr int ended = 0;
inline constexpr int broken = 1;

inline logger make_logger(const platform& world) {
    const auto wanted = world.env.get("AWS_LAMBDA_LOG_LEVEL");
    const auto level = wanted ? parse_log_level(*wanted) : std::nullopt;
    return {world.log, world.clock, level.value_or(log_level::info)};
}

inline context make_context(const platform& world, const logger& log, const delivery& event) {
    context ctx(world, log.with_ids(event.request_id, event.tenant_id));
    ctx.request_id = event.request_id;
    ctx.function_arn = event.function_arn;
    ctx.trace_id = event.trace_id;
    ctx.tenant_id = event.tenant_id;
    ctx.client_context = event.client_context;
    ctx.cognito_identity = event.cognito_identity;
    ctx.deadline = event.deadline;
    return ctx;
}

inline result<void> start(service& app, const platform& world) {
    try {
        return app.start(world);
    } catch (...) {
        return caught_error();
    }
}

inline reply_bytes handle(service& app, workspace& memory, std::string_view payload, context& ctx) {
    try {
        return app.handle(memory, payload, ctx);
    } catch (...) {
        error why = caught_error();
        ctx.log.error("the invocation failed", "errorType", runtime::to_document(why).type,
                      "errorMessage", why.message);
        return {.text = {}, .function_error = std::move(why)};
    }
}

inline result<void> answer(client& api, const context& ctx, const reply_bytes& reply) {
    if (!reply.function_error) return api.respond(ctx.request_id, reply.text);
    return api.fail(ctx.request_id, runtime::to_document(*reply.function_error));
}

inline int give_up(const logger& log, const error& why) {
    log.fatal(why.message);
    return broken;
}

inline int refuse_to_start(client& api, const logger& log, const error& why) {
    const auto document = runtime::to_document(why);
    log.fatal("the program could not start", "errorType", document.type, "errorMessage",
              document.message);
    if (auto told = api.init_error(document); !told) return give_up(log, told.error());
    return broken;
}

inline int serve(service& app, const platform& world, client& api, const logger& log) {
    workspace memory;
    for (bool first = true;; first = false) {
        auto event = api.next(memory);
        if (!event) return give_up(log, event.error());
        if (!*event) return ended;
        context ctx = make_context(world, log, **event);
        ctx.cold_start = first;
        reply_bytes reply = handle(app, memory, (*event)->payload, ctx);
        if (auto told = answer(api, ctx, reply); !told) return give_up(log, told.error());
        memory.give_back(std::move(reply.text));
        memory.reset();
    }
}

inline int run(service& app, const platform& world, runtime::transport& wire) {
    const logger log = make_logger(world);
    client api(wire, log);
    if (auto started = start(app, world); !started) {
        return refuse_to_start(api, log, started.error());
    }
    return serve(app, world, api, log);
}

// What even the loop cannot go on from: no memory for a reply or an error.
template <class Body> int guarded(const platform& world, Body body) {
    secure_standard_streams();
    try {
        return body();
    } catch (...) {
        return give_up(make_logger(world), caught_error());
    }
}

} // namespace detail::loop

int run(service& app, const platform& world) {
    return detail::loop::guarded(world, [&] {
        const auto address = world.env.get("AWS_LAMBDA_RUNTIME_API");
        if (!address) {
            const char* const why = "AWS_LAMBDA_RUNTIME_API is not set. AWS Lambda sets it, and so "
                                    "does an emulator, which starts this program.";
            return detail::loop::give_up(detail::loop::make_logger(world), error::invalid(why));
        }
        auto server = runtime::parse_endpoint(*address);
        if (!server) {
            return detail::loop::give_up(detail::loop::make_logger(world), server.error());
        }
        const auto wire = runtime::make_tcp_transport(*std::move(server));
        return detail::loop::run(app, world, *wire);
    });
}

int run(service& app, const platform& world, runtime::transport& wire) {
    return detail::loop::guarded(world, [&] { return detail::loop::run(app, world, wire); });
}

int run(service& app) { return run(app, system_platform()); }

} // namespace headrace
