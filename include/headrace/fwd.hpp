// SPDX-License-Identifier: BSL-1.0
#pragma once

// What are the types of headrace called? All public class and enumeration types, declared and not
// defined, for headers that only mention them. Aliases are not here; default arguments of templates
// come with the definitions. ./dev generate writes them.

#include <headrace/base/detail/fixed_string.hpp>

#include <cstdint>

namespace headrace {
struct access_log;
struct any_next;
class any_reply;
template <class Base> class app;
class arena;
enum class backoff : std::uint8_t;
class base64;
template <class Event> struct batch;
struct batch_options;
struct batch_policy;
class batch_run;
template <class T> struct body;
struct breaker_options;
enum class breaker_state : std::uint8_t;
enum class breaker_vote : std::uint8_t;
struct bucket_object;
class bulkhead;
struct bulkhead_options;
class call;
struct catalogue_entry;
template <class... Layers> class chain;
class circuit_breaker;
class clf_time;
class clock_source;
template <class T> struct codec;
struct concurrency;
struct context;
template <class Sink> class dead_letter;
struct dead_letter_options;
struct deadline_guard;
template <class E> class decoded;
enum class delivery : std::uint8_t;
class dependencies;
template <class... Refs> class deps;
template <class Struct, class Member> struct described_field;
class dispatcher;
struct document;
template <class E> struct enum_name;
class environment;
template <class Unit> class epoch_time;
enum class errc : std::uint8_t;
struct error;
enum class error_class : std::uint8_t;
template <class E, class F> class exception_rule;
class executor;
template <class T> struct extract;
struct failed_try;
class failure;
template <class Alternative> struct fallback;
class field_name;
class file_sink;
struct file_sink_options;
class form_key;
struct hedge;
template <class Key, class Store> class idempotent;
class iso_time;
enum class jitter : std::uint8_t;
struct json_reply;
struct kept_record;
template <detail::fixed_string Key, class Ref> struct keyed;
struct known_source;
struct limits;
enum class log_level : std::uint8_t;
struct log_member;
class log_output;
class log_value;
class logger;
class memory_sink;
struct message_attribute;
class name_parts;
template <class T> class number_text;
template <class E> class open_enum;
class outcome;
class path_prefix;
template <class M> struct per_invocation;
enum class phase : std::uint8_t;
struct platform;
struct platform_dead_letters;
enum class pointer_names : std::uint8_t;
struct principal;
struct queue_message;
class random_source;
class rate_limit;
struct rate_options;
class raw_json;
struct read_failure;
class reader;
class record_body;
enum class record_end : std::uint8_t;
struct record_item;
class record_observer;
enum class record_order : std::uint8_t;
struct record_result;
enum class record_state : std::uint8_t;
struct rejected_record;
struct reply_bytes;
class requirements;
template <class T> class result;
template <class Policy> struct retry;
class retry_budget;
enum class retry_kind : std::uint8_t;
struct retry_options;
struct retry_policy;
struct retry_prices;
struct route_info;
class router;
class routes;
class routing_table;
template <class Client> class s3_sink;
struct sample;
enum class scope : std::uint8_t;
class scratch_stack;
class service;
enum class settlement : std::uint8_t;
struct settlement_rule;
template <class Client> class sns_sink;
enum class source_family : std::uint8_t;
struct source_info;
struct source_operations;
template <class Client> class sqs_sink;
class stop_signal;
template <class T> class string_map;
template <class T> class text_map;
struct timeout;
template <class Sink> struct timing;
struct topic_message;
template <class... Ts> struct types;
struct unordered_ok_t;
template <class Layer> class use;
enum class verdict : std::uint8_t;
enum class when_all_failed : std::uint8_t;
class workspace;
class writer;
} // namespace headrace

namespace headrace::aws {
struct credentials;
class credentials_chain;
class credentials_provider;
class dynamodb;
struct dynamodb_answer;
struct dynamodb_client_options;
class fixed_credentials;
struct header;
struct header_view;
class http_client;
struct http_limits;
struct http_request;
struct http_response;
struct http_url;
struct signable_request;
struct signature;
struct signing_options;
} // namespace headrace::aws

namespace headrace::eventbridge {
struct event;
class event_matcher;
} // namespace headrace::eventbridge

namespace headrace::http {
struct anonymous_caller;
enum class body_kind : std::uint8_t;
struct caseless_names;
struct client_certificate;
struct cognito_caller;
enum class door : std::uint8_t;
enum class dot_parts : std::uint8_t;
struct exact_names;
template <class Names> class fields;
class flag;
template <class T> struct form;
template <detail::fixed_string Name, class T> struct header;
class header_fields;
struct header_line;
struct iam_caller;
struct jwt_caller;
struct lambda_caller;
template <detail::fixed_string Name, class T> struct path;
enum class path_coding : std::uint8_t;
enum class path_form : std::uint8_t;
struct path_match;
template <class T> struct path_of;
class path_values;
class pattern;
struct pattern_segment;
template <detail::fixed_string Name, class T> struct query;
enum class query_form : std::uint8_t;
template <class T> struct query_of;
enum class reply_form : std::uint8_t;
class request;
class request_index;
struct request_options;
struct request_parts;
struct response;
class route_matcher;
class route_table;
struct routed_request;
enum class stage_in_path : std::uint8_t;
enum class trailing_slash : std::uint8_t;
enum class when_undecodable : std::uint8_t;
} // namespace headrace::http

namespace headrace::http::alb {
struct event;
struct request_context;
} // namespace headrace::http::alb

namespace headrace::http::furl {
struct event;
} // namespace headrace::http::furl

namespace headrace::http::rest {
struct event;
struct identity;
struct request_context;
} // namespace headrace::http::rest

namespace headrace::http::v2 {
struct authentication;
struct authorizer;
struct event;
struct http_description;
struct request_context;
} // namespace headrace::http::v2

namespace headrace::idempotency {
class attempt;
struct cache_options;
class cached_store;
class canonical;
struct claim_answer;
struct claim_request;
class completion;
class current;
struct dynamodb_options;
class dynamodb_store;
struct ending;
enum class failed_response : std::uint8_t;
struct identity;
struct in_progress;
template <class T, class Member, class Callers> struct key;
template <class Callers> struct key_at;
struct key_deduplication_id;
template <class Callers> struct key_header;
class memory_store;
struct mismatch;
enum class mode : std::uint8_t;
struct natural_key;
class opened_store;
class operation;
struct options;
struct owner_id;
class reconciler;
struct record;
enum class record_status : std::uint8_t;
struct redis_options;
class redis_store;
struct replay;
struct sqlite_options;
class sqlite_store;
class store;
struct terms;
template <class S> class transaction;
template <class S> class transactional;
struct unknown;
class unknown_operation;
struct verdict_on_unknown;
enum class when_in_progress : std::uint8_t;
enum class when_keyless : std::uint8_t;
struct write_answer;
} // namespace headrace::idempotency

namespace headrace::idempotency::callers {
struct everybody;
struct identified;
} // namespace headrace::idempotency::callers

namespace headrace::kinesis {
struct event;
struct payload;
struct record;
class stream_matcher;
} // namespace headrace::kinesis

namespace headrace::net {
class connector;
struct peer;
class stream;
} // namespace headrace::net

namespace headrace::raw {
struct any_payload;
struct event;
class matcher;
struct subject_view;
} // namespace headrace::raw

namespace headrace::runtime {
class body_buffer;
class client;
struct delivery;
struct endpoint;
struct error_document;
class header_block;
struct header_view;
struct request;
struct response;
class transport;
struct transport_limits;
} // namespace headrace::runtime

namespace headrace::s3 {
struct bucket_info;
class bucket_matcher;
struct entity;
struct event;
struct glacier_data;
struct identity;
struct intelligent_tiering_data;
struct lifecycle_data;
struct object_info;
struct record;
struct record_view;
struct replication_data;
struct request_info;
struct response_info;
struct restore_data;
class sequencer;
struct test_event;
struct transition_data;
} // namespace headrace::s3

namespace headrace::schedule {
struct event;
struct rule_event;
class schedule_matcher;
struct scheduler_event;
} // namespace headrace::schedule

namespace headrace::sns {
struct attribute;
struct envelope;
struct event;
struct notification;
struct record;
class topic_matcher;
} // namespace headrace::sns

namespace headrace::source {
struct condition;
class recognition;
struct rule;
template <std::size_t Conditions> struct rule_of;
template <std::size_t Rules, std::size_t Conditions> struct rules_of;
} // namespace headrace::source

namespace headrace::sqs {
struct attribute;
struct event;
struct message;
class queue_matcher;
struct settled_message;
struct system_attributes;
class visibility_backoff;
struct visibility_change;
class visibility_client;
} // namespace headrace::sqs
