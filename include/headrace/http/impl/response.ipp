// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/http/response.hpp>

namespace headrace::http {

response text(std::uint16_t status, std::string body) {
    response r;
    r.status = status;
    r.body = std::move(body);
    r.header("content-type", "text/plain; charset=utf-8");
    return r;
}

response json(std::uint16_t status, std::string body) {
    response r;
    r.status = status;
    r.body = std::move(body);
    r.header("content-type", "application/json");
    return r;
}

} // namespace headrace::http
