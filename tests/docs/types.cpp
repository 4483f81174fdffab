// SPDX-License-Identifier: BSL-1.0
// The code of docs/howto/types.md.
#include <headrace/json/codec.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/json/text.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;

namespace {

struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    std::vector<std::string> notes;
    static void wire(auto& self, auto&& field) { // a list, not code: it may run several times
        field("id", self.id).required();
        field("customer", self.customer);
        field("notes", self.notes);
    }
};

struct money {
    std::string text;
};

} // namespace

enum class parcel { small, large };
template <>
inline constexpr auto headrace::enum_names<parcel> =
    std::array{enum_name{parcel::small, "S"}, enum_name{parcel::large, "L"}};

template <> struct headrace::codec<money> {
    static bool read(reader& r, money& out) {
        const auto* where = r.position();
        std::string_view text;
        if (!r.string(text)) return false;
        const auto dot = text.find('.');
        if (dot == std::string_view::npos || text.size() != dot + 3) {
            return r.fail(errc::bad_value, where, "an amount such as 12.90");
        }
        out.text = text;
        return true;
    }
    static void write(writer& w, const money& m) { w.string(m.text); }
};

TEST_CASE("types.md: reading and writing") {
    const auto made = decode<order>(R"({"id":17,"customer":"Ada","extra":true})");
    CHECK((*made)->customer == "Ada");
    CHECK(encode(**made) == R"({"id":17,"customer":"Ada","notes":[]})");
    const auto bad = decode<order>(R"({"id":17,"notes":["a","b",3]})");
    CHECK(describe(bad.error()) == "/notes/2: expected a string");
}

TEST_CASE("types.md: a list as a value") {
    struct point {
        int x = 0;
        int y = 0;
        static constexpr auto wire() {
            return fields(field("x", &point::x).required(), field("y", &point::y));
        }
    };
    const auto made = decode<point>(R"({"x":1})");
    CHECK((*made)->x == 1);
    CHECK(decode<point>(R"({"y":1})").error().code == errc::missing);
}

TEST_CASE("types.md: enumerations") {
    const auto made = decode<parcel>(R"("L")");
    CHECK(**made == parcel::large);
    CHECK(decode<parcel>(R"("XL")").error().code == errc::bad_value);
    const auto open = decode<open_enum<parcel>>(R"("XL")");
    CHECK((*open)->text() == "XL");
}

TEST_CASE("types.md: a form of one's own") {
    const auto made = decode<std::vector<money>>(R"(["12.90",null])");
    CHECK((*made)->front().text == "12.90");
    CHECK(encode(**made) == R"(["12.90",""])");
    CHECK(describe(decode<std::vector<money>>(R"(["12.9"])").error())
          == "/0: expected an amount such as 12.90");
}
