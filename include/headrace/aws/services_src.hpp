// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies of credentials and DynamoDB? They belong to headrace/aws/src.hpp.

#include <headrace/aws/impl/credentials.ipp>
#include <headrace/aws/impl/dynamodb.ipp>
