// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which handler takes what: `routes` collects on() calls of one source file; app adds them behind
// its base chain. Matchers say what they want by a source's natural attribute and come with the
// sources: sqs::queue, s3::bucket, http::get, schedule::rule, ...

#include <headrace/base/types.hpp>
#include <headrace/routing/handler.hpp>
#include <headrace/routing/middleware.hpp>
#include <headrace/routing/source.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace headrace {

namespace detail {

struct route_entry;

/// A route, and its place in the order in which routes were added.
struct placed_route {
    const route_entry* route;
    std::size_t place;
};
/// "'sqs queue orders' (route 0)": two routes may have the same text.
[[nodiscard]] std::string name_of(const placed_route& one);

/// The routes of one subject: finds the one that takes it.
class route_index {
public:
    virtual ~route_index() = default;
    /// Null: none does.
    [[nodiscard]] virtual const route_entry* find(const void* subject) const = 0;
    /// All of them, in the order in which they are tried.
    [[nodiscard]] virtual std::span<const route_entry* const> in_order() const noexcept = 0;
};

template <class Subject>
concept makes_index =
    requires(std::span<const placed_route> routes, std::vector<std::string>& mistakes) {
        { Subject::make_index(routes, mistakes) } -> std::same_as<std::unique_ptr<route_index>>;
    };

template <class M>
concept matches_by_rank = requires(const M& m, const M& other, const typename M::subject& s) {
    { m.matches(s) } -> std::same_as<bool>;
    { m.rank() } -> std::convertible_to<std::uint64_t>;
    { m.overlaps(other) } -> std::same_as<bool>;
    { m.covers(other) } -> std::same_as<bool>;
};

} // namespace detail

/// A matcher says which of a source's subjects (messages, records, requests) a route takes.
/// Exemplar:
///   struct by_queue {
///       using subject = sqs::message;                         // what it looks at
///       using provides = types<sqs::message, ...>;    // what handlers can take
///       bool matches(const subject&) const;
///       std::string describe() const;                         // its text in the routing table
///       std::uint64_t rank() const;                           // the highest that matches is taken
///       bool overlaps(const by_queue&) const;                 // may both match one subject?
///       bool covers(const by_queue&) const;                   // all that the other matches?
///       static constexpr delivery delivered = delivery::polled; // optional: who waits for a reply
///       result<void> put_under(std::string_view prefix);      // optional: in a group with a path
///       static result<void> admit(const call&);               // optional: asked inside of the
///       layers
///   };
/// A subject whose routes are found another way makes an index of them by itself, and its matchers
/// leave out matches, rank, overlaps and covers (http::routed_request is one):
///       static std::unique_ptr<detail::route_index> make_index(std::span<const
///       detail::placed_route>,
///                                                              std::vector<std::string>&
///                                                              mistakes);
template <class M>
concept matcher = requires(const M& m) {
    typename M::subject;
    typename M::provides;
    { m.describe() } -> std::convertible_to<std::string>;
} && (detail::makes_index<typename M::subject> || detail::matches_by_rank<M>);

namespace detail {

/// A matcher without its type.
class any_matcher {
public:
    virtual ~any_matcher() = default;
    [[nodiscard]] virtual type_id subject() const noexcept = 0;
    [[nodiscard]] virtual type_id type() const noexcept = 0;
    [[nodiscard]] virtual const void* self() const noexcept = 0;
    [[nodiscard]] virtual std::string describe() const = 0;
    /// Where the matcher says so.
    [[nodiscard]] virtual std::optional<delivery> delivered() const noexcept = 0;
    /// Takes what stands under this path from now on. Errors: it has no path, or the two make none.
    [[nodiscard]] virtual result<void> put_under(std::string_view prefix) = 0;
    /// The events that its subject arrives in.
    [[nodiscard]] virtual std::span<const source_operations> arrives_in() const noexcept = 0;
    /// Of routes to this matcher's subject; says which of them are in each other's way.
    [[nodiscard]] virtual std::unique_ptr<route_index>
    make_index(std::span<const placed_route> routes, std::vector<std::string>& mistakes) const = 0;
};

/// One of a subject whose routes are asked one after the other.
class ranked_matcher : public any_matcher {
public:
    [[nodiscard]] virtual bool matches(const void* subject) const = 0;
    [[nodiscard]] virtual std::uint64_t rank() const = 0;
    /// For a matcher of the same type.
    [[nodiscard]] virtual bool overlaps(const void* other) const = 0;
    [[nodiscard]] virtual bool covers(const void* other) const = 0;
    std::unique_ptr<route_index> make_index(std::span<const placed_route> routes,
                                            std::vector<std::string>& mistakes) const final;
};

[[nodiscard]] error no_path_under(std::string_view prefix);

/// What all matchers say without their type. `Base` is any_matcher or ranked_matcher.
template <class M, class Base> class described_matcher : public Base {
public:
    explicit described_matcher(M m) : matcher_(std::move(m)) {}
    type_id subject() const noexcept override { return id_of<typename M::subject>; }
    type_id type() const noexcept override { return id_of<M>; }
    const void* self() const noexcept override { return &matcher_; }
    std::string describe() const override { return matcher_.describe(); }
    std::optional<delivery> delivered() const noexcept override {
        if constexpr (requires { M::delivered; })
            return M::delivered;
        else
            return std::nullopt;
    }
    result<void> put_under(std::string_view prefix) override {
        if constexpr (requires { matcher_.put_under(prefix); })
            return matcher_.put_under(prefix);
        else
            return no_path_under(prefix);
    }

    std::span<const source_operations> arrives_in() const noexcept override {
        if constexpr (requires { M::subject::arrives_in(); })
            return M::subject::arrives_in();
        else
            return {};
    }

protected:
    [[nodiscard]] const M& described() const noexcept { return matcher_; }

private:
    M matcher_;
};

template <matcher M> class erased_matcher final : public described_matcher<M, ranked_matcher> {
public:
    using described_matcher<M, ranked_matcher>::described_matcher;
    bool matches(const void* s) const override {
        return this->described().matches(*static_cast<const typename M::subject*>(s));
    }
    std::uint64_t rank() const override { return this->described().rank(); }
    bool overlaps(const void* o) const override {
        return this->described().overlaps(*static_cast<const M*>(o));
    }
    bool covers(const void* o) const override {
        return this->described().covers(*static_cast<const M*>(o));
    }
};

template <matcher M>
    requires makes_index<typename M::subject>
class erased_matcher<M> final : public described_matcher<M, any_matcher> {
public:
    using described_matcher<M, any_matcher>::described_matcher;
    std::unique_ptr<route_index> make_index(std::span<const placed_route> routes,
                                            std::vector<std::string>& mistakes) const override {
        return M::subject::make_index(routes, mistakes);
    }
};

template <class M> std::unique_ptr<any_matcher> erase_matcher(M m) {
    return std::unique_ptr<any_matcher>(new erased_matcher<M>(std::move(m)));
}

/// outcome(call&) without its type: the one erased call of a route.
class erased_service {
public:
    erased_service() noexcept = default;
    template <class S>
        requires(!std::same_as<std::remove_cvref_t<S>, erased_service>)
    explicit erased_service(S service)
        : object_(std::move(service)),
          run_([](void* o, call& c) -> outcome { return (*static_cast<S*>(o))(c); }) {}
    outcome operator()(call& c) const { return run_(object_.get(), c); }
    explicit operator bool() const noexcept { return run_ != nullptr; }

private:
    any_object object_;
    outcome (*run_)(void*, call&) = nullptr;
};

/// A layer, for the routing table and the check of the phases.
struct layer_entry {
    std::string_view name;
    headrace::phase phase;
    bool per_invocation;
    std::span<const type_id> offers; ///< what handlers inside of it can ask for
};

template <class T> inline constexpr std::span<const type_id> ids_of{};
template <class First, class... More>
inline constexpr type_id id_list[] = {id_of<First>, id_of<More>...};
template <class First, class... More>
inline constexpr std::span<const type_id> ids_of<types<First, More...>>{id_list<First, More...>};

template <class Layer> constexpr std::span<const type_id> offers_of() noexcept {
    using layer = typename without_scope<Layer>::type;
    if constexpr (requires { typename layer::offers; })
        return ids_of<typename layer::offers>;
    else
        return {};
}

template <class... Layers>
inline constexpr layer_entry layer_entries[] = {
    {short_name<Layers>(), phase_of<Layers>(), is_per_invocation<Layers>, offers_of<Layers>()}...};
template <class... Layers>
constexpr std::span<const layer_entry> layers_of(types<Layers...>) noexcept {
    if constexpr (sizeof...(Layers) == 0)
        return {};
    else
        return {layer_entries<Layers...>, sizeof...(Layers)};
}

template <class Layer>
concept says_usable = requires(const Layer& layer) {
    { layer.usable() } -> std::same_as<result<void>>;
};
void note_unusable(std::vector<std::string>& mistakes, std::string_view layer,
                   const result<void>& said);

template <class Layer, class Matcher>
concept says_usable_on = requires(const Layer& layer) {
    { layer.template usable_on<Matcher>() } -> std::same_as<result<void>>;
};

/// `Matcher` is void for the base chain.
template <class Matcher, class Layer>
void ask_if_usable(std::vector<std::string>& mistakes, const Layer& layer) {
    if constexpr (is_per_invocation<Layer>) {
        ask_if_usable<Matcher>(mistakes, layer.layer);
    } else {
        if constexpr (says_usable<Layer>)
            note_unusable(mistakes, short_name<Layer>(), layer.usable());
        if constexpr (!std::is_void_v<Matcher> && says_usable_on<Layer, Matcher>)
            note_unusable(mistakes, short_name<Layer>(), layer.template usable_on<Matcher>());
    }
}

/// What the layers of a chain say about themselves that keeps them from working.
template <class Matcher, class... Layers>
std::vector<std::string> unusable_layers(chain<Layers...>& layers) {
    std::vector<std::string> mistakes;
    if constexpr ((says_usable<typename without_scope<Layers>::type> || ...)) {
        std::apply([&](const Layers&... each) { (ask_if_usable<Matcher>(mistakes, each), ...); },
                   layers.each());
    }
    return mistakes;
}

/// A registered route.
struct route_entry {
    /// `matches` is null for a fallback.
    route_entry(std::unique_ptr<any_matcher> matches, std::span<const layer_entry> around,
                std::vector<std::string> unusable, void (*asks_for)(requirements&),
                erased_service runs);
    route_entry(route_entry&&) noexcept;
    route_entry& operator=(route_entry&&) noexcept;
    ~route_entry();

    /// Puts the layers of a group around it, and its path under the group's.
    void join(std::string_view prefix, std::span<const layer_entry> around);

    std::unique_ptr<any_matcher> takes; ///< null for the fallback
    erased_service service;
    requirements needs;
    std::vector<layer_entry> layers;   ///< its groups' before its own
    std::size_t of_groups = 0;         ///< how many of these it shares with the rest of its groups
    std::string text;                  ///< takes->describe(), kept for calls and logs
    std::vector<std::string> unusable; ///< what layers said about themselves, and no path to be put
                                       ///< under a prefix
};

/// The matcher that stands for a fallback when parameters are checked: nothing but the call.
struct fallback_matcher {
    using provides = types<>;
};

// A chain around a service, as one service.
template <class Chain, class Service> struct wrapped {
    Chain layers;
    Service service;
    outcome operator()(call& c) { return layers(c, service); }
};

// The chain of a group, which all of its routes share.
template <class Chain> class shared_chain {
public:
    explicit shared_chain(Chain layers) : layers_(std::make_shared<Chain>(std::move(layers))) {}
    outcome operator()(call& c, const erased_service& inner) const { return (*layers_)(c, inner); }

private:
    std::shared_ptr<Chain> layers_;
};
template <> class shared_chain<chain<>> {
public:
    explicit shared_chain(const chain<>&) noexcept {}
    outcome operator()(call& c, const erased_service& inner) const { return inner(c); }
};

template <class> inline constexpr bool runs_per_invocation = false;
template <class... Layers>
inline constexpr bool runs_per_invocation<chain<Layers...>> = (is_per_invocation<Layers> || ...);

/// The arguments of on(), so that a mistake in them is one message and no cascade.
template <class M, class Chain, class F> consteval bool check_route() {
    constexpr bool takes_something = matcher<M>;
    static_assert(takes_something, "the first argument of on() is a matcher such as "
                                   "sqs::queue(\"orders\") or http::get(\"/orders/{id}\")"
                                   "  see docs/howto/routing.md");
    constexpr bool layers_in_chain = is_chain<Chain>;
    static_assert(layers_in_chain, "the layers of a route stand in a chain: "
                                   "on(sqs::queue(\"orders\"), chain{a, b}, handler)"
                                   "  see docs/howto/middleware.md");
    constexpr bool ends_with_handler = !is_chain<F>;
    static_assert(ends_with_handler, "the last argument of on() is the handler: "
                                     "on(sqs::queue(\"orders\"), chain{a, b}, handler)"
                                     "  see docs/howto/routing.md");
    constexpr bool around_records = !runs_per_invocation<Chain>;
    static_assert(around_records, "per_invocation{} layers stand in the app's base chain: a route "
                                  "runs around records only  see docs/howto/middleware.md");
    return takes_something && layers_in_chain && ends_with_handler && around_records;
}

/// The route that on() adds. `compose(layers, handler)` puts the layers and what else stands there
/// around the handler.
template <class M, class Chain, class F, class Compose>
route_entry entry_of(M takes, Chain layers, F handler, const Compose& compose) {
    auto bound = bind<M>(std::move(handler));
    const auto needs = &decltype(bound)::needs;
    auto unusable = unusable_layers<M>(layers);
    erased_service runs(compose(std::move(layers), std::move(bound)));
    return route_entry(erase_matcher(std::move(takes)), layers_of(typename Chain::layers{}),
                       std::move(unusable), needs, std::move(runs));
}

/// Puts routes into a group: under `prefix`, where that is not "", and with `compose(chain, inner)`
/// around what they run.
template <class Chain, class Compose>
void put_together(std::vector<route_entry>& all, std::string_view prefix, Chain layers,
                  const Compose& compose) {
    if (all.empty()) return;
    for (auto& said : unusable_layers<void>(layers)) { // once for all of them
        all.front().unusable.push_back(std::move(said));
    }
    const shared_chain<Chain> shared(std::move(layers));
    for (auto& each : all) {
        each.join(prefix, layers_of(typename Chain::layers{}));
        each.service = erased_service(compose(shared, std::move(each.service)));
    }
}

/// The chain of a group, so that a mistake in it is one message and no cascade.
template <class Chain> consteval bool check_group() {
    constexpr bool layers_in_chain = is_chain<Chain>;
    static_assert(layers_in_chain, "the layers of a group of routes stand in a chain: "
                                   "add(\"/admin\", chain{a, b}, admin_routes())"
                                   "  see docs/howto/routing.md");
    constexpr bool around_records = !runs_per_invocation<Chain>;
    static_assert(around_records, "per_invocation{} layers stand in the app's base chain: a group "
                                  "runs around records only  see docs/howto/middleware.md");
    return layers_in_chain && around_records;
}

} // namespace detail

/// The path that all http routes of a group stand under: "/admin", "/shops/{shop}". A literal,
/// which the compiler looks at; whether it fits the patterns behind it, build() says.
class path_prefix {
public:
    template <std::size_t N>
    consteval path_prefix(const char (&text)[N]) : text_(text, N - 1) { // NOLINT(*-explicit-*)
        if (!text_.starts_with('/')) a_prefix_starts_with_a_slash();
        if (text_.ends_with('/')) a_prefix_does_not_end_with_a_slash();
    }
    [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

private:
    static void a_prefix_starts_with_a_slash() {}
    static void a_prefix_does_not_end_with_a_slash() {}
    std::string_view text_;
};

/// The routes of one source file. Not a template, so that a function can return it:
///   headrace::routes http_routes();
///   app.add(http_routes());
class routes {
public:
    routes() noexcept;
    routes(routes&&) noexcept; // handlers are not copied: app.add(std::move(these))
    routes& operator=(routes&&) noexcept;
    ~routes();

    /// Adds a route: what it takes, optionally layers around it, and the handler.
    template <class M, class F> routes& on(M takes, F handler) {
        return on(std::move(takes), chain<>(), std::move(handler));
    }
    template <class M, class Chain, class F> routes& on(M takes, Chain layers, F handler) {
        if constexpr (detail::check_route<M, Chain, F>()) {
            using bound = decltype(detail::bind<M>(std::move(handler)));
            if constexpr (!std::is_void_v<bound>) {
                add_entry(detail::entry_of(
                    std::move(takes), std::move(layers), std::move(handler),
                    [](Chain around, bound inner) {
                        return detail::wrapped<Chain, bound>{std::move(around), std::move(inner)};
                    }));
            }
        }
        return *this;
    }

    /// Adds other routes as a group: under a path, with layers around each of them, or with both.
    /// The layers stand around those of the routes; the group has one object of each.
    ///   all.add("/admin", chain{access_log{}}, admin_routes());
    routes& add(routes group) { return add_group({}, chain<>(), std::move(group)); }
    routes& add(path_prefix under, routes group) {
        return add_group(under.text(), chain<>(), std::move(group));
    }
    template <class Chain>
        requires(!std::is_convertible_v<Chain, const char*>)
    routes& add(Chain layers, routes group) {
        return add_group({}, std::move(layers), std::move(group));
    }
    template <class Chain> routes& add(path_prefix under, Chain layers, routes group) {
        return add_group(under.text(), std::move(layers), std::move(group));
    }

    [[nodiscard]] std::vector<detail::route_entry>& entries() noexcept { return entries_; }

private:
    template <class Chain> routes& add_group(std::string_view prefix, Chain layers, routes group) {
        if constexpr (detail::check_group<Chain>()) {
            using shared = detail::shared_chain<Chain>;
            detail::put_together(group.entries_, prefix, std::move(layers),
                                 [](const shared& around, detail::erased_service inner) {
                                     if constexpr (std::is_same_v<Chain, chain<>>)
                                         return inner;
                                     else
                                         return detail::wrapped<shared, detail::erased_service>{
                                             around, std::move(inner)};
                                 });
            for (auto& entry : group.entries_) add_entry(std::move(entry));
        }
        return *this;
    }
    void add_entry(detail::route_entry entry);
    std::vector<detail::route_entry> entries_;
};

} // namespace headrace
