// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/caught.hpp>
#include <headrace/http.hpp>
#include <headrace/routing/dispatch.hpp>
#include <headrace/routing/retry_budget.hpp>
#include <headrace/routing/router.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/recognise.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <span>
#include <utility>

namespace headrace {

namespace detail::routing {

template <class... Parts> std::string joined(const Parts&... parts) {
    std::string text;
    (text.append(parts), ...);
    return text;
}

inline const layer_entry* dead_letter_of(std::span<const layer_entry> layers) {
    const auto found = std::ranges::find(layers, phase::dead_letter, &layer_entry::phase);
    return found == layers.end() ? nullptr : &*found;
}

// What all retries of one invocation share, unless its context brings a budget.
class lent_budget {
public:
    explicit lent_budget(context& to) noexcept : to_(to), before_(to.retries) {
        if (before_ == nullptr) to_.retries = &budget_;
    }
    lent_budget(const lent_budget&) = delete;
    lent_budget& operator=(const lent_budget&) = delete;
    ~lent_budget() { to_.retries = before_; }

private:
    context& to_;
    retry_budget* before_;
    retry_budget budget_{retry_budget::per_invocation};
};

} // namespace detail::routing

// ---- registration -------------------------------------------------------------------------------

router::router(detail::erased_base base) : base_(std::move(base)) {}

// What routes refer to stays where it is: the base chain and the entries are not part of a router.
router::router(router&&) noexcept = default;

router::~router() = default;

void router::add_entry(detail::route_entry entry) {
    if (built_) throw_failure(error::bug("routes are added before the app is built"));
    if (base_.object.get() == nullptr) throw_failure(error::bug("this app was moved away"));
    entries_.push_back(std::move(entry));
}

void router::set_fallback(detail::route_entry entry) {
    if (built_) throw_failure(error::bug("routes are added before the app is built"));
    if (fallback_) mistakes_.push_back("there are two fallbacks");
    fallback_ = std::make_unique<detail::route_entry>(std::move(entry));
}

void router::add_dependency(dependencies::entry entry) {
    if (built_) throw_failure(error::bug("objects are provided before the app is built"));
    if (dependencies_.find(entry.as_const, entry.key) != nullptr) {
        const auto key = entry.key.empty()
                             ? std::string()
                             : detail::routing::joined(" with the key \"", entry.key, "\"");
        mistakes_.push_back(
            detail::routing::joined("two objects of type ", entry.name, key, " are provided"));
    }
    dependencies_.add(entry);
}

void router::set_batches(detail::type_id event, batch_policy policy) {
    if (built_) throw_failure(error::bug("batches are described before the app is built"));
    batches_.push_back({event, policy}); // the last one counts
}

void router::set_requests(const http::request_options& options) {
    if (built_) throw_failure(error::bug("requests are described before the app is built"));
    requests_ = options; // the last one counts
}

const batch_policy& router::batches_of(detail::type_id event) const noexcept {
    static constexpr batch_policy one_by_one;
    for (auto rule = batches_.rbegin(); rule != batches_.rend(); ++rule) {
        if (rule->event == event) return rule->policy;
    }
    return one_by_one;
}

// ---- build --------------------------------------------------------------------------------------

result<void> router::build() {
    if (built_) return {};
    std::vector<std::string> mistakes = mistakes_;
    groups_.clear();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const auto subject = entries_[i].takes->subject();
        auto group = std::find_if(groups_.begin(), groups_.end(),
                                  [&](const auto& g) { return g.subject == subject; });
        if (group == groups_.end()) group = groups_.insert(groups_.end(), {subject, {}});
        group->routes.push_back(i);
    }
    for (auto& group : groups_) {
        std::stable_sort(group.routes.begin(), group.routes.end(), [&](auto a, auto b) {
            return entries_[a].takes->rank() > entries_[b].takes->rank();
        });
    }
    if (entries_.empty() && !fallback_) mistakes.emplace_back("there is no route");
    check_needs(mistakes);
    check_phases(mistakes);
    check_usable(mistakes);
    check_dead_letters(mistakes);
    check_overlaps(mistakes);
    index_http(mistakes);
    if (mistakes.empty()) {
        built_ = true;
        return {};
    }
    error e = error::bug(std::to_string(mistakes.size())
                         + (mistakes.size() == 1 ? " mistake" : " mistakes") + " in the app:");
    for (const auto& each : mistakes) e.message += "\n  " + each;
    e.code = errc::bad_app;
    return e;
}

void router::check_needs(std::vector<std::string>& mistakes) const {
    const auto check = [&](const detail::route_entry& entry) {
        for (const auto& need : entry.needs.all()) {
            if (need.kind == requirements::need::what::dependency
                && dependencies_.find(need.type, need.key) == nullptr) {
                mistakes.push_back("'" + entry.text + "' asks for " + need.text()
                                   + ", which was not provided");
            }
            const auto gives = [&](const detail::layer_entry& layer) {
                return std::ranges::find(layer.offers, need.type) != layer.offers.end();
            };
            if (need.kind == requirements::need::what::offered
                && std::ranges::none_of(entry.layers, gives)
                && std::ranges::none_of(base_.layers, gives)) {
                mistakes.push_back("'" + entry.text + "' asks for " + need.text()
                                   + ", and none stands around it");
            }
        }
    };
    for (const auto& entry : entries_) check(entry);
    if (fallback_) check(*fallback_);
}

void router::check_phases(std::vector<std::string>& mistakes) const {
    for (const auto& entry : entries_) {
        // Layers around an invocation and layers around a record are two sequences.
        std::array<const detail::layer_entry*, 2> last{};
        const auto next = [&](const detail::layer_entry& layer) {
            if (layer.phase == phase::none) return;
            const auto* outside = std::exchange(last[layer.per_invocation], &layer);
            if (outside != nullptr && layer.phase < outside->phase) {
                mistakes.push_back("'" + entry.text + "': " + std::string(layer.name)
                                   + " stands inside " + std::string(outside->name)
                                   + " but belongs outside of it");
            }
        };
        for (const auto& layer : base_.layers) next(layer);
        for (const auto& layer : entry.layers) next(layer);
    }
}

void router::check_usable(std::vector<std::string>& mistakes) const {
    for (const auto& said : base_.unusable) mistakes.push_back("the base chain: " + said);
    for (const auto& entry : entries_) {
        for (const auto& said : entry.unusable) {
            mistakes.push_back(detail::routing::joined("'", entry.text, "': ", said));
        }
    }
}

void router::check_dead_letters(std::vector<std::string>& mistakes) const {
    for (const auto& layer : base_.layers) {
        if (layer.per_invocation && layer.phase == phase::dead_letter) {
            mistakes.push_back(detail::routing::joined(
                layer.name, " writes records, so it cannot stand in per_invocation{}"));
        }
    }
    for (const auto& entry : entries_) {
        if (entry.takes->delivered() != delivery::synchronous) continue;
        const auto* const layer = detail::routing::dead_letter_of(entry.layers);
        if (layer == nullptr) continue;
        mistakes.push_back(detail::routing::joined("'", entry.text, "': ", layer->name,
                                                   " does nothing where a caller waits"));
    }
}

std::vector<std::string_view> router::routes_without_dead_letters() const {
    std::vector<std::string_view> found;
    if (detail::routing::dead_letter_of(base_.layers) != nullptr) return found;
    for (const auto& entry : entries_) {
        const auto delivered = entry.takes->delivered();
        const bool waits = !delivered || delivered == delivery::synchronous;
        if (waits || detail::routing::dead_letter_of(entry.layers) != nullptr) continue;
        found.push_back(entry.text);
    }
    return found;
}

// Two routes may have the same text.
std::string router::name_of(std::size_t route) const {
    return detail::routing::joined("'", entries_[route].text, "' (route ", std::to_string(route),
                                   ")");
}

void router::check_overlaps(std::vector<std::string>& mistakes) const {
    for (const auto& group : groups_) {
        for (std::size_t j = 1; j < group.routes.size(); ++j) {
            const auto& later = *entries_[group.routes[j]].takes;
            for (std::size_t i = 0; i < j; ++i) {
                const auto& earlier = *entries_[group.routes[i]].takes;
                if (earlier.type() != later.type()) continue;
                const auto first = std::min(group.routes[i], group.routes[j]);
                const auto second = std::max(group.routes[i], group.routes[j]);
                if (earlier.rank() == later.rank() && earlier.overlaps(later.self())) {
                    mistakes.push_back(name_of(first) + " and " + name_of(second)
                                       + " are ambiguous");
                } else if (earlier.covers(later.self())) {
                    mistakes.push_back(name_of(group.routes[j]) + " is unreachable: "
                                       + name_of(group.routes[i]) + " takes all of it");
                }
            }
        }
    }
}

void router::index_http(std::vector<std::string>& mistakes) {
    http_ = http::route_table();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const auto& entry = entries_[i];
        if (entry.takes->type() != detail::id_of<http::route_matcher>) continue;
        const auto& takes = *static_cast<const http::route_matcher*>(entry.takes->self());
        const auto added = http_.add(takes.method(), takes.pattern(),
                                     static_cast<http::route_id>(i), takes.dots());
        if (!added) mistakes.push_back(added.error().message);
        for (const auto& need : entry.needs.all()) {
            if (need.kind == requirements::need::what::path_parameter
                && !takes.pattern().find_parameter(need.name)) {
                mistakes.push_back("'" + entry.text + "' asks for " + need.text()
                                   + ", which its pattern lacks");
            }
        }
    }
}

// ---- look-up ------------------------------------------------------------------------------------

const detail::route_entry* router::find(detail::type_id subject, const void* object) const {
    for (const auto& group : groups_) {
        if (group.subject != subject) continue;
        for (const auto i : group.routes) {
            if (entries_[i].takes->matches(object)) return &entries_[i];
        }
    }
    return nullptr;
}

bool router::has_routes_for(detail::type_id subject) const noexcept {
    return std::any_of(groups_.begin(), groups_.end(),
                       [&](const auto& g) { return g.subject == subject; });
}

std::vector<route_info> router::table() const {
    std::vector<route_info> lines;
    const auto add = [&](const detail::route_entry& entry) {
        route_info line;
        line.text = entry.text;
        for (const auto& layer : base_.layers) line.layers.push_back(layer.name);
        for (const auto& layer : entry.layers) line.layers.push_back(layer.name);
        lines.push_back(std::move(line));
    };
    for (const auto& group : groups_) {
        for (const auto i : group.routes) add(entries_[i]);
    }
    if (fallback_) add(*fallback_);
    return lines;
}

// ---- the way of an invocation -------------------------------------------------------------------

result<void> router::start(const platform&) { return build(); }

reply_bytes router::handle_copy(workspace& memory, std::string_view payload, context& ctx) {
    auto room = memory.input(payload.size());
    if (!room) return {{}, std::move(room).error()};
    if (!payload.empty()) std::memcpy(*room, payload.data(), payload.size());
    return handle(memory, {*room, payload.size()}, ctx);
}

reply_bytes router::handle(workspace& memory, std::string_view payload, context& ctx) {
    const detail::routing::lent_budget retries(ctx);
    call c(ctx, memory, dependencies_);
    struct invocation {
        router& self;
        const workspace& worker;
        std::string_view payload;
        // What failed inside, where more is known about it. Hedged attempts are two threads.
        std::atomic<bool> logged = false;

        static outcome run(void* p, call& inner) {
            auto& here = *static_cast<invocation*>(p);
            auto& memory = inner.memory();
            auto d = &memory == &here.worker ? memory.index_input(here.payload.size())
                                             : memory.load(here.payload);
            if (!d) return outcome(std::move(d).error());
            // Layers around may ask for the original.
            outcome answer = here.self.dispatch(inner, *memory.memory().make<document>(*d));
            here.logged = !answer.acknowledges();
            return answer;
        }
    } here{*this, memory, payload};
    outcome o = [&]() -> outcome {
        try {
            if (!built_) {
                if (auto built = build(); !built) return outcome(std::move(built).error());
            }
            return base_.around_invocation(base_.object.get(), c, {&here, &invocation::run});
        } catch (...) {
            return outcome(detail::caught_error());
        }
    }();
    if (!o.acknowledges()) {
        if (!here.logged) dispatcher(*this, memory).log_failure(c, o);
        return {{}, o.error() != nullptr ? *o.error() : error::bug("the invocation failed")};
    }
    if (auto* json = std::get_if<json_reply>(&o.reply())) return {std::move(json->text), {}};
    return {"null", {}};
}

outcome router::dispatch(call& c, const document& d) {
    dispatcher way(*this, c.memory());
    c.set_document(d);
    if (const auto* source = recognise(d)) {
        c.set_source(source->info->id);
        return source->dispatch(way, c, d);
    }
    return dispatch_raw(way, c, d);
}

outcome router::dispatch_raw(dispatcher& way, call& c, const document& d) {
    auto& whole = *c.memory().memory().make<raw::event>();
    if (auto read = read_document(d, c.memory(), whole.json); !read) {
        return way.run(c, outcome(std::move(read).error()));
    }
    c.set_source("raw");
    c.set_body(whole.json);
    c.offer(whole);
    // Matching looks into the document, which needs the workspace.
    const raw::subject_view subject{whole, c.memory()};
    if (const auto* route = way.find(subject)) return way.run(c, *route);
    if (fallback_) return way.run(c, *fallback_);
    error e =
        error::permanent("no known event source sends this document, and no raw route takes it");
    e.code = errc::unrecognised;
    return way.run(c, outcome(std::move(e)));
}

} // namespace headrace
