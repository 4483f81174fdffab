// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the scripted Runtime API? They belong to headrace/testing/src.hpp.

#include <headrace/testing/impl/runtime_api.ipp>
