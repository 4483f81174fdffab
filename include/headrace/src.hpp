// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies? Every non-template function of headrace, to be compiled in exactly one
// unit. The CMake target headrace::headrace does that; with headrace::headers a program includes
// this file once itself.

#include <headrace/impl/arena.ipp>
#include <headrace/impl/context.ipp>
#include <headrace/impl/detail/arn.ipp>
#include <headrace/impl/detail/caught.ipp>
#include <headrace/impl/detail/escapes.ipp>
#include <headrace/impl/detail/field_table.ipp>
#include <headrace/impl/detail/json_text.ipp>
#include <headrace/impl/detail/lazy.ipp>
#include <headrace/impl/detail/numbers.ipp>
#include <headrace/impl/detail/percent.ipp>
#include <headrace/impl/detail/token_path.ipp>
#include <headrace/impl/error.ipp>
#include <headrace/impl/http/fields.ipp>
#include <headrace/impl/http/pattern.ipp>
#include <headrace/impl/http/problem.ipp>
#include <headrace/impl/http/reply.ipp>
#include <headrace/impl/http/request.ipp>
#include <headrace/impl/http/response.ipp>
#include <headrace/impl/http/route_table.ipp>
#include <headrace/impl/inspect.ipp>
#include <headrace/impl/json.ipp>
#include <headrace/impl/logger.ipp>
#include <headrace/impl/outcome.ipp>
#include <headrace/impl/platform.ipp>
#include <headrace/impl/reader.ipp>
#include <headrace/impl/runtime.ipp>
#include <headrace/impl/runtime/client.ipp>
#include <headrace/impl/runtime/transport.ipp>
#include <headrace/impl/s3.ipp>
#include <headrace/impl/samples/eventbridge.ipp>
#include <headrace/impl/samples/http/alb.ipp>
#include <headrace/impl/samples/http/furl.ipp>
#include <headrace/impl/samples/http/rest.ipp>
#include <headrace/impl/samples/http/v2.ipp>
#include <headrace/impl/samples/s3.ipp>
#include <headrace/impl/samples/schedule.ipp>
#include <headrace/impl/samples/sns.ipp>
#include <headrace/impl/samples/sqs.ipp>
#include <headrace/impl/schedule.ipp>
#include <headrace/impl/sns.ipp>
#include <headrace/impl/sqs.ipp>
#include <headrace/impl/text.ipp>
#include <headrace/impl/time.ipp>
#include <headrace/impl/version.ipp>
#include <headrace/impl/workspace.ipp>
#include <headrace/impl/writer.ipp>
