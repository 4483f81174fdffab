// SPDX-License-Identifier: BSL-1.0
#include <headrace/base/detail/authority.hpp>

#include <doctest/doctest.h>

using namespace headrace::detail;

TEST_CASE("an authority is a host with or without a port, or says what is wrong") {
    struct row {
        std::string_view text;
        std::string_view host;
        std::string_view port;
        std::string_view wrong;
    };
    const row rows[] = {
        {"localhost", "localhost", "", ""},
        {"localhost:8000", "localhost", "8000", ""},
        {"127.0.0.1:1", "127.0.0.1", "1", ""},
        {"h:65535", "h", "65535", ""},
        {"h:0080", "h", "0080", ""},
        {"[::1]", "::1", "", ""},
        {"[fd00:ec2::23]:443", "fd00:ec2::23", "443", ""},
        {"[::1", "", "", "has a [ without its ]"},
        {"", "", "", "has no host"},
        {":80", "", "", "has no host"},
        {"[]:80", "", "", "has no host"},
        {"h:", "h", "", "has a bad port"},
        {"h:0", "h", "0", "has a bad port"},
        {"h:65536", "h", "65536", "has a bad port"},
        {"h:4294967376", "h", "4294967376", "has a bad port"}, // 80 in 32 bits
        {"h:8x", "h", "8x", "has a bad port"},
        {"h:+80", "h", "+80", "has a bad port"},
        {"::1", "", "", "has no host"},
        {"fd00::1", "fd00", ":1", "has a bad port"},
        {"[::1]80", "::1", "0", "has a bad port"},
    };
    for (const auto& [text, host, port, wrong] : rows) {
        CAPTURE(text);
        const auto got = read_authority(text);
        CHECK(got.host == host);
        CHECK(got.port == port);
        CHECK((got.wrong == nullptr ? "" : std::string_view(got.wrong)) == wrong);
    }
}
