// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the tool behind headrace::main? The CMake target headrace::tool compiles
// them; a program without CMake includes this file in exactly one unit.

#include <headrace/tool/impl/arguments.ipp>
#include <headrace/tool/impl/diff.ipp>
#include <headrace/tool/impl/events.ipp>
#include <headrace/tool/impl/inspect.ipp>
#include <headrace/tool/impl/invoke.ipp>
#include <headrace/tool/impl/json_value.ipp>
#include <headrace/tool/impl/local.ipp>
#include <headrace/tool/impl/main.ipp>
#include <headrace/tool/impl/pointer.ipp>
#include <headrace/tool/impl/replay.ipp>
#include <headrace/tool/impl/routes.ipp>
#include <headrace/tool/impl/run.ipp>
#include <headrace/tool/impl/session.ipp>
#include <headrace/tool/impl/table.ipp>
