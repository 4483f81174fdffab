// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/routing/event_dispatch.hpp>
#include <headrace/sources/kinesis.hpp>

#include <span>
#include <string>

namespace headrace::kinesis {

std::string event::sought(const record& r) {
    return detail::format<"stream {} and shard {}">(r.stream_name(), r.shard_id());
}

std::span<const source_operations> record::arrives_in() noexcept {
    return {&operations_of<event>, 1};
}

outcome event::dispatch(dispatcher& way, call& c, const document& d) {
    return headrace::dispatch<event>(way, c, d);
}

} // namespace headrace::kinesis
