// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/caught.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/testing/detail/simulation.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace headrace::testing::simulated {

// ---- its platform -------------------------------------------------------------------------------

time_point process::now() const noexcept { return world_.time.now(); }
std::chrono::nanoseconds process::steady() const noexcept { return world_.time.steady(); }

bool process::sleep_until(time_point until, std::stop_token stop) {
    if (!alive_) {
        refuse();
        return false;
    }
    const bool whole = world_.time.sleep_until(until, std::move(stop));
    return whole && alive_;
}

std::unique_ptr<executor::task> process::start(job work) {
    return world_.time.start(std::move(work));
}

std::uint64_t process::next() { return world_.app_numbers.next(); }

std::optional<std::string> process::get(std::string_view name) const {
    if (name == "AWS_LAMBDA_FUNCTION_NAME") return function_.name;
    return std::nullopt;
}

void process::line(std::string_view text) noexcept {
    if (!alive_ || current_ == nullptr) return;
    const auto message = text.find("\"message\":");
    const auto shown = message == text.npos ? text : text.substr(message);
    world_.tell(*current_, "    log: " + std::string(shown));
    const bool counts = text.find(R"("level":"WARN")") != text.npos
                        || text.find(R"("level":"ERROR")") != text.npos
                        || text.find(R"("level":"FATAL")") != text.npos;
    if (counts) current_->lines.emplace_back(text);
}

void process::refuse() {
    // A loop that never ends unless its calls do would never let the simulation go on.
    constexpr unsigned patience = 10'000;
    if (++refused_ > patience) throw std::runtime_error("the process has been dead for long");
}

std::chrono::milliseconds process::limit() const noexcept { return function_.options.timeout; }

// ---- an invocation ------------------------------------------------------------------------------

void process::begin(invocation& in) {
    current_ = &in;
    in.where = this;
    in.task = world_.time.start([this, &in] {
        world_.time.carried() = {this, nullptr};
        work(in);
    });
}

void process::work(invocation& in) {
    const logger out(*this, *this, function_.options.log);
    context ctx(platform_, out.with_ids(in.request_id, {}));
    ctx.request_id = in.request_id;
    ctx.function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:simulated";
    ctx.deadline = detail::later(in.began, function_.options.timeout);
    ctx.cold_start = app_ == nullptr;
    ctx.watch = this;
    reply_bytes reply = handle_or_catch(in, ctx);
    if (alive_) {
        in.end = invocation::ending::replied;
        in.replied = now();
        in.reply = std::move(reply);
        const auto& e = in.reply.function_error;
        world_.tell(in, name_ + (e ? " fails: " + e->message : " replies " + in.reply.text));
    }
    memory_.reset();
    current_ = nullptr;
    in.actor_ended = true;
    world_.ring();
}

reply_bytes process::handle_or_catch(invocation& in, context& ctx) {
    // As the runtime loop does it.
    try {
        return handle(in, ctx);
    } catch (...) {
        error why = headrace::detail::caught_error();
        ctx.log.error("the invocation failed", "errorMessage", why.message);
        return {.text = {}, .function_error = std::move(why)};
    }
}

reply_bytes process::handle(invocation& in, context& ctx) {
    if (app_ == nullptr) {
        auto made = function_.make();
        if (auto started = made->start(platform_); !started) {
            ctx.log.error("the program could not start", "errorMessage", started.error().message);
            return {.text = {}, .function_error = std::move(started).error()};
        }
        app_ = std::move(made);
        in.lines.clear(); // what a start has to say explains no failure
    }
    auto room = memory_.input(in.payload.size());
    if (!room) return {.text = {}, .function_error = std::move(room).error()};
    std::memcpy(*room, in.payload.data(), in.payload.size());
    return app_->handle(memory_, {*room, in.payload.size()}, ctx);
}

void process::die(invocation::ending how, std::string_view why) {
    if (!alive_) return;
    alive_ = false;
    if (current_ != nullptr && current_->end == invocation::ending::none) {
        current_->end = how;
        world_.tell(*current_, name_ + " " + std::string(why));
    }
    world_.time.wake(this);
    world_.ring();
}

// ---- its records --------------------------------------------------------------------------------

attempt* process::attempt_of(const call& c) {
    if (current_->from == &function_) return &current_->attempts.front();
    // The record that was delivered is around whatever was inside of it.
    std::string_view id = c.record_id();
    for (const call* at = &c; at != nullptr && at->item() != nullptr; at = at->outer()) {
        if (!at->item()->id.empty()) id = at->item()->id;
    }
    return current_->find(id);
}

void process::boundary() {
    if (!alive_) return;
    world_.time.yield();
    if (!alive_ || !world_.faults.crashes || !world_.one_in(4) || !world_.strikes()) return;
    die(invocation::ending::crashed, "crashes between two records");
}

void process::began(const call& c) {
    if (!alive_ || current_ == nullptr) return;
    if (attempt* const a = attempt_of(c)) {
        ++a->begun;
        world_.time.carried().work = a->of;
        world_.tell(*a->of, name_ + " begins " + a->of->id);
        current_->from->check_order(*current_, *a);
    }
    boundary();
}

void process::ended(const call& c, const outcome& o) {
    if (!alive_ || current_ == nullptr) return;
    if (attempt* const a = attempt_of(c)) {
        ++a->ended;
        const parcel& p = *a->of;
        std::string text = name_ + " ends " + p.id + ": " + std::string(to_string(o.verdict()));
        if (o.parked()) text += ", parked";
        if (!o.acknowledges()) {
            a->acknowledges = false;
            a->why = std::string(to_string(o.verdict()));
            if (o.error() != nullptr) a->why += ": " + o.error()->message;
            if (o.error() != nullptr) text += ", " + o.error()->message;
        }
        world_.tell(p, std::move(text));
        const auto names_it = [&](const std::string& line) {
            return c.record_id().empty()
                   || line.find('"' + std::string(c.record_id()) + '"') != line.npos;
        };
        if (o.error() != nullptr
            && std::none_of(current_->lines.begin(), current_->lines.end(), names_it)) {
            world_.accuse(&p, p.id + " failed, and the log does not say why");
        }
    }
    boundary();
    world_.time.carried().work = nullptr;
}

attempt* invocation::find(std::string_view id) noexcept {
    for (auto& a : attempts) {
        if (a.of->id == id) return &a;
    }
    return nullptr;
}

std::vector<std::size_t> invocation::records() const {
    std::vector<std::size_t> out;
    out.reserve(attempts.size());
    for (const auto& a : attempts) out.push_back(a.of->number);
    return out;
}

} // namespace headrace::testing::simulated
