// SPDX-License-Identifier: BSL-1.0
#pragma once

// Whom does dispatching ask about documents? The app hands it those who know the sources, of whom
// it knows none.

#include <headrace/base/result.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/routing/source.hpp>

#include <optional>
#include <span>

namespace headrace::detail {

/// The sources that an app can be sent.
struct recogniser {
    /// Null: from none of them.
    const source_info* (*recognise)(const document&) noexcept;
    /// Is it from this source, by all that is in the document? Errors: malformed.
    result<void> (*confirm)(const document&, const source_info&);
    /// What is wrong with a batch of this source, if one of its records names another known source.
    std::optional<error> (*foreign_record)(const document&, workspace&, const source_info&);
    /// Handles what comes from none of them.
    outcome (*otherwise)(dispatcher&, call&, const document&);
    /// What needs no route.
    std::span<const source_operations> (*always)() noexcept;
};

} // namespace headrace::detail
