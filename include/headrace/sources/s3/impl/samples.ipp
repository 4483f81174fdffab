// SPDX-License-Identifier: BSL-1.0
#pragma once

// ./dev generate writes this from samples/*.json.

#include <headrace/sources/s3.hpp>

namespace headrace {

// clang-format off
std::span<const sample> s3::event::samples() {
    static constexpr sample all[] = {
        {"s3-put",
         R"({"Records":[{"eventVersion":"2.5","eventSource":"aws:s3","awsRegion":)"
         R"("eu-central-1","eventTime":"2026-11-24T22:30:47.618Z","eventName":)"
         R"("ObjectCreated:Put","userIdentity":{"principalId":)"
         R"("AWS:AROAQ3EGTORDERSHOP7XZ:importer"},"requestParameters":{"sourceIPAddress":)"
         R"("10.24.7.19"},"responseElements":{"x-amz-request-id":"1FC504AF9FE7FF02",)"
         R"("x-amz-id-2":)"
         R"("22P+ElShJ7VRlvXWAPEpJG2oFqd12wT9l5kPo7wtZ22Alb5YynBVhmBnI92o/Ug45Vl0x6vorajC"},)"
         R"("s3":{"s3SchemaVersion":"1.0","configurationId":"orders-import","bucket":{"name":)"
         R"("orders-uploads","ownerIdentity":{"principalId":"A3ORDERSHOP2OX"},"arn":)"
         R"("arn:aws:s3:::orders-uploads"},"object":{"key":"in/2026-11-24/orders.csv","size":)"
         R"(18342,"eTag":"e96bc75a7b86268971f5caadd009bbbf","sequencer":"0067B1F0A4C29E3D11"}}}]})"},
        {"s3-delete",
         R"({"Records":[{"eventVersion":"2.5","eventSource":"aws:s3","awsRegion":)"
         R"("eu-central-1","eventTime":"2026-11-24T22:30:47.618Z","eventName":)"
         R"("ObjectRemoved:Delete","userIdentity":{"principalId":)"
         R"("AWS:AROAQ3EGTORDERSHOP7XZ:importer"},"requestParameters":{"sourceIPAddress":)"
         R"("10.24.7.19"},"responseElements":{"x-amz-request-id":"A3CB78129446E9F8",)"
         R"("x-amz-id-2":)"
         R"("wS/YXogDMooRpz2NPAVk+uQptffqaKfkrCEgEcT8kYVufxZXFhGQo6T21BdlMlTBOGVJ6skMXOKx"},)"
         R"("s3":{"s3SchemaVersion":"1.0","configurationId":"orders-import","bucket":{"name":)"
         R"("orders-uploads","ownerIdentity":{"principalId":"A3ORDERSHOP2OX"},"arn":)"
         R"("arn:aws:s3:::orders-uploads"},"object":{"key":"in/2026-11-23/orders.csv",)"
         R"("sequencer":"0067B1F0A4D5170C2E"}}}]})"},
        {"s3-restore",
         R"({"Records":[{"eventVersion":"2.5","eventSource":"aws:s3","awsRegion":)"
         R"("eu-central-1","eventTime":"2026-11-24T22:30:47.618Z","eventName":)"
         R"("ObjectRestore:Completed","userIdentity":{"principalId":)"
         R"("AmazonCustomer:A3ORDERSHOP2OX"},"requestParameters":{"sourceIPAddress":)"
         R"("s3.amazonaws.com"},"responseElements":{"x-amz-request-id":"C833EE38D41B5A59",)"
         R"("x-amz-id-2":)"
         R"("6nPYuhkyuw/rKFhRu+kmcvI4dgbtt7o0PKsii6KKaSFailNc1zk1LBNoOch0tMbc5FMi0ppQ4mVc"},)"
         R"("s3":{"s3SchemaVersion":"1.0","configurationId":"orders-import","bucket":{"name":)"
         R"("orders-uploads","ownerIdentity":{"principalId":"A3ORDERSHOP2OX"},"arn":)"
         R"("arn:aws:s3:::orders-uploads"},"object":{"key":"archive/2019/orders.csv","size":)"
         R"(52428800,"eTag":"5085f76e760dbe1a3fbf1dc993e4c6dc"}},"glacierEventData":{)"
         R"("restoreEventData":{"lifecycleRestorationExpiryTime":"2026-12-01T00:00:00.000Z",)"
         R"("lifecycleRestoreStorageClass":"GLACIER"}}}]})"},
        {"s3-tiering",
         R"({"Records":[{"eventVersion":"2.5","eventSource":"aws:s3","awsRegion":)"
         R"("eu-central-1","eventTime":"2026-11-24T22:30:47.618Z","eventName":)"
         R"("s3:IntelligentTiering","userIdentity":{"principalId":"s3.amazonaws.com"},)"
         R"("requestParameters":{"sourceIPAddress":"s3.amazonaws.com"},"responseElements":{)"
         R"("x-amz-request-id":"67DBB03F42470908","x-amz-id-2":)"
         R"("1T7b5bxuC5f0WXkGtKhH3sKeyF9szofA5yX0d7zb4mu8Ru0NuaEskaVWUqN1vVdnoZN7mhQDlDHd"},)"
         R"("s3":{"s3SchemaVersion":"1.0","configurationId":"orders-import","bucket":{"name":)"
         R"("orders-uploads","ownerIdentity":{"principalId":"A3ORDERSHOP2OX"},"arn":)"
         R"("arn:aws:s3:::orders-uploads"},"object":{"key":"archive/2026/orders.csv","size":)"
         R"(1048576,"eTag":"71120553a04d9fdc62cfe87acacee5a7","sequencer":)"
         R"("0067B1F0A4C29E3D11"}},"intelligentTieringEventData":{"destinationAccessTier":)"
         R"("ARCHIVE_ACCESS"}}]})"},
        {"s3-lifecycle",
         R"({"Records":[{"eventVersion":"2.5","eventSource":"aws:s3","awsRegion":)"
         R"("eu-central-1","eventTime":"2026-11-24T22:30:47.618Z","eventName":)"
         R"("s3:LifecycleTransition","userIdentity":{"principalId":"s3.amazonaws.com"},)"
         R"("requestParameters":{"sourceIPAddress":"s3.amazonaws.com"},"responseElements":{)"
         R"("x-amz-request-id":"B7D1E5A29282DDAE","x-amz-id-2":)"
         R"("Y9ciKcKaqPIyqTSa+wAQp5HOrcXFU8PH0qNTa5WEyfNqgTemw2KHc+toQw+mhw2+0cTJgpPBeZgu"},)"
         R"("s3":{"s3SchemaVersion":"1.0","configurationId":"orders-import","bucket":{"name":)"
         R"("orders-uploads","ownerIdentity":{"principalId":"A3ORDERSHOP2OX"},"arn":)"
         R"("arn:aws:s3:::orders-uploads"},"object":{"key":"archive/2025/orders.csv","size":)"
         R"(104857600,"eTag":"5c0bf09c281fe8d5544e8fd6a6d15811","sequencer":)"
         R"("0067B1F0A4C29E3D11"}},"lifecycleEventData":{"transitionEventData":{)"
         R"("destinationStorageClass":"DEEP_ARCHIVE"}}}]})"},
        {"s3-multipart",
         R"({"Records":[{"eventVersion":"2.5","eventSource":"aws:s3","awsRegion":)"
         R"("eu-central-1","eventTime":"2026-11-24T22:30:47.618Z","eventName":)"
         R"("ObjectCreated:CompleteMultipartUpload","userIdentity":{"principalId":)"
         R"("AWS:AROAQ3EGTORDERSHOP7XZ:importer"},"requestParameters":{"sourceIPAddress":)"
         R"("10.24.7.19"},"responseElements":{"x-amz-request-id":"857F369AC9581DE5",)"
         R"("x-amz-id-2":)"
         R"("dRsaOEkbm6sls7CvcvrOu1T+xXYAQBdVF9nHfPwV1bJRmEjZ6T7vAdeUhvdPLCr2lxIa+bATFCpl"},)"
         R"("s3":{"s3SchemaVersion":"1.0","configurationId":"orders-import","bucket":{"name":)"
         R"("orders-uploads","ownerIdentity":{"principalId":"A3ORDERSHOP2OX"},"arn":)"
         R"("arn:aws:s3:::orders-uploads","awsGeneratedTags":{)"
         R"("aws:cloudformation:stack-name":"orders","aws:cloudformation:logical-id":)"
         R"("Uploads"}},"object":{"key":"in/Best%C3%A4nde+Q4+%28100%25%29.csv","size":)"
         R"(6442450944,"eTag":"a82ab2aab42f47b1b2f81992e5d1b342-768","versionId":)"
         R"("q3Vw8FYtN1rKpL0sXcJ2hTzUe5mBdA7G","sequencer":"0067B1F0A4C29E3D11"}}}]})"},
        {"s3-replication",
         R"({"Records":[{"eventVersion":"2.5","eventSource":"aws:s3","awsRegion":)"
         R"("eu-central-1","eventTime":"2026-11-24T22:30:47.618Z","eventName":)"
         R"("Replication:OperationReplicatedAfterThreshold","userIdentity":{"principalId":)"
         R"("s3.amazonaws.com"},"requestParameters":{"sourceIPAddress":"s3.amazonaws.com"},)"
         R"("responseElements":{"x-amz-request-id":"790CBA44C3BCE26A","x-amz-id-2":)"
         R"("yogGGKMkuUS5Ew3iIVPxlwFDgmtOVwsdgDLZXgsaIZqxrEwbdF+hQosMztkr7h/vcQbf7mysYQj4"},)"
         R"("s3":{"s3SchemaVersion":"1.0","configurationId":"orders-import","bucket":{"name":)"
         R"("orders-uploads","ownerIdentity":{"principalId":"A3ORDERSHOP2OX"},"arn":)"
         R"("arn:aws:s3:::orders-uploads"},"object":{"key":"in/2026-11-24/orders.csv","size":)"
         R"(18342,"eTag":"b81f613c8cc71a74c76f422cd365d259","versionId":)"
         R"("Ht5Gb2Nw8Xq1Zk4Cv7Md0Rj3Ls6Py9Ua","sequencer":"0067B1F0A4C29E3D11"}},)"
         R"("replicationEventData":{"replicationRuleId":"to-ireland","destinationBucket":)"
         R"("arn:aws:s3:::orders-uploads-ireland","s3Operation":"OBJECT_PUT","requestTime":)"
         R"("2026-11-24T22:14:31.007Z","threshold":"15","replicationTime":)"
         R"("2026-11-24T22:30:40.550Z"}}]})"},
        {"s3-delete-marker",
         R"({"Records":[{"eventVersion":"2.5","eventSource":"aws:s3","awsRegion":)"
         R"("eu-central-1","eventTime":"2026-11-24T22:30:47.618Z","eventName":)"
         R"("ObjectRemoved:DeleteMarkerCreated","userIdentity":{"principalId":)"
         R"("AWS:AROAQ3EGTORDERSHOP7XZ:importer"},"requestParameters":{"sourceIPAddress":)"
         R"("10.24.7.19"},"responseElements":{"x-amz-request-id":"440FB1C78F36BF5A",)"
         R"("x-amz-id-2":)"
         R"("tgu0CG5BxsVxiTGERoJNl3c3m0gwodlMncwg1Pac0o+j62MvRNCLMIMkGt25RitmSGb8dK3kXosf"},)"
         R"("s3":{"s3SchemaVersion":"1.0","configurationId":"orders-import","bucket":{"name":)"
         R"("orders-uploads","ownerIdentity":{"principalId":"A3ORDERSHOP2OX"},"arn":)"
         R"("arn:aws:s3:::orders-uploads"},"object":{"key":"in/2026-11-22/orders.csv","eTag":)"
         R"("dc8d02669175105c6fdd565acb13a494","versionId":)"
         R"("W2kQ9yTn4Lx7Rb1cZs6Jv3Hf8Pd0Um5E","sequencer":"0067B1F0A4D5170C2F"}}}]})"},
    };
    return all;
}

std::span<const sample> s3::test_event::samples() {
    static constexpr sample all[] = {
        {"s3-test",
         R"({"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-11-24T22:12:03.774Z",)"
         R"("Bucket":"orders-uploads","RequestId":"8F53C0CF752C94A4","HostId":)"
         R"("PDrcfMpPnjUVrGm4GCipLqtPLupug4BwUdh2KxIe9B6Ti0BGMYQ5OswtgCdSH+bA1zZIXfnlNczT"})"},
    };
    return all;
}

// clang-format on
} // namespace headrace
