// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/sources/sns.hpp>

namespace headrace {

// clang-format off: the events as they arrive, cut into lines.
std::span<const sample> sns::event::samples() {
    static constexpr sample all[] = {
        {"sns",
         R"({"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":"a)"
         R"(rn:aws:sns:eu-central-1:123456789012:orders:b6574da6-c5d3-4b73-b746-6ad3d851cd27",)"
         R"("Sns":{"Type":"Notification","MessageId":"51d84fe4-db5d-49ba-a5be-d8614d1709a5",)"
         R"("TopicArn":"arn:aws:sns:eu-central-1:123456789012:orders","Subject":"Order 1009",)"
         R"("Message":"{\"id\":1009,\"customer\":\"Kofi Brandt\",\"total\":\"154.05\",\"currenc)"
         R"(y\":\"EUR\"}","Timestamp":"2026-11-24T22:30:47.201Z","SignatureVersion":"1",)"
         R"("Signature":"MYqO1UbbUy+T/IpLLLIEkVFRht5v4B6Yy31AwYVF46SFhsYAvMvMEF4uI522WXa6zn9VUp)"
         R"(8IARp0CzVz8A3raZjKwighWe/387A4Z8IFZeYSl0oXjWidohUDxpCt9DpVIWSSMHJdoiflrs3twO2UxzD6I)"
         R"(2WU1Vtka9LO89LGkFXpfeZulexnXFnsjabhUHVLpqgOiyK9E93WlfTWE5NPihtQ2Xwq/6791uqLPgq2mu/x)"
         R"(xMpLtZh8bXInDvxfTcziEPAaSjxv+n1a6/QhSbCsWLA/kFga9UPEf0BXym+skEU8zzDC76iPxTc/Dx1jEdC)"
         R"(kartmh5HiXP2fUrI8+x6pZQ==","SigningCertUrl":"https://sns.eu-central-1.amazonaws.com)"
         R"(/SimpleNotificationService-02c9ead2ae6b5d2c54a9e1ac8957c9f3.pem","UnsubscribeUrl":")"
         R"(https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:)"
         R"(sns:eu-central-1:123456789012:orders:b6574da6-c5d3-4b73-b746-6ad3d851cd27",)"
         R"("MessageAttributes":{"tenant":{"Type":"String","Value":"blue-river"},)"
         R"("attempt-budget":{"Type":"Number","Value":"3"},"channels":{"Type":"String.Array",)"
         R"("Value":"[\"web\",\"app\"]"},"checksum":{"Type":"Binary","Value":)"
         R"("pjOkh5uJJvwzz5qP8sWP3zgMkRjLGDAHXgGr8Miei4U="}}}}]})"},
        {"sns-text",
         R"({"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":"a)"
         R"(rn:aws:sns:eu-central-1:123456789012:orders:34ed138a-c0d5-45c9-a6ae-1a320720b856",)"
         R"("Sns":{"Type":"Notification","MessageId":"cce9f3cf-5628-4ef1-b139-36ef03d46031",)"
         R"("TopicArn":"arn:aws:sns:eu-central-1:123456789012:orders","Subject":null,"Message":)"
         R"("The weir is closed from 22:00 to 02:00.","Timestamp":"2026-11-24T22:30:47.201Z",)"
         R"("SignatureVersion":"1","Signature":"8WrGBc08AXYF96pdOhIIGtiEiFdbfInp49z9CLOnHpKiZQ2)"
         R"(K/DdECP8wdsnSy96U/EHrpexIKneevkdmOI7V9IZErVy3yh5nuoPys77cXksfPGtuQglvl30rxVbCYD131G)"
         R"(COMR3KRuhp4RocvlGTG6SzBpGgLb5XQc+EEGifwCZJBtuOGqztfQAt9DzeM4EEy6Lhs3fgaE2O9B3980O0h)"
         R"(HcEnwNYLnQH0JdXOpMdcULNrBLqnNqzLFZD7g3za7QyXUlPBsxeu+SdWaac4DuYkn4W7/KYBJ/M1mAgFfXl)"
         R"(FU4EzG3rFG3o4NfLkOGUAjbnB+WoQVG9HQYNtQNj0zDr+w==","SigningCertUrl":"https://sns.eu-)"
         R"(central-1.amazonaws.com/SimpleNotificationService-02c9ead2ae6b5d2c54a9e1ac8957c9f3.)"
         R"(pem","UnsubscribeUrl":"https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&S)"
         R"(ubscriptionArn=arn:aws:sns:eu-central-1:123456789012:orders:34ed138a-c0d5-45c9-a6ae)"
         R"(-1a320720b856","MessageAttributes":{}}}]})"},
        {"sns-alarm",
         R"({"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":"a)"
         R"(rn:aws:sns:eu-central-1:123456789012:operations:69e49439-adfe-40c4-bd24-3f88e1fabc2)"
         R"(c","Sns":{"Type":"Notification","MessageId":"1f8993aa-b290-42d0-889a-07e30e2cb1e0",)"
         R"("TopicArn":"arn:aws:sns:eu-central-1:123456789012:operations","Subject":)"
         R"("ALARM: \"orders-backlog\" in EU - Frankfurt","Message":"{\"AlarmName\":\"orders-ba)"
         R"(cklog\",\"AlarmDescription\":\"Orders wait for more than five minutes\",\"AWSAccoun)"
         R"(tId\":\"123456789012\",\"AlarmConfigurationUpdatedTimestamp\":\"2026-10-02T08:11:09)"
         R"(.412+0000\",\"NewStateValue\":\"ALARM\",\"NewStateReason\":\"Threshold Crossed: 3 d)"
         R"(atapoints were greater than the threshold of 300.0.\",\"StateChangeTime\":\"2026-11)"
         R"(-24T22:30:46.551+0000\",\"Region\":\"EU (Frankfurt)\",\"AlarmArn\":\"arn:aws:cloudw)"
         R"(atch:eu-central-1:123456789012:alarm:orders-backlog\",\"OldStateValue\":\"OK\",\"OK)"
         R"(Actions\":[],\"AlarmActions\":[\"arn:aws:sns:eu-central-1:123456789012:operations\")"
         R"(],\"InsufficientDataActions\":[],\"Trigger\":{\"MetricName\":\"ApproximateAgeOfOlde)"
         R"(stMessage\",\"Namespace\":\"AWS/SQS\",\"StatisticType\":\"Statistic\",\"Statistic\")"
         R"(:\"MAXIMUM\",\"Unit\":null,\"Dimensions\":[{\"value\":\"orders\",\"name\":\"QueueNa)"
         R"(me\"}],\"Period\":60,\"EvaluationPeriods\":3,\"ComparisonOperator\":\"GreaterThanTh)"
         R"(reshold\",\"Threshold\":300.0,\"TreatMissingData\":\"missing\",\"EvaluateLowSampleC)"
         R"(ountPercentile\":\"\"}}","Timestamp":"2026-11-24T22:30:47.201Z","SignatureVersion":)"
         R"("1","Signature":"lm0XjAoYYoeFUXIxNUxnS6LXtSzMbtMmMy0xCX/ucI4GuwZBXFBPkmaqGpBsnrBYj8)"
         R"(Z0OvpXlbXULzeTWJHqXLQ5bZ/SgGaAL4KfmnXu3zLk7l/Vei0Ep6dZhO21m9ShKQ/d8/GFDibkKjaPdt9rB)"
         R"(onkVtk01oo+nmQpftbZEmTALkXHQidOpCeB5qHjsLDxBchscFCq6+EdPkZKQmGpU/2De3d4rkKPRl6823Bg)"
         R"(1l/0XuUmZn+9XEZcJKnPaz5v3l+KOlnPI36hg89tlM9r0I02Tg8puYdTFFmdTJw72NM24RXUp6cIFj2Xr9+)"
         R"(A0x/thsnW/zzb9FtS5lNUpO7zVA==","SigningCertUrl":"https://sns.eu-central-1.amazonaws)"
         R"(.com/SimpleNotificationService-02c9ead2ae6b5d2c54a9e1ac8957c9f3.pem",)"
         R"("UnsubscribeUrl":"https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&Subscr)"
         R"(iptionArn=arn:aws:sns:eu-central-1:123456789012:operations:69e49439-adfe-40c4-bd24-)"
         R"(3f88e1fabc2c","MessageAttributes":{}}}]})"},
        {"s3-in-sns",
         R"({"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":"a)"
         R"(rn:aws:sns:eu-central-1:123456789012:uploads:0a3bf750-03d5-4164-8459-b0a2bc992bc6",)"
         R"("Sns":{"Type":"Notification","MessageId":"499d6238-b66d-4ddf-a985-a408ab6cc358",)"
         R"("TopicArn":"arn:aws:sns:eu-central-1:123456789012:uploads","Subject":)"
         R"("Amazon S3 Notification","Message":"{\"Records\":[{\"eventVersion\":\"2.5\",\"event)"
         R"(Source\":\"aws:s3\",\"awsRegion\":\"eu-central-1\",\"eventTime\":\"2026-11-24T22:30)"
         R"(:47.618Z\",\"eventName\":\"ObjectCreated:Put\",\"userIdentity\":{\"principalId\":\")"
         R"(AWS:AROAQ3EGTORDERSHOP7XZ:importer\"},\"requestParameters\":{\"sourceIPAddress\":\")"
         R"(10.24.7.19\"},\"responseElements\":{\"x-amz-request-id\":\"C511193B1A6EF5C9\",\"x-a)"
         R"(mz-id-2\":\"pmJpAMUVKox3fBJY0oHs/8hLR819PUuOaCS2sX0TzfYkoLLoFwiikptnHtlD7u3uVwcdb/0)"
         R"(rJHXQ\"},\"s3\":{\"s3SchemaVersion\":\"1.0\",\"configurationId\":\"orders-import\",)"
         R"(\"bucket\":{\"name\":\"orders-uploads\",\"ownerIdentity\":{\"principalId\":\"A3ORDE)"
         R"(RSHOP2OX\"},\"arn\":\"arn:aws:s3:::orders-uploads\"},\"object\":{\"key\":\"in/2026-)"
         R"(11-24/orders.csv\",\"size\":18342,\"eTag\":\"4832be0722b89e0aee2868c934fb42a8\",\"s)"
         R"(equencer\":\"0067B1F0A4C29E3D11\"}}}]}","Timestamp":"2026-11-24T22:30:47.201Z",)"
         R"("SignatureVersion":"1","Signature":"KHbfDIQUVwL1X7fPBUKM3waX9+rg6b+NzL2ug/JXjyAvA5l)"
         R"(FHsSOi1jEotMxGof1p8px2Z6UhzUGJqcADkgH3IJydb4Mz9Etr7ESAcXCZeCJWIujnHT+FmXMTRAX33KEFv)"
         R"(1VHP41G9mXX7S6XhJJEv7ANEdqvbSKj11tYqVL22YW2k+flMaUEF5GJzXJm0+YE166/URH5BPK32M9UUwLY)"
         R"(5FYDaLtVCfPgFcGnhpMIQOSR61dLRSKJCAQ9aWVsAQIAkJvCNyy1B5qK8ejKIfAAi7x6iLrDPaswDdO4pWA)"
         R"(/qGnnMEpIRhetKkYMgioJR/NFlzDn5H7GMCz8i8REf14dw==","SigningCertUrl":"https://sns.eu-)"
         R"(central-1.amazonaws.com/SimpleNotificationService-02c9ead2ae6b5d2c54a9e1ac8957c9f3.)"
         R"(pem","UnsubscribeUrl":"https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&S)"
         R"(ubscriptionArn=arn:aws:sns:eu-central-1:123456789012:uploads:0a3bf750-03d5-4164-845)"
         R"(9-b0a2bc992bc6","MessageAttributes":{}}}]})"},
        {"eventbridge-in-sns",
         R"({"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":"a)"
         R"(rn:aws:sns:eu-central-1:123456789012:orders:22b4f19b-18cb-46b9-9163-82b0fcfb7eed",)"
         R"("Sns":{"Type":"Notification","MessageId":"ef8a73a2-342b-4b03-afcf-fdc72ac3bf4d",)"
         R"("TopicArn":"arn:aws:sns:eu-central-1:123456789012:orders","Subject":null,"Message":)"
         R"("{\"version\":\"0\",\"id\":\"f0f039c3-c9cc-4fa1-b98d-adb395b8eabf\",\"detail-type\")"
         R"(:\"Order Placed\",\"source\":\"com.example.orders\",\"account\":\"123456789012\",\")"
         R"(time\":\"2026-11-24T22:30:47Z\",\"region\":\"eu-central-1\",\"resources\":[],\"deta)"
         R"(il\":{\"order\":{\"id\":1001,\"customer\":\"Ada Verne\",\"total\":\"59.90\",\"curre)"
         R"(ncy\":\"EUR\"},\"channel\":\"web\",\"metadata\":{\"version\":2,\"correlation-id\":)"
         R"(\"2705b12b-d073-43c3-856b-7eae423d407e\"}}}","Timestamp":)"
         R"("2026-11-24T22:30:47.201Z","SignatureVersion":"1","Signature":"KsY2ywysh1fuTQmhoGPy)"
         R"(TtZQI1cNwu7NHDlcrMEQ8Pl+LIFsJ5mo2nhzPLZz2fCbhsgH8FHQNT6LsETr5v3ANcTC4C2UoT+A+vPj82M)"
         R"(t0QDAkfZe5bcCHpK6/YYCokPJE9VMZsXYNQJFJsu4dC4EIii5fD0TYpyGqvQmSXSgkgBnMSlzEMnIWMLjE9)"
         R"(eDLreadJpSieYyNu7HY2iVE6jmDXBsXTHk3PltWG3j+jqpjADhnw4txGAo0OEVWsTjWwHfXfUO8maAjleFl)"
         R"(WUImYPlVZf5hvUPQqirPcqokZRX25upk74wT4/MqFdqS4fIq2JFjO11ePFEvvnpp4aH2yK9TQ==",)"
         R"("SigningCertUrl":"https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-)"
         R"(02c9ead2ae6b5d2c54a9e1ac8957c9f3.pem","UnsubscribeUrl":"https://sns.eu-central-1.am)"
         R"(azonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:eu-central-1:1234567890)"
         R"(12:orders:22b4f19b-18cb-46b9-9163-82b0fcfb7eed","MessageAttributes":{}}}]})"},
    };
    return all;
}

std::span<const sample> sns::envelope::samples() {
    static constexpr sample all[] = {
        {"sns-envelope",
         R"({"Type":"Notification","MessageId":"d7f6b764-4ff3-4629-83a3-24b69513e3b9",)"
         R"("TopicArn":"arn:aws:sns:eu-central-1:123456789012:orders","Subject":"Order 1011",)"
         R"("Message":"{\"id\":1011,\"customer\":\"Ada Verne\",\"total\":\"33.36\",\"currency\")"
         R"(:\"EUR\"}","Timestamp":"2026-11-24T22:30:47.201Z","SignatureVersion":"1",)"
         R"("Signature":"XzSB8zvp0DdfUUmsGmbP3vYN+jjNtycr3kSDeyzZAbkGXt4FXuCLWoHvUEHfky7V1CjIgb)"
         R"(uZXm2BuCqWrQtpvohUgH3gY68T+rI3wcQdXa3isa5TaTJbS2V6TRNtoqJoOQgcRyxTT5TBOfvCoQEnBcIfM)"
         R"(N7XPN7GArQbTTEMgrjRJmHaCYCCnDFdrrPVEGJCA9fVON6q7gJQFS6FUieztIHuYu3vU4aFAuAhRJTbMwd/)"
         R"(deSBO6jldUtRIF7IsVsUL42geJjFcD1wW3unIZlcauC3szmH6CamDx4MCxHFjyimXqJzisX4NfMXVQUHUKS)"
         R"(4rqfxadMC27DTxgQ+1tceew==","SigningCertURL":"https://sns.eu-central-1.amazonaws.com)"
         R"(/SimpleNotificationService-02c9ead2ae6b5d2c54a9e1ac8957c9f3.pem","UnsubscribeURL":")"
         R"(https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:)"
         R"(sns:eu-central-1:123456789012:orders:38fc167d-f4da-4f65-a459-49bd796d5c5b",)"
         R"("MessageAttributes":{"tenant":{"Type":"String","Value":"blue-river"}}})"},
        {"sns-envelope-fifo",
         R"({"Type":"Notification","MessageId":"c481970e-577c-422d-a871-0671e836759f",)"
         R"("SequenceNumber":"10000000000000004096","TopicArn":)"
         R"("arn:aws:sns:eu-central-1:123456789012:orders.fifo","Message":"{\"id\":1012,\"custo)"
         R"(mer\":\"Jules Okafor\",\"total\":\"82.09\",\"currency\":\"EUR\"}","Timestamp":)"
         R"("2026-11-24T22:30:47.201Z","UnsubscribeURL":"https://sns.eu-central-1.amazonaws.com)"
         R"(/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:eu-central-1:123456789012:orders.f)"
         R"(ifo:60fdf48d-c381-423d-a474-7dfc6f97fc07"})"},
        {"sns-subscription",
         R"({"Type":"SubscriptionConfirmation","MessageId":)"
         R"("75b2bc30-f18f-4b52-be58-c39d48c33ac3","Token":"591fe28a22d065885d30f3db4535389f956)"
         R"(fc1ebff0a590eba00c2c9dc44bc5aeb2d58166a53b78c0a68697394e7fafb88ed7c28ca33413062c761)"
         R"(ce4dd35c6c58c5b529b97054ea227f7fca17db90075f703ca7a3a2f2bd4d9d25ce58ed1d65e05640e82)"
         R"(c25147c4fbb0f90f03eec1ad806a9063d9e08d342dbecf94a1cfdca3af0ef1601ccb4d5828dee802457)"
         R"(afbf4d42144d75ebbf4b71a528189ce46a707acd9e36541661fa9180e184b089457703c9c0ff",)"
         R"("TopicArn":"arn:aws:sns:eu-central-1:123456789012:orders","Message":"To receive the)"
         R"( messages of arn:aws:sns:eu-central-1:123456789012:orders, open the SubscribeURL.",)"
         R"("SubscribeURL":"https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&)"
         R"(TopicArn=arn:aws:sns:eu-central-1:123456789012:orders&Token=591fe28a22d065885d30f3d)"
         R"(b4535389f956fc1ebff0a590eba00c2c9dc44bc5aeb2d58166a53b78c0a68697394e7fafb88ed7c28ca)"
         R"(33413062c761ce4dd35c6c58c5b529b97054ea227f7fca17db90075f703ca7a3a2f2bd4d9d25ce58ed1)"
         R"(d65e05640e82c25147c4fbb0f90f03eec1ad806a9063d9e08d342dbecf94a1cfdca3af0ef1601ccb4d5)"
         R"(828dee802457afbf4d42144d75ebbf4b71a528189ce46a707acd9e36541661fa9180e184b089457703c)"
         R"(9c0ff","Timestamp":"2026-11-24T22:05:12.930Z","SignatureVersion":"1","Signature":"z)"
         R"(2Iwl0ZbvsmZcZtLBHKHXvhqtNlwnpU41rU5dH7l8lHZcyLqj3wUsCflwm4otzRbARmDl3IeHD09Y+uWMtoi)"
         R"(tEY6ZB248ttsshVwJxWOcsg9eCsgAS9p51AwkpKrungLF5BmFxouxBIZ+8tw7Pw7F8NOoRcWjenr1D96cPm)"
         R"(ElRXv3ZI/n3jIqUBgg5uwCXVjZX9AOeOnFGevU99rBoGR0/hmOoNb3qmecLFig+Yeeot4nl7MjWZitlAyri)"
         R"(QlUw+0xqrXMMuQ9u4KTmLHnIHLjr3LEsuM7uuY3ZOHfSF0d3Nh0IawGlAqgQb34mafNi202Plc/zbDdzObX)"
         R"(w1E/vuo3g==","SigningCertURL":"https://sns.eu-central-1.amazonaws.com/SimpleNotific)"
         R"(ationService-02c9ead2ae6b5d2c54a9e1ac8957c9f3.pem"})"},
    };
    return all;
}

// clang-format on
} // namespace headrace
