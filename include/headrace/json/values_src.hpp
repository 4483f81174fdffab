// SPDX-License-Identifier: BSL-1.0
#pragma once
// Where are the bodies that read and write values? They belong to headrace/json/src.hpp.

#include <headrace/json/detail/impl/error_pointer.ipp>
#include <headrace/json/detail/impl/field_table.ipp>
#include <headrace/json/detail/impl/json_at.ipp>
#include <headrace/json/detail/impl/lazy.ipp>
#include <headrace/json/detail/impl/parse_text.ipp>
#include <headrace/json/detail/impl/percent.ipp>
#include <headrace/json/detail/impl/token_path.ipp>
#include <headrace/json/impl/codec.ipp>
#include <headrace/json/impl/inspect.ipp>
#include <headrace/json/impl/json.ipp>
#include <headrace/json/impl/reader.ipp>
#include <headrace/json/impl/text.ipp>
#include <headrace/json/impl/text_map.ipp>
#include <headrace/json/impl/time.ipp>
#include <headrace/json/impl/writer.ipp>
