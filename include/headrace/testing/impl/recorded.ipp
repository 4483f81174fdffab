// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/base/result.hpp>
#include <headrace/sources/catalogue.hpp>
#include <headrace/testing/recorded.hpp>

#include <string>

namespace headrace::testing {

std::string_view recorded(std::string_view name) {
    std::string known;
    for (const auto& source : catalogue()) {
        for (const auto& each : source.samples()) {
            if (each.name == name) return each.json;
            known.append(known.empty() ? "" : ", ").append(each.name);
        }
    }
    throw_failure(error::invalid(
        detail::format<"there is no sample event '{}'; there are: {}">(name, known)));
}

} // namespace headrace::testing
