// SPDX-License-Identifier: BSL-1.0
#pragma once

// How the same request looks through each front door.

#include <headrace/base/detail/ascii.hpp>
#include <headrace/json/detail/percent.hpp>
#include <headrace/json/text.hpp>
#include <headrace/sources/http/alb.hpp>
#include <headrace/sources/http/furl.hpp>
#include <headrace/sources/http/rest.hpp>
#include <headrace/sources/http/v2.hpp>
#include <headrace/testing/builders.hpp>

#include <algorithm>
#include <deque>
#include <utility>

namespace headrace::testing {

/// Writes one request; owns what the event borrows.
class http_writer {
public:
    explicit http_writer(const http_request& r) : r_(r) {
        const bool rest = r_.door_ == http::door::rest;
        add_default("host", std::string(domain()));
        add_default("user-agent", "headrace-testing");
        add_default("x-forwarded-for", std::string(address));
        add_default("x-forwarded-port", "443");
        add_default("x-forwarded-proto", "https");
        for (const auto& [name, value] : r_.headers_)
            add(headers_, rest ? name : headrace::detail::to_small_letters(name), value);
        for (const auto& [name, value] : r_.query_) {
            const bool plain = r_.door_ != http::door::alb; // load balancers decode nothing
            add(query_, plain ? name : encoded(name), plain ? value : encoded(value));
        }
        if (r_.base64_)
            body_ = base64_encode(std::string_view(*r_.body_));
        else if (r_.body_)
            body_ = *r_.body_;
    }

    [[nodiscard]] std::string write() {
        switch (r_.door_) {
        case http::door::rest: return write_rest();
        case http::door::alb: return write_alb();
        case http::door::furl: return write_shape_2<http::furl::event>(r_.path_);
        case http::door::v2: break;
        }
        std::string decoded; // an HTTP API decodes the path
        headrace::detail::append_percent_decoded(decoded, r_.path_,
                                                 headrace::detail::plus_sign::itself);
        return write_shape_2<http::v2::event>(decoded);
    }

private:
    struct group {
        std::string name;
        std::vector<std::string_view> values;
    };
    using groups = std::deque<group>;
    static constexpr std::string_view address = "203.0.113.7";
    static constexpr std::string_view request_id = "f3a9c1d7-example";

    [[nodiscard]] std::string_view domain() const {
        switch (r_.door_) {
        case http::door::furl: return "u4xq7example.lambda-url.eu-central-1.on.aws";
        case http::door::alb: return "shop-example.eu-central-1.elb.amazonaws.com";
        default: return "p7k2example.execute-api.eu-central-1.amazonaws.com";
        }
    }
    static std::string encoded(std::string_view text) {
        std::string out;
        headrace::detail::append_percent_encoded(out, text, headrace::detail::plus_sign::space);
        return out;
    }
    void add_default(std::string name, std::string value) {
        const bool given = std::ranges::any_of(r_.headers_, [&](const auto& each) {
            return headrace::detail::to_small_letters(each.first) == name;
        });
        if (!given) add(headers_, std::move(name), std::move(value));
    }
    void add(groups& to, std::string name, std::string value) {
        const std::string_view kept = texts_.emplace_back(std::move(value));
        for (auto& each : to) {
            if (each.name == name) return each.values.push_back(kept);
        }
        to.push_back({std::move(name), {kept}});
    }

    // The forms of repeated names: the last value, all of them joined, a list.
    string_map<> last_of(const groups& from) {
        auto& entries = entries_.emplace_back();
        for (const auto& each : from) entries.push_back({each.name, each.values.back()});
        return string_map<>(entries);
    }
    string_map<> joined(const groups& from) {
        auto& entries = entries_.emplace_back();
        for (const auto& each : from) {
            std::string all;
            for (const auto value : each.values) all.append(all.empty() ? "" : ",").append(value);
            entries.push_back({each.name, texts_.emplace_back(std::move(all))});
        }
        return string_map<>(entries);
    }
    http::multi_value_map lists(const groups& from) {
        for (const auto& each : from) lists_.push_back({each.name, each.values});
        auto& kept = list_entries_.emplace_back(std::exchange(lists_, {}));
        return http::multi_value_map(kept);
    }
    // Cookies as a header, for the doors that leave them there.
    void add_cookie_header(std::string name) {
        std::string line;
        for (const auto& [key, value] : r_.cookies_) {
            line.append(line.empty() ? "" : "; ").append(key).append("=").append(value);
        }
        if (!line.empty()) add(headers_, std::move(name), std::move(line));
    }
    [[nodiscard]] std::string query_text() const {
        std::string out;
        for (const auto& [name, value] : r_.query_) {
            out.append(out.empty() ? "" : "&").append(encoded(name)).append("=");
            out.append(encoded(value));
        }
        return out;
    }

    // What a token says about the caller.
    [[nodiscard]] string_map<> claims() {
        auto& entries = entries_.emplace_back();
        entries.push_back({"iss", "https://issuer.example.com"});
        entries.push_back({"sub", r_.caller_});
        return string_map<>(entries);
    }
    void authorize(http::v2::authorizer& to) {
        if (r_.door_ == http::door::furl) {
            auto& signer = to.iam.emplace();
            signer.account_id = "123456789012";
            signer.user_arn =
                texts_.emplace_back("arn:aws:iam::123456789012:user/").append(r_.caller_);
        } else {
            to.jwt.emplace().claims = claims();
        }
    }

    template <class Event> std::string write_shape_2(std::string_view path) {
        const std::string query = query_text();
        std::vector<std::string_view> cookies;
        for (const auto& [name, value] : r_.cookies_) {
            cookies.push_back(texts_.emplace_back(name).append("=").append(value));
        }
        Event e;
        e.version = "2.0";
        e.route_key = "$default";
        e.raw_path = path;
        e.raw_query_string = query;
        if (!cookies.empty()) e.cookies = cookies;
        e.headers = joined(headers_);
        if (!query_.empty()) e.query_string_parameters = joined(query_);
        auto& about = e.request_context;
        about.account_id = "123456789012";
        if (!r_.caller_.empty()) authorize(about.authorizer.emplace());
        about.domain_name = domain();
        about.domain_prefix = domain().substr(0, domain().find('.'));
        about.api_id = about.domain_prefix;
        about.http = {r_.method_, path, "HTTP/1.1", address, "headrace-testing"};
        about.request_id = request_id;
        about.route_key = "$default";
        about.stage = "$default";
        about.time = clf_time("24/Nov/2026:22:30:47 +0000");
        if (r_.body_) e.body = body_;
        e.is_base64_encoded = r_.base64_;
        return encode(e);
    }

    std::string write_rest() {
        add_cookie_header("Cookie");
        http::rest::event e;
        e.resource = "/{proxy+}";
        e.path = r_.path_;
        e.http_method = r_.method_;
        e.headers = last_of(headers_);
        e.multi_value_headers = lists(headers_);
        if (!query_.empty()) {
            e.query_string_parameters = last_of(query_);
            e.multi_value_query_string_parameters = lists(query_);
        }
        const std::string with_stage = "/live" + r_.path_;
        auto& about = e.request_context;
        about.resource_path = "/{proxy+}";
        if (!r_.caller_.empty()) {
            about.authorizer =
                raw_json(texts_.emplace_back(R"({"claims":)").append(encode(claims())).append("}"));
        }
        about.http_method = r_.method_;
        about.path = with_stage;
        about.account_id = "123456789012";
        about.protocol = "HTTP/1.1";
        about.stage = "live";
        about.domain_name = domain();
        about.api_id = domain().substr(0, domain().find('.'));
        about.request_id = request_id;
        about.request_time = clf_time("24/Nov/2026:22:30:47 +0000");
        about.identity.source_ip = address;
        about.identity.user_agent = "headrace-testing";
        if (r_.body_) e.body = body_;
        e.is_base64_encoded = r_.base64_;
        return encode(e);
    }

    std::string write_alb() {
        add_cookie_header("cookie");
        http::alb::event e;
        e.request_context.elb.target_group_arn = "arn:aws:elasticloadbalancing:eu-central-1:"
                                                 "123456789012:targetgroup/shop/6d0ecf831eec9f";
        e.http_method = r_.method_;
        e.path = r_.path_;
        if (r_.multi_value_) {
            e.multi_value_headers = lists(headers_);
            e.multi_value_query_string_parameters = lists(query_);
        } else {
            e.headers = last_of(headers_);
            e.query_string_parameters = last_of(query_);
        }
        e.body = r_.body_ ? std::string_view(body_) : std::string_view("");
        e.is_base64_encoded = r_.base64_;
        return encode(e);
    }

    const http_request& r_;
    std::string body_;
    std::deque<std::string> texts_;
    groups headers_;
    groups query_;
    std::vector<http::multi_value_map::entry> lists_;
    std::deque<std::vector<string_map<>::entry>> entries_;
    std::deque<std::vector<http::multi_value_map::entry>> list_entries_;
};

http_request& http_request::through(http::door front) {
    door_ = front;
    return *this;
}

http_request& http_request::through_multi_value_alb() {
    multi_value_ = true;
    return through(http::door::alb);
}

http_request& http_request::caller(std::string name) {
    caller_ = std::move(name);
    return *this;
}

http_request& http_request::header(std::string name, std::string value) {
    headers_.emplace_back(std::move(name), std::move(value));
    return *this;
}

http_request& http_request::query(std::string name, std::string value) {
    query_.emplace_back(std::move(name), std::move(value));
    return *this;
}

http_request& http_request::cookie(std::string name, std::string value) {
    cookies_.emplace_back(std::move(name), std::move(value));
    return *this;
}

http_request& http_request::body(std::string text, std::string content_type) {
    body_ = std::move(text);
    base64_ = false;
    return header("content-type", std::move(content_type));
}

http_request& http_request::bytes(std::string data, std::string content_type) {
    body(std::move(data), std::move(content_type));
    base64_ = true;
    return *this;
}

std::string http_request::json() const { return http_writer(*this).write(); }

} // namespace headrace::testing
