// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/aws/sigv4.hpp>
#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/hex.hpp>
#include <headrace/base/detail/sha256.hpp>
#include <headrace/json/detail/percent.hpp>
#include <headrace/json/time.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <new>
#include <utility>

namespace headrace::aws {

namespace sigv4 {

inline constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

struct pair {
    std::string name;
    std::string value;
    friend auto operator<=>(const pair&, const pair&) = default;
};
using pairs = std::vector<pair>;

inline std::string encoded(std::string_view text, std::string_view also_plain = {}) {
    std::string out;
    detail::append_percent_encoded(out, text, detail::plus_sign::itself, also_plain);
    return out;
}
inline std::string decoded(std::string_view text) {
    std::string out;
    detail::append_percent_decoded(out, text, detail::plus_sign::itself);
    return out;
}

// "20150830T123600Z"
inline std::string moment(time_point when) {
    std::string text = iso_text(when);
    text.erase(text.size() - 5, 4); // the milliseconds
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

// RFC 3986 section 5.2.4, and no empty segments.
inline std::string without_dots(std::string_view path) {
    std::vector<std::string_view> segments;
    bool is_folder = false; // the path ends in a slash, or in dots that mean one
    for (auto n = path.find('/'); n != path.npos; n = path.find('/')) {
        path.remove_prefix(n + 1);
        const auto segment = path.substr(0, path.find('/'));
        is_folder = segment.empty() || segment == "." || segment == "..";
        if (!is_folder) segments.push_back(segment);
        if (segment == ".." && !segments.empty()) segments.pop_back();
    }
    std::string out;
    for (const auto each : segments) out.append("/").append(each);
    if (is_folder || out.empty()) out += '/';
    return out;
}

// All names and values encoded, and sorted by that.
inline pairs query_pairs(std::string_view query) {
    pairs out;
    while (!query.empty()) {
        const auto n = std::min(query.find('&'), query.size());
        const auto one = query.substr(0, n);
        query.remove_prefix(std::min(n + 1, query.size()));
        if (one.empty()) continue;
        const auto equals = std::min(one.find('='), one.size());
        const auto value = one.substr(std::min(equals + 1, one.size()));
        out.push_back({encoded(decoded(one.substr(0, equals))), encoded(decoded(value))});
    }
    return out;
}

inline std::string joined(pairs all) {
    std::ranges::sort(all);
    std::string out;
    for (const auto& [name, value] : all) {
        if (!out.empty()) out += '&';
        out.append(name).append("=").append(value);
    }
    return out;
}

// Without white space around it, and with single spaces inside.
inline std::string trimmed(std::string_view value) {
    std::string out;
    for (const char c : value) {
        const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!space) out += c;
        if (space && !out.empty() && out.back() != ' ') out += ' ';
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

// Sorted by name; lines of the same name become one, in their order.
inline pairs canonical_headers(std::span<const header_view> lines, std::span<const header> more) {
    pairs all;
    for (const auto& each : lines)
        all.push_back({detail::to_small_letters(each.name), trimmed(each.value)});
    for (const auto& each : more)
        all.push_back({detail::to_small_letters(each.name), trimmed(each.value)});
    std::ranges::stable_sort(all, {}, &pair::name);
    pairs out;
    for (auto& each : all) {
        if (!out.empty() && out.back().name == each.name)
            out.back().value.append(",").append(each.value);
        else
            out.push_back(std::move(each));
    }
    return out;
}

inline std::string names_of(const pairs& headers) {
    std::string out;
    for (const auto& each : headers) {
        if (!out.empty()) out += ';';
        out += each.name;
    }
    return out;
}

inline std::string_view view(const std::array<unsigned char, 32>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What both forms of signing share.
class signing {
public:
    signing(const signable_request& request, const credentials& who, const signing_options& how)
        : request_(request),
          who_(who),
          how_(how),
          moment_(moment(how.when)),
          day_(std::string_view(moment_).substr(0, 8)),
          scope_(detail::format<"{}/{}/{}/aws4_request">(day_, how.region, how.service)),
          body_hash_(how.unsigned_payload ? "UNSIGNED-PAYLOAD" : detail::sha256_hex(request.body)) {
    }

    [[nodiscard]] const std::string& when() const noexcept { return moment_; }
    [[nodiscard]] const std::string& body_hash() const noexcept { return body_hash_; }
    [[nodiscard]] std::string credential() const {
        return detail::format<"{}/{}">(who_.access_key_id, scope_);
    }

    [[nodiscard]] signature sign(const pairs& headers, pairs query) const {
        signature out;
        const auto path =
            how_.normalise_path ? without_dots(request_.path) : std::string(request_.path);
        auto& canonical = out.canonical_request;
        detail::append_format<"{}\n{}\n{}\n">(canonical, request_.method,
                                              how_.double_encode_path ? encoded(path, "/") : path,
                                              joined(std::move(query)));
        for (const auto& [name, value] : headers) {
            detail::append_format<"{}:{}\n">(canonical, name, value);
        }
        detail::append_format<"\n{}\n{}">(canonical, names_of(headers), body_hash_);
        out.string_to_sign = detail::format<"{}\n{}\n{}\n{}">(algorithm, moment_, scope_,
                                                              detail::sha256_hex(canonical));
        out.text = detail::to_hex(hmac_sha256(view(key()), out.string_to_sign));
        return out;
    }

private:
    [[nodiscard]] std::array<unsigned char, 32> key() const {
        auto k = hmac_sha256("AWS4" + who_.secret_access_key, day_);
        for (const auto part : {how_.region, how_.service, std::string_view("aws4_request")}) {
            k = hmac_sha256(view(k), part);
        }
        return k;
    }

    const signable_request& request_;
    const credentials& who_;
    const signing_options& how_;
    std::string moment_;
    std::string_view day_;
    std::string scope_;
    std::string body_hash_;
};

} // namespace sigv4

signature sign_headers(const signable_request& request, const credentials& who,
                       const signing_options& how) {
    const sigv4::signing one(request, who, how);
    std::vector<header> added{{"X-Amz-Date", one.when()}};
    if (how.body_hash_header) added.push_back({"x-amz-content-sha256", one.body_hash()});
    const bool has_token = !who.session_token.empty();
    const header token{"X-Amz-Security-Token", who.session_token};
    if (has_token && how.sign_session_token) added.push_back(token);
    const auto headers = sigv4::canonical_headers(request.headers, added);
    if (has_token && !how.sign_session_token) added.push_back(token);
    auto out = one.sign(headers, sigv4::query_pairs(request.query));
    added.push_back({"Authorization",
                     detail::format<"{} Credential={}, SignedHeaders={}, Signature={}">(
                         sigv4::algorithm, one.credential(), sigv4::names_of(headers), out.text)});
    out.headers = std::move(added);
    return out;
}

signature sign_query(const signable_request& request, const credentials& who,
                     const signing_options& how) {
    const sigv4::signing one(request, who, how);
    const auto headers = sigv4::canonical_headers(request.headers, {});
    auto query = sigv4::query_pairs(request.query);
    std::string text(request.query);
    const auto add = [&](std::string_view name, std::string_view value, bool is_signed = true) {
        auto encoded = sigv4::encoded(value);
        if (!text.empty()) text += '&';
        text.append(name).append("=").append(encoded);
        if (is_signed) query.push_back({std::string(name), std::move(encoded)});
    };
    add("X-Amz-Algorithm", sigv4::algorithm);
    add("X-Amz-Credential", one.credential());
    add("X-Amz-Date", one.when());
    add("X-Amz-SignedHeaders", sigv4::names_of(headers));
    add("X-Amz-Expires", std::to_string(how.lifetime.count()));
    if (!who.session_token.empty())
        add("X-Amz-Security-Token", who.session_token, how.sign_session_token);
    auto out = one.sign(headers, std::move(query));
    add("X-Amz-Signature", out.text, false);
    out.query = std::move(text);
    return out;
}

std::array<unsigned char, 32> hmac_sha256(std::string_view key, std::string_view message) {
    std::array<unsigned char, 32> out{};
    unsigned int size = 0;
    const char* const bytes = key.empty() ? "" : key.data(); // null means another thing
    const auto* const text = reinterpret_cast<const unsigned char*>(message.data());
    const auto* const done = ::HMAC(::EVP_sha256(), bytes, static_cast<int>(key.size()), text,
                                    message.size(), out.data(), &size);
    if (done == nullptr) throw std::bad_alloc(); // there is no other reason
    return out;
}

} // namespace headrace::aws
