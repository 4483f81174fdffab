// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/aws/dynamodb.hpp>
#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/http_date.hpp>
#include <headrace/json/decode.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace headrace::aws {

namespace dynamo {

// ---- what went wrong ----------------------------------------------------------------------------

struct failure_body {
    std::string_view type, message, capital_message;
    static void wire(auto& self, auto&& field) {
        field("__type", self.type);
        field("message", self.message);
        field("Message", self.capital_message);
    }
};

struct failure {
    std::string name; ///< without its namespace: "ThrottlingException"
    std::string message;
};

inline failure read_failure(const dynamodb_answer& answer) {
    failure out;
    const auto body = decode<failure_body>(answer.body);
    if (!body) return out;
    const failure_body& is = **body;
    out.name = is.type.substr(is.type.find('#') + 1); // npos + 1 is 0
    out.message = is.message.empty() ? is.capital_message : is.message;
    return out;
}

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
    return std::ranges::find(names, name) != names.end();
}

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
inline constexpr std::array<std::string_view, 7> throttling{
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "Throttling",
    "ThrottledException",
    "RequestLimitExceeded",
    "RequestThrottledException",
    "TooManyRequestsException"};
inline constexpr std::array<std::string_view, 7> passing{"InternalServerError",
                                                         "ServiceUnavailable",
                                                         "TransactionInProgressException",
                                                         "TransactionConflictException",
                                                         "ReplicatedWriteConflictException",
                                                         "RequestTimeout",
                                                         "RequestTimeoutException"};
inline constexpr std::array<std::string_view, 2> unmet{"ConditionalCheckFailedException",
                                                       "TransactionCanceledException"};
inline constexpr std::array<std::string_view, 3> expired{"ExpiredTokenException", "ExpiredToken",
                                                         "TokenRefreshRequired"};
inline constexpr std::array<std::string_view, 3> skewed{"RequestTimeTooSkewed", "RequestExpired",
                                                        "RequestInTheFuture"};

inline bool is_skew(const failure& f) {
    if (is_one_of(f.name, skewed)) return true;
    if (f.name != "InvalidSignatureException" && f.name != "SignatureDoesNotMatch") return false;
    return f.message.starts_with("Signature expired")
           || f.message.starts_with("Signature not yet current");
}

// ---- checks -------------------------------------------------------------------------------------

inline constexpr std::array<std::uint32_t, 256> crc_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ (value & 1 ? 0xEDB88320u : 0);
        table[i] = value;
    }
    return table;
}();

inline std::uint32_t crc32(std::string_view bytes) noexcept {
    std::uint32_t value = ~0u;
    for (const char c : bytes) {
        value = (value >> 8) ^ crc_table[(value ^ static_cast<unsigned char>(c)) & 0xFF];
    }
    return ~value;
}

// It becomes a part of the host.
inline bool is_region(std::string_view text) noexcept {
    return std::ranges::all_of(text,
                               [](char c) { return detail::is_letter_or_digit(c) || c == '-'; });
}

// Each partition of AWS has a domain of its own: dnsSuffix in the SDKs' partitions.json.
inline std::string own_endpoint(const std::string& region) {
    struct partition {
        std::string_view begins;
        std::string_view domain;
    };
    constexpr std::array partitions{
        partition{"cn-", "amazonaws.com.cn"},    partition{"eusc-", "amazonaws.eu"},
        partition{"us-iso-", "c2s.ic.gov"},      partition{"us-isob-", "sc2s.sgov.gov"},
        partition{"us-isof-", "csp.hci.ic.gov"}, partition{"eu-isoe-", "cloud.adc-e.uk"}};
    const auto of = std::ranges::find_if(
        partitions, [&](const partition& p) { return region.starts_with(p.begins); });
    const auto domain = of == partitions.end() ? std::string_view("amazonaws.com") : of->domain;
    return detail::format<"https://dynamodb.{}.{}">(region, domain);
}

} // namespace dynamo

error dynamodb_error(const dynamodb_answer& answer) {
    const auto f = dynamo::read_failure(answer);
    std::string words = f.name.empty() ? detail::format<"DynamoDB: status {}">(answer.status)
                                       : detail::format<"DynamoDB: {}">(f.name);
    // One line: what follows one about a wrong signature repeats the request, session token
    // included.
    const auto line = f.message.substr(0, std::min<std::size_t>(f.message.find('\n'), 500));
    if (!line.empty()) detail::append_format<": {}">(words, line);
    error e = error::permanent({});
    if (dynamo::is_one_of(f.name, dynamo::throttling) || answer.status == 429) {
        e = error::throttled({}, std::chrono::milliseconds(0));
    } else if (answer.status >= 500 || dynamo::is_one_of(f.name, dynamo::passing)
               || dynamo::is_one_of(f.name, dynamo::expired) || dynamo::is_skew(f)) {
        e = error::transient({});
    } else if (dynamo::is_one_of(f.name, dynamo::unmet)) {
        e = error::conflict({});
    }
    e.code = errc::input_output;
    e.message = std::move(words);
    e.type = f.name;
    return e;
}

class dynamodb::connection {
public:
    explicit connection(dynamodb_client_options options) : options_(std::move(options)) {}

    result<dynamodb_answer> call(const context& ctx, std::string_view operation,
                                 std::string_view json) {
        if (auto opened = open(ctx); !opened) return std::move(opened).error();
        const auto who = options_.credentials->get(ctx);
        if (!who) return who.error();
        const auto headers = signed_headers(ctx, *who, operation, json);
        auto answer = client_->exchange(
            ctx, {.method = "POST", .target = target_, .headers = headers, .body = json});
        if (!answer) return std::move(answer).error();
        if (const auto sum = answer->find("x-amz-crc32"); !sum.empty()) {
            if (sum != std::to_string(dynamo::crc32(answer->body))) {
                error e = error::transient("an answer of DynamoDB has the wrong checksum");
                e.code = errc::input_output;
                return e;
            }
        }
        dynamodb_answer out{answer->status, std::move(answer->body)};
        if (out.status != 200) learn(ctx, out, answer->find("Date"));
        return out;
    }

private:
    // With the first call, and again until it succeeds.
    result<void> open(const context& ctx) {
        const std::lock_guard lock(mutex_);
        if (client_) return {};
        region_ = options_.region;
        if (region_.empty()) {
            auto found = find_region(ctx);
            if (!found) return std::move(found).error();
            region_ = *std::move(found);
        }
        if (!dynamo::is_region(region_)) {
            return error::permanent("a region of AWS is letters, digits and hyphens");
        }
        auto endpoint = options_.endpoint;
        for (const auto* const name : {"AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"}) {
            if (endpoint.empty()) endpoint = ctx.world->env.get(name).value_or(std::string());
        }
        if (endpoint.empty()) endpoint = dynamo::own_endpoint(region_);
        auto url = parse_http_url(endpoint, "DynamoDB's endpoint");
        if (!url) return error::permanent(url.error().message);
        url->server.ca_file = options_.ca_file.empty()
                                  ? ctx.world->env.get("AWS_CA_BUNDLE").value_or(std::string())
                                  : options_.ca_file;
        target_ = url->target;
        if (target_.find('?') != target_.npos) {
            return error::permanent("DynamoDB's endpoint has a query, which no endpoint has");
        }
        if (!options_.connector) options_.connector = net::make_connector();
        if (!options_.credentials) {
            options_.credentials = std::make_shared<credentials_chain>(options_.connector);
        }
        client_ = std::make_unique<http_client>(*options_.connector, url->server, options_.limits);
        return {};
    }

    [[nodiscard]] std::vector<header> signed_headers(const context& ctx, const credentials& who,
                                                     std::string_view operation,
                                                     std::string_view json) const {
        const std::string name = "DynamoDB_20120810." + std::string(operation);
        const std::array lines{header_view{"Host", client_->authority()},
                               header_view{"Content-Type", "application/x-amz-json-1.0"},
                               header_view{"X-Amz-Target", name}};
        const std::chrono::nanoseconds ahead(ahead_.load(std::memory_order_relaxed));
        auto out =
            sign_headers(
                {.method = "POST", .path = target_, .query = {}, .headers = lines, .body = json},
                who,
                {.region = region_, .service = "dynamodb", .when = ctx.world->clock.now() + ahead})
                .headers;
        for (const auto& each : std::span(lines).subspan(1)) {
            out.push_back({std::string(each.name), std::string(each.value)});
        }
        return out;
    }

    // What the next try can do better.
    void learn(const context& ctx, const dynamodb_answer& answer, std::string_view date) {
        const auto f = dynamo::read_failure(answer);
        if (dynamo::is_one_of(f.name, dynamo::expired)) options_.credentials->forget();
        if (!dynamo::is_skew(f)) return;
        if (const auto there = detail::read_http_date(date)) {
            const std::chrono::nanoseconds ahead = *there - ctx.world->clock.now();
            ahead_.store(ahead.count(), std::memory_order_relaxed);
        }
    }

    dynamodb_client_options options_;
    std::mutex mutex_;
    std::string region_; // these do not change once there is a client
    std::string target_;
    std::unique_ptr<http_client> client_;
    std::atomic<std::int64_t> ahead_{0}; // of our clock, AWS's
};

dynamodb::dynamodb(dynamodb_client_options options)
    : connection_(std::make_unique<connection>(std::move(options))) {}
dynamodb::~dynamodb() = default;

result<dynamodb_answer> dynamodb::call(const context& ctx, std::string_view operation,
                                       std::string_view json) {
    return connection_->call(ctx, operation, json);
}

} // namespace headrace::aws
