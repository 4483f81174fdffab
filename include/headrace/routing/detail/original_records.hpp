// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is each record of a document as it was delivered? Found for all of them in one walk, when
// the first one is asked for.

#include <headrace/base/result.hpp>
#include <headrace/json/json.hpp>
#include <headrace/json/workspace.hpp>

#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

namespace headrace::detail {

/// Lives as long as the document that it is asked about, which is always the same. Thread-safe.
class original_records {
public:
    /// Element i of the document's `Records`; empty if it has no such element.
    /// Errors: those of a document that cannot be read.
    [[nodiscard]] result<raw_json> at(std::size_t i, const document& whole, workspace& memory);

private:
    void read(const document& whole, workspace& memory);
    std::mutex mutex_;
    bool known_ = false;
    std::optional<error> problem_;
    std::vector<raw_json> all_;
};

} // namespace headrace::detail
