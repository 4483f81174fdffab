// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/json_text.hpp>
#include <headrace/json/json.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/tool/json_value.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace headrace {

bool codec<tool::json_value>::read(reader& r, tool::json_value& out) {
    using kind = tool::json_value::kind;
    std::string_view text;
    switch (r.peek()) {
    case '{':
        out.what = kind::object;
        return r.members([&](std::string_view name) {
            out.names.emplace_back(name);
            read(r, out.items.emplace_back());
        });
    case '[': out.what = kind::array; return r.elements([&] { read(r, out.items.emplace_back()); });
    case '"':
        if (!r.string(text)) return false;
        out = tool::json_value::of_text(std::string(text));
        return true;
    case 'n': r.null_token(); return false;
    default: {
        const char first = r.peek();
        if (!r.any(text)) return false;
        out.what = first == 't' || first == 'f' ? kind::boolean : kind::number;
        out.text = text;
        return true;
    }
    }
}

namespace tool {

json_value json_value::of_text(std::string text) {
    json_value out;
    out.what = kind::string;
    out.text = std::move(text);
    return out;
}

json_value json_value::empty(kind container) {
    json_value out;
    out.what = container;
    return out;
}

const json_value* json_value::find(std::string_view name) const noexcept {
    for (std::size_t i = names.size(); i-- > 0;) {
        if (names[i] == name) return &items[i];
    }
    return nullptr;
}

json_value* json_value::find(std::string_view name) noexcept {
    return const_cast<json_value*>(std::as_const(*this).find(name));
}

result<json_value> parse_json(std::string_view json) {
    workspace memory(on_a_desk);
    const auto document = memory.load(json);
    if (!document) return document.error();
    result<json_value> out;
    if (auto read = read_document(*document, memory, *out); !read) return std::move(read).error();
    return out;
}

namespace json_printing {

/// Prints a tree; `step` spaces a level, or everything on one line for 0.
struct printer {
    std::string& out;
    std::size_t step;

    void print(const json_value& value, std::size_t level) {
        switch (value.what) {
        case json_value::kind::null: out += "null"; return;
        case json_value::kind::boolean:
        case json_value::kind::number: out += value.text; return;
        case json_value::kind::string: headrace::detail::append_json_text(out, value.text); return;
        case json_value::kind::array: print_items(value, level, '[', ']'); return;
        case json_value::kind::object: print_items(value, level, '{', '}'); return;
        }
    }
    void print_items(const json_value& value, std::size_t level, char open, char close) {
        out += open;
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            if (i > 0) out += ',';
            line(level + 1);
            if (value.what == json_value::kind::object) {
                headrace::detail::append_json_text(out, value.names[i]);
                out += step == 0 ? ":" : ": ";
            }
            print(value.items[i], level + 1);
        }
        if (!value.items.empty()) line(level);
        out += close;
    }
    void line(std::size_t level) {
        if (step == 0) return;
        out += '\n';
        out.append(level * step, ' ');
    }
};

} // namespace json_printing

std::string to_line(const json_value& value) {
    std::string out;
    json_printing::printer{out, 0}.print(value, 0);
    return out;
}

std::string to_pretty(const json_value& value) {
    std::string out;
    json_printing::printer{out, 2}.print(value, 0);
    return out;
}

std::unique_ptr<json_value> json_inside(const json_value& value) {
    if (value.what != json_value::kind::string) return nullptr;
    auto inner = parse_json(value.text);
    if (!inner || !inner->is_container()) return nullptr;
    return std::make_unique<json_value>(*std::move(inner));
}

} // namespace tool

} // namespace headrace
