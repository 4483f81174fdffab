// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/event_dispatch.hpp>
#include <headrace/sources/every_source.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/recognise.hpp>

#include <utility>

namespace headrace::detail {

const source_info* recognise_any(const document& d) noexcept {
    const auto* const source = headrace::recognise(d);
    return source != nullptr ? source->info : nullptr;
}

outcome dispatch_raw(dispatcher& way, call& c, const document& d) {
    c.found().source = &raw::event::about;
    return headrace::dispatch<raw::event>(way, c, d);
}

std::span<const source_operations> operations_without_route() noexcept {
    static constexpr source_operations all[] = {
        {&batch_without_records, [](dispatcher&, call&, const document&) {
             return outcome(json_reply{R"({"batchItemFailures":[]})"});
         }}};
    return all;
}

} // namespace headrace::detail
