// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/routing/source_family.hpp>

namespace headrace {

std::string_view to_string(source_family family) noexcept {
    switch (family) {
    case source_family::queue: return "queue";
    case source_family::fifo_queue: return "fifo_queue";
    case source_family::stream: return "stream";
    case source_family::partitioned: return "partitioned";
    case source_family::whole_batch: return "whole_batch";
    case source_family::asynchronous: return "asynchronous";
    case source_family::synchronous: return "synchronous";
    }
    return "unknown";
}

} // namespace headrace
