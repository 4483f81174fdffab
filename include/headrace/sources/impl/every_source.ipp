// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/dispatch.hpp>
#include <headrace/sources/every_source.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/recognise.hpp>

#include <utility>

namespace headrace::detail {

dispatched_source recognise_any(const document& d) noexcept {
    const auto* const source = recognise(d);
    return source != nullptr ? dispatched_source{source->info, source->dispatch}
                             : dispatched_source{};
}

outcome dispatch_raw(dispatcher& way, call& c, const document& d) {
    auto& whole = *c.memory().memory().make<raw::event>();
    if (auto read = read_document(d, c.memory(), whole.json); !read) {
        return way.answer(c, read.error());
    }
    c.found().source = "raw";
    c.found().body = whole.json;
    c.offer(whole);
    // Matching looks into the document, which needs the workspace.
    const raw::subject_view subject{whole, c.memory()};
    if (const auto* route = way.find(subject)) return way.run(c, *route);
    if (way.routes().fallback() != nullptr) return way.run(c, *way.routes().fallback());
    error e =
        error::permanent("no known event source sends this document, and no raw route takes it");
    e.code = errc::unrecognised;
    return way.answer(c, e);
}

} // namespace headrace::detail
