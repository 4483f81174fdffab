// SPDX-License-Identifier: BSL-1.0

#include "events.hpp"
#include "rewrite.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace headrace::bench {

namespace {

// ---- text that looks like what AWS makes up -----------------------------------------------------

using engine = std::mt19937_64; // its numbers are the same everywhere

std::string characters(engine& random, std::string_view alphabet, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += alphabet[random() % alphabet.size()];
    return text;
}
std::string hex(engine& random, std::size_t count) {
    return characters(random, "0123456789abcdef", count);
}
std::string digits(engine& random, std::size_t count) {
    return characters(random, "123456789", count);
}
std::string uuid(engine& random) {
    std::string text = hex(random, 8);
    for (const std::size_t part : {4u, 4u, 4u, 12u}) text += "-" + hex(random, part);
    return text;
}
std::string base64(engine& random, std::size_t count) {
    return characters(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                      count);
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

// ---- SQS ----------------------------------------------------------------------------------------

std::string order(engine& random) {
    return R"({"id":)" + digits(random, 7) + R"(,"customer":"Ada Lovelace","placedAt":"2026-11-24T)"
           + R"(22:30:47.)" + digits(random, 3) + R"(Z","currency":"EUR","lines":[{"sku":"AB-)"
           + digits(random, 4) + R"(","quantity":2,"cents":)" + digits(random, 4)
           + R"(},{"sku":"CX-)" + digits(random, 4) + R"(","quantity":1,"cents":)"
           + digits(random, 5) + R"(}],"shipTo":{"name":"A. Lovelace","street":"12 St James's )"
           + R"(Square","city":"London","country":"GB"},"giftNote":"From \"the others\"\nat work",)"
           + R"("express":false})";
}

std::string plain_body(engine& random) {
    return quoted("Order " + digits(random, 7) + " is packed and waits at gate " + digits(random, 2)
                  + " for the carrier");
}

std::string message_attributes(engine& random) {
    return R"({"contentType":{"stringValue":"application/json","stringListValues":[],)"
           R"("binaryListValues":[],"dataType":"String"},"traceparent":{"stringValue":"00-)"
           + hex(random, 32) + "-" + hex(random, 16)
           + R"(-01","stringListValues":[],"binaryListValues":[],"dataType":"String"}})";
}

enum class body : std::uint8_t { plain, json };

std::string sqs_message(engine& random, body kind) {
    const bool json = kind == body::json;
    return R"({"messageId":")" + uuid(random) + R"(","receiptHandle":")" + base64(random, 398)
           + R"(==","body":)" + (json ? quoted(order(random)) : plain_body(random))
           + R"(,"attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"1795645847)"
           + digits(random, 3) + R"(","SenderId":"AROAEXAMPLEORDERDESK:order-desk",)"
           + R"("ApproximateFirstReceiveTimestamp":"1795645848)" + digits(random, 3)
           + R"("},"messageAttributes":)" + (json ? message_attributes(random) : "{}")
           + (json ? R"(,"md5OfMessageAttributes":")" + hex(random, 32) + '"' : "")
           + R"(,"md5OfBody":")" + hex(random, 32)
           + R"(","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-central-1:)"
           + R"(123456789012:orders","awsRegion":"eu-central-1"})";
}

std::string sqs(std::size_t count, body kind) {
    engine random(count);
    std::string json = R"({"Records":[)";
    for (std::size_t i = 0; i < count; ++i) {
        if (i != 0) json += ',';
        json += sqs_message(random, kind);
    }
    return json + "]}";
}

// ---- SNS, S3 ------------------------------------------------------------------------------------

std::string sns() {
    engine random(1);
    const std::string unsubscribe =
        "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:"
        "eu-central-1:123456789012:orders:"
        + uuid(random);
    return rewrite(
        R"({"Records": [{
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": "arn:aws:sns:eu-central-1:123456789012:orders:)"
            + uuid(random) + R"(",
            "Sns": {
                "Type": "Notification",
                "MessageId": ")"
            + uuid(random) + R"(",
                "TopicArn": "arn:aws:sns:eu-central-1:123456789012:orders",
                "Subject": "Order placed",
                "Message": )"
            + quoted(order(random)) + R"(,
                "Timestamp": "2026-11-24T22:30:47.123Z",
                "SignatureVersion": "1",
                "Signature": ")"
            + base64(random, 342) + R"(==",
                "SigningCertUrl": "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-)"
            + hex(random, 32) + R"(.pem",
                "UnsubscribeUrl": ")"
            + unsubscribe + R"(",
                "MessageAttributes": {
                    "kind": {"Type": "String", "Value": "order-placed"},
                    "priority": {"Type": "Number", "Value": "3"}
                }
            }
        }]})",
        form::compact);
}

std::string s3() {
    engine random(2);
    return rewrite(R"({"Records": [{
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": "eu-central-1",
            "eventTime": "2026-11-24T22:30:47.123Z",
            "eventName": "ObjectCreated:Put",
            "userIdentity": {"principalId": "AWS:AROAEXAMPLEUPLOADER:upload-desk"},
            "requestParameters": {"sourceIPAddress": "203.0.113.24"},
            "responseElements": {
                "x-amz-request-id": "C3D13FE58DE4C810",
                "x-amz-id-2": ")"
                       + base64(random, 75) + R"(="
            },
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": ")"
                       + uuid(random) + R"(",
                "bucket": {
                    "name": "uploads-eu-central-1",
                    "ownerIdentity": {"principalId": "A3NL1KOZZKExample"},
                    "arn": "arn:aws:s3:::uploads-eu-central-1"
                },
                "object": {
                    "key": "orders/2026/11/24/Caf%C3%A9+M%C3%BCller+invoice+4711.csv",
                    "size": 1048576,
                    "eTag": ")"
                       + hex(random, 32) + R"(",
                    "versionId": ")"
                       + base64(random, 32) + R"(",
                    "sequencer": "0055AED6DCD90281E5"
                }
            }
        }]})",
                   form::compact);
}

// ---- HTTP ---------------------------------------------------------------------------------------

constexpr std::string_view rest_request = R"json({
    "resource": "/orders/{id}",
    "path": "/orders/1234567",
    "httpMethod": "GET",
    "headers": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Encoding": "gzip, deflate, br",
        "Accept-Language": "en-GB,en;q=0.7,de;q=0.3",
        "Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLW9mLW91ci1vd24",
        "CloudFront-Forwarded-Proto": "https",
        "CloudFront-Is-Desktop-Viewer": "true",
        "CloudFront-Is-Mobile-Viewer": "false",
        "CloudFront-Viewer-Country": "GB",
        "Cookie": "session=9f2c4a7be01d; theme=dark",
        "Host": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        "Via": "2.0 d0123456789abcdef.cloudfront.net (CloudFront)",
        "X-Amz-Cf-Id": "nBsWBOrSHMgnaROZJK1wGCZ9PcRcSpq_oSXZNQwQ10OTZL4cimZo3g==",
        "X-Amzn-Trace-Id": "Root=1-6924e0a7-3f1c5b7d2a9e4c6812345678",
        "X-Forwarded-For": "203.0.113.24, 198.51.100.7",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https"
    },
    "multiValueHeaders": {
        "Accept": ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
        "Accept-Encoding": ["gzip, deflate, br"],
        "Accept-Language": ["en-GB,en;q=0.7,de;q=0.3"],
        "Authorization": ["Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLW9mLW91ci1vd24"],
        "CloudFront-Forwarded-Proto": ["https"],
        "CloudFront-Is-Desktop-Viewer": ["true"],
        "CloudFront-Is-Mobile-Viewer": ["false"],
        "CloudFront-Viewer-Country": ["GB"],
        "Cookie": ["session=9f2c4a7be01d; theme=dark"],
        "Host": ["a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"],
        "User-Agent": ["Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"],
        "Via": ["2.0 d0123456789abcdef.cloudfront.net (CloudFront)"],
        "X-Amz-Cf-Id": ["nBsWBOrSHMgnaROZJK1wGCZ9PcRcSpq_oSXZNQwQ10OTZL4cimZo3g=="],
        "X-Amzn-Trace-Id": ["Root=1-6924e0a7-3f1c5b7d2a9e4c6812345678"],
        "X-Forwarded-For": ["203.0.113.24, 198.51.100.7"],
        "X-Forwarded-Port": ["443"],
        "X-Forwarded-Proto": ["https"]
    },
    "queryStringParameters": {"expand": "lines", "page": "2"},
    "multiValueQueryStringParameters": {"expand": ["customer", "lines"], "page": ["2"]},
    "pathParameters": {"id": "1234567"},
    "stageVariables": {"ledger": "blue"},
    "requestContext": {
        "resourceId": "k4x2p9",
        "authorizer": {
            "principalId": "ada",
            "integrationLatency": 17,
            "tenant": "london"
        },
        "resourcePath": "/orders/{id}",
        "httpMethod": "GET",
        "extendedRequestId": "T5cVxEkRliAEa4w=",
        "requestTime": "24/Nov/2026:22:30:47 +0000",
        "path": "/live/orders/1234567",
        "accountId": "123456789012",
        "protocol": "HTTP/1.1",
        "stage": "live",
        "domainPrefix": "a1b2c3d4e5",
        "requestTimeEpoch": 1795645847123,
        "requestId": "7f1d0c52-93a6-4d4e-8b0e-6f1c2a3b4c5d",
        "identity": {
            "cognitoIdentityPoolId": null,
            "accountId": null,
            "cognitoIdentityId": null,
            "caller": null,
            "sourceIp": "203.0.113.24",
            "principalOrgId": null,
            "accessKey": null,
            "cognitoAuthenticationType": null,
            "cognitoAuthenticationProvider": null,
            "userArn": null,
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "user": null
        },
        "domainName": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
        "deploymentId": "d9q3zt",
        "apiId": "a1b2c3d4e5"
    },
    "body": null,
    "isBase64Encoded": false
})json";

constexpr std::string_view v2_request = R"({
    "version": "2.0",
    "routeKey": "GET /orders/{id}",
    "rawPath": "/orders/1234567",
    "rawQueryString": "expand=customer&expand=lines&page=2",
    "cookies": ["session=9f2c4a7be01d", "theme=dark"],
    "headers": {
        "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "accept-encoding": "gzip, deflate, br",
        "accept-language": "en-GB,en;q=0.7,de;q=0.3",
        "authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLW9mLW91ci1vd24",
        "content-length": "0",
        "host": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
        "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        "x-amzn-trace-id": "Root=1-6924e0a7-3f1c5b7d2a9e4c6812345678",
        "x-forwarded-for": "203.0.113.24",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https"
    },
    "queryStringParameters": {"expand": "customer,lines", "page": "2"},
    "requestContext": {
        "accountId": "123456789012",
        "apiId": "a1b2c3d4e5",
        "authorizer": {
            "jwt": {
                "claims": {
                    "aud": "orders",
                    "exp": "1795649447",
                    "iss": "https://id.example.com/",
                    "sub": "ada"
                },
                "scopes": ["orders.read"]
            }
        },
        "domainName": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
        "domainPrefix": "a1b2c3d4e5",
        "http": {
            "method": "GET",
            "path": "/orders/1234567",
            "protocol": "HTTP/1.1",
            "sourceIp": "203.0.113.24",
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
        },
        "requestId": "T5cVxEkRliAEa4w=",
        "routeKey": "GET /orders/{id}",
        "stage": "$default",
        "time": "24/Nov/2026:22:30:47 +0000",
        "timeEpoch": 1795645847123
    },
    "pathParameters": {"id": "1234567"},
    "isBase64Encoded": false,
    "stageVariables": {"ledger": "blue"}
})";

// ---- EventBridge --------------------------------------------------------------------------------

constexpr std::string_view schedule_event = R"({
    "version": "0",
    "id": "b3f0a8d2-5c47-4e19-9a6b-0d1e2f3a4b5c",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "123456789012",
    "time": "2026-11-24T22:30:00Z",
    "region": "eu-central-1",
    "resources": ["arn:aws:events:eu-central-1:123456789012:rule/nightly"],
    "detail": {}
})";

constexpr std::string_view eventbridge_event = R"({
    "version": "0",
    "id": "e1c7f6a4-2b38-4d50-8f9e-7a6b5c4d3e2f",
    "detail-type": "Order Placed",
    "source": "shop.orders",
    "account": "123456789012",
    "time": "2026-11-24T22:30:47Z",
    "region": "eu-central-1",
    "resources": ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"],
    "detail": {
        "id": 1234567,
        "customer": "Ada Lovelace",
        "currency": "EUR",
        "lines": [
            {"sku": "AB-4711", "quantity": 2, "cents": 1290},
            {"sku": "CX-1815", "quantity": 1, "cents": 18500}
        ],
        "shipTo": {
            "name": "A. Lovelace",
            "street": "12 St James's Square",
            "city": "London",
            "country": "GB"
        },
        "giftNote": "From \"the others\"\nat work",
        "express": false
    }
})";

// ---- all ----------------------------------------------------------------------------------------

std::vector<measured_event> make_events() {
    std::vector<measured_event> all;
    all.reserve(32); // so that views of earlier ones stay
    const auto add = [&](std::string name, std::string json, std::string_view compact = {}) {
        all.push_back({std::move(name), std::move(json), compact});
        auto& e = all.back();
        if (e.compact.empty()) e.compact = e.json;
        return e.compact;
    };
    const auto add_forms = [&](const std::string& name, std::string_view compact,
                               std::initializer_list<form> forms) {
        for (const form f : forms) {
            const char* suffix = f == form::pretty    ? "-pretty"
                                 : f == form::reverse ? "-reverse"
                                                      : "-unknown";
            add(name + suffix, rewrite(compact, f), compact);
        }
    };
    add("sqs-1", sqs(1, body::plain));
    const auto sqs_10 = add("sqs-10", sqs(10, body::plain));
    add("sqs-1000", sqs(1000, body::plain));
    add("sqs-1-json", sqs(1, body::json));
    add("sqs-10-json", sqs(10, body::json));
    add("sqs-1000-json", sqs(1000, body::json));
    add("sns", sns());
    add("s3", s3());
    const auto rest = add("rest", rewrite(rest_request, form::compact));
    const auto v2 = add("v2", rewrite(v2_request, form::compact));
    add("schedule", rewrite(schedule_event, form::compact));
    add("eventbridge", rewrite(eventbridge_event, form::compact));
    add_forms("sqs-10", sqs_10, {form::pretty, form::reverse, form::unknown});
    add_forms("rest", rest, {form::pretty, form::reverse, form::unknown});
    add_forms("v2", v2, {form::reverse});
    return all;
}

} // namespace

std::span<const measured_event> events() {
    static const std::vector<measured_event> all = make_events();
    return all;
}

} // namespace headrace::bench
