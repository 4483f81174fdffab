// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/detail/json_text.hpp>
#include <headrace/writer.hpp>

#include <charconv>
#include <cmath>

namespace headrace {

void append_escaped(std::string& out, std::string_view text) {
    detail::append_json_characters(out, text, detail::json_escapes::needed);
}

void writer::key(std::string_view name) {
    string(name);
    out_.push_back(':');
    comma_due_ = false;
}

void writer::null() { verbatim("null"); }

void writer::boolean(bool value) { verbatim(value ? "true" : "false"); }

void writer::string(std::string_view text) {
    separate();
    out_.push_back('"');
    append_escaped(out_, text);
    out_.push_back('"');
}

void writer::signed_number(std::int64_t value) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    verbatim({buffer, static_cast<std::size_t>(end - buffer)});
}

void writer::unsigned_number(std::uint64_t value) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    verbatim({buffer, static_cast<std::size_t>(end - buffer)});
}

void writer::real(double value) {
    if (!std::isfinite(value)) return null();
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    verbatim({buffer, static_cast<std::size_t>(end - buffer)});
}

void writer::verbatim(std::string_view json) {
    separate();
    out_ += json;
}

} // namespace headrace
