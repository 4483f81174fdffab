// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/version.hpp>

int main() { return headrace::library_version() == headrace::version_text ? 0 : 1; }
