// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/sha256.hpp>
#include <headrace/http/problem.hpp>
#include <headrace/idempotency/idempotent.hpp>

#include <string>
#include <utility>

namespace headrace::detail {

namespace keyless {

inline error refusal() {
    error e = error::invalid("this operation is idempotent and needs a key, but none was sent");
    e.http_status = 400;
    return e;
}

// Whoever sends the key would get the answer.
inline error refusal_of_nobody() {
    return http::unauthorised("this operation is idempotent for each caller, and this one is not "
                              "known");
}

} // namespace keyless

idempotency::canonical idempotent_passage::begin_key(const std::optional<principal>& caller) {
    from_nobody_ = caller && !*caller;
    const auto& name = chosen().operation;
    return detail::begin_key(name.empty() ? call_->route() : name, chosen(), call_->context(),
                             caller.value_or(principal()));
}

bool idempotent_passage::begin(const result<bool>& has_key, const idempotency::canonical& key,
                               bool compare_payloads) {
    const bool none = has_key && !*has_key;
    if (none && chosen().keyless == idempotency::when_keyless::run) return true;
    if (from_nobody_) return refuse(keyless::refusal_of_nobody());
    if (!has_key) return refuse(has_key.error());
    if (none) return refuse(keyless::refusal());
    const bool runs = operation_passage::begin(
        {detail::sha256_hex(key.bytes()),
         compare_payloads ? idempotency::fingerprint_of(*call_) : std::string()});
    if (was_done_before() && chosen().on_replay != nullptr) {
        chosen().on_replay(*call_, answer_to_change());
    }
    return runs;
}

} // namespace headrace::detail
