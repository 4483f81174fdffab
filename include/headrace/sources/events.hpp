// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which sources does headrace know? The one list of them, in the order in which they are
// recognised. Adding a source is its header and one line here: recognising, the tool, the tests and
// the fuzzers go through this list.

#include <headrace/base/types.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/http/alb.hpp>
#include <headrace/sources/http/furl.hpp>
#include <headrace/sources/http/rest.hpp>
#include <headrace/sources/http/v2.hpp>
#include <headrace/sources/kinesis.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>

namespace headrace {

/// The event types of all sources. A source that others contain (a schedule is an EventBridge
/// event, too) stands before them.
using known_events = types<
    // batches and notifications: Records
    sqs::event, s3::event, sns::event, kinesis::event,
    // the EventBridge envelope
    schedule::rule_event, schedule::scheduler_event, eventbridge::event,
    // requests
    http::alb::event, http::furl::event, http::v2::event, http::rest::event,
    // one member says it all
    sns::envelope, s3::test_event>;

} // namespace headrace
