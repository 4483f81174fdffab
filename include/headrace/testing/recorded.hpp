// SPDX-License-Identifier: BSL-1.0
#pragma once

// Is there an event to test with? The sample events of all sources, which `events` of the command
// line lists.

#include <string_view>

namespace headrace::testing {

/// The sample event of this name ("sqs-batch", "http-v2", ...), as compact JSON.
/// Throws failure for an unknown name.
[[nodiscard]] std::string_view recorded(std::string_view name);

} // namespace headrace::testing
