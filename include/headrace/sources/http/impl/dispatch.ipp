// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/http/problem.hpp>
#include <headrace/http/reply.hpp>
#include <headrace/http/request.hpp>
#include <headrace/http/routing.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/routing/dispatch.hpp>
#include <headrace/routing/routing_table.hpp>
#include <headrace/routing/settlement.hpp>
#include <headrace/sources/http/alb.hpp>
#include <headrace/sources/http/furl.hpp>
#include <headrace/sources/http/rest.hpp>
#include <headrace/sources/http/v2.hpp>
#include <headrace/sources/recognise.hpp>

#include <algorithm>
#include <chrono>

namespace headrace::http {

namespace dispatching {

// The status and problem document of a failure, and when to ask again where that is known.
inline response refusal(const outcome& o, const settlement_rule& rule, time_point now) {
    using std::chrono::milliseconds;
    error e = o.error() != nullptr ? *o.error() : error::bug("no reason");
    auto wait = o.after();
    if (o.verdict() == verdict::defer) {
        wait = std::chrono::ceil<milliseconds>(detail::difference(std::max(o.until(), now), now));
    }
    if (rule.timed && wait.count() > 0) e.after = std::max(wait, e.after.value_or(wait));
    if (e.http_status == 0) e.http_status = rule.status;
    return problem(e);
}

// What the outcome says to the client.
inline response to_response(outcome& o, const settlement_rule& rule, time_point now) {
    if (auto* said = o.reply().get_if<response>()) return std::move(*said);
    if (rule.what != settlement::reply) return refusal(o, rule, now);
    if (auto* body = o.reply().get_if<json_reply>()) return json(200, std::move(body->text));
    response nothing;
    nothing.status = 204;
    return nothing;
}

// Routes the request. What goes wrong is an answer too: only a reply that cannot be written fails.
inline outcome route(dispatcher& way, call& c, request& r) {
    c.offer(r);
    if (auto fine = r.check(); !fine) return way.answer(c, fine.error());
    // Without parentheses, which would zero all of it first.
    auto& match = *::new (c.memory().memory().room_for<path_match>(1)) path_match;
    r.set_match(match);
    if (const auto* route = way.find(routed_request{r, match})) return way.run(c, *route);
    if (match.what == path_match::status::not_found && way.routes().fallback() != nullptr) {
        return way.run(c, *way.routes().fallback());
    }
    const auto* const index = way.routes().index(detail::id_of<routed_request>);
    const route_table none;
    const auto& table = index != nullptr ? static_cast<const request_index*>(index)->table() : none;
    return way.answer(c, table.unrouted(match, r.method(), r.target()));
}

// The client cannot help it.
inline outcome undecodable(dispatcher& way, call& c, error e) {
    e.http_status = 500;
    return way.answer(c, e);
}

template <class Event> outcome dispatch(dispatcher& way, call& c, const document& d) {
    // Without parentheses, which would zero all of it first.
    auto& it = *::new (c.memory().memory().room_for<Event>(1)) Event;
    static constexpr request_options unsaid;
    const auto* const said = way.routes().option<request_options>(detail::id_of<request>);
    const auto& options = said != nullptr ? *said : unsaid;
    auto read = read_event(d, c.memory(), it);
    if (!read && options.undecodable == when_undecodable::fail) {
        return way.answer(c, read.error());
    }
    auto& r = *c.memory().memory().make<request>(it, c.memory(), options);
    if (read) c.offer(it);
    outcome o = read ? route(way, c, r) : undecodable(way, c, std::move(read).error());
    const auto& rule = way.settle(Event::about.family, end_of(o));
    json_reply reply{c.memory().take_text()};
    // What most handlers return; the outcome goes on with the reply in the place of its JSON.
    if (auto* json = o.reply().get_if<json_reply>();
        json != nullptr && o.verdict() == verdict::ok && rule.what == settlement::reply
        && write_json_reply(reply.text, json->text, r.reply_form(), r.method())) {
        c.memory().give_back(std::exchange(json->text, std::move(reply.text)));
        return o;
    }
    auto written = write_reply(reply.text, to_response(o, rule, c.context().world->clock.now()),
                               r.reply_form(), r.method());
    if (!written) {
        // The client gets a plain 500; what was wrong with the handler's response is logged.
        way.log_failure(c, outcome(written.error()));
        written = write_reply(reply.text, problem(written.error()), r.reply_form(), r.method());
        if (!written) {
            o = outcome(std::move(written).error());
            return o;
        }
    }
    o = outcome(std::move(reply));
    return o;
}

} // namespace dispatching

std::span<const source_operations> routed_request::arrives_in() noexcept {
    static constexpr source_operations all[] = {
        operations_of<rest::event>, operations_of<v2::event>, operations_of<furl::event>,
        operations_of<alb::event>};
    return all;
}

outcome rest::event::dispatch(dispatcher& way, call& c, const document& d) {
    return dispatching::dispatch<event>(way, c, d);
}
outcome v2::event::dispatch(dispatcher& way, call& c, const document& d) {
    return dispatching::dispatch<event>(way, c, d);
}
outcome furl::event::dispatch(dispatcher& way, call& c, const document& d) {
    return dispatching::dispatch<event>(way, c, d);
}
outcome alb::event::dispatch(dispatcher& way, call& c, const document& d) {
    return dispatching::dispatch<event>(way, c, d);
}

} // namespace headrace::http
