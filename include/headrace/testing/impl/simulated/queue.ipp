// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/detail/simulation.hpp>

#include <algorithm>
#include <utility>

namespace headrace::testing::simulated {

queue::queue(std::unique_ptr<state> s) : state_(std::move(s)) {}
queue::~queue() = default;

queue& queue::send(std::string body, std::string group) {
    if (state_->options.fifo && group.empty()) group = "group";
    state_->arrive(std::move(body), std::move(group));
    return *this;
}

queue& queue::feeds(function& f, polling how) {
    state_->how = how;
    if (state_->target == nullptr) state_->in.sources.push_back(state_.get());
    state_->target = &f.internals();
    return *this;
}

sqs::visibility_client& queue::visibility() noexcept { return *state_; }

queue& queue::dead_letters_to(queue& other) {
    state_->dead = &other;
    return *this;
}

std::span<const kept_message> queue::dead_letters() const {
    if (state_->dead == nullptr) return {};
    return state_->dead->messages();
}

std::span<const kept_message> queue::messages() const { return state_->kept(); }

queue::state::state(world& w, queue_options o) : in(w), options(std::move(o)) {
    if (options.fifo) options.name += ".fifo";
}

parcel& queue::state::arrive(std::string body, std::string group, std::string id,
                             std::vector<std::string> tries) {
    ++sent;
    if (id.empty()) id = detail::format<"{}-{}">(options.name, sent);
    parcel& p = in.new_parcel(std::move(id), std::move(body), std::move(group));
    p.tries = std::move(tries);
    p.receives = 0;
    p.due = p.sent + std::chrono::milliseconds(in.below(20));
    waiting.push_back(&p);
    in.tell(p, detail::format<"{} arrives in {}{}{}">(p.id, options.name,
                                                      p.group.empty() ? "" : ", group ", p.group));
    return p;
}

std::span<const kept_message> queue::state::kept() const {
    auto& out = shown_.emplace_back();
    for (const parcel* p : waiting) out.push_back({p->id, p->body, p->group, p->tries});
    return out;
}

bool queue::state::at_rest() const { return waiting.empty(); }
bool queue::state::has_due() const { return !deliverable().empty(); }

std::optional<time_point> queue::state::next_due() const {
    std::optional<time_point> next;
    for (const parcel* p : waiting) {
        if (p->due > in.time.now() && (!next || p->due < *next)) next = p->due;
    }
    return next;
}

// A FIFO queue delivers nothing of a group of which something is in flight or not there yet.
std::vector<parcel*> queue::state::deliverable() const {
    const auto now = in.time.now();
    std::vector<parcel*> out;
    std::vector<std::string_view> blocked;
    for (parcel* p : waiting) {
        if (options.fifo && std::find(blocked.begin(), blocked.end(), p->group) != blocked.end()) {
            continue;
        }
        if (p->due <= now) {
            out.push_back(p);
        } else {
            blocked.push_back(p->group);
        }
    }
    if (!options.fifo) return out;
    // What is in flight may stand behind what has come back.
    for (const parcel* p : waiting) {
        if (p->due <= now || p->receives == 0) continue;
        std::erase_if(out, [&](const parcel* o) { return o->group == p->group; });
    }
    return out;
}

std::vector<parcel*> queue::state::draw(std::vector<parcel*> from) {
    const auto most = std::min(how.batch, from.size());
    const auto wanted = in.one_in(2) ? most : 1 + in.below(most);
    std::vector<parcel*> out;
    while (out.size() < wanted) {
        auto at = from.begin() + static_cast<std::ptrdiff_t>(in.below(from.size()));
        if (options.fifo) {
            at = std::find_if(from.begin(), from.end(),
                              [&](const parcel* p) { return p->group == (*at)->group; });
        }
        out.push_back(*at);
        from.erase(at);
    }
    return out;
}

bool queue::state::take(invocation& into) {
    give_up_overdue();
    auto from = deliverable();
    if (from.empty()) return false;
    sqs_batch event(options.name);
    for (parcel* p : draw(std::move(from))) {
        receive(*p, into);
        event.message({.body = p->body,
                       .id = p->id,
                       .group = p->group,
                       .deliveries = p->receives,
                       .sent = p->sent});
    }
    into.payload = event.json();
    return true;
}

void queue::state::receive(parcel& p, invocation& into) {
    const auto now = in.time.now();
    ++p.receives;
    p.tries.emplace_back();
    p.due = detail::later(now, options.visibility);
    auto& a = into.attempts.emplace_back();
    a.of = &p;
    a.try_index = p.tries.size() - 1;
    a.until = p.due;
    if (options.fifo || !in.strikes(in.faults.duplicates)) return;
    p.due = now + std::chrono::milliseconds(1 + in.below(2'000));
    in.tell(p, detail::format<"{} will deliver {} twice">(options.name, p.id));
}

void queue::state::give_up_overdue() {
    for (parcel* p : deliverable()) {
        if (options.most_receives != 0 && p->receives >= options.most_receives) {
            dead_letter(*p);
        } else if (in.time.now() - p->sent >= headrace::detail::length_of(options.retention)) {
            remove(*p);
            in.finish(*p, parcel::fate::lost,
                      detail::format<"{} was in {} for too long">(p->id, options.name));
        }
    }
}

void queue::state::dead_letter(parcel& p) {
    if (dead == nullptr) {
        auto o = options;
        o.name = (options.fifo ? o.name.substr(0, o.name.size() - 5) : o.name) + "-dead";
        dead =
            in.queues.emplace_back(std::make_unique<queue>(std::make_unique<state>(in, o))).get();
    }
    for (std::size_t i = 0; i < p.tries.size(); ++i) {
        if (p.tries[i].empty()) p.tries[i] = "it is still being handled";
        if (p.tries[i] != unexplained) continue;
        in.accuse(&p, detail::format<"{} is dead-lettered, and nothing explains its {} delivery">(
                          p.id, ordinal(i + 1)));
    }
    remove(p);
    in.finish(p, parcel::fate::dead_lettered,
              detail::format<"{} is dead-lettered after {} deliveries: {}">(p.id, p.receives,
                                                                            p.tries.back()));
    dead->internals().arrive(p.body, p.group, p.id, p.tries);
}

void queue::state::check_order(const invocation& i, const attempt& a) {
    if (!options.fifo) return;
    for (const parcel* p : waiting) {
        if (p->number >= a.of->number) return;
        if (p->group != a.of->group) continue;
        const auto done = std::any_of(i.attempts.begin(), i.attempts.end(),
                                      [&](const attempt& b) { return b.of == p && b.succeeded(); });
        if (done) continue;
        in.accuse(a.of, detail::format<"{} begins before {} of its group has succeeded">(a.of->id,
                                                                                         p->id));
        return;
    }
}

void queue::state::settle(invocation& i) {
    const auto said = read_reply(in, i);
    judge(in, i, said, options.fifo);
    for (std::size_t at = 0; at < i.attempts.size(); ++at) {
        attempt& a = i.attempts[at];
        if (!said.failed[at]) {
            acknowledge(a);
        } else {
            a.of->tries[a.try_index] = a.why;
            in.tell(*a.of, detail::format<"{} stays in {}: {}">(a.of->id, options.name, a.why));
        }
    }
}

void queue::state::acknowledge(attempt& a) {
    parcel& p = *a.of;
    if (p.now != parcel::fate::underway) return; // deleted twice, or dead-lettered meanwhile
    if (options.fifo && in.time.now() >= a.until) {
        p.tries[a.try_index] = "it succeeded when its visibility was over";
        in.tell(p, p.id + " cannot be deleted: its visibility is over");
        return;
    }
    remove(p);
    in.finish(p, parcel::fate::acknowledged, p.id + " is deleted");
}

result<void> queue::state::change_visibility(std::span<const sqs::visibility_change> changes) {
    constexpr std::string_view what = "change the visibility of messages";
    if (auto lives = in.before_effect(what); !lives) return lives;
    for (const auto& each : changes) {
        const auto found = std::find_if(waiting.begin(), waiting.end(),
                                        [&](const parcel* p) { return p->id == each.message_id; });
        if (found == waiting.end()) continue;
        (*found)->due = detail::later(in.time.now(), each.timeout);
        in.tell(**found, detail::format<"{} is to come back after {} s">((*found)->id,
                                                                         each.timeout.count()));
    }
    return in.after_effect(what);
}

// ---- topics -------------------------------------------------------------------------------------

struct topic::state {
    world& in;
    std::string name;
    struct subscriber {
        function* target;
        queue* to;
        bool raw;
    };
    std::vector<subscriber> subscribers;
    std::size_t published = 0;
};

std::unique_ptr<topic> make_topic(world& in, std::string name) {
    return std::make_unique<topic>(
        std::make_unique<topic::state>(topic::state{in, std::move(name), {}}));
}

topic::topic(std::unique_ptr<state> s) : state_(std::move(s)) {}
topic::~topic() = default;

topic& topic::feeds(function& f) {
    state_->subscribers.push_back({&f, nullptr, false});
    return *this;
}

topic& topic::feeds(queue& q, bool raw) {
    state_->subscribers.push_back({nullptr, &q, raw});
    return *this;
}

topic& topic::publish(const std::string& message) {
    sns_notification event(state_->name);
    event.message(message).id(detail::format<"{}-{}">(state_->name, ++state_->published));
    for (const auto& each : state_->subscribers) {
        const int times = state_->in.strikes(state_->in.faults.duplicates) ? 2 : 1;
        if (times == 2) state_->in.tell(state_->name + " notifies a subscriber twice");
        for (int i = 0; i < times; ++i) {
            if (each.target != nullptr) {
                each.target->invoke(event.json());
            } else {
                each.to->send(each.raw ? message : event.envelope());
            }
        }
    }
    return *this;
}

} // namespace headrace::testing::simulated
