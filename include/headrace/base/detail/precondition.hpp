// SPDX-License-Identifier: BSL-1.0
#pragma once

// What becomes of a program that asks for what it may not ask for? It ends with a sentence that
// says so, instead of reading what is not there.

namespace headrace::detail {

/// Writes the sentence to standard error and ends the process (std::abort).
[[noreturn]] void broken_precondition(const char* what) noexcept;

} // namespace headrace::detail
