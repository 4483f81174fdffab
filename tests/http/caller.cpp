// SPDX-License-Identifier: BSL-1.0
#include <headrace/http/request.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/sources/http/furl.hpp>
#include <headrace/sources/http/rest.hpp>
#include <headrace/sources/http/v2.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace headrace;

namespace {

// "kind issuer id", or "nobody".
std::string shown(const principal& who) {
    if (!who) {
        CHECK(who == principal());
        return "nobody";
    }
    return std::string(who.kind) + " " + std::string(who.issuer) + " " + std::string(who.id);
}

template <class Event> std::string who(std::string_view context) {
    const auto event =
        decode<Event>(R"({"httpMethod":"GET","requestContext":)" + std::string(context) + "}");
    REQUIRE_MESSAGE(event.has_value(), describe(event.error()));
    const http::request r(**event, event->memory());
    const auto once = shown(r.principal());
    CHECK(shown(r.principal()) == once);
    return once;
}

} // namespace

TEST_CASE("a principal is whom the authorizer of an HTTP API or a function URL names alone") {
    struct row {
        std::string_view authorizer;
        std::string_view wanted;
    };
    const row rows[] = {
        {R"(null)", "nobody"},
        {R"({})", "nobody"},
        {R"({"jwt":{"claims":{"iss":"i","sub":"u"}}})", "jwt i u"},
        {R"({"jwt":{"claims":{"iss":"i","sub":"u","client_id":"c"}}})", "jwt i u"},
        {R"({"jwt":{"claims":{"iss":"i","client_id":"c"}}})", "jwt_client i c"},
        {R"({"jwt":{"claims":{"iss":"i","sub":"","client_id":"c"}}})", "jwt_client i c"},
        {R"({"jwt":{"claims":{"iss":"i"}}})", "nobody"},
        {R"({"jwt":{"claims":{"sub":"u"}}})", "nobody"},
        {R"({"jwt":{"claims":{"iss":"","sub":"u"}}})", "nobody"},
        {R"({"jwt":{"claims":{"iss":"i","email":"u@example.com"}}})", "nobody"},
        {R"({"jwt":{"claims":null}})", "nobody"},
        {R"({"lambda":{"principalId":"u"}})", "lambda api u"},
        {R"({"lambda":{"principalId":"\u0075"}})", "lambda api u"},
        {R"({"lambda":{"principalId":17}})", "lambda api 17"},
        {R"({"lambda":{"principalId":-1.5e3}})", "lambda api -1.5e3"},
        {R"({"lambda":{"principalId":""}})", "nobody"},
        {R"({"lambda":{"principalId":null}})", "nobody"},
        {R"({"lambda":{"principalId":true}})", "nobody"},
        {R"({"lambda":{"principalId":["u"]}})", "nobody"},
        {R"({"lambda":{"principalId":{"u":1}}})", "nobody"},
        {R"({"lambda":{"sub":"u"}})", "nobody"},
        {R"({"lambda":["u"]})", "nobody"},
        {R"({"iam":{"userArn":"arn:aws:iam::1:user/u"}})", "iam  arn:aws:iam::1:user/u"},
        {R"({"iam":{"userArn":""}})", "nobody"},
        {R"({"iam":{"accountId":"1","accessKey":"A","userId":"U","callerId":"C"}})", "nobody"},
        {R"({"iam":{"userArn":"a","cognitoIdentity":null}})", "iam  a"},
        {R"({"iam":{"userArn":"a","cognitoIdentity":{"identityId":"r:1","identityPoolId":"p"}}})",
         "cognito_identity  r:1"},
        {R"({"iam":{"userArn":"a","cognitoIdentity":{"identityId":"","identityPoolId":"p"}}})",
         "iam  a"},
    };
    for (const auto& [authorizer, wanted] : rows) {
        CAPTURE(authorizer);
        const auto context =
            R"({"apiId":"api","authorizer":)" + std::string(authorizer) + R"(,"http":{}})";
        CHECK(who<http::v2::event>(context) == wanted);
        if (authorizer.find("iam") != authorizer.npos) {
            CHECK(who<http::furl::event>(context) == wanted);
        }
    }
}

TEST_CASE("a principal is whom the authorizer of a REST API, or a signature, names alone") {
    struct row {
        std::string_view context;
        std::string_view wanted;
    };
    const row rows[] = {
        {R"({})", "nobody"},
        {R"({"authorizer":{"claims":{"iss":"i","sub":"u"}}})", "jwt i u"},
        {R"({"authorizer":{"claims":{"iss":"i","client_id":"c"}}})", "jwt_client i c"},
        {R"({"authorizer":{"claims":{"iss":"i","cognito:username":"u"}}})", "nobody"},
        {R"({"apiId":"api","authorizer":{"principalId":"u","integrationLatency":"3"}})",
         "lambda api u"},
        {R"({"apiId":"api","authorizer":{"integrationLatency":"3","tier":"gold"}})", "nobody"},
        {R"({"identity":{"userArn":"arn:aws:iam::1:user/u","caller":"C","user":"U"}})",
         "iam  arn:aws:iam::1:user/u"},
        {R"({"identity":{"userArn":"","caller":"C","user":"U"}})", "nobody"},
        {R"({"identity":{"userArn":"a","cognitoIdentityId":"r:1","cognitoIdentityPoolId":"p"}})",
         "cognito_identity  r:1"},
        {R"({"identity":{"sourceIp":"203.0.113.7","apiKeyId":"k","apiKey":"secret"}})", "nobody"},
    };
    for (const auto& [context, wanted] : rows) {
        CAPTURE(context);
        CHECK(who<http::rest::event>(context) == wanted);
    }
}
