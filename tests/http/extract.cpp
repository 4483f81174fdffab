// SPDX-License-Identifier: BSL-1.0
#include <headrace/app.hpp>
#include <headrace/http/extract.hpp>
#include <headrace/http/routing.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/invoke.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using namespace headrace;

TEST_CASE("a piece of a request has a name of its own beside std::filesystem's") {
    using namespace std::filesystem;
    app files;
    files.on(http::get("/files/{name}"),
             [](http::path<"name"> name) { return path(*name).extension().string(); });
    CHECK(testing::invoke(files, testing::get("/files/today.csv")).body() == ".csv");
}
