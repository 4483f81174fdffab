// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/idempotency/open.hpp>
#include <headrace/idempotency/stores/memory.hpp>

#include <string>
#include <utility>

namespace headrace::idempotency {

namespace opening {

struct known_scheme {
    std::string_view scheme;
    std::string_view target; // of CMake
};
inline constexpr known_scheme schemes[] = {{"sqlite:", "headrace::sqlite"},
                                           {"redis://", "headrace::redis"},
                                           {"rediss://", "headrace::redis"},
                                           {"dynamodb:", "headrace::dynamodb"}};

inline result<std::unique_ptr<store>> made_of(std::string_view url,
                                              std::span<const detail::linked_store> linked) {
    constexpr std::string_view memory = "memory:";
    if (url == memory) return std::unique_ptr<store>(new memory_store);
    for (const auto& each : linked) {
        if (each.open != nullptr && url.starts_with(each.scheme)) return each.open(url);
    }
    for (const auto& each : schemes) {
        if (!url.starts_with(each.scheme)) continue;
        return error::permanent(
            detail::format<"stores of {} need the CMake target {}, which what calls "
                           "open() does not link">(each.scheme, each.target));
    }
    return error::permanent("an idempotency store is memory:, sqlite:FILE, redis://HOST, "
                            "rediss://HOST or dynamodb:TABLE, and this text is none of them");
}

} // namespace opening

opened_store open(std::string_view url, std::span<const detail::linked_store> linked) {
    return opened_store(opening::made_of(url, linked));
}

opened_store::opened_store(result<std::unique_ptr<store>> made) : made_(std::move(made)) {}
opened_store::opened_store(opened_store&&) noexcept = default;
opened_store& opened_store::operator=(opened_store&&) noexcept = default;
opened_store::~opened_store() = default;

std::string opened_store::name() const {
    return made_ ? (*made_)->name() : "a store that was not opened";
}

result<void> opened_store::usable() const {
    if (!made_) return made_.error();
    return (*made_)->usable();
}

result<claim_answer> opened_store::claim(const context& ctx, const claim_request& request) {
    if (!made_) return made_.error();
    return (*made_)->claim(ctx, request);
}

result<write_answer> opened_store::end(const context& ctx, const identity& id, owner_id owner,
                                       const ending& how) {
    if (!made_) return made_.error();
    return (*made_)->end(ctx, id, owner, how);
}

result<write_answer> opened_store::renew(const context& ctx, const identity& id, owner_id owner,
                                         time_point lease_end, time_point expires) {
    if (!made_) return made_.error();
    return (*made_)->renew(ctx, id, owner, lease_end, expires);
}

result<write_answer> opened_store::reconcile(const context& ctx, const identity& id,
                                             std::uint64_t fence, const ending& how) {
    if (!made_) return made_.error();
    return (*made_)->reconcile(ctx, id, fence, how);
}

result<std::optional<record>> opened_store::find(const context& ctx, const identity& id) {
    if (!made_) return made_.error();
    return (*made_)->find(ctx, id);
}

} // namespace headrace::idempotency
