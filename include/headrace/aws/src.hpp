// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of the AWS client? The CMake target headrace::aws compiles them and links
// OpenSSL; a program without CMake includes this file in exactly one unit, and
// <headrace/net/src.hpp>.

#include <headrace/aws/impl/credentials.ipp>
#include <headrace/aws/impl/dynamodb.ipp>
#include <headrace/aws/impl/http.ipp>
#include <headrace/aws/impl/sigv4.ipp>
