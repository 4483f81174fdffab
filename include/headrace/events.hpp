// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which sources does headrace know? The one list of them, in the order in which they are
// recognised. Adding a source is its header and one line here: recognising, the tool, the tests and
// the fuzzers go through this list.

#include <headrace/detail/type_name.hpp>
#include <headrace/eventbridge.hpp>
#include <headrace/http/alb.hpp>
#include <headrace/http/furl.hpp>
#include <headrace/http/rest.hpp>
#include <headrace/http/v2.hpp>
#include <headrace/s3.hpp>
#include <headrace/schedule.hpp>
#include <headrace/sns.hpp>
#include <headrace/sqs.hpp>

namespace headrace {

/// The event types of all sources. A source that others contain (a schedule is an EventBridge
/// event, too) stands before them.
using known_events = detail::types<
    // batches and notifications: Records
    sqs::event, s3::event, sns::event,
    // the EventBridge envelope
    schedule::rule_event, schedule::scheduler_event, eventbridge::event,
    // requests
    http::alb::event, http::furl::event, http::v2::event, http::rest::event,
    // one member says it all
    sns::envelope, s3::test_event>;

} // namespace headrace
