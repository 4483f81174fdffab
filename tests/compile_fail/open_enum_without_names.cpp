// SPDX-License-Identifier: BSL-1.0
// expect: open_enum<E> is for enumerations with names: specialise headrace::enum_names<E>
#include <headrace/json/text.hpp>

using namespace headrace;

enum class colour { red, blue };
#ifdef HAPPY
template <>
inline constexpr auto headrace::enum_names<colour> = std::array{enum_name{colour::red, "red"}};
#endif

open_enum<colour> any; // offending line
