// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the recorded events? They belong to headrace/src.hpp.

#include <headrace/sources/eventbridge/impl/samples.ipp>
#include <headrace/sources/http/alb/impl/samples.ipp>
#include <headrace/sources/http/furl/impl/samples.ipp>
#include <headrace/sources/http/rest/impl/samples.ipp>
#include <headrace/sources/http/v2/impl/samples.ipp>
#include <headrace/sources/kinesis/impl/samples.ipp>
#include <headrace/sources/s3/impl/samples.ipp>
#include <headrace/sources/schedule/impl/samples.ipp>
#include <headrace/sources/sns/impl/samples.ipp>
#include <headrace/sources/sqs/impl/samples.ipp>
