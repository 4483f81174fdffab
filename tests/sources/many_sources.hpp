// SPDX-License-Identifier: BSL-1.0
#pragma once

// Rules of the kind that Lambda's other sources will need, beside the real list: nothing but
// recognition, in as many shapes as there are. Where a row says how AWS's documents are told apart
// the member names are AWS's, since that is what the rule is; all values are ours.

#include <headrace/base/types.hpp>
#include <headrace/routing/recognition.hpp>
#include <headrace/sources/events.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace many_sources {

using namespace headrace::source;

#define ROW(NAME, ...)                                                                             \
    struct NAME {                                                                                  \
        static constexpr auto recognised = __VA_ARGS__;                                            \
    }

// ---- arrays at the top --------------------------------------------------------------------------
ROW(appsync_batch, recognised_by(when(has_object("0/info"), has("0/arguments"))));
ROW(pipes_sqs,
    recognised_by(decisive(when(is("0/eventSource", "aws:sqs"))), when(has("0/messageId"))));
ROW(pipes_kinesis, recognised_by(decisive(when(is("0/eventSource", "aws:kinesis")))));
ROW(pipes_dynamodb, recognised_by(decisive(when(is("0/eventSource", "aws:dynamodb"))),
                                  when(has_object("0/dynamodb"))));
ROW(pipes_kafka, recognised_by(decisive(when(is("0/eventSource", "aws:kafka"))),
                               decisive(when(is("0/eventSource", "SelfManagedKafka"))),
                               decisive(when(is("0/eventSource", "aws:SelfManagedKafka")))));
ROW(pipes_mq, recognised_by(decisive(when(is("0/eventSource", "aws:mq"))),
                            decisive(when(is("0/eventSource", "aws:amq"))),
                            decisive(when(is("0/eventSource", "aws:rmq")))));

// ---- batches: a variant that asks for more stands before ----------------------------------------
ROW(edge_request,
    recognised_by(when(begins("Records/0/cf/config/eventType", "viewer-re"),
                       has("Records/0/cf/request"), has_no("Records/0/cf/response"))));
ROW(edge_response, recognised_by(when(has_object("Records/0/cf/response"))));
ROW(kinesis_window,
    recognised_by(when(is("Records/0/eventSource", "aws:kinesis"), has_object("window"))));
ROW(dynamodb_window,
    recognised_by(when(is("Records/0/eventSource", "aws:dynamodb"), has_object("window")),
                  when(has("Records/0/dynamodb"), has_object("window"))));
ROW(dynamodb, recognised_by(when(is("Records/0/eventSource", "aws:dynamodb")),
                            when(has("Records/0/dynamodb"))));
ROW(ses, records_from("aws:ses", "Records/0/ses"));
ROW(codecommit, records_from("aws:codecommit", "Records/0/codecommit"));

// ---- eventSource at the top ---------------------------------------------------------------------
ROW(msk, recognised_by(decisive(when(is("eventSource", "aws:kafka")))));
ROW(kafka, recognised_by(decisive(when(is("eventSource", "SelfManagedKafka"))),
                         decisive(when(is("eventSource", "aws:SelfManagedKafka")))));
ROW(activemq, recognised_by(decisive(when(is("eventSource", "aws:mq"))),
                            decisive(when(is("eventSource", "aws:amq")))));
ROW(rabbitmq, recognised_by(decisive(when(is("eventSource", "aws:rmq")))));
ROW(docdb, recognised_by(decisive(when(is("eventSource", "aws:docdb")))));

// ---- in the EventBridge envelope: names of one length and with the same ends among them ---------
ROW(eb_build_state, recognised_by(when(is("source", "aws.codebuild"),
                                       is("detail-type", "CodeBuild Build State Change"))));
ROW(eb_build_phase, recognised_by(when(is("source", "aws.codebuild"),
                                       is("detail-type", "CodeBuild Build Phase Change"))));
ROW(eb_launch, recognised_by(when(is("source", "aws.autoscaling"),
                                  is("detail-type", "EC2 Instance Launch Successful")),
                             when(is("source", "aws.autoscaling"),
                                  is("detail-type", "EC2 Instance Launch Unsuccessful"))));
ROW(eb_terminate,
    recognised_by(when(is("source", "aws.autoscaling"),
                       is("detail-type", "EC2 Instance Terminate Successful")),
                  when(is("source", "aws.autoscaling"),
                       is("detail-type", "EC2 Instance-terminate Lifecycle Action"))));
ROW(eb_deployment,
    recognised_by(when(is("source", "aws.codedeploy"),
                       is("detail-type", "CodeDeploy Deployment State-change Notification"))));
ROW(eb_pipeline,
    recognised_by(when(is("source", "aws.codepipeline"), begins("detail-type", "CodePipeline "))));
ROW(eb_ecr_scan, recognised_by(when(is("source", "aws.ecr"), is("detail-type", "ECR Image Scan"))));
ROW(eb_ecr_action,
    recognised_by(when(is("source", "aws.ecr"), is("detail-type", "ECR Image Action"))));
ROW(eb_ecs,
    recognised_by(when(is("source", "aws.ecs"), is("detail-type", "ECS Task State Change"))));
ROW(eb_s3, recognised_by(when(is("source", "aws.s3"), begins("detail-type", "Object "))));
ROW(eb_alarm, recognised_by(when(is("source", "aws.cloudwatch"),
                                 is("detail-type", "CloudWatch Alarm State Change"))));
ROW(eb_ec2, recognised_by(when(is("source", "aws.ec2"),
                               is("detail-type", "EC2 Instance State-change Notification"))));
ROW(eb_trail, recognised_by(when(has("source"), is("detail-type", "AWS API Call via CloudTrail"))));
ROW(eb_batch, recognised_by(when(is("source", "aws.batch"), has("detail-type"))));
ROW(eb_transcribe, recognised_by(when(is("source", "aws.transcribe"), has("detail-type"))));
ROW(eb_translate, recognised_by(when(is("source", "aws.translate"), has("detail-type"))));
ROW(eb_health, recognised_by(when(is("source", "aws.health"), has("detail-type"))));
ROW(eb_control_tower, recognised_by(when(is("source", "aws.controltower"),
                                         is("detail-type", "AWS Service Event via CloudTrail"))));
ROW(eb_malware,
    recognised_by(when(is("source", "aws.guardduty"),
                       is("detail-type", "GuardDuty Malware Protection Object Scan Result"))));

// ---- requestContext -----------------------------------------------------------------------------
ROW(authorizer_v2,
    recognised_by(when(has("routeArn"), is("version", "2.0")),
                  when(is("type", "REQUEST"), has("identitySource"), has("routeArn"))));
ROW(authorizer_websocket,
    recognised_by(when(has("methodArn"), has("requestContext/connectionId"))));
ROW(authorizer_request, recognised_by(when(is("type", "REQUEST"), has("methodArn"))));
ROW(authorizer_token, recognised_by(when(is("type", "TOKEN"), has("methodArn"))));
ROW(appsync_authorizer,
    recognised_by(when(has("authorizationToken"), has("requestContext/queryString")),
                  when(has("authorizationToken"), has("requestContext/queryDocument"))));
ROW(destination, recognised_by(when(has("requestPayload"), has_object("requestContext"))));
ROW(lattice_v2, recognised_by(when(has("requestContext/serviceArn"), has("method")),
                              when(has("requestContext/serviceNetworkArn"), has("method"))));
ROW(websocket, recognised_by(when(is("requestContext/eventType", "CONNECT"),
                                  has("requestContext/connectionId"), has_no("methodArn")),
                             when(is("requestContext/eventType", "MESSAGE"),
                                  has("requestContext/connectionId"), has_no("methodArn")),
                             when(is("requestContext/eventType", "DISCONNECT"),
                                  has("requestContext/connectionId"), has_no("methodArn"))));

// ---- one member, or two, say it all -------------------------------------------------------------
ROW(lattice_v1, recognised_by(when(has("raw_path"))));
ROW(appsync_events, recognised_by(when(has_object("info/channelNamespace"))));
ROW(appsync_resolver, recognised_by(when(has("info/parentTypeName"))));
ROW(appsync_amplify, recognised_by(when(has("typeName"), has("fieldName"))));
ROW(logs, recognised_by(when(has("awslogs/data"))));
ROW(alarm, recognised_by(when(has_object("alarmData"), has_no("detail-type"))));
ROW(config_rule, recognised_by(when(has("invokingEvent"), has("resultToken"))));
ROW(pipeline_job, recognised_by(when(has("CodePipeline.job"))));
ROW(deploy_hook, recognised_by(when(has("LifecycleEventHookExecutionId"))));
ROW(cfn_custom,
    recognised_by(when(has("RequestType"), has("LogicalResourceId"), has("ResponseURL"))));
ROW(cfn_provider,
    recognised_by(when(has("RequestType"), has("LogicalResourceId"), has_no("ResponseURL"))));
ROW(rotation, recognised_by(when(has("SecretId"), has("Step"))));
ROW(iot_button, recognised_by(when(has("clickType"), has("serialNumber"))));
ROW(iot_oneclick, recognised_by(when(has_object("placementInfo"))));
ROW(cognito_sync, recognised_by(when(has("datasetRecords"))));
ROW(pre_sign_up, recognised_by(when(begins("triggerSource", "PreSignUp_"), has("userPoolId"))));
ROW(pre_authentication,
    recognised_by(when(begins("triggerSource", "PreAuthentication_"), has("userPoolId"))));
ROW(post_authentication,
    recognised_by(when(begins("triggerSource", "PostAuthentication_"), has("userPoolId"))));
ROW(post_confirmation,
    recognised_by(when(begins("triggerSource", "PostConfirmation_"), has("userPoolId"))));
ROW(user_migration,
    recognised_by(when(begins("triggerSource", "UserMigration_"), has("userPoolId"))));
ROW(custom_message,
    recognised_by(when(begins("triggerSource", "CustomMessage_"), has("userPoolId"))));
ROW(define_challenge,
    recognised_by(when(begins("triggerSource", "DefineAuthChallenge_"), has("userPoolId"))));
ROW(create_challenge,
    recognised_by(when(begins("triggerSource", "CreateAuthChallenge_"), has("userPoolId"))));
ROW(verify_challenge, recognised_by(when(begins("triggerSource", "VerifyAuthChallengeResponse_"),
                                         has("userPoolId"))));
ROW(email_sender,
    recognised_by(when(begins("triggerSource", "CustomEmailSender_"), has("userPoolId"))));
ROW(sms_sender,
    recognised_by(when(begins("triggerSource", "CustomSMSSender_"), has("userPoolId"))));
ROW(federation,
    recognised_by(when(begins("triggerSource", "InboundFederation_"), has("userPoolId"))));
ROW(token_v3, recognised_by(when(begins("triggerSource", "TokenGeneration_"), is("version", "3"))));
ROW(token_v2, recognised_by(when(begins("triggerSource", "TokenGeneration_"), is("version", "2"))));
ROW(token_v1, recognised_by(when(begins("triggerSource", "TokenGeneration_"), has("userPoolId"))));
ROW(lex_v2, recognised_by(when(has("bot"), has_object("sessionState"))));
ROW(lex_v1, recognised_by(when(has("bot"), has_object("currentIntent"))));
ROW(connect, recognised_by(when(has("Name"), has_object("Details/ContactData"))));
ROW(connect_campaign, recognised_by(when(has_object("InvocationMetadata"))));
ROW(object_lambda_get, recognised_by(when(has("xAmzRequestId"), has("getObjectContext"))));
ROW(object_lambda_rest, recognised_by(when(has("xAmzRequestId"), has("headObjectContext")),
                                      when(has("xAmzRequestId"), has("listObjectsContext")),
                                      when(has("xAmzRequestId"), has("listObjectsV2Context"))));
ROW(s3_batch_1, recognised_by(when(is("invocationSchemaVersion", "1.0"), has("tasks"))));
ROW(s3_batch_2, recognised_by(when(is("invocationSchemaVersion", "2.0"), has("tasks"))));
ROW(firehose_msk, recognised_by(when(has("sourceMSKArn"), has("records"))));
ROW(kda_input, recognised_by(when(has("applicationArn"), has("streamArn"))));
ROW(kda_output, recognised_by(when(has("applicationArn"), has_no("streamArn"))));
ROW(firehose, recognised_by(when(has("invocationId"), has("records"), has_no("applicationArn"),
                                 has_no("sourceMSKArn"))));
ROW(client_vpn, recognised_by(when(has("connection-id"))));
ROW(iot_authorizer, recognised_by(when(has("signatureVerified"))));
ROW(iot_preprovision, recognised_by(when(has("claimCertificateId"))));
ROW(chime_bot, recognised_by(when(has("Sender"), has("Discussion"))));
ROW(transfer, recognised_by(when(has("serverId"), has("username"))));
ROW(agent_function, recognised_by(when(has("actionGroup"), has("agent"), has("function"))));
ROW(agent_api, recognised_by(when(has("actionGroup"), has("agent"), has("apiPath"))));
ROW(widget, recognised_by(when(has("widgetContext"))));
ROW(alexa_skill, recognised_by(when(has_object("session"), has_object("request/intent"))));
ROW(alexa_home, recognised_by(when(has_object("directive/header")),
                              when(has("header/namespace"), has("payload"))));
ROW(workmail, recognised_by(when(has("summaryVersion"), has("envelope/mailFrom"))));
ROW(ground_truth, recognised_by(when(has("labelingJobArn"))));
ROW(durable, recognised_by(when(has("DurableExecutionArn"), has("CheckpointToken"))));

// ---- newer ones ---------------------------------------------------------------------------------
ROW(ecs_hook, recognised_by(when(has("serviceArn"), has("targetServiceRevisionArn"))));
ROW(cfn_hook, recognised_by(when(has("clientRequestToken"), has("actionInvocationPoint"),
                                 has_object("requestData"))));
ROW(cfn_macro, recognised_by(when(has("transformId"), has("fragment"))));
ROW(interceptor,
    recognised_by(when(has("interceptorInputVersion"), has_object("mcp/gatewayRequest"))));
ROW(datasource, recognised_by(when(is("EventType", "GetMetricData")),
                              when(is("EventType", "DescribeGetMetricData"))));
ROW(termination, recognised_by(when(has("AutoScalingGroupARN"), has("CapacityToTerminate"))));
ROW(knowledge_base,
    recognised_by(when(has("knowledgeBaseId"), has("ingestionJobId"), has("inputFiles"))));
ROW(registry, recognised_by(when(is("eventType", "THING_EVENT"), has("eventId")),
                            when(is("eventType", "THING_TYPE_EVENT"), has("eventId")),
                            when(is("eventType", "THING_GROUP_EVENT"), has("eventId"))));

#undef ROW

// ---- and as many more as are wanted -------------------------------------------------------------

template <std::size_t N> struct filler {
    static constexpr std::array<char, 9> made{'m',
                                              'a',
                                              'r',
                                              'k',
                                              'e',
                                              'r',
                                              '_',
                                              static_cast<char>('A' + N / 26),
                                              static_cast<char>('a' + N % 26)};
    static constexpr std::string_view name{made.data(), made.size()};
    static constexpr auto recognised = recognised_by(
        when(has(name), has_no("requestContext")), when(is("filler/kind", name), has("filler/id")));
};

template <class... Lists> struct joined;
template <class... A> struct joined<headrace::types<A...>> {
    using type = headrace::types<A...>;
};
template <class... A, class... B, class... More>
struct joined<headrace::types<A...>, headrace::types<B...>, More...>
    : joined<headrace::types<A..., B...>, More...> {};

template <std::size_t... N> headrace::types<filler<N>...> fillers_of(std::index_sequence<N...>);
template <std::size_t N> using fillers = decltype(fillers_of(std::make_index_sequence<N>{}));

/// What asks for more than a source of the real list stands before it.
using before =
    headrace::types<kinesis_window, dynamodb_window, eb_build_state, eb_build_phase, eb_launch,
                    eb_terminate, eb_deployment, eb_pipeline, eb_ecr_scan, eb_ecr_action, eb_ecs,
                    eb_s3, eb_alarm, eb_ec2, eb_trail, eb_batch, eb_transcribe, eb_translate,
                    eb_health, eb_control_tower, eb_malware>;
using after = headrace::types<
    appsync_batch, pipes_sqs, pipes_kinesis, pipes_dynamodb, pipes_kafka, pipes_mq, edge_request,
    edge_response, dynamodb, ses, codecommit, msk, kafka, activemq, rabbitmq, docdb, authorizer_v2,
    authorizer_websocket, authorizer_request, authorizer_token, appsync_authorizer, destination,
    lattice_v2, websocket, lattice_v1, appsync_events, appsync_resolver, appsync_amplify, logs,
    alarm, config_rule, pipeline_job, deploy_hook, cfn_custom, cfn_provider, rotation, iot_button,
    iot_oneclick, cognito_sync, pre_sign_up, pre_authentication, post_authentication,
    post_confirmation, user_migration, custom_message, define_challenge, create_challenge,
    verify_challenge, email_sender, sms_sender, federation, token_v3, token_v2, token_v1, lex_v2,
    lex_v1, connect, connect_campaign, object_lambda_get, object_lambda_rest, s3_batch_1,
    s3_batch_2, firehose_msk, kda_input, kda_output, firehose, client_vpn, iot_authorizer,
    iot_preprovision, chime_bot, transfer, agent_function, agent_api, widget, alexa_skill,
    alexa_home, workmail, ground_truth, durable, ecs_hook, cfn_hook, cfn_macro, interceptor,
    datasource, termination, knowledge_base, registry>;

template <class... E> constexpr std::size_t length(headrace::types<E...>) { return sizeof...(E); }
inline constexpr std::size_t wanted = 170;
inline constexpr auto written =
    length(before{}) + length(headrace::known_events{}) + length(after{});
using list = joined<before, headrace::known_events, after, fillers<wanted - written>>::type;

} // namespace many_sources
