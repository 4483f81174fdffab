// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies? Every non-template function of headrace, to be compiled in exactly one
// unit. The CMake target headrace::headrace compiles each of these lists as an object of its own,
// so that a program links what it names; with headrace::headers a program includes this file once.

#include <headrace/base/src.hpp>
#include <headrace/http/src.hpp>
#include <headrace/idempotency/plain_src.hpp>
#include <headrace/json/src.hpp>
#include <headrace/layers/src.hpp>
#include <headrace/routing/src.hpp>
#include <headrace/runtime/src.hpp>
#include <headrace/sources/all_operations_src.hpp>
#include <headrace/sources/catalogue_src.hpp>
#include <headrace/sources/eventbridge/src.hpp>
#include <headrace/sources/http/src.hpp>
#include <headrace/sources/kinesis/src.hpp>
#include <headrace/sources/raw/src.hpp>
#include <headrace/sources/s3/src.hpp>
#include <headrace/sources/samples_src.hpp>
#include <headrace/sources/schedule/src.hpp>
#include <headrace/sources/sns/src.hpp>
#include <headrace/sources/sqs/src.hpp>
#include <headrace/sources/src.hpp>
