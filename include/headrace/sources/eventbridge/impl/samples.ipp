// SPDX-License-Identifier: BSL-1.0
#pragma once

// ./dev generate writes this from samples/*.json.

#include <headrace/sources/eventbridge.hpp>

namespace headrace {

// clang-format off
std::span<const sample> eventbridge::event::samples() {
    static constexpr sample all[] = {
        {"eventbridge",
         R"({"version":"0","id":"6e249651-cf82-4d8c-b089-10eb3e424c44","detail-type":)"
         R"("Order Placed","source":"com.example.orders","account":"123456789012","time":)"
         R"("2026-11-24T22:30:47Z","region":"eu-central-1","resources":[],"detail":{"order":)"
         R"({"id":1001,"customer":"Ada Verne","total":"59.90","currency":"EUR"},"channel":)"
         R"("web","metadata":{"version":2,"correlation-id":)"
         R"("086065de-6d91-4373-9efc-285634886b51"}}})"},
        {"eventbridge-s3",
         R"({"version":"0","id":"4cddc65c-f43a-453f-9824-12569e092859","detail-type":)"
         R"("Object Created","source":"aws.s3","account":"123456789012","time":)"
         R"("2026-11-24T22:30:47Z","region":"eu-central-1","resources":[)"
         R"("arn:aws:s3:::orders-uploads"],"detail":{"version":"0","bucket":{"name":)"
         R"("orders-uploads"},"object":{"key":"in/2026-11-24/orders + notes.csv","size":)"
         R"(18342,"etag":"485cf5f2d28503fa00e4f833d39b078d","version-id":)"
         R"("Ht5Gb2Nw8Xq1Zk4Cv7Md0Rj3Ls6Py9Ua","sequencer":"0067B1F0A4C29E3D11"},)"
         R"("request-id":"6951E1A7CF3C0527","requester":"123456789012","source-ip-address":)"
         R"("10.24.7.19","reason":"PutObject"}})"},
        {"eventbridge-replay",
         R"({"version":"0","id":"8feeeebb-cf71-45d7-ad51-a4b672272186","detail-type":)"
         R"("Order Placed","source":"com.example.orders","account":"123456789012","time":)"
         R"("2026-11-24T22:30:47Z","region":"eu-central-1","resources":[],"detail":{"order":)"
         R"({"id":1010,"customer":"Zoe Almeida","total":"17.25","currency":"EUR"}},)"
         R"("replay-name":"after-the-outage"})"},
    };
    return all;
}

// clang-format on
} // namespace headrace
