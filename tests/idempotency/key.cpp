// SPDX-License-Identifier: BSL-1.0
#include <headrace/app.hpp>
#include <headrace/http.hpp>
#include <headrace/idempotency.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;
namespace idem = headrace::idempotency;
using idem::memory_store;
using testing::invoke;

namespace {

// An S3 record: only what makes its key.
struct s3_record {
    std::string_view name;
    std::string_view sequencer = "null";
    std::string_view time = R"("2026-11-24T10:00:00.000Z")";
    std::string_view response = R"({"x-amz-request-id":"REQ1","x-amz-id-2":"ID1"})";
    std::string_view more = {};
    std::string_view version = R"("v1")";

    [[nodiscard]] std::string json() const {
        std::string text = R"({"Records":[{"eventSource":"aws:s3","eventName":")";
        text.append(name).append(R"(","eventTime":)").append(time);
        text.append(R"(,"responseElements":)").append(response);
        text.append(R"(,"s3":{"bucket":{"name":"uploads"},"object":{"key":"a.csv","versionId":)");
        text.append(version).append(R"(,"sequencer":)").append(sequencer).append("}}");
        return text.append(more).append("}]}");
    }
};

// Handles what comes once, by what its source calls it, and counts.
struct once_by_nature {
    memory_store seen;
    int handled = 0;
    app<chain<idempotent<>>> all{chain{idempotent{seen}}};

    once_by_nature() {
        const auto count = [this] { ++handled; };
        all.on(sqs::queue("*"), count);
        all.on(sns::topic("orders"), count);
        all.on(s3::bucket("uploads"), count);
        all.on(schedule::rule("nightly"), count);
        all.on(schedule::name("nightly"), count);
        all.on(eventbridge::source("*"), count);
        all.on(raw::any, count);
    }
    // How often one or the other is handled, each in an invocation of its own; -1: one has no key.
    int of(std::string_view first, std::string_view second) {
        const int before = handled;
        for (const auto event : {first, second}) {
            const auto reply = invoke(all, event, testing::world());
            if (!reply.succeeded() || !reply.failed_records().empty()) return -1;
        }
        return handled - before;
    }
};

} // namespace

// ---- natural keys -------------------------------------------------------------------------------

TEST_CASE(
    "H23: what happens to an S3 object later is another event, also without a new sequencer") {
    constexpr std::string_view later = R"("2026-11-24T11:00:00.000Z")";
    constexpr std::string_view other_request = R"({"x-amz-request-id":"REQ2","x-amz-id-2":"ID1"})";
    constexpr std::string_view other_host = R"({"x-amz-request-id":"REQ1","x-amz-id-2":"ID2"})";
    constexpr std::string_view nothing = R"({"x-amz-request-id":"","x-amz-id-2":null})";
    for (const std::string_view name :
         {"ObjectTagging:Put", "ObjectTagging:Delete", "ObjectAcl:Put", "ObjectRestore:Post",
          "ObjectRestore:Completed", "LifecycleTransition", "LifecycleExpiration:Delete",
          "IntelligentTiering", "Replication:OperationFailedReplication", "ObjectCreated:Put",
          "s3:ObjectTagging:Put"}) {
        CAPTURE(name);
        for (const std::string_view sequencer : {"null", R"("")"}) {
            once_by_nature s3;
            const auto first = s3_record{name, sequencer}.json();
            CHECK(s3.of(first, first) == 1);
            CHECK(s3.of(first, s3_record{name, sequencer, later}.json()) == 1);
            CHECK(s3.of(first, s3_record{.name = name, .response = other_request}.json()) == 1);
            CHECK(s3.of(first, s3_record{.name = name, .response = other_host}.json()) == 1);
            CHECK(s3.handled == 4);
            CHECK(s3.of(first, s3_record{name, "null", "null", nothing}.json()) == -1);
        }
    }
    // What the sequencer of a write says about it stays the same when its tags are changed.
    for (const std::string_view name :
         {"ObjectTagging:Put", "LifecycleTransition", "IntelligentTiering"}) {
        CAPTURE(name);
        once_by_nature s3;
        const auto first = s3_record{name, R"("0A")"}.json();
        CHECK(s3.of(first, first) == 1);
        CHECK(s3.of(first, s3_record{name, R"("0A")", later}.json()) == 1);
    }
}

TEST_CASE("H23: a write to S3 is named by its sequencer") {
    for (const std::string_view name :
         {"ObjectCreated:Put", "ObjectRemoved:Delete", "LifecycleExpiration:Delete"}) {
        CAPTURE(name);
        once_by_nature s3;
        const auto first = s3_record{name, R"("0A")"}.json();
        CHECK(s3.of(first, s3_record{name, R"("0A")", "null", "null"}.json()) == 1);
        CHECK(s3.of(first, s3_record{name, R"("0B")"}.json()) == 1);
        CHECK(s3.handled == 2);
    }
}

TEST_CASE(
    "H23: an object that is not replicated to one bucket may not be replicated to another either") {
    once_by_nature s3;
    const auto to = [](std::string_view rule) {
        return R"(,"replicationEventData":{"replicationRuleId":")" + std::string(rule) + R"("})";
    };
    const auto ireland = to("ireland");
    const auto ohio = to("ohio");
    const auto event = [](std::string_view more) {
        return s3_record{
            .name = "Replication:OperationMissedThreshold", .sequencer = R"("0A")", .more = more}
            .json();
    };
    CHECK(s3.of(event(ireland), event(ohio)) == 2);
    CHECK(s3.of(event(ireland), event(ohio)) == 0);
}

TEST_CASE("H23: records that their source calls nothing do not share a key") {
    once_by_nature all;
    const auto event = [](std::string_view id, std::string_view detail) {
        return R"({"id":)" + std::string(id) + R"(,"detail-type":"Paid","source":"shop","detail":)"
               + std::string(detail) + "}";
    };
    CHECK(all.of(event(R"("e1")", "1"), event(R"("e1")", "1")) == 1);
    CHECK(all.of(event(R"("e1")", "1"), event(R"("e2")", "1")) == 1);
    // Where nothing else names it, the request's id does.
    const auto handled_in = [&](std::string_view request, std::string_view nameless) {
        testing::world w;
        auto ctx = w.make_context();
        ctx.request_id = request;
        workspace memory;
        const int before = all.handled;
        (void)all.all.handle_copy(memory, nameless, ctx);
        return all.handled - before;
    };
    for (const std::string& nameless : {event("null", "1"), event(R"("")", "1")}) {
        CHECK(handled_in("R1" + nameless, nameless) == 1);
        CHECK(handled_in("R2" + nameless, nameless) == 1);
        CHECK(handled_in("R1" + nameless, nameless) == 0);
    }
    const auto schedule = [](std::string_view id, std::string_view time,
                             std::string_view resources) {
        std::string text = R"({"detail-type":"Scheduled Event","source":"aws.events","id":")";
        text.append(id).append(R"(","time":)").append(time).append(R"(,"resources":)");
        return text.append(resources).append(R"(,"detail":{}})");
    };
    constexpr std::string_view ten = R"("2026-11-24T10:00:00Z")";
    constexpr std::string_view nightly =
        R"(["arn:aws:events:eu-central-1:123456789012:rule/nightly"])";
    CHECK(all.of(schedule("s1", ten, nightly), schedule("s2", ten, nightly)) == 1);
    CHECK(all.of(schedule("s3", "null", nightly), schedule("s4", "null", nightly)) == 2);
    CHECK(all.of(schedule("s3", "null", nightly), schedule("s4", "null", nightly)) == 0);
    CHECK(all.of(schedule("s5", ten, "[]"), schedule("s6", ten, "[]")) == 2);
    CHECK(all.of(testing::sns_notification("orders").id("").json(),
                 testing::sns_notification("orders").id("").json())
          == -1);
}

TEST_CASE("H23: what is replayed from an archive is the event that it was") {
    once_by_nature all;
    const auto event = [](std::string_view more) {
        return R"({"id":"e1","detail-type":"Paid","source":"shop")" + std::string(more)
               + R"(,"detail":{}})";
    };
    CHECK(all.of(event(""), event(R"(,"replay-name":"after-the-outage")")) == 1);
}

// ---- whose answer is it? ------------------------------------------------------------------------

namespace {

// A request to place order 17, as somebody sends it: with the same key and the same body each time.
struct sent {
    std::string_view authorizer = {}; ///< members of requestContext, with a comma in front
    http::door front = http::door::v2;
    std::string api_key = {};
    std::string_view identity = {}; ///< members of requestContext.identity

    [[nodiscard]] std::string json() const {
        auto request = testing::post("/orders").through(front).header("Idempotency-Key", "k1");
        if (!api_key.empty()) request.header("x-api-key", api_key);
        auto text = request.body(R"({"id":17})").json();
        const auto insert = [&](std::string_view begin, std::string_view members) {
            if (members.empty()) return;
            const auto at = text.find(begin);
            REQUIRE(at != std::string::npos);
            text.insert(at + begin.size(), std::string(members) + ",");
        };
        insert(R"("requestContext":{)", authorizer);
        insert(R"("identity":{)", identity);
        return text;
    }
};

std::string jwt(std::string_view claims) {
    return R"("authorizer":{"jwt":{"claims":)" + std::string(claims) + R"(,"scopes":null}})";
}
std::string iam(std::string_view members) {
    return R"("authorizer":{"iam":)" + std::string(members) + "}";
}
std::string authorizer(std::string_view context) {
    return R"("authorizer":{"lambda":)" + std::string(context) + "}";
}
std::string rest(std::string_view context) { return R"("authorizer":)" + std::string(context); }

struct order {
    std::uint64_t id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id); }
};

// Counts what reaches it.
class counting final : public idem::store {
public:
    result<idem::claim_answer> claim(const context& ctx, const idem::claim_request& r) override {
        ++calls;
        return inner.claim(ctx, r);
    }
    result<idem::write_answer> end(const context& ctx, const idem::identity& id,
                                   idem::owner_id owner, const idem::ending& how) override {
        ++calls;
        return inner.end(ctx, id, owner, how);
    }
    result<idem::write_answer> renew(const context& ctx, const idem::identity& id,
                                     idem::owner_id owner, time_point lease,
                                     time_point expires) override {
        ++calls;
        return inner.renew(ctx, id, owner, lease, expires);
    }
    result<idem::write_answer> reconcile(const context& ctx, const idem::identity& id,
                                         std::uint64_t fence, const idem::ending& how) override {
        ++calls;
        return inner.reconcile(ctx, id, fence, how);
    }
    result<std::optional<idem::record>> find(const context& ctx,
                                             const idem::identity& id) override {
        ++calls;
        return inner.find(ctx, id);
    }
    int calls = 0;
    memory_store inner;
};

// A route whose answers count up, so that one that was stored is known when it is seen again.
struct shop {
    counting seen;
    int answers = 0;
    app<> routes;

    template <class Layers> explicit shop(const Layers& layers) {
        routes.on(http::post("/orders"), layers(seen), [this] { return ++answers; });
    }
    std::string ask(const sent& what) {
        const auto reply = invoke(routes, what.json());
        return reply.status() == 200 ? reply.body() : std::to_string(reply.status());
    }
};

constexpr auto by_header = [](idem::store& seen) {
    return chain{idempotent{seen, idem::key_header{"Idempotency-Key"}}};
};
constexpr auto by_member = [](idem::store& seen) {
    return chain{idempotent{seen, idem::key(&order::id)}};
};
constexpr auto by_place = [](idem::store& seen) {
    return chain{idempotent{seen, idem::key_at{"/id"}}};
};

// Each caller has an answer of its own, and gets it again.
void check_apart(const std::vector<sent>& callers) {
    const auto each_with = [&](const auto& layers) {
        shop s(layers);
        for (int round = 0; round < 2; ++round) {
            int n = 0;
            for (const auto& each : callers) CHECK(s.ask(each) == std::to_string(++n));
        }
    };
    each_with(by_header);
    each_with(by_member);
    each_with(by_place);
}

// Nobody knows who they are: they are refused before the store is asked.
void check_unknown(const std::vector<sent>& callers) {
    const auto each_with = [&](const auto& layers) {
        shop s(layers);
        for (const auto& each : callers) {
            CAPTURE(each.authorizer);
            CHECK(s.ask(each) == "401");
        }
        CHECK(s.answers == 0);
        CHECK(s.seen.calls == 0);
    };
    each_with(by_header);
    each_with(by_member);
    each_with(by_place);
}

} // namespace

TEST_CASE("H22: whoever sends a key without being known gets no stored answer") {
    check_unknown({{}, {.front = http::door::rest}, {.front = http::door::furl}});
    check_unknown({{.front = http::door::alb}, {.api_key = "ada's"}, {.api_key = "anything"}});
}

TEST_CASE("H22: tokens without a subject do not share answers") {
    const auto a = jwt(R"({"iss":"i","client_id":"a"})");
    const auto b = jwt(R"({"iss":"i","client_id":"b"})");
    const auto other_issuer = jwt(R"({"iss":"j","client_id":"a"})");
    const auto user = jwt(R"({"iss":"i","sub":"a","client_id":"b"})");
    check_apart({{a}, {b}, {other_issuer}, {user}});
    const auto nameless = jwt(R"({"iss":"i","scope":"orders"})");
    const auto empty = jwt(R"({"iss":"i","sub":"","client_id":""})");
    const auto anybodys = jwt(R"({"sub":"a"})");
    const auto cognito = rest(R"({"claims":{"iss":"i","email":"a@example.com"}})");
    check_unknown({{nameless}, {empty}, {anybodys}, {cognito, http::door::rest}});
}

TEST_CASE("H22: one person is the same through both kinds of APIs, and issuers keep people apart") {
    const auto a = jwt(R"({"iss":"i","sub":"a"})");
    const auto b = jwt(R"({"iss":"i","sub":"b"})");
    const auto c = jwt(R"({"iss":"ia","sub":""})");
    const auto d = jwt(R"({"iss":"j","sub":"a"})");
    check_apart({{a}, {b}, {d}});
    check_unknown({{c}});
    shop s(by_header);
    CHECK(s.ask({a}) == "1");
    const auto pool = rest(R"({"claims":{"iss":"i","sub":"a"}})");
    CHECK(s.ask({pool, http::door::rest}) == "1");
}

TEST_CASE("H22: signers without an ARN, and users of one role, do not share answers") {
    const auto empty = iam(R"({"userArn":"","accountId":"1"})");
    const auto absent = iam(R"({"accessKey":"A","accountId":"1"})");
    check_unknown({{empty}, {absent}, {absent, http::door::furl}});

    const auto pooled = [](std::string_view id) {
        return iam(
            R"({"userArn":"arn:aws:sts::1:assumed-role/users/CognitoIdentityCredentials",)"
            R"("cognitoIdentity":{"amr":["authenticated"],"identityPoolId":"p","identityId":")"
            + std::string(id) + R"("}})");
    };
    const auto ada = pooled("eu-central-1:ada");
    const auto bob = pooled("eu-central-1:bob");
    const auto role = pooled("");
    const auto user = iam(R"({"userArn":"arn:aws:iam::1:user/ada"})");
    check_apart({{ada}, {bob}, {role}, {user}});
    const auto in_rest = [](std::string_view members) {
        return sent{.front = http::door::rest, .identity = members};
    };
    constexpr std::string_view rest_ada =
        R"("userArn":"arn:aws:sts::1:assumed-role/users/CognitoIdentityCredentials","cognitoIdentityId":"ada")";
    constexpr std::string_view rest_bob =
        R"("userArn":"arn:aws:sts::1:assumed-role/users/CognitoIdentityCredentials","cognitoIdentityId":"bob")";
    check_apart({in_rest(rest_ada), in_rest(rest_bob), {user}});
    check_unknown({in_rest(R"("accountId":"1","userArn":"")"), in_rest(R"("apiKeyId":"k")")});
}

TEST_CASE("H22: an authorizer of one's own that names nobody is no identity") {
    const auto tier = authorizer(R"({"tier":"gold"})");
    const auto nobody = authorizer(R"({"principalId":"","tier":"gold"})");
    const auto null = authorizer(R"({"principalId":null,"tier":"gold"})");
    const auto many = authorizer(R"({"principalId":["ada"],"tier":"gold"})");
    const auto in_rest = rest(R"({"tier":"gold","integrationLatency":"12"})");
    check_unknown({{tier}, {nobody}, {null}, {many}, {in_rest, http::door::rest}});
    const auto ada = authorizer(R"({"principalId":"ada","tier":"gold"})");
    const auto bob = authorizer(R"({"principalId":"bob","tier":"gold"})");
    const auto number = authorizer(R"({"principalId":17})");
    const auto ada_in_rest = rest(R"({"principalId":"carl","integrationLatency":"12"})");
    check_apart({{ada}, {bob}, {number}, {ada_in_rest, http::door::rest}});
    shop s(by_header);
    const auto later = rest(R"({"principalId":"carl","integrationLatency":"99"})");
    CHECK(s.ask({ada_in_rest, http::door::rest}) == "1");
    CHECK(s.ask({later, http::door::rest}) == "1"); // the latency is another one each time
}

namespace {

// Whoever has this key is this user.
struct user {
    std::string name;
};
std::string user_of(std::string_view api_key) {
    if (api_key == "ada's") return "ada";
    return api_key == "bob's" ? "bob" : "";
}
std::string_view api_key_in(const call& c) {
    return c.find<http::request>()->headers().first("x-api-key").value_or("");
}

// Around the layers inside of it.
struct authenticates {
    outcome operator()(call& c, auto&& next) const {
        const auto name = user_of(api_key_in(c));
        if (name.empty()) return http::unauthorised("send the header x-api-key");
        c.set_principal({"api_key", name});
        return next(c);
    }
};

// Around the records of a queue.
struct signed_by {
    outcome operator()(call& c, auto&& next) const {
        const auto* const signer = c.find<sqs::message>()->message_attributes.find("signer");
        if (signer != nullptr) c.set_principal({"signer", signer->string_value});
        return next(c);
    }
};

} // namespace

// A parameter of a handler: inside of all layers.
template <> struct headrace::extract<user> {
    static constexpr bool needs_http = true;
    static result<user> from(call& c) {
        auto name = user_of(api_key_in(c));
        if (name.empty()) return http::unauthorised("send the header x-api-key");
        return user{std::move(name)};
    }
};

TEST_CASE("H22: who is only known inside of the layer gets no answer out of it") {
    const auto handle = [](auto layers) {
        counting seen;
        int answers = 0;
        std::vector<std::string> got;
        app routes;
        routes.on(http::post("/orders"), layers(seen),
                  [&](user u) { return u.name + std::to_string(++answers); });
        for (const auto* const api_key : {"ada's", "bob's", "", "ada's", "forged"}) {
            const auto reply = invoke(routes, sent{.api_key = api_key}.json());
            got.push_back(reply.status() == 200 ? reply.body() : std::to_string(reply.status()));
        }
        return got;
    };
    using texts = std::vector<std::string>;
    CHECK(handle(by_header) == texts{"401", "401", "401", "401", "401"});
    CHECK(handle([](idem::store& seen) {
              return chain{authenticates{}, idempotent{seen, idem::key_header{"Idempotency-Key"}}};
          })
          == texts{"ada1", "bob2", "401", "ada1", "401"});
    // The key itself can look for whom the handler will know.
    CHECK(handle([](idem::store& seen) {
              const auto by_key = [](const http::request& r) {
                  return principal{"api_key", r.headers().first("x-api-key").value_or("")};
              };
              return chain{idempotent{seen, idem::key_header{"Idempotency-Key", by_key}}};
          })
          == texts{"ada1", "bob2", "401", "ada1", "401"});
}

TEST_CASE("H22: a key says in its type that callers are not told apart") {
    using idem::callers::everybody;
    const auto ada = jwt(R"({"iss":"i","sub":"ada"})");
    const auto bob = jwt(R"({"iss":"i","sub":"bob"})");
    struct by_day {
        everybody callers;
        result<bool> operator()(const call&, idem::canonical& to) const {
            to.text("today");
            return true;
        }
    };
    const auto check = [&](const auto& key) {
        shop s([&](idem::store& seen) { return chain{idempotent{seen, key}}; });
        for (const sent& each : {sent{ada}, sent{bob}, sent{}, sent{.front = http::door::alb}}) {
            CHECK(s.ask(each) == "1");
        }
    };
    check(idem::key_header{"Idempotency-Key", everybody{}});
    check(idem::key(&order::id, everybody{}));
    check(idem::key_at{"/id", everybody{}});
    check(by_day{});
    // One that says nothing tells them apart, also one of a user's.
    shop s([](idem::store& seen) {
        return chain{idempotent{seen, [](const call&, idem::canonical& to) -> result<bool> {
                                    to.text("today");
                                    return true;
                                }}};
    });
    CHECK(s.ask({ada}) == "1");
    CHECK(s.ask({bob}) == "2");
    CHECK(s.ask({}) == "401");
}

TEST_CASE("nobody hears more than that somebody has to be known") {
    const auto ask = [](std::string_view key, std::string body, idem::when_keyless keyless) {
        counting seen;
        int runs = 0;
        app routes;
        routes.on(http::post("/orders"),
                  chain{idempotent{seen, idem::key(&order::id, idem::callers::identified{}),
                                   idem::options{.keyless = keyless}}},
                  [&] { ++runs; });
        const auto reply = invoke(
            routes, testing::post("/orders").header("x", std::string(key)).body(std::move(body)));
        CHECK(seen.calls == 0);
        return std::pair(int{reply.status()}, runs);
    };
    using idem::when_keyless;
    CHECK(ask("", R"({"id":1})", when_keyless::reject) == std::pair(401, 0));
    CHECK(ask("", R"({"id":)", when_keyless::reject) == std::pair(401, 0));
    // What has no key is not kept, so it needs nobody.
    counting seen;
    int runs = 0;
    app routes;
    routes.on(http::post("/orders"),
              chain{idempotent{seen, idem::key_header{"Idempotency-Key"},
                               idem::options{.keyless = when_keyless::run}}},
              [&] { ++runs; });
    CHECK(invoke(routes, testing::post("/orders")).status() == 204);
    CHECK(invoke(routes, testing::post("/orders").header("Idempotency-Key", "k")).status() == 401);
    CHECK(runs == 1);
    CHECK(seen.calls == 0);
}

TEST_CASE("a record of a queue has a key with nobody in it, or with whom a layer has identified") {
    memory_store seen;
    int handled = 0;
    app orders{chain{signed_by{}}};
    orders.on(sqs::queue("orders"), chain{idempotent{seen, idem::key(&order::id)}},
              [&] { ++handled; });
    const auto deliver = [&](testing::name_values attributes) {
        return invoke(orders, testing::sqs_batch("orders").message(testing::sqs_message{
                                  .body = R"({"id":17})", .attributes = std::move(attributes)}))
            .failed_records()
            .empty();
    };
    for (int round = 0; round < 2; ++round) {
        CHECK(deliver({}));
        CHECK(deliver({{"signer", "ada"}}));
        CHECK(deliver({{"signer", "bob"}}));
    }
    CHECK(handled == 3);
}

TEST_CASE("an operation inside of a handler is the caller's if it is named so") {
    memory_store seen;
    int charges = 0;
    app shop;
    shop.on(http::post("/orders"), [&](body<order> o, const call& c) -> result<int> {
        const idem::operation charge{"charge", c.principal(), o->id};
        auto charged = idem::run<int>(
            seen, charge, [&] { return ++charges; }, c.context());
        if (!charged) return charged.error();
        return **charged;
    });
    const auto ask = [&](const sent& who) { return invoke(shop, who.json()); };
    const auto ada = jwt(R"({"iss":"i","sub":"ada"})");
    const auto bob = jwt(R"({"iss":"i","sub":"bob"})");
    for (int round = 0; round < 2; ++round) {
        CHECK(ask({ada}).body() == "1");
        CHECK(ask({bob}).body() == "2");
        CHECK(ask({}).status() == 422); // a value that names the operation is missing
    }
}

// ---- the page -----------------------------------------------------------------------------------

TEST_CASE("the keys of the page are those that the layer makes") {
    const auto path =
        std::filesystem::path(HEADRACE_SOURCE_DIR) / "docs/reference/idempotency/keys.md";
    std::ifstream in(path);
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    memory_store seen;
    std::string key;
    const auto note = [&](idem::current now) { key = now.id().key; };
    app all;
    all.on(http::post("/orders"), chain{idempotent{seen, idem::key_header{"Idempotency-Key"}}},
           note);
    all.on(http::post("/places"),
           chain{idempotent{seen, idem::key_at{"/id"},
                            idem::options{.operation = "orders", .version = 2}}},
           note);
    all.on(s3::bucket("uploads"), chain{idempotent{seen}}, note);
    const auto check = [&](const std::string& event, std::string_view value) {
        CAPTURE(value);
        key.clear();
        (void)invoke(all, event);
        const auto row = "| `" + std::string(value) + "` | `";
        const auto at = page.find(row);
        REQUIRE(at != std::string::npos);
        CHECK(page.substr(at + row.size(), 64) == key);
    };
    check(sent{jwt(R"({"iss":"https://id.example.com","sub":"ada"})")}.json(),
          R"(["headrace-key-2","http POST /orders",1,"","",["jwt","https://id.example.com","ada"],)"
          R"(["http POST /orders","k1"]])");
    check(
        testing::post("/places")
            .through(http::door::furl)
            .caller("ada")
            .body(R"({"id":17})")
            .json(),
        R"(["headrace-key-2","orders",2,"","",["iam","","arn:aws:iam::123456789012:user/ada"],17])");
    check(s3_record{"ObjectTagging:Put"}.json(),
          R"(["headrace-key-2","s3 bucket uploads",1,"","",null,["s3","uploads","a.csv","v1","",)"
          R"("ObjectTagging:Put","2026-11-24T10:00:00.000Z","REQ1","ID1",""]])");
}
