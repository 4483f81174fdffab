// SPDX-License-Identifier: BSL-1.0
#pragma once

// ./dev generate writes this from samples/*.json.

#include <headrace/sources/sns.hpp>

namespace headrace {

// clang-format off
std::span<const sample> sns::event::samples() {
    static constexpr sample all[] = {
        {"sns",
         R"({"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":)"
         R"("arn:aws:sns:eu-central-1:123456789012:orders:b6574da6-c5d3-4b73-b746-6ad3d851cd)"
         R"(27","Sns":{"Type":"Notification","MessageId":)"
         R"("51d84fe4-db5d-49ba-a5be-d8614d1709a5","TopicArn":)"
         R"("arn:aws:sns:eu-central-1:123456789012:orders","Subject":"Order 1009","Message":)"
         R"("{\"id\":1009,\"customer\":\"Kofi Brandt\",\"total\":\"154.05\",\"currency\":\"E)"
         R"(UR\"}","Timestamp":"2026-11-24T22:30:47.201Z","SignatureVersion":"1","Signature":)"
         R"("MYqO1UbbUy+T/IpLLLIEkVFRht5v4B6Yy31AwYVF46SFhsYAvMvMEF4uI522WXa6zn9VUp8IARp0CzV)"
         R"(z8A3raZjKwighWe/387A4Z8IFZeYSl0oXjWidohUDxpCt9DpVIWSSMHJdoiflrs3twO2UxzD6I2WU1Vt)"
         R"(ka9LO89LGkFXpfeZulexnXFnsjabhUHVLpqgOiyK9E93WlfTWE5NPihtQ2Xwq/6791uqLPgq2mu/xxMp)"
         R"(LtZh8bXInDvxfTcziEPAaSjxv+n1a6/QhSbCsWLA/kFga9UPEf0BXym+skEU8zzDC76iPxTc/Dx1jEdC)"
         R"(kartmh5HiXP2fUrI8+x6pZQ==","SigningCertUrl":)"
         R"("https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-02c9ead2ae6b5d)"
         R"(2c54a9e1ac8957c9f3.pem","UnsubscribeUrl":)"
         R"("https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:)"
         R"(aws:sns:eu-central-1:123456789012:orders:b6574da6-c5d3-4b73-b746-6ad3d851cd27",)"
         R"("MessageAttributes":{"tenant":{"Type":"String","Value":"blue-river"},)"
         R"("attempt-budget":{"Type":"Number","Value":"3"},"channels":{"Type":"String.Array",)"
         R"("Value":"[\"web\",\"app\"]"},"checksum":{"Type":"Binary","Value":)"
         R"("pjOkh5uJJvwzz5qP8sWP3zgMkRjLGDAHXgGr8Miei4U="}}}}]})"},
        {"sns-text",
         R"({"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":)"
         R"("arn:aws:sns:eu-central-1:123456789012:orders:34ed138a-c0d5-45c9-a6ae-1a320720b8)"
         R"(56","Sns":{"Type":"Notification","MessageId":)"
         R"("cce9f3cf-5628-4ef1-b139-36ef03d46031","TopicArn":)"
         R"("arn:aws:sns:eu-central-1:123456789012:orders","Subject":null,"Message":)"
         R"("The weir is closed from 22:00 to 02:00.","Timestamp":"2026-11-24T22:30:47.201Z",)"
         R"("SignatureVersion":"1","Signature":)"
         R"("8WrGBc08AXYF96pdOhIIGtiEiFdbfInp49z9CLOnHpKiZQ2K/DdECP8wdsnSy96U/EHrpexIKneevkd)"
         R"(mOI7V9IZErVy3yh5nuoPys77cXksfPGtuQglvl30rxVbCYD131GCOMR3KRuhp4RocvlGTG6SzBpGgLb5)"
         R"(XQc+EEGifwCZJBtuOGqztfQAt9DzeM4EEy6Lhs3fgaE2O9B3980O0hHcEnwNYLnQH0JdXOpMdcULNrBL)"
         R"(qnNqzLFZD7g3za7QyXUlPBsxeu+SdWaac4DuYkn4W7/KYBJ/M1mAgFfXlFU4EzG3rFG3o4NfLkOGUAjb)"
         R"(nB+WoQVG9HQYNtQNj0zDr+w==","SigningCertUrl":)"
         R"("https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-02c9ead2ae6b5d)"
         R"(2c54a9e1ac8957c9f3.pem","UnsubscribeUrl":)"
         R"("https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:)"
         R"(aws:sns:eu-central-1:123456789012:orders:34ed138a-c0d5-45c9-a6ae-1a320720b856",)"
         R"("MessageAttributes":{}}}]})"},
        {"s3-in-sns",
         R"({"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":)"
         R"("arn:aws:sns:eu-central-1:123456789012:uploads:0a3bf750-03d5-4164-8459-b0a2bc992)"
         R"(bc6","Sns":{"Type":"Notification","MessageId":)"
         R"("499d6238-b66d-4ddf-a985-a408ab6cc358","TopicArn":)"
         R"("arn:aws:sns:eu-central-1:123456789012:uploads","Subject":)"
         R"("Amazon S3 Notification","Message":)"
         R"("{\"Records\":[{\"eventVersion\":\"2.5\",\"eventSource\":\"aws:s3\",\"awsRegion\)"
         R"(":\"eu-central-1\",\"eventTime\":\"2026-11-24T22:30:47.618Z\",\"eventName\":\"Ob)"
         R"(jectCreated:Put\",\"userIdentity\":{\"principalId\":\"AWS:AROAQ3EGTORDERSHOP7XZ:)"
         R"(importer\"},\"requestParameters\":{\"sourceIPAddress\":\"10.24.7.19\"},\"respons)"
         R"(eElements\":{\"x-amz-request-id\":\"C511193B1A6EF5C9\",\"x-amz-id-2\":\"pmJpAMUV)"
         R"(Kox3fBJY0oHs/8hLR819PUuOaCS2sX0TzfYkoLLoFwiikptnHtlD7u3uVwcdb/0rJHXQ\"},\"s3\":{)"
         R"(\"s3SchemaVersion\":\"1.0\",\"configurationId\":\"orders-import\",\"bucket\":{\")"
         R"(name\":\"orders-uploads\",\"ownerIdentity\":{\"principalId\":\"A3ORDERSHOP2OX\"})"
         R"(,\"arn\":\"arn:aws:s3:::orders-uploads\"},\"object\":{\"key\":\"in/2026-11-24/or)"
         R"(ders.csv\",\"size\":18342,\"eTag\":\"4832be0722b89e0aee2868c934fb42a8\",\"sequen)"
         R"(cer\":\"0067B1F0A4C29E3D11\"}}}]}","Timestamp":"2026-11-24T22:30:47.201Z",)"
         R"("SignatureVersion":"1","Signature":)"
         R"("KHbfDIQUVwL1X7fPBUKM3waX9+rg6b+NzL2ug/JXjyAvA5lFHsSOi1jEotMxGof1p8px2Z6UhzUGJqc)"
         R"(ADkgH3IJydb4Mz9Etr7ESAcXCZeCJWIujnHT+FmXMTRAX33KEFv1VHP41G9mXX7S6XhJJEv7ANEdqvbS)"
         R"(Kj11tYqVL22YW2k+flMaUEF5GJzXJm0+YE166/URH5BPK32M9UUwLY5FYDaLtVCfPgFcGnhpMIQOSR61)"
         R"(dLRSKJCAQ9aWVsAQIAkJvCNyy1B5qK8ejKIfAAi7x6iLrDPaswDdO4pWA/qGnnMEpIRhetKkYMgioJR/)"
         R"(NFlzDn5H7GMCz8i8REf14dw==","SigningCertUrl":)"
         R"("https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-02c9ead2ae6b5d)"
         R"(2c54a9e1ac8957c9f3.pem","UnsubscribeUrl":)"
         R"("https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:)"
         R"(aws:sns:eu-central-1:123456789012:uploads:0a3bf750-03d5-4164-8459-b0a2bc992bc6",)"
         R"("MessageAttributes":{}}}]})"},
        {"sns-alarm",
         R"({"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":)"
         R"("arn:aws:sns:eu-central-1:123456789012:operations:69e49439-adfe-40c4-bd24-3f88e1)"
         R"(fabc2c","Sns":{"Type":"Notification","MessageId":)"
         R"("1f8993aa-b290-42d0-889a-07e30e2cb1e0","TopicArn":)"
         R"("arn:aws:sns:eu-central-1:123456789012:operations","Subject":)"
         R"("ALARM: \"orders-backlog\" in EU - Frankfurt","Message":)"
         R"("{\"AlarmName\":\"orders-backlog\",\"AlarmDescription\":\"Orders wait for more t)"
         R"(han five minutes\",\"AWSAccountId\":\"123456789012\",\"AlarmConfigurationUpdated)"
         R"(Timestamp\":\"2026-10-02T08:11:09.412+0000\",\"NewStateValue\":\"ALARM\",\"NewSt)"
         R"(ateReason\":\"Threshold Crossed: 3 datapoints were greater than the threshold of)"
         R"( 300.0.\",\"StateChangeTime\":\"2026-11-24T22:30:46.551+0000\",\"Region\":\"EU ()"
         R"(Frankfurt)\",\"AlarmArn\":\"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:o)"
         R"(rders-backlog\",\"OldStateValue\":\"OK\",\"OKActions\":[],\"AlarmActions\":[\"ar)"
         R"(n:aws:sns:eu-central-1:123456789012:operations\"],\"InsufficientDataActions\":[])"
         R"(,\"Trigger\":{\"MetricName\":\"ApproximateAgeOfOldestMessage\",\"Namespace\":\"A)"
         R"(WS/SQS\",\"StatisticType\":\"Statistic\",\"Statistic\":\"MAXIMUM\",\"Unit\":null)"
         R"(,\"Dimensions\":[{\"value\":\"orders\",\"name\":\"QueueName\"}],\"Period\":60,\")"
         R"(EvaluationPeriods\":3,\"ComparisonOperator\":\"GreaterThanThreshold\",\"Threshol)"
         R"(d\":300.0,\"TreatMissingData\":\"missing\",\"EvaluateLowSampleCountPercentile\":)"
         R"(\"\"}}","Timestamp":"2026-11-24T22:30:47.201Z","SignatureVersion":"1",)"
         R"("Signature":)"
         R"("lm0XjAoYYoeFUXIxNUxnS6LXtSzMbtMmMy0xCX/ucI4GuwZBXFBPkmaqGpBsnrBYj8Z0OvpXlbXULze)"
         R"(TWJHqXLQ5bZ/SgGaAL4KfmnXu3zLk7l/Vei0Ep6dZhO21m9ShKQ/d8/GFDibkKjaPdt9rBonkVtk01oo)"
         R"(+nmQpftbZEmTALkXHQidOpCeB5qHjsLDxBchscFCq6+EdPkZKQmGpU/2De3d4rkKPRl6823Bg1l/0XuU)"
         R"(mZn+9XEZcJKnPaz5v3l+KOlnPI36hg89tlM9r0I02Tg8puYdTFFmdTJw72NM24RXUp6cIFj2Xr9+A0x/)"
         R"(thsnW/zzb9FtS5lNUpO7zVA==","SigningCertUrl":)"
         R"("https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-02c9ead2ae6b5d)"
         R"(2c54a9e1ac8957c9f3.pem","UnsubscribeUrl":)"
         R"("https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:)"
         R"(aws:sns:eu-central-1:123456789012:operations:69e49439-adfe-40c4-bd24-3f88e1fabc2)"
         R"(c","MessageAttributes":{}}}]})"},
        {"eventbridge-in-sns",
         R"({"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":)"
         R"("arn:aws:sns:eu-central-1:123456789012:orders:22b4f19b-18cb-46b9-9163-82b0fcfb7e)"
         R"(ed","Sns":{"Type":"Notification","MessageId":)"
         R"("ef8a73a2-342b-4b03-afcf-fdc72ac3bf4d","TopicArn":)"
         R"("arn:aws:sns:eu-central-1:123456789012:orders","Subject":null,"Message":)"
         R"("{\"version\":\"0\",\"id\":\"f0f039c3-c9cc-4fa1-b98d-adb395b8eabf\",\"detail-typ)"
         R"(e\":\"Order Placed\",\"source\":\"com.example.orders\",\"account\":\"12345678901)"
         R"(2\",\"time\":\"2026-11-24T22:30:47Z\",\"region\":\"eu-central-1\",\"resources\":)"
         R"([],\"detail\":{\"order\":{\"id\":1001,\"customer\":\"Ada Verne\",\"total\":\"59.)"
         R"(90\",\"currency\":\"EUR\"},\"channel\":\"web\",\"metadata\":{\"version\":2,\"cor)"
         R"(relation-id\":\"2705b12b-d073-43c3-856b-7eae423d407e\"}}}","Timestamp":)"
         R"("2026-11-24T22:30:47.201Z","SignatureVersion":"1","Signature":)"
         R"("KsY2ywysh1fuTQmhoGPyTtZQI1cNwu7NHDlcrMEQ8Pl+LIFsJ5mo2nhzPLZz2fCbhsgH8FHQNT6LsET)"
         R"(r5v3ANcTC4C2UoT+A+vPj82Mt0QDAkfZe5bcCHpK6/YYCokPJE9VMZsXYNQJFJsu4dC4EIii5fD0TYpy)"
         R"(GqvQmSXSgkgBnMSlzEMnIWMLjE9eDLreadJpSieYyNu7HY2iVE6jmDXBsXTHk3PltWG3j+jqpjADhnw4)"
         R"(txGAo0OEVWsTjWwHfXfUO8maAjleFlWUImYPlVZf5hvUPQqirPcqokZRX25upk74wT4/MqFdqS4fIq2J)"
         R"(FjO11ePFEvvnpp4aH2yK9TQ==","SigningCertUrl":)"
         R"("https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-02c9ead2ae6b5d)"
         R"(2c54a9e1ac8957c9f3.pem","UnsubscribeUrl":)"
         R"("https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:)"
         R"(aws:sns:eu-central-1:123456789012:orders:22b4f19b-18cb-46b9-9163-82b0fcfb7eed",)"
         R"("MessageAttributes":{}}}]})"},
    };
    return all;
}

std::span<const sample> sns::envelope::samples() {
    static constexpr sample all[] = {
        {"sns-envelope",
         R"({"Type":"Notification","MessageId":"d7f6b764-4ff3-4629-83a3-24b69513e3b9",)"
         R"("TopicArn":"arn:aws:sns:eu-central-1:123456789012:orders","Subject":"Order 1011",)"
         R"("Message":)"
         R"("{\"id\":1011,\"customer\":\"Ada Verne\",\"total\":\"33.36\",\"currency\":\"EUR\)"
         R"("}","Timestamp":"2026-11-24T22:30:47.201Z","SignatureVersion":"1","Signature":)"
         R"("XzSB8zvp0DdfUUmsGmbP3vYN+jjNtycr3kSDeyzZAbkGXt4FXuCLWoHvUEHfky7V1CjIgbuZXm2BuCq)"
         R"(WrQtpvohUgH3gY68T+rI3wcQdXa3isa5TaTJbS2V6TRNtoqJoOQgcRyxTT5TBOfvCoQEnBcIfMN7XPN7)"
         R"(GArQbTTEMgrjRJmHaCYCCnDFdrrPVEGJCA9fVON6q7gJQFS6FUieztIHuYu3vU4aFAuAhRJTbMwd/deS)"
         R"(BO6jldUtRIF7IsVsUL42geJjFcD1wW3unIZlcauC3szmH6CamDx4MCxHFjyimXqJzisX4NfMXVQUHUKS)"
         R"(4rqfxadMC27DTxgQ+1tceew==","SigningCertURL":)"
         R"("https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-02c9ead2ae6b5d)"
         R"(2c54a9e1ac8957c9f3.pem","UnsubscribeURL":)"
         R"("https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:)"
         R"(aws:sns:eu-central-1:123456789012:orders:38fc167d-f4da-4f65-a459-49bd796d5c5b",)"
         R"("MessageAttributes":{"tenant":{"Type":"String","Value":"blue-river"}}})"},
        {"sns-subscription",
         R"({"Type":"SubscriptionConfirmation","MessageId":)"
         R"("75b2bc30-f18f-4b52-be58-c39d48c33ac3","Token":)"
         R"("591fe28a22d065885d30f3db4535389f956fc1ebff0a590eba00c2c9dc44bc5aeb2d58166a53b78)"
         R"(c0a68697394e7fafb88ed7c28ca33413062c761ce4dd35c6c58c5b529b97054ea227f7fca17db900)"
         R"(75f703ca7a3a2f2bd4d9d25ce58ed1d65e05640e82c25147c4fbb0f90f03eec1ad806a9063d9e08d)"
         R"(342dbecf94a1cfdca3af0ef1601ccb4d5828dee802457afbf4d42144d75ebbf4b71a528189ce46a7)"
         R"(07acd9e36541661fa9180e184b089457703c9c0ff","TopicArn":)"
         R"("arn:aws:sns:eu-central-1:123456789012:orders","Message":)"
         R"("To receive the messages of arn:aws:sns:eu-central-1:123456789012:orders, open t)"
         R"(he SubscribeURL.","SubscribeURL":)"
         R"("https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn)"
         R"(:aws:sns:eu-central-1:123456789012:orders&Token=591fe28a22d065885d30f3db4535389f)"
         R"(956fc1ebff0a590eba00c2c9dc44bc5aeb2d58166a53b78c0a68697394e7fafb88ed7c28ca334130)"
         R"(62c761ce4dd35c6c58c5b529b97054ea227f7fca17db90075f703ca7a3a2f2bd4d9d25ce58ed1d65)"
         R"(e05640e82c25147c4fbb0f90f03eec1ad806a9063d9e08d342dbecf94a1cfdca3af0ef1601ccb4d5)"
         R"(828dee802457afbf4d42144d75ebbf4b71a528189ce46a707acd9e36541661fa9180e184b0894577)"
         R"(03c9c0ff","Timestamp":"2026-11-24T22:05:12.930Z","SignatureVersion":"1",)"
         R"("Signature":)"
         R"("z2Iwl0ZbvsmZcZtLBHKHXvhqtNlwnpU41rU5dH7l8lHZcyLqj3wUsCflwm4otzRbARmDl3IeHD09Y+u)"
         R"(WMtoitEY6ZB248ttsshVwJxWOcsg9eCsgAS9p51AwkpKrungLF5BmFxouxBIZ+8tw7Pw7F8NOoRcWjen)"
         R"(r1D96cPmElRXv3ZI/n3jIqUBgg5uwCXVjZX9AOeOnFGevU99rBoGR0/hmOoNb3qmecLFig+Yeeot4nl7)"
         R"(MjWZitlAyriQlUw+0xqrXMMuQ9u4KTmLHnIHLjr3LEsuM7uuY3ZOHfSF0d3Nh0IawGlAqgQb34mafNi2)"
         R"(02Plc/zbDdzObXw1E/vuo3g==","SigningCertURL":)"
         R"("https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-02c9ead2ae6b5d)"
         R"(2c54a9e1ac8957c9f3.pem"})"},
        {"sns-envelope-fifo",
         R"({"Type":"Notification","MessageId":"c481970e-577c-422d-a871-0671e836759f",)"
         R"("SequenceNumber":"10000000000000004096","TopicArn":)"
         R"("arn:aws:sns:eu-central-1:123456789012:orders.fifo","Message":)"
         R"("{\"id\":1012,\"customer\":\"Jules Okafor\",\"total\":\"82.09\",\"currency\":\"E)"
         R"(UR\"}","Timestamp":"2026-11-24T22:30:47.201Z","UnsubscribeURL":)"
         R"("https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:)"
         R"(aws:sns:eu-central-1:123456789012:orders.fifo:60fdf48d-c381-423d-a474-7dfc6f97fc)"
         R"(07"})"},
    };
    return all;
}

// clang-format on
} // namespace headrace
