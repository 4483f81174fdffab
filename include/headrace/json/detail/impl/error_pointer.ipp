// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/json/detail/error_pointer.hpp>
#include <headrace/json/detail/token_path.hpp>

namespace headrace::detail {

void error_pointer::step(const std::string& more) {
    constexpr std::string_view rest = "/...";
    if (full_) return;
    full_ = levels_ == most_levels || text_.size() + more.size() > most_bytes - rest.size();
    text_ += full_ ? rest : more;
    ++levels_;
}

void error_pointer::name(std::string_view listed) {
    std::string more;
    append_step(more, listed);
    step(more);
}

void error_pointer::element(std::size_t i) { step(format<"/{}">(i)); }

void error_pointer::member(std::size_t i) { step(format<"/{{{}}}">(i)); }

} // namespace headrace::detail
