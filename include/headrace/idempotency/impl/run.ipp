// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/sha256.hpp>
#include <headrace/idempotency/run.hpp>
#include <headrace/idempotency/stored_reply.hpp>

#include <chrono>
#include <utility>
#include <variant>

namespace headrace {

void idempotency::operation::add_json(canonical& to, std::string_view json) {
    workspace memory;
    const bool is_key = &to == &values_;
    const auto added = is_key ? to.key_value(raw_json(json), memory) : [&]() -> result<bool> {
        if (auto all = to.value(raw_json(json), memory); !all) return std::move(all).error();
        return true;
    }();
    if (!added)
        readable_ = added.error();
    else if (!*added)
        miss();
}

void idempotency::operation::miss() {
    readable_ = error::invalid("a value that names this operation is missing");
}

idempotency::identity idempotency::identity_of(const operation& what, const context& ctx,
                                               const options& how) {
    if (!what.readable()) {
        headrace::detail::broken_precondition("an operation with a value missing has no identity");
    }
    auto key = std::string(detail::begin_key(what.name(), how, ctx).bytes());
    key += what.values();
    return {detail::sha256_hex(key), what.fingerprint()};
}

namespace detail {

// The program's own bytes: options::version was not counted up.
error unreadable_kept(error why, const idempotency::store& in, const idempotency::operation& what,
                      const context& ctx, const idempotency::options& how) {
    return idempotency::unreadable_result(std::move(why), in,
                                          idempotency::identity_of(what, ctx, how));
}

namespace running {

inline result<std::string> json_of(outcome o, const operation_body& body) {
    if (const auto* why = o.error()) {
        error e = *why;
        // The store's, which says nothing about what was asked for: it must not reject a record.
        const bool is_stores = o.verdict() == verdict::retry;
        if (is_stores && outcome(e).verdict() == verdict::reject) e.kind = error_class::transient;
        return e;
    }
    if (auto* json = o.reply().get_if<json_reply>()) return std::move(json->text);
    if (body.returns_nothing) return std::string();
    return error::permanent("this operation was done, but no result of it was kept");
}

// Nobody is there to whom "come again" could be said.
inline outcome not_now(const outcome& o, const context& ctx) {
    const auto left = difference(o.until(), ctx.world->clock.now());
    error e = error::conflict("another attempt at this operation is at work");
    e.after =
        std::max(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds(0));
    return e;
}

} // namespace running

result<std::string> run_operation(idempotency::store& in, const idempotency::operation& what,
                                  operation_body body, const context& ctx,
                                  const idempotency::options& how) {
    if (!what.readable()) return what.readable().error();
    operation_passage way(ctx, in, how);
    if (!way.begin(idempotency::identity_of(what, ctx, how))) {
        auto o = way.answer();
        return running::json_of(
            o.verdict() == verdict::defer ? running::not_now(o, ctx) : std::move(o), body);
    }
    std::optional<workspace> memory;
    outcome o;
    try {
        way.keep_alive();
        lent_completion lent;
        if (body.store != nullptr) {
            lent = {body.store_type, body.store, &way.completion(memory.emplace(), false)};
        }
        o = body.run(body.object, idempotency::current(*way.attempt(), lent), way.own());
    } catch (...) {
        auto committed = way.threw();
        if (!committed) throw;
        return running::json_of(*std::move(committed), body);
    }
    return running::json_of(way.end(std::move(o)), body);
}

} // namespace detail

} // namespace headrace
