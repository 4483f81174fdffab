// SPDX-License-Identifier: BSL-1.0
// Recognition with the rules of many more sources than there are today.
#include "many_sources.hpp"

#include <headrace/json/workspace.hpp>
#include <headrace/sources/catalogue.hpp>
#include <headrace/sources/detail/recognition_table.hpp>
#include <headrace/sources/detail/scanner.hpp>
#include <headrace/sources/recognise.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
namespace engine = headrace::detail::recognise;

namespace {

using all = engine::listed<many_sources::list>;
constexpr auto many = engine::table_of<many_sources::list>;

constexpr std::size_t count_rules() {
    std::size_t n = 0;
    for (const auto& each : all::all) n += each.size();
    return n;
}
static_assert(all::size >= 160);
static_assert(count_rules() >= 200);

engine::number source_of(std::string_view json) {
    static workspace memory;
    memory.reset();
    const auto d = memory.load(json);
    REQUIRE(d.has_value());
    return engine::scanner<many>(*d).run(d->index);
}

std::string value_for(const source::condition& c) {
    using enum source::condition::test;
    const std::string text(c.text);
    switch (c.what) {
    case object: return R"({"inner":"a"})";
    case equals: return '"' + text + '"';
    case begins: return '"' + text + "more\"";
    case contains: return "\"more" + text + "more\"";
    case route_key: return R"("GET /more")";
    case present: break;
    }
    return R"([{"inner":"a"},"b"])";
}

// What a document of a rule has at a place: a value, or members.
struct tree {
    std::string name;
    std::string value;
    std::vector<tree> members;

    tree& at(std::string_view path) {
        if (path.empty()) return *this;
        const auto slash = std::min(path.find('/'), path.size());
        const std::string part(path.substr(0, slash));
        path.remove_prefix(std::min(slash + 1, path.size()));
        for (auto& each : members) {
            if (each.name == part) return each.at(path);
        }
        members.push_back({part, {}, {}});
        return members.back().at(path);
    }
    void be_null() {
        value = "null";
        members.clear();
    }
};

// How the members of each object are put down.
enum class form { written, reversed, among_others, spaced };

std::string text_of(const tree& from, form how) {
    if (from.members.empty()) return from.value;
    if (from.members.front().name == "0") {
        // Later elements say something else.
        return '[' + text_of(from.members.front(), how) + R"(,{"eventSource":"aws:other"}])";
    }
    auto members = from.members;
    if (how == form::reversed) std::reverse(members.begin(), members.end());
    std::string json = "{";
    const auto decoy = R"("body":"{\"Records\":[{\"eventSource\":\"aws:sqs\"}]}","decoy":)"
                       R"({"eventSource":"aws:kafka","requestContext":{"elb":{}},"routeArn":"x"})";
    if (how == form::among_others) json += std::string(decoy) + ",\"null\":null,";
    for (const auto& each : members) {
        if (json.size() > 1 && json.back() != ',') json += how == form::spaced ? " ,\n\t" : ",";
        json += '"' + each.name + (how == form::spaced ? "\" : " : "\":") + text_of(each, how);
        if (how == form::among_others)
            json += R"(,"more":[1,{"Event":"s3:TestEvent"}],"extra":"x")";
    }
    return json + "}";
}

tree document_of(const source::rule& one) {
    tree made;
    for (const auto& c : one.all) {
        if (c.wanted) made.at(c.path).value = value_for(c);
    }
    return made;
}

template <class Each> void for_each_rule(Each each) {
    for (std::size_t s = 0; s < all::size; ++s) {
        for (std::size_t r = 0; r < all::all[s].size(); ++r) {
            CAPTURE(s);
            CAPTURE(r);
            each(static_cast<engine::number>(s), all::all[s][r]);
        }
    }
}

} // namespace

TEST_CASE("each of 160 sources is recognised by each of its rules, in whatever form") {
    for_each_rule([](engine::number source, const source::rule& one) {
        for (const form how : {form::written, form::reversed, form::among_others, form::spaced}) {
            const auto json = text_of(document_of(one), how);
            CAPTURE(json);
            CHECK(source_of(json) == source);
        }
    });
}

TEST_CASE("what a rule asks for is asked for: without one member the document is another's") {
    for_each_rule([](engine::number, const source::rule& one) {
        for (const auto& without : one.all) {
            if (!without.wanted) continue;
            tree made = document_of(one);
            made.at(without.path).be_null();
            const auto json = text_of(made, form::written);
            CAPTURE(json);
            // By this rule it is not found; by another one of the same source it may be.
            const auto found = source_of(json);
            bool by_another = found == engine::no_source || found == engine::empty_records;
            for (std::size_t r = 0; !by_another && r < all::all[found].size(); ++r) {
                const auto other = all::all[found][r];
                by_another = std::ranges::none_of(other.all, [&](const source::condition& c) {
                    return c.wanted && c.path == without.path;
                });
            }
            CHECK(by_another);
        }
    });
}

TEST_CASE("no place has a fact that is not its own") {
    for (std::size_t p = 0; p < many.places.size(); ++p) {
        const auto& it = many.places[p];
        const auto own = [&](engine::number fact) {
            return fact == engine::none || (it.first_inside <= fact && fact < it.last_inside);
        };
        CAPTURE(p);
        CHECK(own(it.present));
        CHECK(own(it.object));
        CHECK((it.element == engine::none || (p < it.element && it.element < it.end)));
    }
    CHECK(source_of(R"({"bot":"b","sessionState":"s"})") == engine::no_source);
    CHECK(source_of(R"({"kind":"x","filler":{"kind":"marker_A","id":1}})") == engine::no_source);
}

TEST_CASE("what a rule asks for may come again, and the last one counts") {
    for_each_rule([](engine::number source, const source::rule& one) {
        const auto json = text_of(document_of(one), form::written);
        if (json.front() != '{') return;
        for (const auto& c : one.all) {
            const auto top = c.path.substr(0, c.path.find('/'));
            const auto first = '{' + ('"' + std::string(top) + "\":null,") + json.substr(1);
            if (c.wanted) CHECK(source_of(first) == source);
            if (c.wanted && !one.decisive && !top.starts_with("Records")) {
                auto last = json;
                last.insert(last.size() - 1, ",\"" + std::string(top) + "\":null");
                tree without = document_of(one);
                without.at(top).be_null();
                CAPTURE(last);
                CHECK(source_of(last) == source_of(text_of(without, form::written)));
            }
        }
    });
}

TEST_CASE("of two that hold the earlier one is taken, and a record waits where it could be that") {
    const auto at = [](const source::recognition& wanted) {
        for (std::size_t s = 0; s < all::size; ++s) {
            if (all::all[s][0].all.data() == wanted[0].all.data()) return s;
        }
        return all::size;
    };
    using namespace many_sources;
    CHECK(source_of(R"({"Records":[{"eventSource":"aws:kinesis"}],"window":{}})")
          == at(kinesis_window::recognised));
    CHECK(source_of(R"({"window":{},"Records":[{"eventSource":"aws:kinesis"}]})")
          == at(kinesis_window::recognised));
    CHECK(source_of(R"({"Records":[{"eventSource":"aws:kinesis"}],"window":null})")
          == at(headrace::kinesis::event::recognised));
    CHECK(source_of(R"([{"info":{"parentTypeName":"Q"},"arguments":{}}])")
          == at(appsync_batch::recognised));
    CHECK(source_of(R"([[{"eventSource":"aws:sqs"}]])") == engine::no_source);
    CHECK(source_of("[]") == engine::no_source);
    CHECK(source_of(R"([{"x":1},{"eventSource":"aws:sqs"}])") == engine::no_source);
    CHECK(source_of(R"({"Records":[]})") == engine::empty_records);
}

TEST_CASE("the work for a document does not grow with the sources that are known") {
    // Rules are tried whose rarest fact was found, names are looked for in one chain.
    std::size_t most_rules = 0;
    for (const auto& each : many.facts)
        most_rules = std::max<std::size_t>(most_rules, each.last_rule - each.first_rule);
    CHECK(most_rules <= 3);
    std::size_t most_names = 0;
    for (const auto slot : many.slots) {
        std::size_t names = 0;
        for (auto e = slot; e != 0; e = many.entries[e].next) ++names;
        most_names = std::max(most_names, names);
    }
    CHECK(most_names <= 5);
}

TEST_CASE("the sources that are known today are found among many as they are alone") {
    constexpr auto first = many_sources::length(many_sources::before{});
    for (std::size_t s = 0; s < known_sources().size(); ++s) {
        for (const auto& sample : catalogue()[s].samples()) {
            CAPTURE(sample.name);
            const bool has_row = sample.name == "eventbridge-s3"; // eb_s3 asks for more
            CHECK((source_of(sample.json) == first + s) != has_row);
        }
    }
}
