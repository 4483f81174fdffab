// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/sources/detail/arn.hpp>
#include <headrace/sources/sqs.hpp>

#include <utility>

namespace headrace {

std::string_view sqs::attribute::base_type() const noexcept {
    return data_type.substr(0, data_type.find('.'));
}

std::string_view sqs::message::queue_name() const noexcept {
    return detail::arn_resource(event_source_arn);
}

bool sqs::message::is_fifo() const noexcept { return event_source_arn.ends_with(".fifo"); }

sqs::queue_matcher sqs::queue(std::string name_or_arn) {
    return queue_matcher(std::move(name_or_arn));
}

} // namespace headrace
