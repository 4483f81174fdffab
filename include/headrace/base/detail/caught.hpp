// SPDX-License-Identifier: BSL-1.0
#pragma once

// What was thrown, as an error? For the few places where exceptions end: one per record and one
// per invocation.

#include <headrace/base/error.hpp>

namespace headrace::detail {

/// The exception that is being handled, as an error of code `exception` whose `type` is the
/// demangled name of its type and whose message is what(), followed by those of nested exceptions.
/// A headrace::failure gives back the error that it carries. Precondition: inside a catch block.
[[nodiscard]] error caught_error();

} // namespace headrace::detail
