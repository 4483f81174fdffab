// SPDX-License-Identifier: BSL-1.0
#pragma once

// An outcome as the text that a store keeps, and back.

#include <headrace/idempotency/protocol.hpp>
#include <headrace/idempotency/store.hpp>
#include <headrace/routing/outcome.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace headrace::idempotency {

/// What is kept of a reply that is too long.
inline constexpr std::string_view forgotten_reply = R"({"forgotten":true})";

/// The text of an outcome that has succeeded: a JSON object with `json`, `null`, `http`, `drop` or
/// nothing in it. One that is longer than `most` becomes forgotten_reply.
[[nodiscard]] std::string store_reply(const outcome& o, std::size_t most);
/// The text of an error: a JSON object with its class, code, message, type and status.
[[nodiscard]] std::string store_error(const error& e);
/// What was kept under this key, by store_reply() or (failed) by store_error(). A forgotten reply
/// is an outcome that is ok and has none. Text that is neither gives unreadable_result().
[[nodiscard]] outcome restore(const replay& kept, const store& in, const identity& id);
/// What is said of a result that cannot be read, and why: an error of class bug, since it is the
/// program's own, so options::version was not counted up, or a json_reply was no JSON. Names the
/// store and the key.
[[nodiscard]] error unreadable_result(error why, const store& in, const identity& id);

} // namespace headrace::idempotency
