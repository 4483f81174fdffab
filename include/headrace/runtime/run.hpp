// SPDX-License-Identifier: BSL-1.0
#pragma once

// How does a program serve Lambda? The loop of a bootstrap: start, then event, reply, event, reply,
// until the Runtime API is gone.

#include <headrace/base/platform.hpp>
#include <headrace/routing/service.hpp>

namespace headrace {

namespace runtime {

class transport;

}

/// Runs `app` against the Runtime API that AWS_LAMBDA_RUNTIME_API names, on the calling thread.
/// Logs with the level of AWS_LAMBDA_LOG_LEVEL (INFO when it is unset). Returns the exit status of
/// the process:
///
/// - 1 when the variable is missing or no address, when the app could not start (which Lambda is
///   told), or when the API is gone or broken (Lambda then starts another process);
/// - 0 when the API says that there are no more events, as emulators do with status 410.
///
/// A failing handler ends its invocation, not the loop. The environment is only read: the trace id
/// of an invocation is `context::trace_id`, and _X_AMZN_TRACE_ID is never set, since another
/// thread may be reading the environment. Pass the trace id on where a client asks for it.
///
/// A log that nobody reads any more does not end the process: SIGPIPE is ignored where its
/// disposition is the default, which programs that a handler starts inherit. /dev/null is opened on
/// standard descriptors that are closed, so that no connection becomes the log.
[[nodiscard]] int run(service& app, const platform& world);

/// The same in the real world: system_platform(). For programs without the tool:
///   int main() { ...; return headrace::run(orders); }
[[nodiscard]] int run(service& app);

/// The same over a transport of the caller's; AWS_LAMBDA_RUNTIME_API is not read.
[[nodiscard]] int run(service& app, const platform& world, runtime::transport& wire);

} // namespace headrace
