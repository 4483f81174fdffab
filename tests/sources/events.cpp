// SPDX-License-Identifier: BSL-1.0
// What must be true of every source that headrace knows, whatever it is.
#include "json_equal.hpp"

#include <headrace/json/workspace.hpp>
#include <headrace/sources/catalogue.hpp>
#include <headrace/sources/events.hpp>
#include <headrace/sources/recognise.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using json_tests::change;

namespace {

// "id", or "" for a document that no source claims.
std::string_view source_of(workspace& memory, std::string_view json) {
    memory.reset();
    const auto document = memory.load(json);
    REQUIRE(document.has_value());
    const known_source* found = recognise(*document);
    return found != nullptr ? found->info->id : std::string_view();
}

result<std::string> round_trip(workspace& memory, const catalogue_entry& source,
                               std::string_view json) {
    memory.reset();
    const auto document = memory.load(json);
    REQUIRE(document.has_value());
    return source.round_trip(*document, memory);
}

std::vector<std::string> unknown(workspace& memory, const catalogue_entry& source,
                                 std::string_view json) {
    memory.reset();
    const auto document = memory.load(json);
    REQUIRE(document.has_value());
    return source.unknown(*document, memory);
}

std::string joined(const std::vector<std::string>& pointers) {
    std::string out;
    for (const auto& each : pointers) out += (out.empty() ? "" : " ") + each;
    return out;
}

std::string_view sample_text(std::string_view name) {
    for (const catalogue_entry& source : catalogue()) {
        for (const sample& each : source.samples()) {
            if (each.name == name) return each.json;
        }
    }
    FAIL("no recorded event is called " << std::string(name));
    return {};
}

// May the source of a document change when what is at `pointer` goes?
bool is_discriminator(const catalogue_entry& source, std::string_view pointer) {
    if (pointer == "/Records") return true;
    for (std::size_t r = 0; r < source.recognised.size(); ++r) {
        for (const auto& condition : source.recognised[r].all) {
            const std::string path = "/" + std::string(condition.path);
            if (path == pointer || path.starts_with(std::string(pointer) + "/")) return true;
        }
    }
    return false;
}

// Decodes one changed document. It must decode, unless what the reply needs is gone, and say the
// same when it is encoded, apart from what our types do not know.
void check_changed(workspace& memory, const catalogue_entry& source, change what,
                   const std::string& pointer, const std::string& json) {
    CAPTURE(json_tests::to_string(what));
    CAPTURE(pointer);
    const auto again = round_trip(memory, source, json);
    if (!again && what == change::added) { // a map of objects takes any name, but objects only
        CHECK(again.error().code == errc::wrong_kind);
        CHECK(again.error().pointer == pointer);
    } else if (!again) {
        CHECK(again.error().code == errc::missing);
        CHECK(again.error().pointer == pointer);
        CHECK((what == change::removed || what == change::nulled));
    } else {
        const auto ignored = unknown(memory, source, json);
        CHECK(joined(json_tests::differences(json, *again, ignored)) == "");
    }
    const auto id = source_of(memory, json);
    const bool may_change = what == change::removed || what == change::nulled;
    if (!may_change || !is_discriminator(source, pointer)) CHECK(id == source.info->id);
}

} // namespace

TEST_CASE("every source has an id, a title, a page of documentation and recorded events") {
    std::set<std::string_view> ids;
    for (const catalogue_entry& source : catalogue()) {
        CAPTURE(source.info->id);
        CHECK(ids.insert(source.info->id).second);
        CHECK_FALSE(source.info->title.empty());
        CHECK(source.info->docs.starts_with("https://docs.aws.amazon.com/"));
        CHECK_FALSE(source.samples().empty());
        REQUIRE(find_source(source.info->id) != nullptr);
        CHECK(find_source(source.info->id)->info == source.info);
        CHECK(find_in_catalogue(source.info->id) == &source);
    }
    CHECK(find_source("none of these") == nullptr);
}

TEST_CASE("the names of recorded events are unique over all sources") {
    std::set<std::string_view> names;
    for (const catalogue_entry& source : catalogue()) {
        for (const sample& each : source.samples()) {
            CAPTURE(each.name);
            CHECK(names.insert(each.name).second);
        }
    }
}

TEST_CASE("every recorded event is recognised, decoded without rest and encoded as it was") {
    workspace memory;
    for (const catalogue_entry& source : catalogue()) {
        for (const sample& each : source.samples()) {
            CAPTURE(each.name);
            CHECK(source_of(memory, each.json) == source.info->id);
            const auto again = round_trip(memory, source, each.json);
            REQUIRE_MESSAGE(again.has_value(), describe(again.error()));
            CHECK(joined(json_tests::differences(each.json, *again)) == "");
            CHECK(joined(unknown(memory, source, each.json)) == "");
        }
    }
}

TEST_CASE("recorded events are compact, as AWS delivers them") {
    for (const catalogue_entry& source : catalogue()) {
        for (const sample& each : source.samples()) {
            CAPTURE(each.name);
            CHECK(json_tests::to_text(json_tests::parse(each.json)).size() == each.json.size());
        }
    }
}

TEST_CASE("no event is lost because members are absent, null, new or in another order") {
    workspace memory(limits{.names = pointer_names::all});
    for (const catalogue_entry& source : catalogue()) {
        for (const sample& each : source.samples()) {
            CAPTURE(each.name);
            json_tests::mutate(
                each.json, [&](change what, const std::string& pointer, const std::string& json) {
                    check_changed(memory, source, what, pointer, json);
                });
        }
    }
}

TEST_CASE("a member that is new to us is told by its pointer") {
    workspace memory;
    for (const catalogue_entry& source : catalogue()) {
        const sample& first = source.samples().front();
        CAPTURE(first.name);
        std::size_t told = 0;
        json_tests::mutate(first.json,
                           [&](change what, const std::string& pointer, const std::string& json) {
                               if (what != change::added) return;
                               // In maps and in raw JSON every name is welcome, and only what is
                               // below may be new.
                               const auto pointers = unknown(memory, source, json);
                               told += joined(pointers) == pointer ? 1 : 0;
                               CHECK(std::ranges::all_of(pointers, [&](const std::string& each) {
                                   return each.starts_with(pointer);
                               }));
                           });
        CHECK(told > 0);
    }
}

TEST_CASE("documents of nobody are nobody's") {
    workspace memory;
    for (const std::string_view json :
         {R"({})", R"([])", R"("text")", R"(1)", R"(null)", R"({"Records":"x"})",
          R"({"Records":null})", R"({"Records":[1]})", R"({"Records":[{}]})",
          R"({"Records":[{"eventSource":"aws:dynamodb","dynamodb":{}}]})",
          R"({"source":"com.example"})", R"({"detail-type":"x"})", R"({"source":{},"info":{}})",
          R"({"Event":"s3:OtherEvent"})", R"({"Type":"Notification"})",
          R"({"TopicArn":"arn:aws:sns:eu-central-1:123456789012:orders"})",
          R"({"statusCode":200,"body":"{}"})"}) {
        CAPTURE(json);
        CHECK(source_of(memory, json) == "");
    }
}

TEST_CASE("what the recorded envelopes contain is recognised as well") {
    struct row {
        std::string_view name, inner;
    };
    const row rows[] = {
        {"sqs", ""},
        {"sqs-json", ""},
        {"sns-in-sqs", "sns.envelope"},
        {"sns-in-sqs-raw", ""},
        {"sns-fifo-in-sqs", "sns.envelope"},
        {"s3-in-sqs", "s3"},
        {"s3-in-sns-in-sqs", "sns.envelope"},
        {"s3-test-in-sqs", "s3.test"},
        {"eventbridge-in-sqs", "eventbridge"},
        {"sns-text", "not JSON"},
        {"sns-alarm", ""},
        {"s3-in-sns", "s3"},
        {"eventbridge-in-sns", "eventbridge"},
        {"sns-envelope", ""},
    };
    workspace memory;
    for (const row& each : rows) {
        CAPTURE(each.name);
        const json_tests::node tree = json_tests::parse(sample_text(each.name));
        const auto* records = tree.find("Records");
        const json_tests::node& first = records != nullptr ? records->items.at(0) : tree;
        const auto* sns = first.find("Sns");
        const auto* text = first.find("body");
        if (text == nullptr) text = (sns != nullptr ? *sns : first).find("Message");
        REQUIRE(text != nullptr);
        if (each.inner == "not JSON") {
            CHECK_FALSE(text->text.starts_with('{'));
        } else {
            CHECK(source_of(memory, text->text) == each.inner);
        }
    }
}

// ---- foreign events -----------------------------------------------------------------------------

#ifdef HEADRACE_FIXTURES_DIR

namespace {

// A file of AWS's Go library: who must claim it, and what in it our types do not model.
struct foreign {
    std::string_view file;
    std::string_view source;
    std::vector<std::string> unknown;
    std::string_view why; ///< for unknown members
};

constexpr std::string_view invented = "the Go library adds the member itself; AWS does not send it";

const std::vector<foreign>& foreign_files() {
    static const std::vector<foreign> all{
        {"activemq-event", "", {}, ""},
        {"alb-lambda-target-request-headers-only", "http.alb", {}, ""},
        {"alb-lambda-target-request-multivalue-headers", "http.alb", {}, ""},
        {"alb-lambda-target-response", "", {}, ""},
        {"apigw-custom-auth-request", "", {}, ""},
        {"apigw-custom-auth-request-type-request", "", {}, ""},
        {"apigw-custom-auth-response", "", {}, ""},
        {"apigw-request", "http.rest", {}, ""},
        {"apigw-response", "", {}, ""},
        {"apigw-restapi-openapi-request", "http.rest", {}, ""},
        {"apigw-v2-custom-authorizer-v1-request", "", {}, ""},
        {"apigw-v2-custom-authorizer-v2-request", "", {}, ""},
        {"apigw-v2-request-iam", "http.v2", {}, ""},
        {"apigw-v2-request-jwt-authorizer", "http.v2", {}, ""},
        {"apigw-v2-request-lambda-authorizer", "http.v2", {}, ""},
        {"apigw-v2-request-no-authorizer", "http.v2", {}, ""},
        {"apigw-websocket-request", "", {}, ""},
        {"apigw-websocket-request-disconnect", "", {}, ""},
        {"apigw-websocket-request-send-message", "", {}, ""},
        {"appsync-identity-cognito", "", {}, ""},
        {"appsync-identity-iam", "", {}, ""},
        {"appsync-lambda-auth-request", "", {}, ""},
        {"appsync-lambda-auth-response", "", {}, ""},
        {"autoscaling-event-launch-successful", "eventbridge", {}, ""},
        {"autoscaling-event-launch-unsuccessful", "eventbridge", {}, ""},
        {"autoscaling-event-lifecycle-action", "eventbridge", {}, ""},
        {"autoscaling-event-terminate-action", "eventbridge", {}, ""},
        {"autoscaling-event-terminate-successful", "eventbridge", {}, ""},
        {"autoscaling-event-terminate-unsuccessful", "eventbridge", {}, ""},
        {"clientvpn-connectionhandler-request", "", {}, ""},
        {"cloudwatch-alarm-sns-payload-multiple-metrics", "sns", {}, ""},
        {"cloudwatch-alarm-sns-payload-single-metric", "sns", {}, ""},
        {"cloudwatch-logs-event", "", {}, ""},
        {"code-commit-event", "", {}, ""},
        {"codebuild-phase-change", "eventbridge", {}, ""},
        {"codebuild-state-change", "eventbridge", {}, ""},
        {"codedeploy-deployment-event", "eventbridge", {}, ""},
        {"codedeploy-instance-event", "eventbridge", {}, ""},
        {"codepipeline-action-execution-stage-change-event", "eventbridge", {}, ""},
        {"codepipeline-execution-stage-change-event", "eventbridge", {}, ""},
        {"codepipeline-execution-state-change-event", "eventbridge", {}, ""},
        {"codepipeline-job-event", "", {}, ""},
        {"cognito-event", "", {}, ""},
        {"cognito-event-userpools-create-auth-challenge", "", {}, ""},
        {"cognito-event-userpools-custommessage", "", {}, ""},
        {"cognito-event-userpools-define-auth-challenge", "", {}, ""},
        {"cognito-event-userpools-inbound-federation-oidc", "", {}, ""},
        {"cognito-event-userpools-inbound-federation-saml", "", {}, ""},
        {"cognito-event-userpools-migrateuser", "", {}, ""},
        {"cognito-event-userpools-postauthentication", "", {}, ""},
        {"cognito-event-userpools-postconfirmation", "", {}, ""},
        {"cognito-event-userpools-preauthentication", "", {}, ""},
        {"cognito-event-userpools-presignup", "", {}, ""},
        {"cognito-event-userpools-pretokengen", "", {}, ""},
        {"cognito-event-userpools-pretokengen-v2", "", {}, ""},
        {"cognito-event-userpools-pretokengen-v2_0", "", {}, ""},
        {"cognito-event-userpools-verify-auth-challenge", "", {}, ""},
        {"config-event", "", {}, ""},
        {"connect-event", "", {}, ""},
        {"dynamodb-event", "", {}, ""},
        {"dynamodb-time-window-event", "", {}, ""},
        {"ecr-image-push-event", "eventbridge", {}, ""},
        {"ecr-image-scan-event", "eventbridge", {}, ""},
        {"ecs-container-instance-state-change", "eventbridge", {}, ""},
        {"iot-1-click-event", "", {}, ""},
        {"iot-button-event", "", {}, ""},
        {"iot-custom-auth-request", "", {}, ""},
        {"iot-custom-auth-response", "", {}, ""},
        {"iot-preprovision-hook-request", "", {}, ""},
        {"iot-preprovision-hook-response", "", {}, ""},
        {"kafka-event", "", {}, ""},
        {"kinesis-analytics-output-delivery-event", "", {}, ""},
        {"kinesis-analytics-output-delivery-response", "", {}, ""},
        {"kinesis-event", "kinesis", {}, ""},
        {"kinesis-firehose-event", "", {}, ""},
        {"kinesis-firehose-response", "", {}, ""},
        {"kinesis-time-window-event", "", {}, ""},
        {"lambda-urls-request", "http.furl", {}, ""},
        {"lambda-urls-response", "", {}, ""},
        {"lex-event", "", {}, ""},
        {"lex-response", "", {}, ""},
        {"rabbitmq-event", "", {}, ""},
        {"s3-batch-job-event-request-1.0", "", {}, ""},
        {"s3-batch-job-event-request-2.0", "", {}, ""},
        {"s3-batch-job-event-response", "", {}, ""},
        {"s3-event", "s3", {}, ""},
        {"s3-event-with-decoded", "s3", {"/Records/0/s3/object/urlDecodedKey"}, invented},
        {"s3-glacier-event", "s3", {"/Records/0/s3/object/urlDecodedKey"}, invented},
        {"s3-intelligenttier-event", "s3", {"/Records/0/s3/object/urlDecodedKey"}, invented},
        {"s3-lifecycle-event", "s3", {"/Records/0/s3/object/urlDecodedKey"}, invented},
        {"s3-object-lambda-event-get-object-assumed-role", "", {}, ""},
        {"s3-object-lambda-event-get-object-iam", "", {}, ""},
        {"s3-object-lambda-event-head-object-iam", "", {}, ""},
        {"s3-object-lambda-event-list-objects-iam", "", {}, ""},
        {"s3-object-lambda-event-list-objects-v2-iam", "", {}, ""},
        {"s3-replication-event", "s3", {"/Records/0/s3/object/urlDecodedKey"}, invented},
        {"s3-restore-event", "s3", {"/Records/0/s3/object/urlDecodedKey"}, invented},
        {"secretsmanager-secret-rotation-event", "", {}, ""},
        {"ses-lambda-event", "", {}, ""},
        {"ses-s3-event", "", {}, ""},
        {"ses-sns-event", "", {}, ""},
        {"sns-event", "sns", {}, ""},
        {"sqs-event", "sqs", {}, ""},
    };
    return all;
}

// A file's text, without the byte order mark that some begin with.
std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    return text;
}

std::string text_of(std::string_view name) {
    return text_of(std::filesystem::path(HEADRACE_FIXTURES_DIR) / (std::string(name) + ".json"));
}

} // namespace

TEST_SUITE("fixtures") {
    TEST_CASE("the table names every foreign file") {
        std::set<std::string, std::less<>> names;
        for (const foreign& each : foreign_files()) names.emplace(each.file);
        // Broken on purpose, and so not among those that must be read.
        names.insert("dynamodb-event-malformed.2");
        std::size_t files = 0;
        for (const auto& each : std::filesystem::directory_iterator(HEADRACE_FIXTURES_DIR)) {
            if (each.path().extension() != ".json") continue;
            ++files;
            CAPTURE(each.path().stem().string());
            CHECK(names.contains(each.path().stem().string()));
        }
        CHECK(files == names.size());
    }

    TEST_CASE("every foreign event is recognised as what it is, and no other document") {
        workspace memory;
        for (const foreign& each : foreign_files()) {
            CAPTURE(each.file);
            CHECK(source_of(memory, text_of(each.file)) == each.source);
        }
    }

    TEST_CASE("every foreign event is decoded and encoded as it was, apart from the table") {
        workspace memory;
        for (const foreign& each : foreign_files()) {
            const catalogue_entry* source = find_in_catalogue(each.source);
            if (source == nullptr) continue;
            CAPTURE(each.file);
            const std::string json = text_of(each.file);
            const auto again = round_trip(memory, *source, json);
            REQUIRE_MESSAGE(again.has_value(), describe(again.error()));
            CHECK(joined(unknown(memory, *source, json)) == joined(each.unknown));
            CHECK(joined(json_tests::differences(json, *again, each.unknown)) == "");
            CHECK(each.unknown.empty() == each.why.empty());
        }
    }

    TEST_CASE("no foreign event is lost because members are absent, null, new or reordered") {
        workspace memory(limits{.names = pointer_names::all});
        for (const foreign& each : foreign_files()) {
            const catalogue_entry* source = find_in_catalogue(each.source);
            if (source == nullptr) continue;
            CAPTURE(each.file);
            json_tests::mutate(text_of(each.file), [&](change what, const std::string& pointer,
                                                       const std::string& json) {
                check_changed(memory, *source, what, pointer, json);
            });
        }
    }
}

#endif
