// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the test kit? To be compiled in exactly one unit, which the CMake target
// headrace::testing does.

#include <headrace/impl/testing/builders.ipp>
#include <headrace/impl/testing/chaos.ipp>
#include <headrace/impl/testing/delivery.ipp>
#include <headrace/impl/testing/doctest.ipp>
#include <headrace/impl/testing/http_request.ipp>
#include <headrace/impl/testing/invoke.ipp>
#include <headrace/impl/testing/recorded.ipp>
#include <headrace/impl/testing/runtime_api.ipp>
#include <headrace/impl/testing/simulated/function.ipp>
#include <headrace/impl/testing/simulated/process.ipp>
#include <headrace/impl/testing/simulated/queue.ipp>
#include <headrace/impl/testing/simulated/reply.ipp>
#include <headrace/impl/testing/simulated/stream.ipp>
#include <headrace/impl/testing/store_conformance.ipp>
#include <headrace/impl/testing/story.ipp>
#include <headrace/impl/testing/virtual_time.ipp>
#include <headrace/impl/testing/world.ipp>
