// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which sources can an app be sent? All that headrace knows, and what none of them sends.

#include <headrace/routing/recogniser.hpp>

#include <span>

namespace headrace::detail {

[[nodiscard]] const source_info* recognise_any(const document& d) noexcept;
/// Is it this source's, by all that is in the document? Errors: malformed.
[[nodiscard]] result<void> confirm(const document& d, const source_info& source);
/// What is wrong with a batch of this source, if one of its records names another known source.
[[nodiscard]] std::optional<error> foreign_record(const document& d, workspace& memory,
                                                  const source_info& source);
/// For raw routes, which take what no source sends.
[[nodiscard]] outcome dispatch_raw(dispatcher& way, call& c, const document& d);
/// Of batches without records.
[[nodiscard]] std::span<const source_operations> operations_without_route() noexcept;

inline constexpr recogniser every_source{&recognise_any, &confirm, &foreign_record, &dispatch_raw,
                                         &operations_without_route};

/// The operations of every source: what a fallback, which takes records of all, brings with it.
[[nodiscard]] std::span<const source_operations> all_operations() noexcept;

} // namespace headrace::detail
