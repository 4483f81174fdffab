// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/http/problem.hpp>
#include <headrace/http/response.hpp>
#include <headrace/routing/detail/attempt.hpp>

#include <utility>

namespace headrace::http {

response::operator outcome() && {
    if (is_failure(status)) [[unlikely]] {
        auto why = failure_of(*this);
        const auto until = retry_date(*this).value_or(time_point());
        return outcome::failed(std::move(*this), std::move(why), until);
    }
    outcome fine;
    fine.set_reply(std::move(*this));
    return fine;
}

response::operator outcome() const& { return response(*this); }

std::optional<detail::failed_value> failure_in(const response& r) {
    if (!is_failure(r.status)) return std::nullopt;
    return detail::failed_value{failure_of(r), retry_date(r)};
}

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
