// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/context.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/hex.hpp>
#include <headrace/base/detail/numbers.hpp>
#include <headrace/runtime/client.hpp>
#include <headrace/tool/local.hpp>

#include <cstring>
#include <utility>

namespace headrace::tool {

namespace invoking_locally {

inline local_reply function_error(const runtime::error_document& why) {
    return {.what = local_reply::kind::function_error,
            .text = runtime::to_json(why),
            .error_type = why.type,
            .took = {}};
}

// The payload goes where the runtime loop puts it.
inline reply_bytes handle(service& app, workspace& memory, std::string_view payload, context& ctx) {
    auto room = memory.input(payload.size());
    if (!room) return {{}, std::move(room).error()};
    if (!payload.empty()) std::memcpy(*room, payload.data(), payload.size());
    return app.handle(memory, {*room, payload.size()}, ctx);
}

// What Lambda says when a function is not done in time.
inline runtime::error_document timed_out(std::string_view id, std::chrono::milliseconds timeout) {
    const auto ms = timeout.count();
    return {"Sandbox.Timedout",
            detail::format<"RequestId: {} Error: Task timed out after {}.{} seconds">(
                id, ms / 1000, detail::last_digits(2, static_cast<std::uint64_t>(ms / 10 % 100)))};
}

} // namespace invoking_locally

local_reply local_function::invoke(std::string_view payload, std::string_view request_id,
                                   std::chrono::milliseconds timeout) {
    namespace here = invoking_locally;
    context ctx(world_, log_.with_ids(request_id, {}));
    ctx.request_id = request_id;
    ctx.function_arn = "arn:aws:lambda:us-east-1:000000000000:function:local";
    ctx.deadline = detail::later(world_.clock.now(), timeout);
    ctx.cold_start = std::exchange(cold_, false);
    const auto begin = world_.clock.steady();
    auto reply = here::handle(app_, memory_, payload, ctx);
    const auto took = world_.clock.steady() - begin;
    memory_.reset();
    local_reply out;
    if (took > detail::length_of(timeout)) {
        out = here::function_error(here::timed_out(request_id, timeout));
    } else if (reply.function_error) {
        out = here::function_error(runtime::to_document(*reply.function_error));
    } else if (reply.text.size() > runtime::largest_reply) {
        out = here::function_error(runtime::reply_too_large(reply.text.size()));
    } else {
        out.text = std::move(reply.text);
    }
    out.took = took;
    return out;
}

std::string random_uuid(random_source& random) {
    std::uint64_t high = random.next();
    std::uint64_t low = random.next();
    high = (high & ~std::uint64_t{0xF000}) | 0x4000;
    low = (low & ~(std::uint64_t{3} << 62)) | std::uint64_t{1} << 63;
    std::string out = detail::to_hex(high) + detail::to_hex(low);
    for (const std::size_t place : {8u, 13u, 18u, 23u}) out.insert(place, 1, '-');
    return out;
}

log_level wanted_log_level(const environment& env, log_level otherwise) {
    const auto text = env.get("AWS_LAMBDA_LOG_LEVEL");
    return text ? parse_log_level(*text).value_or(otherwise) : otherwise;
}

} // namespace headrace::tool
