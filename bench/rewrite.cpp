// SPDX-License-Identifier: BSL-1.0

#include "rewrite.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace headrace::bench {

namespace {

namespace dom = simdjson::dom;
using member_list = std::vector<std::pair<std::string_view, dom::element>>;

member_list members_of(dom::object object) {
    member_list list;
    for (const auto [key, value] : object) list.emplace_back(key, value);
    return list;
}

// Members whose own members are data: another one would be no unknown member but another entry.
bool is_map(std::string_view key) {
    constexpr std::array maps{"headers",          "multiValueHeaders",
                              "pathParameters",   "queryStringParameters",
                              "stageVariables",   "multiValueQueryStringParameters",
                              "authorizer",       "claims",
                              "messageAttributes"};
    return std::find(maps.begin(), maps.end(), key) != maps.end();
}

// The number of members in all objects that are no maps.
std::size_t count_members(dom::element value, bool map = false) {
    std::size_t n = 0;
    if (value.is_object()) {
        for (const auto [key, inner] : dom::object(value)) {
            n += (map ? 0 : 1) + count_members(inner, map || is_map(key));
        }
    } else if (value.is_array()) {
        for (const auto inner : dom::array(value)) n += count_members(inner, map);
    }
    return n;
}

constexpr std::size_t unknown_members = 200;

std::string unknown_member(std::size_t i) {
    constexpr std::array values{R"("a value of twenty-two")",       "1732487412036",    "true",
                                R"({"since":"2026-11","level":3})", R"(["one","two"])", "null"};
    return "\"laterAddition" + std::to_string(i) + "\":" + values[i % values.size()];
}

class rewriter {
public:
    rewriter(form into, std::size_t known) : into_(into), known_(known) {}

    std::string write(dom::element root) {
        value(root, false);
        return std::move(out_);
    }

private:
    void value(dom::element v, bool map) {
        if (v.is_object()) {
            object(v, map);
        } else if (v.is_array()) {
            array(v, map);
        } else {
            out_ += simdjson::to_string(v);
        }
    }

    void object(dom::object o, bool map) {
        auto list = members_of(o);
        if (into_ == form::reverse) std::reverse(list.begin(), list.end());
        open('{');
        for (const auto& [key, inner] : list) {
            separate();
            out_ += '"';
            out_ += key;
            out_ += into_ == form::pretty ? "\": " : "\":";
            value(inner, map || is_map(key));
            if (into_ == form::unknown && !map) add_unknown();
        }
        close('}', list.empty());
    }

    void array(dom::array a, bool map) {
        open('[');
        for (const auto inner : a) {
            separate();
            value(inner, map);
        }
        close(']', a.size() == 0);
    }

    // After the i-th known member, as many as are due so far.
    void add_unknown() {
        ++met_;
        for (; added_ < met_ * unknown_members / known_; ++added_) {
            separate();
            out_ += unknown_member(added_);
        }
    }

    void open(char bracket) {
        out_ += bracket;
        first_ = true;
        ++depth_;
    }
    void separate() {
        if (!first_) out_ += ',';
        first_ = false;
        new_line();
    }
    void close(char bracket, bool empty) {
        --depth_;
        if (!empty) new_line();
        out_ += bracket;
        first_ = false;
    }
    void new_line() {
        if (into_ == form::pretty) out_.append("\n").append(depth_ * 4, ' ');
    }

    form into_;
    std::size_t known_;
    std::string out_;
    std::size_t depth_ = 0;
    std::size_t met_ = 0;
    std::size_t added_ = 0;
    bool first_ = true;
};

// Empty where there is nothing to say.
std::string meaning_of(dom::element v) {
    std::string text;
    if (v.is_object()) {
        auto list = members_of(v);
        std::stable_sort(list.begin(), list.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        for (const auto& [key, inner] : list) {
            if (const auto said = meaning_of(inner); !said.empty()) {
                text.append("\"").append(key).append("\":").append(said).append(";");
            }
        }
        return text.empty() ? text : "{" + text + "}";
    }
    if (v.is_array()) {
        for (const auto inner : dom::array(v)) text += meaning_of(inner) + ",";
        return text.empty() ? text : "[" + text + "]";
    }
    text = simdjson::to_string(v);
    return text == "null" || text == "\"\"" ? std::string() : text;
}

} // namespace

std::string rewrite(std::string_view json, form into) {
    dom::parser parser;
    const dom::element root = parser.parse(json.data(), json.size());
    return rewriter(into, count_members(root)).write(root);
}

std::string meaning(std::string_view json) {
    dom::parser parser;
    return meaning_of(parser.parse(json.data(), json.size()));
}

} // namespace headrace::bench
