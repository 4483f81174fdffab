// SPDX-License-Identifier: BSL-1.0
// With headrace::headrace alone headrace::main is headrace::run, which wants a Runtime API.
#include <headrace/app.hpp>
#include <headrace/base/version.hpp>
#include <headrace/main.hpp>
#include <headrace/sources/sqs.hpp>

int main(int argc, char** argv) {
    headrace::app shop;
    shop.on(headrace::sqs::queue("orders"), [](const headrace::sqs::message&) {});
    const bool served = headrace::main(shop, argc, argv) == 0;
    return !served && headrace::library_version() == headrace::version_text ? 0 : 1;
}
