// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/codec.hpp>
#include <headrace/routing/extract.hpp>
#include <headrace/sources/sqs.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace headrace;

namespace {

struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer);
    }
};

struct ledger {
    int entries = 0;
};
struct mail {};

struct unknown {};

} // namespace

// A specialisation of the user's own.
struct user {
    std::string name;
};
template <> struct headrace::extract<user> {
    static result<user> from(call& c) {
        if (c.source().empty()) return error::unauthorised("nobody asks");
        return user{std::string(c.source())};
    }
    static void needs(requirements& r) { r.dependency<const mail>(); }
};
struct wrong {};
template <> struct headrace::extract<wrong> {
    static wrong from(call&) { return {}; } // not a result
};

static_assert(extractor<user> && extractor<body<order>> && extractor<body<std::string_view>>);
static_assert(extractor<body<raw_json>> && extractor<body<std::vector<int>>>);
static_assert(extractor<body<std::map<std::string, int>>>);
static_assert(extractor<deps<ledger&>> && extractor<deps<ledger&, const mail&>>);
static_assert(!extractor<int> && !extractor<std::string> && !extractor<unknown>);
static_assert(!extractor<wrong> && !extractor<body<unknown>>);

// ---- body -------------------------------------------------------------------------------------

TEST_CASE("body<T> decodes the record's body, which T borrows from") {
    fakes::world w;
    const std::string json = R"({"id":17,"customer":"Ada"})";
    w.call.found().body = raw_json(json);
    const auto made = extract<body<order>>::from(w.call);
    REQUIRE(made);
    CHECK((*made)->id == 17);
    CHECK((**made).customer == "Ada");
    CHECK(made->value.customer == "Ada");
}

TEST_CASE("body<std::string_view> is the text itself, body<raw_json> only what is JSON") {
    struct row {
        std::string_view text;
        bool json;
    };
    fakes::world w;
    for (const auto& [text, json] :
         {row{R"({"id":17})", true}, {"a plain text", false}, {" ", false}, {"{", false}}) {
        CAPTURE(text);
        w.call.found().body = raw_json(text);
        CHECK(**extract<body<std::string_view>>::from(w.call) == text);
        const auto raw = extract<body<raw_json>>::from(w.call);
        CHECK(raw.has_value() == json);
        CHECK((!raw || (*raw)->text() == text));
    }
}

TEST_CASE("a body that is no T is malformed, and the error names the place") {
    struct row {
        std::string_view text;
        errc code;
        std::string_view pointer;
    };
    const row rows[] = {
        {R"({"id":"17"})", errc::wrong_kind, "/id"},
        {R"({"customer":"Ada"})", errc::missing, "/id"},
        {R"({"id":-1})", errc::out_of_range, "/id"},
        {R"([])", errc::wrong_kind, ""},
        {R"({"id":17)", errc::syntax, "/id"},
        {"plain text", errc::syntax, ""},
        {"", errc::missing, ""},
    };
    for (const auto& [text, code, pointer] : rows) {
        CAPTURE(text);
        fakes::world w;
        w.call.found().body = raw_json(text);
        const auto made = extract<body<order>>::from(w.call);
        REQUIRE(!made);
        CHECK(made.error().kind == error_class::malformed);
        CHECK(to_string(made.error().code) == to_string(code));
        CHECK(made.error().pointer == pointer);
        CHECK(made.error().message.find("Ada") == std::string::npos);
    }
}

TEST_CASE("a record inside another one has its own body, or else the outer one's") {
    fakes::world w;
    w.call.found().body = raw_json("[1]");
    call inner(call::inside{w.call});
    CHECK((*extract<body<std::vector<int>>>::from(inner)).value == std::vector{1});
    inner.found().body = raw_json("[2,3]");
    CHECK((*extract<body<std::vector<int>>>::from(inner)).value == std::vector{2, 3});
    CHECK((*extract<body<std::vector<int>>>::from(w.call)).value == std::vector{1});
}

// ---- deps -------------------------------------------------------------------------------------

TEST_CASE("deps hands out the objects of the app themselves") {
    fakes::world w;
    ledger books;
    mail post;
    w.objects.add(dependencies::entry_for(books));
    w.objects.add(dependencies::entry_for(post));
    const auto one = extract<deps<ledger&>>::from(w.call);
    REQUIRE(one);
    (*one)->entries = 3;
    (**one).entries += 1;
    CHECK(books.entries == 4);
    const auto both = extract<deps<mail&, const ledger&>>::from(w.call);
    REQUIRE(both);
    CHECK(&both->get<mail>() == &post);
    CHECK(&both->get<const ledger>() == &books);
    static_assert(std::same_as<decltype(**one), ledger&>);
}

TEST_CASE("an object given as const is handed out as const only") {
    fakes::world w;
    const ledger books{7};
    w.objects.add(dependencies::entry_for(books));
    REQUIRE(extract<deps<const ledger&>>::from(w.call));
    CHECK((*extract<deps<const ledger&>>::from(w.call))->entries == 7);
    CHECK(w.call.dependency<const ledger>() == &books);
    CHECK(w.call.dependency<ledger>() == nullptr);
    const auto made = extract<deps<ledger&>>::from(w.call);
    REQUIRE(!made);
    CHECK(made.error().kind == error_class::bug);
}

TEST_CASE("one missing object is enough to fail") {
    fakes::world w;
    ledger books;
    w.objects.add(dependencies::entry_for(books));
    CHECK(!extract<deps<ledger&, mail&>>::from(w.call));
    CHECK(!extract<deps<mail&>>::from(w.call));
}

TEST_CASE("a dependency that may be missing is a pointer") {
    fakes::world w;
    ledger books;
    const auto without = extract<deps<ledger*>>::from(w.call);
    REQUIRE(without);
    CHECK(!*without);
    const auto some = extract<deps<mail*, const ledger*>>::from(w.call);
    REQUIRE(some);
    CHECK(some->get<mail>() == nullptr);
    CHECK(some->get<const ledger>() == nullptr);
    w.objects.add(dependencies::entry_for(books));
    const auto with = extract<deps<ledger*>>::from(w.call);
    REQUIRE(with);
    REQUIRE(*with);
    (*with)->entries = 5;
    CHECK(&**with == &books);
    const auto mixed = extract<deps<ledger&, mail*>>::from(w.call);
    REQUIRE(mixed);
    CHECK(mixed->get<ledger>().entries == 5);
    static_assert(std::same_as<decltype(mixed->get<ledger>()), ledger&>);
    static_assert(std::same_as<decltype(mixed->get<mail>()), mail*>);
    static_assert(!std::constructible_from<bool, deps<ledger&>>);
}

TEST_CASE("two objects of one type are told apart by a key") {
    fakes::world w;
    ledger books{1};
    ledger audit{2};
    const ledger archive{3};
    w.objects.add(dependencies::entry_for(audit, "audit"));
    CHECK(!extract<deps<ledger&>>::from(w.call)); // one with a key has no other name
    w.objects.add(dependencies::entry_for(books));
    w.objects.add(dependencies::entry_for(archive, "archive"));
    const auto made =
        extract<deps<ledger&, keyed<"audit", ledger&>, keyed<"archive", const ledger*>,
                     keyed<"none", ledger*>>>::from(w.call);
    REQUIRE(made);
    CHECK(&made->get<ledger>() == &books);
    CHECK(&made->get<"audit">() == &audit);
    CHECK(made->get<"archive">() == &archive);
    CHECK(made->get<"none">() == nullptr);
    CHECK((*extract<deps<keyed<"audit", const ledger&>>>::from(w.call))->entries == 2);
    CHECK(!extract<deps<keyed<"archive", ledger&>>>::from(w.call)); // given as const
    CHECK(!extract<deps<keyed<"none", ledger&>>>::from(w.call));
    CHECK(w.call.dependency<ledger>("audit") == &audit);
    static_assert(std::same_as<decltype(made->get<"archive">()), const ledger*>);
}

// ---- what is needed ---------------------------------------------------------------------------

TEST_CASE("an extractor says what build() has to check") {
    requirements r;
    extract<deps<ledger&, const mail&>>::needs(r);
    extract<user>::needs(r);
    r.path_parameter("id");
    REQUIRE(r.all().size() == 4);
    CHECK(r.all()[0].type == detail::id_of<ledger>);
    CHECK(r.all()[1].type == detail::id_of<const mail>);
    CHECK(r.all()[2].type == detail::id_of<const mail>);
    CHECK(r.all()[3].name == "id");
    CHECK(r.all()[3].kind == requirements::need::what::path_parameter);
}

TEST_CASE("only what must be there is a need, and its text is the handler's word for it") {
    requirements r;
    extract<deps<mail*, keyed<"audit", ledger&>, keyed<"archive", ledger*>>>::needs(r);
    extract<deps<const mail&>>::needs(r);
    r.path_parameter("id");
    r.path_parameter("line", "place");
    REQUIRE(r.all().size() == 4);
    CHECK(r.all()[0].key == "audit");
    CHECK(r.all()[0].text().starts_with("deps<keyed<\"audit\", "));
    CHECK(r.all()[0].text().ends_with("ledger&>>"));
    CHECK(r.all()[1].text().starts_with("deps<const "));
    CHECK(r.all()[1].text().ends_with("mail&>"));
    CHECK(r.all()[2].text() == "http::path<\"id\">");
    CHECK(r.all()[3].text() == "http::path_of<place> with \"line\"");
}

TEST_CASE("a specialisation of the user's own makes its type") {
    fakes::world w;
    CHECK(extract<user>::from(w.call).error().kind == error_class::unauthorised);
    w.call.found().source = &sqs::event::about;
    CHECK(extract<user>::from(w.call)->name == "sqs");
}
