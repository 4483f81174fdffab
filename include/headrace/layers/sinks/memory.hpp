// SPDX-License-Identifier: BSL-1.0
#pragma once

// Rejected records in memory: for tests, and for looking around on a desk.

#include <headrace/base/error.hpp>
#include <headrace/base/result.hpp>
#include <headrace/layers/dead_letter.hpp>

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace headrace {

/// What memory_sink keeps of a rejected record.
struct kept_record {
    std::string source;
    std::string route;
    std::string record_id;
    error reason;
    std::string record; ///< JSON, as it was delivered
    std::string body;   ///< of a queue's message
    std::string json;   ///< to_json of the whole
};

/// Keeps what it is given. Thread-safe.
///   memory_sink rejected;
///   app orders{chain{dead_letter{rejected}}};
class memory_sink {
public:
    /// Errors: what refuse() was given.
    result<void> write(const rejected_record& r);
    [[nodiscard]] std::vector<kept_record> records() const;
    [[nodiscard]] std::size_t size() const;
    /// From now on each write fails with this error; nullopt: none does.
    void refuse(std::optional<error> why);

private:
    mutable std::mutex mutex_; ///< guards the rest
    std::vector<kept_record> records_;
    std::optional<error> refusal_;
};

} // namespace headrace
