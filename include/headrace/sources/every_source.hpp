// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which sources can an app be sent? All that headrace knows, and what none of them sends.

#include <headrace/routing/routing_table.hpp>

namespace headrace::detail {

[[nodiscard]] dispatched_source recognise_any(const document& d) noexcept;
/// For raw routes, which take what no source sends.
[[nodiscard]] outcome dispatch_raw(dispatcher& way, call& c, const document& d);

inline constexpr recogniser every_source{&recognise_any, &dispatch_raw};

} // namespace headrace::detail
