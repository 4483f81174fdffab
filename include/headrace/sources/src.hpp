// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies that all sources share? They belong to headrace/src.hpp.

#include <headrace/sources/detail/impl/arn.ipp>
#include <headrace/sources/impl/every_source.ipp>
#include <headrace/sources/impl/recognise.ipp>
#include <headrace/sources/impl/recognise/sources.ipp>
