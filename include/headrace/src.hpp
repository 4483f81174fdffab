// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies? Every non-template function of headrace, to be compiled in exactly one
// unit. The CMake target headrace::headrace does that; with headrace::headers a program includes
// this file once itself.

#include <headrace/impl/arena.ipp>
#include <headrace/impl/context.ipp>
#include <headrace/impl/detail/json_text.ipp>
#include <headrace/impl/detail/lazy.ipp>
#include <headrace/impl/detail/percent.ipp>
#include <headrace/impl/error.ipp>
#include <headrace/impl/json.ipp>
#include <headrace/impl/logger.ipp>
#include <headrace/impl/outcome.ipp>
#include <headrace/impl/platform.ipp>
#include <headrace/impl/reader.ipp>
#include <headrace/impl/text.ipp>
#include <headrace/impl/time.ipp>
#include <headrace/impl/version.ipp>
#include <headrace/impl/workspace.ipp>
#include <headrace/impl/writer.ipp>
