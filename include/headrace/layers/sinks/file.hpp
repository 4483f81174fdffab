// SPDX-License-Identifier: BSL-1.0
#pragma once

// Rejected records in a file, one line of JSON each: on a desk, in a test, or on a file system that
// outlives the function. Lambda's /tmp does not.

#include <headrace/base/result.hpp>
#include <headrace/layers/dead_letter.hpp>

#include <string>
#include <utility>

namespace headrace {

struct file_sink_options {
    bool sync = false; ///< waits until the line is on the disk (fsync)
};

/// Appends to_json(record) and a line end. Opens the file for each record, since there are few, so
/// it may be moved away or deleted meanwhile, also while it is waited for; creates it where it is
/// missing, readable by its owner alone, since it holds payloads. A line is whole or absent: a
/// write that fails halfway is taken back, and what a process left that was killed halfway is ended
/// before the next line. Safe for several threads and, through a lock on the file (flock), for
/// several processes.
class file_sink {
public:
    explicit file_sink(std::string path, file_sink_options options = {})
        : path_(std::move(path)), options_(options) {}

    /// Errors: input_output, class transient, with the path and the system's reason.
    result<void> write(const rejected_record& r) const;
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
    file_sink_options options_;
};

} // namespace headrace
