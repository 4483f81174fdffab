// SPDX-License-Identifier: BSL-1.0
// expect: a_pattern_starts_with_a_slash
// expect: a_segment_is_not_empty
// expect: a_segment_is_not_a_dot_segment
// expect: a_segment_is_not_percent_encoded
// expect: a_segment_has_only_characters_of_a_path
// expect: a_segment_has_at_most_255_bytes
// expect: a_parameter_is_written_in_braces
// expect: a_parameter_is_a_whole_segment
// expect: a_parameter_name_is_letters_digits_and_underscores
// expect: a_parameter_name_stands_once
// expect: a_catch_all_is_the_last_segment
// expect: a_pattern_has_at_most_16_parameters
#include <headrace/http/pattern.hpp>

using headrace::http::pattern;

// clang-format off
#define D "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
constexpr pattern fine = "/orders/{id}/files/{key+}";
#ifndef HAPPY
constexpr pattern c0 = "orders"; // offending line
constexpr pattern c1 = "/orders//lines"; // offending line
constexpr pattern c2 = "/orders/../lines"; // offending line
constexpr pattern c3 = "/a%20b"; // offending line
constexpr pattern c4 = "/orders?page=1"; // offending line
constexpr pattern longest = "/" D D D D D "xxxxxx"; // offending line
constexpr pattern c6 = "/orders/:id"; // offending line
constexpr pattern c7 = "/orders/id-{id}"; // offending line
constexpr pattern c8 = "/orders/{order-id}"; // offending line
constexpr pattern c9 = "/{id}/lines/{id}"; // offending line
constexpr pattern c10 = "/files/{key+}/meta"; // offending line
constexpr pattern c11 = "/{p0}/{p1}/{p2}/{p3}/{p4}/{p5}/{p6}/{p7}/{p8}/{p9}/{p10}/{p11}/{p12}/{p13}/{p14}/{p15}/{p16}"; // offending line
#endif
