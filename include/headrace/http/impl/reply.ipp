// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/json_text.hpp>
#include <headrace/http/problem.hpp>
#include <headrace/http/reply.hpp>
#include <headrace/json/detail/is_utf8.hpp>
#include <headrace/json/text.hpp>
#include <headrace/json/writer.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace headrace::detail::http_reply {

inline error refuse(std::string why) {
    error e = error::bug(std::move(why));
    e.code = errc::bad_reply;
    return e;
}

inline bool starts_with(std::string_view text, std::string_view start) noexcept {
    return same_but_for_case(text.substr(0, start.size()), start);
}
inline bool ends_with(std::string_view text, std::string_view end) noexcept {
    return text.size() >= end.size()
           && same_but_for_case(text.substr(text.size() - end.size()), end);
}

// The characters of a token, RFC 9110 section 5.6.2. None of them needs an escape in JSON.
inline constexpr auto token_characters = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789"
                                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
        table[static_cast<unsigned char>(c)] = true;
    }
    return table;
}();
inline bool is_token(std::string_view name) noexcept {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return token_characters[static_cast<unsigned char>(c)];
    });
}
// RFC 9110 section 5.5: no control characters but the tab.
inline bool is_field_value(std::string_view text) noexcept {
    bool ascii = true;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_control(c) && c != '\t') return false;
        ascii = ascii && byte < 0x80;
    }
    return ascii || is_utf8(text);
}

/// A response's header lines as they are sent: checked, cookies apart, repeated names linked.
class header_lines {
public:
    struct line {
        std::string_view name;
        std::string_view value;
        std::size_t first; ///< the first line of this name, maybe itself
    };

    result<void> take(const http::response& r) {
        if (r.headers.size() + r.cookies.size() > http::most_header_lines) {
            return refuse("a response has at most 1000 header lines");
        }
        lines_.reserve(r.headers.size());
        for (const auto& each : r.headers) {
            if (!is_token(each.name)) return refuse("a header's name is not a token");
            if (same_but_for_case(each.name, "content-length")) continue;
            if (same_but_for_case(each.name, "set-cookie")) {
                if (auto taken = take_cookie(each.value); !taken) return taken;
                continue;
            }
            if (!is_field_value(each.value)) {
                return refuse(
                    format<"the value of header {} has control characters or is not UTF-8">(
                        each.name));
            }
            lines_.push_back({each.name, each.value, find(each.name)});
            bytes_ += each.name.size() + each.value.size() + 8;
        }
        for (const auto& each : r.cookies) {
            if (auto taken = take_cookie(each); !taken) return taken;
        }
        return {};
    }
    /// The first value of this name, or "".
    [[nodiscard]] std::string_view first(std::string_view name) const noexcept {
        const auto at = find(name);
        return at < lines_.size() ? lines_[at].value : std::string_view{};
    }
    /// Calls each(name, i) for every name, i being its first line.
    template <class Each> void for_each_name(Each&& each) const {
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (lines_[i].first == i) each(lines_[i].name, i);
        }
    }
    /// Calls each(value) for the lines of the name whose first line is i.
    template <class Each> void for_each_value(std::size_t i, Each&& each) const {
        for (std::size_t j = i; j < lines_.size(); ++j) {
            if (lines_[j].first == i) each(lines_[j].value);
        }
    }
    [[nodiscard]] const std::vector<std::string_view>& cookies() const noexcept { return cookies_; }
    /// About what they take in JSON.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    // The first line of this name, or where it would stand.
    [[nodiscard]] std::size_t find(std::string_view name) const noexcept {
        std::size_t i = 0;
        while (i < lines_.size() && !same_but_for_case(lines_[i].name, name)) ++i;
        return i;
    }
    result<void> take_cookie(std::string_view cookie) {
        if (cookie.empty() || !is_field_value(cookie)) {
            return refuse("a cookie is empty, has control characters or is not UTF-8");
        }
        cookies_.push_back(cookie);
        bytes_ += cookie.size() + 8;
        return {};
    }
    std::size_t bytes_ = 0;
    std::vector<line> lines_;
    std::vector<std::string_view> cookies_;
};

// Is this content type one whose bytes are text?
inline bool is_text(std::string_view content_type) noexcept {
    const auto type = trimmed(content_type.substr(0, content_type.find(';')));
    if (starts_with(type, "text/") || ends_with(type, "+json") || ends_with(type, "+xml")
        || ends_with(type, "+yaml")) {
        return true;
    }
    constexpr std::array<std::string_view, 8> known{
        "application/json",       "application/xml",
        "application/javascript", "application/yaml",
        "application/graphql",    "application/x-ndjson",
        "application/x-yaml",     "application/x-www-form-urlencoded",
    };
    if (std::any_of(known.begin(), known.end(),
                    [&](auto each) { return same_but_for_case(type, each); })) {
        return true;
    }
    while (!content_type.empty()) { // a parameter charset=utf-8
        const auto end = content_type.find(';');
        const auto one = trimmed(content_type.substr(0, end));
        if (same_but_for_case(one, "charset=utf-8") || same_but_for_case(one, "charset=\"utf-8\""))
            return true;
        content_type = end == content_type.npos ? std::string_view{} : content_type.substr(end + 1);
    }
    return false;
}

inline bool travels_as_base64(const http::response& r, const header_lines& lines) {
    if (r.body.empty()) return false;
    if (r.kind == http::body_kind::binary) return true;
    if (r.kind == http::body_kind::by_content_type) {
        const auto encoding = trimmed(lines.first("content-encoding"));
        if (!encoding.empty() && !same_but_for_case(encoding, "identity")) return true;
        const auto type = lines.first("content-type");
        if (!type.empty() && !is_text(type)) return true;
    }
    return !is_utf8(r.body);
}

// What is written is known to be in order, so the text is put together without a writer.
inline void put_string(std::string& out, std::string_view text) {
    out.push_back('"');
    append_escaped(out, text);
    out.push_back('"');
}
inline void put_name(std::string& out, std::string_view token) {
    if (out.back() != '{') out.push_back(',');
    out.append("\"").append(token).append("\":");
}

inline void put_cookies(std::string& out, const header_lines& lines) {
    out.push_back('[');
    for (const auto each : lines.cookies()) {
        if (out.back() != '[') out.push_back(',');
        put_string(out, each);
    }
    out.push_back(']');
}

inline void put_multi_value(std::string& out, const header_lines& lines) {
    out += R"(,"multiValueHeaders":{)";
    lines.for_each_name([&](std::string_view name, std::size_t i) {
        put_name(out, name);
        out.push_back('[');
        lines.for_each_value(i, [&](std::string_view value) {
            if (out.back() != '[') out.push_back(',');
            put_string(out, value);
        });
        out.push_back(']');
    });
    if (!lines.cookies().empty()) {
        put_name(out, "set-cookie");
        put_cookies(out, lines);
    }
    out.push_back('}');
}

// `cookie` is for the door that takes one at most and has no other place for it.
inline void put_single_value(std::string& out, const header_lines& lines, std::string_view cookie) {
    out += R"(,"headers":{)";
    lines.for_each_name([&](std::string_view name, std::size_t i) {
        put_name(out, name);
        std::size_t n = 0;
        out.push_back('"');
        lines.for_each_value(i, [&](std::string_view value) {
            if (n++ != 0) out += ", ";
            append_escaped(out, value);
        });
        out.push_back('"');
    });
    if (!cookie.empty()) {
        put_name(out, "set-cookie");
        put_string(out, cookie);
    }
    out.push_back('}');
}

inline void put_headers(std::string& out, const header_lines& lines, http::reply_form form) {
    using enum http::reply_form;
    switch (form) {
    case rest:
    case alb_multi_value: return put_multi_value(out, lines);
    case alb:
        return put_single_value(out, lines, lines.cookies().empty() ? "" : lines.cookies().front());
    case v2:
        put_single_value(out, lines, {});
        if (lines.cookies().empty()) return;
        out += R"(,"cookies":)";
        return put_cookies(out, lines);
    }
}

inline void put_body(std::string& out, std::string_view body, bool base64) {
    out += R"(,"body":")";
    if (base64)
        append_base64(out, body);
    else
        append_escaped(out, body);
    out += base64 ? R"(","isBase64Encoded":true})" : R"(","isBase64Encoded":false})";
}

// What stands before the body of a JSON answer.
constexpr std::string_view json_head(http::reply_form form) noexcept {
    using enum http::reply_form;
    switch (form) {
    case rest:
        return R"({"statusCode":200,"multiValueHeaders":{"content-type":["application/json"]},)"
               R"("body":")";
    case alb_multi_value:
        return R"({"statusCode":200,"statusDescription":"200 OK",)"
               R"("multiValueHeaders":{"content-type":["application/json"]},"body":")";
    case alb:
        return R"({"statusCode":200,"statusDescription":"200 OK",)"
               R"("headers":{"content-type":"application/json"},"body":")";
    case v2: break;
    }
    return R"({"statusCode":200,"headers":{"content-type":"application/json"},"body":")";
}

} // namespace headrace::detail::http_reply

namespace headrace::http {

std::string_view to_string(door d) noexcept {
    switch (d) {
    case door::rest: return "http.rest";
    case door::v2: return "http.v2";
    case door::furl: return "http.furl";
    case door::alb: return "http.alb";
    }
    return "http";
}

result<void> write_reply(std::string& out, const response& r, reply_form form,
                         std::string_view method) {
    namespace own = detail::http_reply;
    if (r.status < 100 || r.status > 599) return own::refuse("a status is from 100 to 599");
    own::header_lines lines;
    if (auto taken = lines.take(r); !taken) return taken;
    const bool alb = form == reply_form::alb || form == reply_form::alb_multi_value;
    if (form == reply_form::alb && lines.cookies().size() > 1) {
        return own::refuse("a load balancer takes several cookies only where its target group has "
                           "multi-value headers enabled");
    }
    const auto start = out.size();
    out.reserve(start + lines.bytes() + r.body.size() + r.body.size() / 2 + 160);
    out.append(R"({"statusCode":)").append(std::to_string(r.status));
    if (alb) {
        out.append(R"(,"statusDescription":")").append(std::to_string(r.status));
        out.append(" ").append(reason_phrase(r.status)).append("\"");
    }
    own::put_headers(out, lines, form);
    const bool bare = method == "HEAD" || r.status < 200 || r.status == 204 || r.status == 304;
    own::put_body(out, bare ? std::string_view() : r.body,
                  !bare && own::travels_as_base64(r, lines));
    if (alb && out.size() - start > most_alb_bytes) {
        out.resize(start);
        return own::refuse("a reply through a load balancer has at most 1 MB");
    }
    return {};
}

bool write_json_reply(std::string& out, std::string_view body, reply_form form,
                      std::string_view method) {
    namespace own = detail::http_reply;
    const auto start = out.size();
    const auto give_up = [&] {
        out.resize(start);
        return false;
    };
    if (method == "HEAD") body = {};
    out.reserve(start + body.size() + body.size() / 2 + 160);
    out += own::json_head(form);
    const auto simple = detail::append_simple_json_characters(out, body);
    if (simple != body.size()) {
        if (!detail::is_utf8(body)) return give_up();
        append_escaped(out, body.substr(simple));
    }
    out += R"(","isBase64Encoded":false})";
    const bool alb = form == reply_form::alb || form == reply_form::alb_multi_value;
    return alb && out.size() - start > most_alb_bytes ? give_up() : true;
}

} // namespace headrace::http
