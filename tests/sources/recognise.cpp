// SPDX-License-Identifier: BSL-1.0
#include <headrace/app.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/sources/catalogue.hpp>
#include <headrace/sources/recognise.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;

namespace {

std::string_view source_of(std::string_view json) {
    static workspace memory;
    memory.reset();
    const auto d = memory.load(json);
    if (!d) return "(not JSON)";
    const auto* source = recognise(*d);
    return source != nullptr ? source->info->id : std::string_view("(none)");
}

// The members of an object as they stand in the text: `"name":value`.
std::vector<std::string> members_of(const std::string& json) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    REQUIRE(parser.parse(json).get(object) == simdjson::SUCCESS);
    std::vector<std::string> members;
    for (const auto member : object) {
        members.push_back('"' + std::string(member.key)
                          + "\":" + simdjson::to_string(member.value));
    }
    return members;
}

std::string object_of(const std::vector<std::string>& members) {
    std::string json = "{";
    for (const auto& each : members) json += (json.size() > 1 ? "," : "") + each;
    return json + "}";
}

// Calls each(json) with the members in all orders, or, where that would be too many, in every
// rotation, forwards and backwards, and in some hundred others.
template <class Each> void for_each_order(std::vector<std::string> members, Each each) {
    std::sort(members.begin(), members.end());
    if (members.size() <= 6) {
        do {
            each(object_of(members));
        } while (std::next_permutation(members.begin(), members.end()));
        return;
    }
    for (int direction = 0; direction < 2; ++direction) {
        for (std::size_t i = 0; i < members.size(); ++i) {
            each(object_of(members));
            std::rotate(members.begin(), members.begin() + 1, members.end());
        }
        std::reverse(members.begin(), members.end());
    }
    std::uint32_t state = 1;
    for (int n = 0; n < 200; ++n) {
        for (std::size_t i = members.size() - 1; i > 0; --i) {
            state = state * 1'664'525u + 1'013'904'223u;
            std::swap(members[i], members[(state >> 8) % (i + 1)]);
        }
        each(object_of(members));
    }
}

template <class Each> void for_each_sample(Each each) {
    for (const auto& source : catalogue()) {
        for (const auto& sample : source.samples()) each(source.info->id, sample);
    }
}

} // namespace

TEST_CASE("a sample is its source's in whatever order its members come") {
    for_each_sample([](std::string_view id, const sample& s) {
        CAPTURE(s.name);
        CHECK(source_of(s.json) == id);
        long wrong = 0;
        for_each_order(members_of(std::string(s.json)),
                       [&](const std::string& json) { wrong += source_of(json) != id; });
        CHECK(wrong == 0);
    });
}

TEST_CASE("the members of the first record and of requestContext may come in any order, too") {
    for_each_sample([](std::string_view id, const sample& s) {
        CAPTURE(s.name);
        auto top = members_of(std::string(s.json));
        for (auto& member : top) {
            const auto colon = member.find(':');
            const auto name = member.substr(0, colon);
            std::string inner = member.substr(colon + 1);
            std::string rest;
            if (name == "\"Records\"") {
                simdjson::dom::parser parser;
                simdjson::dom::array records;
                REQUIRE(parser.parse(inner).get(records) == simdjson::SUCCESS);
                inner = simdjson::to_string(records.at(0));
                for (std::size_t i = 1; i < records.size(); ++i)
                    rest += "," + simdjson::to_string(records.at(i));
            } else if (name != "\"requestContext\"") {
                continue;
            }
            const auto before = member;
            long wrong = 0;
            for_each_order(members_of(inner), [&](const std::string& json) {
                member = name + ":" + (name == "\"Records\"" ? "[" + json + rest + "]" : json);
                wrong += source_of(object_of(top)) != id;
            });
            member = before;
            CHECK(wrong == 0);
        }
    });
}

TEST_CASE("members that say nothing and a body that looks like another event change nothing") {
    const std::string noise[] = {
        R"("body":"{\"Records\":[{\"eventSource\":\"aws:sqs\"}]}")",
        R"("extra":{"Records":[{"eventSource":"aws:sqs","messageId":"m"}],"httpMethod":"GET"})",
        R"("detail":{"requestContext":{"http":{},"elb":{}},"detail-type":"x","source":"y"})",
    };
    for_each_sample([&](std::string_view id, const sample& s) {
        CAPTURE(s.name);
        for (const auto& extra : noise) {
            for (const bool first : {true, false}) {
                auto members = members_of(std::string(s.json));
                members.insert(first ? members.begin() : members.end(), extra);
                CHECK(source_of(object_of(members)) == id);
            }
        }
    });
}

TEST_CASE("names with escapes are the names that they stand for") {
    CHECK(source_of(R"({"\u0052ecords":[{"\u0065ventSource":"aws:sqs"}]})") == "sqs");
    CHECK(source_of(R"({"detail\u002dtype":"x","sour\u0063e":"y"})") == "eventbridge");
    CHECK(source_of(R"({"Record\u0073\u0000":[{"eventSource":"aws:sqs"}]})") == "(none)");
}

TEST_CASE("a batch is known by its first record, by name or by its own member") {
    struct row {
        std::string_view json;
        std::string_view id;
    };
    const row rows[] = {
        {R"({"Records":[{"eventSource":"aws:sqs"}]})", "sqs"},
        {R"({"Records":[{"EventSource":"aws:sns"}]})", "sns"},
        {R"({"Records":[{"eventSource":"aws:s3"}]})", "s3"},
        {R"({"Records":[{"eventSource":"some:s3:store","s3":{}}]})", "s3"},
        {R"({"Records":[{"Sns":{}}]})", "sns"},
        {R"({"Records":[{"messageId":"m"}]})", "sqs"},
        {R"({"Records":[{"eventSource":"aws:unknown"}]})", "(none)"},
        {R"({"Records":[{"eventSource":null,"messageId":null}]})", "(none)"},
        {R"({"Records":[{"eventSource":17}]})", "(none)"},
        {R"({"Records":[{}]})", "(none)"},
        {R"({"Records":[17]})", "(none)"},
        {R"({"Records":[[{"eventSource":"aws:sqs"}]]})", "(none)"},
        {R"({"Records":[{"x":{"eventSource":"aws:sqs"}}]})", "(none)"},
        {R"({"Records":{"0":{"eventSource":"aws:sqs"}}})", "(none)"},
        {R"({"Records":null})", "(none)"},
        {R"({"Records":"aws:sqs"})", "(none)"},
        {R"({"records":[{"eventSource":"aws:sqs"}]})", "(none)"},
        {R"({"Records":[]})", "records.empty"},
        {R"({"x":1,"Records":[],"y":2})", "records.empty"},
    };
    for (const auto& [json, id] : rows) {
        CAPTURE(json);
        CHECK(source_of(json) == id);
    }
}

namespace {

// A document of members: `at` is the path of a condition, "Records/0/Sns" for one.
struct member_at {
    std::string_view at;
    std::string value;
};

std::string document_of(const std::vector<member_at>& members) {
    std::vector<std::string> top;
    std::vector<std::string> context;
    std::vector<std::string> record;
    for (const auto& each : members) {
        const auto slash = each.at.rfind('/');
        const auto name = each.at.substr(slash == each.at.npos ? 0 : slash + 1);
        auto& parent = slash == each.at.npos                   ? top
                       : each.at.starts_with("requestContext") ? context
                                                               : record;
        parent.push_back('"' + std::string(name) + "\":" + each.value);
    }
    if (!context.empty()) top.push_back("\"requestContext\":" + object_of(context));
    if (!record.empty()) top.push_back("\"Records\":[" + object_of(record) + "]");
    return object_of(top);
}

std::string value_for(const source::condition& c) {
    using enum source::condition::test;
    switch (c.what) {
    case object: return "{}";
    case equals: return '"' + std::string(c.text) + '"';
    case begins: return '"' + std::string(c.text) + "x\"";
    case route_key: return R"("GET /x")";
    case contains: return "\"x" + std::string(c.text) + "x\"";
    default: return "1";
    }
}

// each(source, rule, the members that it asks for)
template <class Each> void for_each_rule(Each each) {
    for (const auto& source : known_sources()) {
        for (std::size_t i = 0; i < source.recognised.size(); ++i) {
            const source::rule one = source.recognised[i];
            std::vector<member_at> members;
            for (const auto& c : one.all) {
                if (c.wanted) members.push_back({c.path, value_for(c)});
            }
            CAPTURE(source.info->id);
            each(source, one, members);
        }
    }
}

} // namespace

TEST_CASE("whatever a rule asks for may come again: the last one counts") {
    int looked_at = 0;
    for_each_rule([&](const known_source& source, const source::rule& one,
                      const std::vector<member_at>& members) {
        CHECK(source_of(document_of(members)) == source.info->id);
        for (const auto& c : one.all) {
            const auto path = c.path;
            CAPTURE(path);
            const auto with = [&](std::initializer_list<std::string_view> values) {
                auto all = members;
                std::erase_if(all, [&](const member_at& m) { return m.at == path; });
                for (const auto value : values) all.push_back({path, std::string(value)});
                return document_of(all);
            };
            const auto good = value_for(c);
            const std::string_view other = "null";
            CHECK(source_of(with({other, good})) == source_of(with({good})));
            // A decisive member ends the search, and decoding finds the other one.
            if (!one.decisive) CHECK(source_of(with({good, other})) == source_of(with({other})));
            ++looked_at;
        }
    });
    CHECK(looked_at > 20);
}

TEST_CASE("a context that comes again takes all that the first one held with it") {
    int looked_at = 0;
    for_each_rule([&](const known_source& source, const source::rule& one,
                      const std::vector<member_at>& members) {
        const auto json = document_of(members);
        const auto context = json.find("\"requestContext\":");
        if (context == json.npos) return;
        CAPTURE(json);
        auto without = members;
        std::erase_if(without,
                      [](const member_at& m) { return m.at.starts_with("requestContext"); });
        auto first = json;
        first.insert(context, R"("requestContext":{},)");
        CHECK(source_of(first) == source.info->id);
        for (const std::string_view last : {"{}", "null", "17", "[]"}) {
            auto again = json;
            again.insert(again.size() - 1, ",\"requestContext\":" + std::string(last));
            auto alone = without;
            alone.push_back({"requestContext", std::string(last)});
            const auto expected = one.decisive ? source.info->id : source_of(document_of(alone));
            CHECK(source_of(again) == expected);
        }
        ++looked_at;
    });
    CHECK(looked_at >= 3);
}

TEST_CASE("records that decide nothing do not end the search") {
    struct row {
        std::string_view json;
        std::string_view id;
    };
    const row rows[] = {
        {R"({"Records":[],"Records":[{"eventSource":"aws:sqs"}]})", "sqs"},
        {R"({"Records":[],"Records":[{"Sns":{}}]})", "sns"},
        {R"({"Records":[{}],"Records":[{"messageId":"m"}]})", "sqs"},
        {R"({"Records":[17],"Records":[{"messageId":"m"}]})", "sqs"},
        {R"({"Records":{},"Records":[{"messageId":"m"}]})", "sqs"},
        {R"({"Records":null,"Records":[{"messageId":"m"}]})", "sqs"},
        {R"({"Records":[{"Sns":null}],"Records":[{"messageId":"m"}]})", "sqs"},
        {R"({"Records":[{"eventSource":"aws:x"},{}],"Records":[{"s3":{}}]})", "s3"},
        {R"({"Records":[],"Records":[]})", "records.empty"},
        {R"({"Records":[{}],"Records":[]})", "records.empty"},
        {R"({"Records":null,"Records":[]})", "records.empty"},
        {R"({"Records":[],"window":{},"state":{"Records":[{"messageId":"m"}]}})", "records.empty"},
        {R"({"Records":[],"Records":null})", "(none)"},
        {R"({"Records":[],"Records":{}})", "(none)"},
        {R"({"Records":[],"Records":[{}]})", "(none)"},
        {R"({"Records":[],"detail-type":"a","source":"b"})", "eventbridge"},
        {R"({"detail-type":"a","source":"b","Records":[]})", "eventbridge"},
        {R"({"Records":[{"x":1}],"detail-type":"a","source":"b"})", "eventbridge"},
        {R"({"detail-type":"a","source":"b","Records":[{"x":1}]})", "eventbridge"},
        {R"({"Records":[{"messageId":"m"}],"detail-type":"a","source":"b"})", "sqs"},
        {R"({"detail-type":"a","source":"b","Records":[{"messageId":"m"}]})", "sqs"},
    };
    for (const auto& [json, id] : rows) {
        CAPTURE(json);
        CHECK(source_of(json) == id);
    }
}

TEST_CASE("what only resembles an event is nobody's") {
    for (const std::string_view json :
         {"{}", "[]", "null", "17", "true", R"("Records")", R"([{"eventSource":"aws:sqs"}])",
          R"({"source":"shop"})", R"({"detail-type":"Paid"})",
          R"({"detail-type":null,"source":"x"})", R"({"httpMethod":"GET"})",
          R"({"requestContext":"http"})", R"({"requestContext":null})",
          R"({"requestContext":{"http":null}})", R"({"Type":"Notification"})",
          R"({"Type":"Other","TopicArn":"arn:aws:sns:eu-central-1:123456789012:t"})",
          R"({"Event":"s3:OtherEvent"})", R"({"job":"nightly"})"}) {
        CAPTURE(json);
        CHECK(source_of(json) == "(none)");
    }
}

TEST_CASE("a document that ends anywhere never crashes what looks at it") {
    app everything;
    everything.fallback([](const call&) {});
    REQUIRE(everything.build());
    fakes::world w;
    w.context.log = logger(w.log, w.clock, log_level::off);
    for_each_sample([&](std::string_view, const sample& s) {
        CAPTURE(s.name);
        std::size_t answered = 0;
        for (std::size_t n = 0; n < s.json.size(); ++n) {
            // An exact copy, so that a read behind its end is seen.
            const std::unique_ptr<char[]> copy(new char[n]);
            std::copy_n(s.json.data(), n, copy.get());
            w.memory.reset();
            if (const auto d = w.memory.load({copy.get(), n})) (void)recognise(*d);
            w.memory.reset();
            const auto reply = everything.handle_copy(w.memory, {copy.get(), n}, w.context);
            answered += !reply.function_error;
        }
        // An HTTP request that cannot be read is answered, everything else fails.
        CHECK((answered == 0 || s.name.starts_with("http")));
    });
}

TEST_CASE("brackets that do not match never crash what looks at them") {
    for (const std::string_view json :
         {R"({"Records":[{"eventSource":"aws:sqs"])", R"({"Records":[})", R"({"Records":[{)",
          R"({"Records":[{"eventSource":)", R"({"Records":[{"eventSource")", R"({"Records")",
          R"({"Records":)", R"({"a":]]]]})", R"({"a":[[[[)", R"({"a":}})", R"({{{{)",
          R"({"a" "b"})", R"({"a":1 "b":2})", R"({,"a":1})", R"({"requestContext":{"elb":{)",
          R"({1:2})", "{]", R"({"requestContext":[}],"httpMethod":"GET"})"}) {
        CAPTURE(json);
        (void)source_of(json);
    }
}

TEST_CASE("values of any shape are skipped, however deep and however many tokens they have") {
    const std::pair<std::string, std::string> brackets[] = {
        {"[", "]"}, {"[[", "]]"}, {"[[[[[", "]]]]]"}, {R"({"k":[)", "]}"}, {"[{},[],", "]"}};
    std::string flat;
    for (int n = 0; n < 12; ++n) {
        for (const auto& [open, close] : brackets) {
            const auto value = open + (flat.empty() ? "0" : flat) + close;
            CAPTURE(value);
            CHECK(source_of("{\"x\":" + value + R"(,"detail-type":"a","source":"b"})")
                  == "eventbridge");
            CHECK(source_of("{\"x\":" + value + "}") == "(none)");
        }
        flat += (flat.empty() ? "" : ",") + std::to_string(n);
    }
}
