// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of what tests are written with? They belong to headrace/testing/src.hpp.

#include <headrace/testing/impl/chaos.ipp>
#include <headrace/testing/impl/doctest.ipp>
#include <headrace/testing/impl/invoke.ipp>
#include <headrace/testing/impl/recorded.ipp>
#include <headrace/testing/impl/store_conformance.ipp>
#include <headrace/testing/impl/virtual_time.ipp>
#include <headrace/testing/impl/world.ipp>
