// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/caught.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/base/result.hpp>

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>

namespace headrace::detail {

namespace caught {

inline constexpr int deepest = 8; // of nested exceptions

// The name of the exception's type that is being handled.
inline std::string type_name() {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    if (!type) return "unknown";
    struct release {
        void operator()(char* name) const noexcept { std::free(name); }
    };
    int status = 0;
    const std::unique_ptr<char, release> name(
        abi::__cxa_demangle(type->name(), nullptr, nullptr, &status));
    std::string_view text = name ? name.get() : type->name();
    // std::throw_with_nested throws a type of the standard library around the user's.
    constexpr std::string_view around = "std::_Nested_exception<";
    if (text.starts_with(around) && text.ends_with('>')) {
        text.remove_prefix(around.size());
        text.remove_suffix(1);
    }
    return std::string(text);
}

inline void append_nested(std::string& message, const std::exception& outer, int depth) {
    if (depth == deepest) return;
    try {
        std::rethrow_if_nested(outer);
    } catch (const std::exception& inner) {
        append_format<": {}">(message, inner.what());
        append_nested(message, inner, depth + 1);
    } catch (...) {
        append_format<": {}">(message, type_name());
    }
}

} // namespace caught

error caught_error() {
    error e;
    try {
        throw;
    } catch (const failure& f) {
        return f.error();
    } catch (const std::exception& thrown) {
        e.type = caught::type_name();
        e.message = thrown.what();
        caught::append_nested(e.message, thrown, 0);
    } catch (...) {
        e.type = caught::type_name();
        e.message = "an exception that is no std::exception";
    }
    e.kind = error_class::bug;
    e.code = errc::exception;
    return e;
}

} // namespace headrace::detail
