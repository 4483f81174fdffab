// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of idempotency/dynamodb.hpp and aws/? The CMake target headrace::dynamodb
// compiles them and links OpenSSL; a program without CMake includes this file in exactly one unit.

#include <headrace/impl/aws/credentials.ipp>
#include <headrace/impl/aws/dynamodb.ipp>
#include <headrace/impl/aws/http.ipp>
#include <headrace/impl/aws/sigv4.ipp>
#include <headrace/impl/idempotency/dynamodb.ipp>
