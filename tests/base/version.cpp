// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/version.hpp>

#include <doctest/doctest.h>

TEST_CASE("headers and library have the same version") {
    CHECK(headrace::library_version() == headrace::version_text);
}
