// SPDX-License-Identifier: BSL-1.0
#include "servers.hpp"

#include <headrace/net/detail/authorities.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

using headrace::detail::more_authorities;

TEST_CASE("another distribution's authorities are read where OpenSSL's own are missing") {
    const servers::folder here;
    const auto file = [&](const std::string& name) {
        std::ofstream(here.file(name)) << "PEM";
        return here.file(name);
    };
    const auto folder = [&](const std::string& name) {
        std::filesystem::create_directory(here.file(name));
        return here.file(name);
    };
    const auto own_file = file("cert.pem");
    const auto hashed = folder("hashed");
    file("hashed/002c0b4f.0");
    const auto bundles = folder("bundles"); // as in /etc/ssl/certs of Amazon Linux
    for (const auto* const name : {"ca-bundle.crt", "002c0b4f", "002c0b4g.0", "02c0b4f.0"}) {
        file(std::string("bundles/") + name);
    }
    const auto none = here.file("none");
    const auto fedora = file("ca-bundle.crt");
    const auto debian = file("ca-certificates.crt");
    std::filesystem::create_symlink(none, here.file("dangling"));

    struct row {
        std::string file;
        std::string folder;
        std::vector<std::string> elsewhere;
        std::string found;
    };
    const row rows[] = {
        {own_file, none, {fedora}, ""},
        {none, hashed, {fedora}, ""},
        {none, bundles, {fedora, debian}, fedora},
        {none, none, {debian, fedora}, debian},
        {none, none, {none, debian, fedora}, debian},
        {none, none, {here.file("dangling"), bundles, fedora}, fedora},
        {"", "", {fedora}, fedora},
        {none, none, {none}, ""},
        {none, none, {}, ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.file);
        CAPTURE(row.folder);
        const std::vector<std::string_view> elsewhere(row.elsewhere.begin(), row.elsewhere.end());
        CHECK(more_authorities(row.file, row.folder, elsewhere) == row.found);
    }
}
