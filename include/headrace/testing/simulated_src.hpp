// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the simulated AWS? They belong to headrace/testing/src.hpp.

#include <headrace/testing/impl/delivery.ipp>
#include <headrace/testing/impl/simulated/function.ipp>
#include <headrace/testing/impl/simulated/process.ipp>
#include <headrace/testing/impl/simulated/queue.ipp>
#include <headrace/testing/impl/simulated/reply.ipp>
#include <headrace/testing/impl/simulated/stream.ipp>
#include <headrace/testing/impl/story.ipp>
