// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/json_text.hpp>
#include <headrace/json/writer.hpp>

#include <charconv>
#include <cmath>

namespace headrace {

void append_escaped(std::string& out, std::string_view text) {
    detail::append_json_characters(out, text, detail::json_escapes::needed);
}

void writer::key(std::string_view name) {
    put_text(name, "\":");
    comma_due_ = false;
}

void writer::null() { verbatim("null"); }

void writer::boolean(bool value) { verbatim(value ? "true" : "false"); }

void writer::string(std::string_view text) { put_text(text, "\""); }

void writer::put_text(std::string_view text, std::string_view end) {
    separate();
    out_.push_back('"');
    append_escaped(out_, text);
    out_ += end;
}

template <class Number> void writer::put_number(Number value) {
    separate();
    constexpr std::size_t longest = 32;
    const auto before = out_.size();
    out_.resize(before + longest);
    char* const to = out_.data() + before;
    out_.resize(static_cast<std::size_t>(std::to_chars(to, to + longest, value).ptr - out_.data()));
}

void writer::signed_number(std::int64_t value) { put_number(value); }
void writer::unsigned_number(std::uint64_t value) { put_number(value); }

void writer::real(double value) {
    if (!std::isfinite(value)) return null();
    put_number(value);
}

void writer::verbatim(std::string_view json) {
    separate();
    out_ += json;
}

} // namespace headrace
