// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the test kit? The CMake target headrace::testing compiles them; a program
// without CMake includes this file in exactly one unit.

#include <headrace/testing/impl/builders.ipp>
#include <headrace/testing/impl/chaos.ipp>
#include <headrace/testing/impl/delivery.ipp>
#include <headrace/testing/impl/doctest.ipp>
#include <headrace/testing/impl/http_request.ipp>
#include <headrace/testing/impl/invoke.ipp>
#include <headrace/testing/impl/recorded.ipp>
#include <headrace/testing/impl/runtime_api.ipp>
#include <headrace/testing/impl/simulated/function.ipp>
#include <headrace/testing/impl/simulated/process.ipp>
#include <headrace/testing/impl/simulated/queue.ipp>
#include <headrace/testing/impl/simulated/reply.ipp>
#include <headrace/testing/impl/simulated/stream.ipp>
#include <headrace/testing/impl/store_conformance.ipp>
#include <headrace/testing/impl/story.ipp>
#include <headrace/testing/impl/virtual_time.ipp>
#include <headrace/testing/impl/world.ipp>
