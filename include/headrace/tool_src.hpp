// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the tool behind headrace::main? The CMake target headrace::tool compiles
// them; a program without CMake includes this file in exactly one unit.

#include <headrace/impl/main.ipp>
#include <headrace/impl/tool/arguments.ipp>
#include <headrace/impl/tool/diff.ipp>
#include <headrace/impl/tool/events.ipp>
#include <headrace/impl/tool/inspect.ipp>
#include <headrace/impl/tool/invoke.ipp>
#include <headrace/impl/tool/json_value.ipp>
#include <headrace/impl/tool/local.ipp>
#include <headrace/impl/tool/pointer.ipp>
#include <headrace/impl/tool/replay.ipp>
#include <headrace/impl/tool/routes.ipp>
#include <headrace/impl/tool/run.ipp>
#include <headrace/impl/tool/session.ipp>
#include <headrace/impl/tool/table.ipp>
