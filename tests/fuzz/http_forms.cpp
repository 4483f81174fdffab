// SPDX-License-Identifier: BSL-1.0
// Are percent-encoded texts, forms, cookies and header lists read without ever looking outside, and
// is what was encoded decoded to itself?

#include <headrace/http/fields.hpp>
#include <headrace/json/detail/percent.hpp>
#include <headrace/json/workspace.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

using namespace headrace;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

void check_percent(std::string_view text, detail::plus_sign plus, arena& memory) {
    const auto decoded = detail::percent_decode(text, plus, memory);
    must(decoded.size() <= text.size());
    std::string appended = "x";
    detail::append_percent_decoded(appended, text, plus);
    must(appended.substr(1) == decoded);

    std::string encoded;
    detail::append_percent_encoded(encoded, text, plus);
    must(encoded.size() <= 3 * text.size());
    must(!detail::has_bad_percent(encoded));
    must(detail::percent_decode(encoded, plus, memory) == text);
    must(encoded.find_first_of("&=;/?# ") == std::string::npos);
}

void check_form(std::string_view text, arena& memory) {
    std::size_t bytes = 0;
    std::string again;
    const auto form = http::parse_form(text, memory);
    for (const auto& [key, value] : form) {
        bytes += key.size() + value.size();
        again += again.empty() ? "" : "&";
        detail::append_percent_encoded(again, key, detail::plus_sign::space);
        again += '=';
        detail::append_percent_encoded(again, value, detail::plus_sign::space);
    }
    must(bytes <= text.size());
    const auto second = http::parse_form(again, memory);
    must(form.size() == second.size());
    for (auto a = form.begin(), b = second.begin(); a != form.end(); ++a, ++b) {
        must(a->key == b->key && a->value == b->value);
    }
}

void check_lists(std::string_view text, arena& memory) {
    std::size_t bytes = 0;
    for (const auto& [key, value] : http::parse_cookies({&text, 1}, memory)) {
        bytes += key.size() + value.size();
        must(!key.empty() && key.find_first_of(";=") == std::string_view::npos);
        must(value.find(';') == std::string_view::npos);
    }
    must(bytes <= text.size());
    const http::name_value line[] = {{"accept", text}, {"Accept", text}};
    const http::header_fields headers{line};
    bytes = 0;
    for (const auto element : headers.elements("ACCEPT", memory)) {
        must(!element.empty() && element.front() != ' ' && element.back() != '\t');
        bytes += element.size();
    }
    must(bytes <= 2 * text.size());
    must(headers.joined("accept", memory) == std::string(text).append(", ").append(text));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Exactly as large as the text, so that a look outside is seen.
    const std::unique_ptr<char[]> copy(new char[size]);
    if (size != 0) std::memcpy(copy.get(), data, size);
    const std::string_view text(copy.get(), size);
    workspace memory;
    check_percent(text, detail::plus_sign::itself, memory.memory());
    check_percent(text, detail::plus_sign::space, memory.memory());
    check_form(text, memory.memory());
    check_lists(text, memory.memory());
    return 0;
}
