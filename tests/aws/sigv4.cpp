// SPDX-License-Identifier: BSL-1.0
#include <headrace/aws/sigv4.hpp>
#include <headrace/json/time.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "json_equal.hpp"

using namespace headrace;

namespace {

aws::credentials example() {
    return {.access_key_id = "AKIDEXAMPLE",
            .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            .session_token = {},
            .expires = {}};
}

time_point example_time() {
    return time_point(std::chrono::sys_days(std::chrono::year(2015) / 8 / 30)
                      + std::chrono::hours(12) + std::chrono::minutes(36));
}

const std::string* value_of(const aws::signature& s, std::string_view name) {
    for (const auto& each : s.headers) {
        if (each.name == name) return &each.value;
    }
    return nullptr;
}

} // namespace

TEST_CASE("a request is signed in three headers") {
    auto who = example();
    who.session_token = "a token";
    const aws::header_view host{"Host", "example.amazonaws.com"};
    const auto s = aws::sign_headers(
        {.method = "GET", .path = "/", .query = "", .headers = {&host, 1}, .body = ""}, who,
        {.region = "us-east-1", .service = "service", .when = example_time()});
    REQUIRE(value_of(s, "X-Amz-Date") != nullptr);
    CHECK(*value_of(s, "X-Amz-Date") == "20150830T123600Z");
    CHECK(*value_of(s, "X-Amz-Security-Token") == "a token");
    CHECK(*value_of(s, "Authorization")
          == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
             "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature="
                 + s.text);
    CHECK(s.headers.size() == 3);
}

TEST_CASE("every part of a request is in its signature") {
    const aws::header_view headers[] = {{"Host", "a.example"}, {"X-Amz-Target", "T"}};
    const aws::signable_request base{
        .method = "POST", .path = "/a", .query = "b=c", .headers = headers, .body = "{}"};
    const aws::signing_options how{
        .region = "eu-central-1", .service = "dynamodb", .when = example_time()};
    const auto text = aws::sign_headers(base, example(), how).text;
    CHECK(aws::sign_headers(base, example(), how).text == text);
    auto changed = base;
    changed.method = "PUT";
    CHECK(aws::sign_headers(changed, example(), how).text != text);
    changed = base;
    changed.path = "/b";
    CHECK(aws::sign_headers(changed, example(), how).text != text);
    changed = base;
    changed.query = "b=d";
    CHECK(aws::sign_headers(changed, example(), how).text != text);
    changed = base;
    changed.headers = changed.headers.first(1);
    CHECK(aws::sign_headers(changed, example(), how).text != text);
    changed = base;
    changed.body = "{ }";
    CHECK(aws::sign_headers(changed, example(), how).text != text);
    auto later = how;
    later.when += std::chrono::seconds(1);
    CHECK(aws::sign_headers(base, example(), later).text != text);
    auto elsewhere = how;
    elsewhere.region = "eu-west-1";
    CHECK(aws::sign_headers(base, example(), elsewhere).text != text);
}

TEST_CASE("a URL that is signed is good for as long as it says") {
    const aws::header_view host{"Host", "example.amazonaws.com"};
    const auto s = aws::sign_query(
        {.method = "GET", .path = "/", .query = "a=b", .headers = {&host, 1}, .body = ""},
        example(),
        {.region = "us-east-1",
         .service = "service",
         .when = example_time(),
         .lifetime = std::chrono::minutes(5)});
    CHECK(s.query.starts_with("a=b&X-Amz-Algorithm=AWS4-HMAC-SHA256&"));
    CHECK(s.query.find("&X-Amz-Expires=300&") != std::string::npos);
    CHECK(s.query.ends_with("&X-Amz-Signature=" + s.text));
    CHECK(s.headers.empty());
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html and
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, 2026-11-27
TEST_CASE("requests to Amazon S3 are signed as in its documentation") {
    const aws::credentials who{.access_key_id = "AKIAIOSFODNN7EXAMPLE",
                               .secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                               .session_token = {},
                               .expires = {}};
    const aws::signing_options how{
        .region = "us-east-1",
        .service = "s3",
        .when = time_point(std::chrono::sys_days(std::chrono::year(2013) / 5 / 24)),
        .normalise_path = false,
        .double_encode_path = false,
        .body_hash_header = true};
    struct row {
        std::string_view method;
        std::string_view path;
        std::string_view query;
        std::vector<aws::header_view> more_headers;
        std::string_view body;
        std::string_view signature;
    };
    const row rows[] = {
        {"GET",
         "/test.txt",
         "",
         {{"Range", "bytes=0-9"}},
         "",
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
        {"PUT",
         "/test%24file.text",
         "",
         {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
         "Welcome to Amazon S3.",
         "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
        {"GET",
         "/",
         "lifecycle",
         {},
         "",
         "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
        {"GET",
         "/",
         "max-keys=2&prefix=J",
         {},
         "",
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    };
    const aws::header_view host{"Host", "examplebucket.s3.amazonaws.com"};
    for (const auto& row : rows) {
        CAPTURE(row.path);
        CAPTURE(row.query);
        auto headers = row.more_headers;
        headers.push_back(host);
        const auto s = aws::sign_headers({.method = row.method,
                                          .path = row.path,
                                          .query = row.query,
                                          .headers = headers,
                                          .body = row.body},
                                         who, how);
        CHECK(s.text == row.signature);
    }
    const aws::signable_request get{
        .method = "GET", .path = "/test.txt", .query = "", .headers = {&host, 1}, .body = ""};
    auto presigned = how;
    presigned.unsigned_payload = true;
    presigned.lifetime = std::chrono::hours(24);
    CHECK(aws::sign_query(get, who, presigned).text
          == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
    auto other = get;
    other.body = "other"; // is not known yet, and so not signed
    CHECK(aws::sign_query(other, who, presigned).text == aws::sign_query(get, who, presigned).text);
    const auto sent = aws::sign_headers(other, who, presigned);
    REQUIRE(value_of(sent, "x-amz-content-sha256") != nullptr);
    CHECK(*value_of(sent, "x-amz-content-sha256") == "UNSIGNED-PAYLOAD");
    CHECK(sent.canonical_request.ends_with("\nUNSIGNED-PAYLOAD"));
}

// ---- conformance vectors ------------------------------------------------------------------------

#ifdef HEADRACE_VECTORS_DIR

namespace {

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    REQUIRE(in.good());
    return {std::istreambuf_iterator<char>(in), {}};
}

// A request as it stands in a file. Its views point into `text`.
struct parsed {
    std::string text;
    aws::signable_request request;
    std::vector<aws::header_view> headers;

    explicit parsed(std::string from) : text(std::move(from)) {
        std::string_view rest = text;
        const auto line = next_line(rest);
        const auto target_at = line.find(' ') + 1;
        auto target = line.substr(target_at, line.rfind(' ') - target_at);
        request.method = line.substr(0, target_at - 1);
        const auto question = std::min(target.find('?'), target.size());
        request.path = target.substr(0, question);
        request.query = target.substr(std::min(question + 1, target.size()));
        while (!rest.empty() && rest[0] != '\n') {
            const auto start = rest;
            const auto colon = next_line(rest).find(':');
            while (rest.starts_with(' ')) next_line(rest); // goes on over several lines
            const auto all = start.substr(0, start.size() - rest.size());
            headers.push_back({all.substr(0, colon), all.substr(colon + 1)});
        }
        request.headers = headers;
        request.body = rest.substr(std::min<std::size_t>(1, rest.size()));
    }
    parsed(const parsed&) = delete;
    parsed& operator=(const parsed&) = delete;

    static std::string_view next_line(std::string_view& rest) {
        const auto n = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, n);
        rest.remove_prefix(std::min(n + 1, rest.size()));
        return line;
    }
};

std::string text_at(const json_tests::node& from, std::string_view name) {
    const auto* const found = from.find(name);
    return found == nullptr ? std::string() : found->text;
}

std::string bytes_of_hex(std::string_view hex) {
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    }
    return out;
}

} // namespace

#endif

TEST_SUITE("vectors") {
    TEST_CASE("all cases of AWS's suite for Signature Version 4 are signed as they should be") {
#ifdef HEADRACE_VECTORS_DIR
        int cases = 0;
        for (const auto& entry :
             std::filesystem::directory_iterator(HEADRACE_VECTORS_DIR "/aws-sigv4/v4")) {
            const auto folder = entry.path();
            CAPTURE(folder.filename().string());
            const auto context = json_tests::parse(read(folder / "context.json"));
            const auto* const who = context.find("credentials");
            REQUIRE(who != nullptr);
            const auto region = text_at(context, "region");
            const auto service = text_at(context, "service");
            const aws::credentials signer{.access_key_id = text_at(*who, "access_key_id"),
                                          .secret_access_key = text_at(*who, "secret_access_key"),
                                          .session_token = text_at(*who, "token"),
                                          .expires = {}};
            const aws::signing_options how{
                .region = region,
                .service = service,
                .when = iso_time(text_at(context, "timestamp")).time().value(),
                .normalise_path = text_at(context, "normalize") == "true",
                .sign_session_token = text_at(context, "omit_session_token") != "true",
                .body_hash_header = text_at(context, "sign_body") == "true",
                .lifetime =
                    std::chrono::seconds(std::stoi(text_at(context, "expiration_in_seconds")))};
            const parsed from(read(folder / "request.txt"));
            const auto check = [&](const std::string& form, const aws::signature& s) {
                CAPTURE(form);
                CHECK(s.canonical_request == read(folder / (form + "-canonical-request.txt")));
                CHECK(s.string_to_sign == read(folder / (form + "-string-to-sign.txt")));
                CHECK(s.text == read(folder / (form + "-signature.txt")));
                const parsed to(read(folder / (form + "-signed-request.txt")));
                if (form == "query") CHECK(s.query == to.request.query);
                for (const auto& each : s.headers) {
                    const auto found =
                        std::ranges::find(to.headers, each.name, &aws::header_view::name);
                    REQUIRE(found != to.headers.end());
                    CHECK(std::string(found->value).substr(0, each.value.size()) == each.value);
                }
                ++cases;
            };
            check("header", aws::sign_headers(from.request, signer, how));
            check("query", aws::sign_query(from.request, signer, how));
        }
        CHECK(cases == 2 * 38);
#endif
    }

    TEST_CASE("HMAC-SHA256 makes the tags of Project Wycheproof") {
#ifdef HEADRACE_VECTORS_DIR
        const auto file =
            json_tests::parse(read(HEADRACE_VECTORS_DIR "/wycheproof/hmac_sha256_test.json"));
        int valid = 0;
        int invalid = 0;
        for (const auto& group : file.find("testGroups")->items) {
            const auto size = std::stoul(text_at(group, "tagSize")) / 8;
            for (const auto& each : group.find("tests")->items) {
                CAPTURE(text_at(each, "tcId"));
                const auto made = aws::hmac_sha256(bytes_of_hex(text_at(each, "key")),
                                                   bytes_of_hex(text_at(each, "msg")));
                const std::string tag(reinterpret_cast<const char*>(made.data()), size);
                const bool same = tag == bytes_of_hex(text_at(each, "tag"));
                CHECK(same == (text_at(each, "result") == "valid"));
                ++(same ? valid : invalid);
            }
        }
        CHECK(valid + invalid == 174);
        CHECK(invalid > 0);
#endif
    }
}
