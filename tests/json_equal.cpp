// SPDX-License-Identifier: BSL-1.0
#include "json_equal.hpp"

#include <headrace/json/writer.hpp>

#include <doctest/doctest.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <utility>

namespace json_tests {

namespace {

node from_dom(simdjson::dom::element e) {
    node out;
    switch (e.type()) {
    case simdjson::dom::element_type::NULL_VALUE: break;
    case simdjson::dom::element_type::BOOL:
        out.what = node::kind::boolean;
        out.text = bool(e) ? "true" : "false";
        break;
    case simdjson::dom::element_type::STRING:
        out.what = node::kind::string;
        out.text = std::string_view(e);
        break;
    case simdjson::dom::element_type::ARRAY:
        out.what = node::kind::array;
        for (auto each : simdjson::dom::array(e)) out.items.push_back(from_dom(each));
        break;
    case simdjson::dom::element_type::OBJECT:
        out.what = node::kind::object;
        for (auto each : simdjson::dom::object(e)) {
            out.members.push_back({std::string(each.key), from_dom(each.value)});
        }
        break;
    default: out.what = node::kind::number; out.text = simdjson::minify(e);
    }
    return out;
}

void write(const node& tree, std::string& out) {
    switch (tree.what) {
    case node::kind::null: out += "null"; break;
    case node::kind::boolean:
    case node::kind::number: out += tree.text; break;
    case node::kind::string:
        out.push_back('"');
        headrace::append_escaped(out, tree.text);
        out.push_back('"');
        break;
    case node::kind::array:
        out.push_back('[');
        for (const node& each : tree.items) {
            if (&each != tree.items.data()) out.push_back(',');
            write(each, out);
        }
        out.push_back(']');
        break;
    case node::kind::object:
        out.push_back('{');
        for (const member& each : tree.members) {
            if (&each != tree.members.data()) out.push_back(',');
            out.push_back('"');
            headrace::append_escaped(out, each.name);
            out += "\":";
            write(each.value, out);
        }
        out.push_back('}');
    }
}

std::string escaped(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out.push_back(c);
    }
    return out;
}

bool same_number(const std::string& a, const std::string& b) {
    return a == b || std::strtod(a.c_str(), nullptr) == std::strtod(b.c_str(), nullptr);
}

void compare(const node& a, const node& b, const std::string& at, std::vector<std::string>& out) {
    if (a.is_empty() && b.is_empty()) return;
    if (a.what != b.what) return out.push_back(at);
    switch (a.what) {
    case node::kind::null: break;
    case node::kind::number:
        if (!same_number(a.text, b.text)) out.push_back(at);
        break;
    case node::kind::boolean:
    case node::kind::string:
        if (a.text != b.text) out.push_back(at);
        break;
    case node::kind::array:
        if (a.items.size() != b.items.size()) return out.push_back(at);
        for (std::size_t i = 0; i < a.items.size(); ++i) {
            compare(a.items[i], b.items[i], at + "/" + std::to_string(i), out);
        }
        break;
    case node::kind::object: {
        const node absent;
        for (const auto& [name, value] : a.members) {
            const node* other = b.find(name);
            compare(value, other != nullptr ? *other : absent, at + "/" + escaped(name), out);
        }
        for (const auto& [name, value] : b.members) {
            if (a.find(name) == nullptr && !value.is_empty()) {
                out.push_back(at + "/" + escaped(name));
            }
        }
    }
    }
}

bool is_at_or_below(std::string_view pointer, std::string_view parent) {
    return pointer.starts_with(parent)
           && (pointer.size() == parent.size() || pointer[parent.size()] == '/');
}

void remove_one(node& tree, std::string_view pointer) {
    node* at = &tree;
    while (!pointer.empty()) {
        const auto end = std::min(pointer.find('/', 1), pointer.size());
        const std::string_view step = pointer.substr(1, end - 1);
        pointer.remove_prefix(end);
        if (at->what == node::kind::array) {
            const auto i = static_cast<std::size_t>(std::atoi(std::string(step).c_str()));
            if (i >= at->items.size()) return;
            at = &at->items[i];
            continue;
        }
        const auto found = std::find_if(at->members.begin(), at->members.end(),
                                        [&](const member& m) { return escaped(m.name) == step; });
        if (found == at->members.end()) return;
        if (pointer.empty()) {
            at->members.erase(found);
            return;
        }
        at = &found->value;
    }
}

using visitor = std::function<void(change, const std::string&)>;

// Changes the tree in place, calls, and changes it back.
void mutate_below(node& here, const std::string& at, const visitor& each) {
    for (std::size_t i = 0; i < here.items.size(); ++i) {
        mutate_below(here.items[i], at + "/" + std::to_string(i), each);
    }
    if (here.what != node::kind::object) return;
    for (std::size_t i = 0; i < here.members.size(); ++i) {
        const auto place = here.members.begin() + static_cast<std::ptrdiff_t>(i);
        const std::string pointer = at + "/" + escaped(place->name);
        node kept = std::exchange(place->value, node{});
        each(change::nulled, pointer);
        const std::string name = place->name;
        here.members.erase(place);
        each(change::removed, pointer);
        here.members.insert(here.members.begin() + static_cast<std::ptrdiff_t>(i),
                            {name, std::move(kept)});
        mutate_below(here.members[i].value, pointer, each);
    }
    for (const std::size_t where : {std::size_t{0}, here.members.size()}) {
        const auto place = here.members.begin() + static_cast<std::ptrdiff_t>(where);
        here.members.insert(place, {std::string(added_name),
                                    parse(R"({"a":[1,null,"\u00e9\n"],"Records":[{}],"b":{}})")});
        each(change::added, at + "/" + std::string(added_name));
        here.members.erase(here.members.begin() + static_cast<std::ptrdiff_t>(where));
    }
}

void reorder(node& tree, const std::function<void(std::vector<member>&)>& how) {
    for (node& each : tree.items) reorder(each, how);
    for (member& each : tree.members) reorder(each.value, how);
    how(tree.members);
}

} // namespace

const node* node::find(std::string_view name) const {
    for (std::size_t i = members.size(); i-- > 0;) {
        if (members[i].name == name) return &members[i].value;
    }
    return nullptr;
}

bool node::is_empty() const {
    const auto empty = [](const node& n) { return n.is_empty(); };
    return what == kind::null || (what == kind::array && items.empty())
           || (what == kind::object
               && std::ranges::all_of(members, [&](const member& m) { return empty(m.value); }));
}

node parse(std::string_view json) {
    simdjson::dom::parser parser;
    const simdjson::padded_string padded(json);
    simdjson::dom::element root;
    const auto code = parser.parse(padded).get(root);
    REQUIRE_MESSAGE(code == simdjson::SUCCESS, std::string(json));
    return from_dom(root);
}

std::string to_text(const node& tree) {
    std::string out;
    write(tree, out);
    return out;
}

std::vector<std::string> differences(const node& a, const node& b) {
    std::vector<std::string> out;
    compare(a, b, "", out);
    return out;
}

std::vector<std::string> differences(std::string_view a, std::string_view b,
                                     const std::vector<std::string>& ignored) {
    auto out = differences(parse(a), parse(b));
    std::erase_if(out, [&](const std::string& pointer) {
        return std::ranges::any_of(
            ignored, [&](const std::string& parent) { return is_at_or_below(pointer, parent); });
    });
    return out;
}

void remove(node& tree, const std::vector<std::string>& pointers) {
    for (const auto& each : pointers) remove_one(tree, each);
}

std::string_view to_string(change what) {
    switch (what) {
    case change::removed: return "removed";
    case change::nulled: return "nulled";
    case change::added: return "added";
    case change::reversed: return "reversed";
    case change::shuffled: return "shuffled";
    }
    return "";
}

void mutate(std::string_view json,
            const std::function<void(change, const std::string&, const std::string&)>& each) {
    node tree = parse(json);
    mutate_below(tree, "", [&](change what, const std::string& pointer) {
        each(what, pointer, to_text(tree));
    });
    reorder(tree, [](std::vector<member>& m) { std::ranges::reverse(m); });
    each(change::reversed, "", to_text(tree));
    std::mt19937 random(20261124); // the same order in every run
    for (int i = 0; i < 4; ++i) {
        reorder(tree, [&](std::vector<member>& m) { std::ranges::shuffle(m, random); });
        each(change::shuffled, "", to_text(tree));
    }
}

} // namespace json_tests

using namespace json_tests;

TEST_CASE("texts that differ in order, nulls and empty members say the same") {
    CHECK(differences(R"({"a":1,"b":"x"})", R"({ "b":"x", "a":1.0 })").empty());
    CHECK(differences(R"({"a":null,"b":{},"c":[],"d":{"e":{"f":null}}})", "{}").empty());
    CHECK(differences(R"([{"a":1e2}])", R"([{"a":100,"z":{}}])").empty());
}

TEST_CASE("differences are told by their pointers") {
    using list = std::vector<std::string>;
    CHECK(differences(R"({"a":1})", R"({"a":2})") == list{"/a"});
    CHECK(differences(R"({"a":1})", R"({"a":"1"})") == list{"/a"});
    CHECK(differences(R"({"a":""})", R"({})") == list{"/a"});
    CHECK(differences(R"({"a":{"x/y":[1,2,{"~":3}]}})", R"({"a":{"x/y":[1,2,{"~":4}]}})")
          == list{"/a/x~1y/2/~0"});
    CHECK(differences(R"({"a":[1]})", R"({"a":[1,2]})") == list{"/a"});
    CHECK(differences(R"({})", R"({"a":false})") == list{"/a"});
    CHECK(differences(R"({"a":{"b":1,"c":2}})", R"({})", {"/a"}).empty());
    CHECK(differences(R"({"ab":1})", R"({})", {"/a"}) == list{"/ab"});
}

TEST_CASE("members are removed by their pointers") {
    node tree = parse(R"({"a":{"b":1,"c/d":2},"e":[{"f":3,"g":4}]})");
    remove(tree, {"/a/c~1d", "/e/0/f", "/nothing/there"});
    CHECK(to_text(tree) == R"({"a":{"b":1},"e":[{"g":4}]})");
}

TEST_CASE("mutation changes each member and object once, and gives the text back") {
    std::vector<std::string> seen;
    mutate(R"({"a":[{"b":1}],"c":"x"})",
           [&](change what, const std::string& at, const std::string& json) {
               if (what == change::shuffled) return;
               if (what == change::added) {
                   CHECK(parse(json).is_empty() == false);
                   seen.push_back(std::string(to_string(what)) + " " + at);
               } else {
                   seen.push_back(std::string(to_string(what)) + " " + at + " " + json);
               }
           });
    CHECK(seen
          == std::vector<std::string>{R"(nulled /a {"a":null,"c":"x"})", R"(removed /a {"c":"x"})",
                                      R"(nulled /a/0/b {"a":[{"b":null}],"c":"x"})",
                                      R"(removed /a/0/b {"a":[{}],"c":"x"})", "added /a/0/x-added",
                                      "added /a/0/x-added", R"(nulled /c {"a":[{"b":1}],"c":null})",
                                      R"(removed /c {"a":[{"b":1}]})", "added /x-added",
                                      "added /x-added", R"(reversed  {"c":"x","a":[{"b":1}]})"});
}
