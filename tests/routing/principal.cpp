// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/decode.hpp>
#include <headrace/routing/principal.hpp>

#include <doctest/doctest.h>

using namespace headrace;

TEST_CASE("nobody has no id, and who differs in anything is somebody else") {
    CHECK_FALSE(principal());
    CHECK_FALSE(principal{"iam", ""});
    CHECK(principal{"api_key", "k1"});
    const principal ada{"jwt", "ada", "https://id.example.com"};
    CHECK(ada == principal{"jwt", "ada", "https://id.example.com"});
    CHECK(ada != principal{"jwt", "ada", "https://id.example.org"});
    CHECK(ada != principal{"jwt", "bob", "https://id.example.com"});
    CHECK(ada != principal{"jwt_client", "ada", "https://id.example.com"});
}

TEST_CASE("a principal can be written, to be a part of a key or of a reply") {
    CHECK(encode(principal{"api_key", "k1"}) == R"({"kind":"api_key","id":"k1"})");
    const auto read = decode<principal>(R"({"kind":"jwt","id":"ada","issuer":"i"})");
    REQUIRE(read);
    CHECK(**read == principal{"jwt", "ada", "i"});
}
