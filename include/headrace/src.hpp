// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies? Every non-template function of headrace, to be compiled in exactly one
// unit. The CMake target headrace::headrace does that; with headrace::headers a program includes
// this file once itself.

#include <headrace/impl/detail/json_text.ipp>
#include <headrace/impl/logger.ipp>
#include <headrace/impl/platform.ipp>
#include <headrace/impl/version.ipp>
