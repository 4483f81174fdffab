// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the store in DynamoDB? The CMake target headrace::dynamodb compiles them
// and links OpenSSL; a program without CMake includes this file in exactly one unit, and
// <headrace/aws/src.hpp>.

#include <headrace/idempotency/stores/impl/dynamodb.ipp>
