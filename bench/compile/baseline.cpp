// SPDX-License-Identifier: BSL-1.0
// What nearly every C++20 unit includes, and nothing else.

#include <chrono>
#include <optional>
#include <span>
#include <string>

int main() {}
