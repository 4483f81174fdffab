// SPDX-License-Identifier: BSL-1.0
#pragma once

// ./dev generate writes this from samples/*.json.

#include <headrace/sources/kinesis.hpp>

namespace headrace {

// clang-format off
std::span<const sample> kinesis::event::samples() {
    static constexpr sample all[] = {
        {"kinesis",
         R"({"Records":[{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":)"
         R"("customer-17","sequenceNumber":)"
         R"("49663750481629031720558731308226430985120740961583440001","data":)"
         R"("eyJpZCI6MTAwMSwiY3VzdG9tZXIiOiJBZGEgVmVybmUiLCJ0b3RhbCI6IjEwLjEyIiwiY3VycmVuY3k)"
         R"(iOiJFVVIifQ==","approximateArrivalTimestamp":1795559447.168},"eventSource":)"
         R"("aws:kinesis","eventVersion":"1.0","eventID":)"
         R"("shardId-000000000006:49663750481629031720558731308226430985120740961583440001",)"
         R"("eventName":"aws:kinesis:record","invokeIdentityArn":)"
         R"("arn:aws:iam::123456789012:role/orders-worker","awsRegion":"eu-central-1",)"
         R"("eventSourceARN":"arn:aws:kinesis:eu-central-1:123456789012:stream/orders"},{)"
         R"("kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"customer-42",)"
         R"("sequenceNumber":"49663750481629031720558731308226430985120740961583440018",)"
         R"("data":)"
         R"("eyJpZCI6MTAwMiwiY3VzdG9tZXIiOiJKdWxlcyBPa2Fmb3IiLCJ0b3RhbCI6IjE0MC42NyIsImN1cnJ)"
         R"(lbmN5IjoiRVVSIn0=","approximateArrivalTimestamp":1795559447.613},"eventSource":)"
         R"("aws:kinesis","eventVersion":"1.0","eventID":)"
         R"("shardId-000000000006:49663750481629031720558731308226430985120740961583440018",)"
         R"("eventName":"aws:kinesis:record","invokeIdentityArn":)"
         R"("arn:aws:iam::123456789012:role/orders-worker","awsRegion":"eu-central-1",)"
         R"("eventSourceARN":"arn:aws:kinesis:eu-central-1:123456789012:stream/orders"},{)"
         R"("kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"customer-17",)"
         R"("sequenceNumber":"49663750481629031720558731308226430985120740961583440035",)"
         R"("data":)"
         R"("eyJpZCI6MTAwMywiY3VzdG9tZXIiOiJNaW5hIFPDuHJlbnNlbiIsInRvdGFsIjoiMTUxLjYzIiwiY3V)"
         R"(ycmVuY3kiOiJFVVIifQ==","approximateArrivalTimestamp":1795559448.002},)"
         R"("eventSource":"aws:kinesis","eventVersion":"1.0","eventID":)"
         R"("shardId-000000000006:49663750481629031720558731308226430985120740961583440035",)"
         R"("eventName":"aws:kinesis:record","invokeIdentityArn":)"
         R"("arn:aws:iam::123456789012:role/orders-worker","awsRegion":"eu-central-1",)"
         R"("eventSourceARN":"arn:aws:kinesis:eu-central-1:123456789012:stream/orders"}]})"},
        {"kinesis-batch",
         R"({"Records":[{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":)"
         R"("customer-17","sequenceNumber":)"
         R"("49663750481629031720558731308226430985120740961583440201","data":)"
         R"("eyJpZCI6MTAwNSwiY3VzdG9tZXIiOiJBZGEgVmVybmUiLCJ0b3RhbCI6IjEyLjAwIiwiY3VycmVuY3k)"
         R"(iOiJFVVIifQ==","approximateArrivalTimestamp":1795559450.001},"eventSource":)"
         R"("aws:kinesis","eventVersion":"1.0","eventID":)"
         R"("shardId-000000000000:49663750481629031720558731308226430985120740961583440201",)"
         R"("eventName":"aws:kinesis:record","invokeIdentityArn":)"
         R"("arn:aws:iam::123456789012:role/orders-worker","awsRegion":"eu-central-1",)"
         R"("eventSourceARN":"arn:aws:kinesis:eu-central-1:123456789012:stream/orders"},{)"
         R"("kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"customer-42",)"
         R"("sequenceNumber":"49663750481629031720558731308226430985120740961583440202",)"
         R"("data":"YW4gb3JkZXIgYnkgaGFuZCwgYW5kIG5vIEpTT04=","approximateArrivalTimestamp":)"
         R"(1795559450.4},"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":)"
         R"("shardId-000000000000:49663750481629031720558731308226430985120740961583440202",)"
         R"("eventName":"aws:kinesis:record","invokeIdentityArn":)"
         R"("arn:aws:iam::123456789012:role/orders-worker","awsRegion":"eu-central-1",)"
         R"("eventSourceARN":"arn:aws:kinesis:eu-central-1:123456789012:stream/orders"},{)"
         R"("kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"customer-42",)"
         R"("sequenceNumber":"49663750481629031720558731308226430985120740961583440203",)"
         R"("data":"eyJpZCI6MTAw*broken*","approximateArrivalTimestamp":1795559450.95},)"
         R"("eventSource":"aws:kinesis","eventVersion":"1.0","eventID":)"
         R"("shardId-000000000000:49663750481629031720558731308226430985120740961583440203",)"
         R"("eventName":"aws:kinesis:record","invokeIdentityArn":)"
         R"("arn:aws:iam::123456789012:role/orders-worker","awsRegion":"eu-central-1",)"
         R"("eventSourceARN":"arn:aws:kinesis:eu-central-1:123456789012:stream/orders"},{)"
         R"("kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"customer-51",)"
         R"("sequenceNumber":"49663750481629031720558731308226430985120740961583440204",)"
         R"("data":)"
         R"("eyJpZCI6MTAwNiwiY3VzdG9tZXIiOiJOb29yIEhhZGRhZCIsInRvdGFsIjoiOC4yMCIsImN1cnJlbmN)"
         R"(5IjoiRVVSIn0=","approximateArrivalTimestamp":1795559451.5},"eventSource":)"
         R"("aws:kinesis","eventVersion":"1.0","eventID":)"
         R"("shardId-000000000000:49663750481629031720558731308226430985120740961583440204",)"
         R"("eventName":"aws:kinesis:record","invokeIdentityArn":)"
         R"("arn:aws:iam::123456789012:role/orders-worker","awsRegion":"eu-central-1",)"
         R"("eventSourceARN":"arn:aws:kinesis:eu-central-1:123456789012:stream/orders"}]})"},
        {"kinesis-fan-out",
         R"({"Records":[{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":)"
         R"("customer-17","sequenceNumber":)"
         R"("49663750481629031720558731308226430985120740961583440103","data":)"
         R"("eyJpZCI6MTAwNCwiY3VzdG9tZXIiOiJBZGEgVmVybmUiLCJ0b3RhbCI6IjU5LjkwIiwiY3VycmVuY3k)"
         R"(iOiJFVVIifQ==","approximateArrivalTimestamp":1795559449.25,"encryptionType":)"
         R"("KMS"},"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":)"
         R"("shardId-000000000002:49663750481629031720558731308226430985120740961583440103",)"
         R"("eventName":"aws:kinesis:record","invokeIdentityArn":)"
         R"("arn:aws:iam::123456789012:role/orders-worker","awsRegion":"eu-central-1",)"
         R"("eventSourceARN":)"
         R"("arn:aws:kinesis:eu-central-1:123456789012:stream/orders/consumer/billing:179000)"
         R"(0000"}]})"},
    };
    return all;
}

// clang-format on
} // namespace headrace
