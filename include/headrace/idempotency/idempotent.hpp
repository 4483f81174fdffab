// SPDX-License-Identifier: BSL-1.0
#pragma once

// Do it once: a layer that claims an operation before the handler runs, keeps what it came to, and
// answers with that when the same operation arrives again.

#include <headrace/base/types.hpp>
#include <headrace/idempotency/key.hpp>
#include <headrace/idempotency/operation.hpp>
#include <headrace/idempotency/store.hpp>
#include <headrace/idempotency/transaction.hpp>
#include <headrace/routing/extract.hpp>
#include <headrace/routing/middleware.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace headrace {

namespace detail {

/// The passage of a record or request through idempotent{}.
class idempotent_passage : public operation_passage {
public:
    idempotent_passage(const call& c, idempotency::store& in,
                       const idempotency::options& how) noexcept
        : operation_passage(c.context(), in, how), call_(&c) {}
    /// Nothing: callers are not told apart. Nobody: they are, and this one is not known.
    [[nodiscard]] idempotency::canonical begin_key(const std::optional<principal>& caller);
    /// True: the handler runs, without an attempt if there is no key and need not be one.
    [[nodiscard]] bool begin(const result<bool>& has_key, const idempotency::canonical& key,
                             bool compare_payloads);

private:
    const call* call_;
    bool from_nobody_ = false;
};

} // namespace detail

/// Runs what is inside once for each key, as far as that can be promised: docs/howto/idempotency.md
/// says how far. The first reply is kept and given again. Around a handler, or around each record
/// of a batch: finished records of a batch that failed in part are not handled again. Stands
/// outside of retry{}, so that one claim covers all tries.
///   idempotency::memory_store seen;
///   orders.on(sqs::queue("orders"), chain{idempotent{seen}, retry{}}, ...);
///   orders.on(sqs::queue("bills"), chain{idempotent{seen, idempotency::key(&bill::number)}}, ...);
///   const idempotency::key_header from_caller{"Idempotency-Key"};
///   orders.on(http::post("/orders"), chain{idempotent{seen, from_caller}}, ...);
/// Of HTTP requests the key holds the caller, who must be known (idempotency::callers): what
/// authenticates stands outside.
/// The store is borrowed and shared; it must outlive the app. Thread-safe. With
/// idempotency::transactional{store} in its place, `Store` is the store's type, and the handler can
/// take idempotency::transaction<Store>.
template <class Key = idempotency::natural_key, class Store = idempotency::store> class idempotent {
    static_assert(idempotency::key_source<Key>,
                  "idempotent{store, key} takes natural_key{}, key(&order::id), "
                  "key_header{\"Idempotency-Key\"}, key_at{\"/id\"} or a callable like them"
                  "  see docs/howto/idempotency.md");
    static_assert(detail::check_callers<Key>());

    static constexpr bool is_transactional = !std::is_same_v<Store, idempotency::store>;

public:
    static constexpr headrace::phase phase = headrace::phase::idempotency;
    /// What handlers can take.
    using offers = std::conditional_t<is_transactional,
                                      types<idempotency::current, idempotency::transaction<Store>>,
                                      types<idempotency::current>>;

    explicit idempotent(idempotency::store& in, Key key = {}, idempotency::options how = {})
        requires std::is_same_v<Store, idempotency::store>
        : store_(&in),
          key_(std::move(key)),
          options_(std::make_shared<const idempotency::options>(std::move(how))) {}
    explicit idempotent(idempotency::transactional<Store> in, Key key = {},
                        idempotency::options how = {})
        requires(!std::is_same_v<Store, idempotency::store>)
        : store_(&in.get()),
          key_(std::move(key)),
          options_(std::make_shared<const idempotency::options>(std::move(how))) {}

    /// Of the store and the key, for app::build().
    [[nodiscard]] result<void> usable() const {
        if constexpr (requires { key_.usable(); }) {
            if (auto said = key_.usable(); !said) return said;
        }
        return store_->usable();
    }
    /// Has a record of this route ever a key?
    template <class Matcher> [[nodiscard]] result<void> usable_on() const {
        if (options_->keyless == idempotency::when_keyless::run) return {};
        if constexpr (requires { key_.usable_on(true); })
            return key_.usable_on(detail::is_http<Matcher>);
        return {};
    }

    outcome operator()(call& c, auto&& next) const {
        detail::idempotent_passage way(c, *store_, *options_);
        auto key = way.begin_key(detail::caller_for(key_, c));
        const auto has_key = key_(c, key);
        if (!way.begin(has_key, key, !names_payload)) return way.answer();
        if (way.attempt() == nullptr) return next(c);
        outcome o;
        try {
            way.keep_alive();
            call once(call::again{c, way.own()});
            const auto now = lend(c, way);
            once.offer(now);
            o = next(once);
        } catch (...) {
            auto committed = way.threw();
            if (!committed) throw;
            return *std::move(committed);
        }
        return way.end(std::move(o));
    }

private:
    static constexpr bool names_payload = requires { requires Key::names_payload; };

    idempotency::current lend(const call& c, detail::idempotent_passage& way) const {
        if constexpr (is_transactional) {
            auto& end = way.completion(c.memory(), c.find<http::request>() != nullptr);
            return idempotency::current(*way.attempt(), {detail::id_of<Store>, store_, &end});
        } else {
            return idempotency::current(*way.attempt());
        }
    }

    Store* store_;
    Key key_;
    std::shared_ptr<const idempotency::options> options_;
};

idempotent(idempotency::store&) -> idempotent<idempotency::natural_key>;
template <class Key> idempotent(idempotency::store&, Key) -> idempotent<Key>;
template <class Key> idempotent(idempotency::store&, Key, idempotency::options) -> idempotent<Key>;
template <class S>
idempotent(idempotency::transactional<S>) -> idempotent<idempotency::natural_key, S>;
template <class S, class Key> idempotent(idempotency::transactional<S>, Key) -> idempotent<Key, S>;
template <class S, class Key>
idempotent(idempotency::transactional<S>, Key, idempotency::options) -> idempotent<Key, S>;

namespace detail {

template <class Given>
concept lends_store = std::is_convertible_v<Given, idempotency::store&>
                      || is_a<std::remove_cvref_t<Given>, idempotency::transactional>
                      || is_a<std::remove_cvref_t<Given>, idempotent>;

template <class Given> consteval bool check_store() {
    using plain = std::remove_cvref_t<Given>;
    constexpr bool is_store = std::derived_from<plain, idempotency::store>;
    static_assert(is_store, "idempotent{store, key} takes an idempotency::store, or "
                            "idempotency::transactional{store}  see docs/howto/idempotency.md");
    if constexpr (is_store) {
        constexpr bool has_a_name = lends_store<Given>;
        static_assert(has_a_name, "the store of idempotent{store} is borrowed and shared: it has a "
                                  "name, is not const, and outlives the app:  "
                                  "idempotency::memory_store seen;  and then  idempotent{seen}"
                                  "  see docs/howto/idempotency.md");
    }
    return true;
}

} // namespace detail

template <class Given, class Store>
class idempotent<detail::unnamed<Given>, Store> : public detail::refused_layer {
    static_assert(detail::check_store<Given>());

public:
    explicit idempotent(Given&&) {}
    template <class Key> idempotent(Given&&, Key, const idempotency::options& = {}) {}
};
template <class Key, class S>
class idempotent<Key, detail::unnamed<S>>
    : public detail::refused_layer { // transactional{} said it
public:
    explicit idempotent(idempotency::transactional<detail::unnamed<S>>, Key = {},
                        const idempotency::options& = {}) {}
};
template <class Given>
    requires(!detail::lends_store<Given>)
idempotent(Given&&) -> idempotent<detail::unnamed<Given>>;
template <class Given, class Key>
    requires(!detail::lends_store<Given>)
idempotent(Given&&, Key) -> idempotent<detail::unnamed<Given>>;
template <class Given, class Key>
    requires(!detail::lends_store<Given>)
idempotent(Given&&, Key, idempotency::options) -> idempotent<detail::unnamed<Given>>;

template <> struct extract<idempotency::current> {
    static void needs(requirements& r) { r.offered<idempotency::current>("an idempotent{} layer"); }
    static result<idempotency::current> from(call& c) {
        if (const auto* now = c.find<idempotency::current>()) return *now;
        return error::bug("this handler asks for idempotency::current, but no idempotent{} layer "
                          "stands around it");
    }
};

template <class S> struct extract<idempotency::transaction<S>> {
    static void needs(requirements& r) {
        r.offered<idempotency::transaction<S>>(
            "an idempotent{idempotency::transactional{store}} layer over such a store");
    }
    static result<idempotency::transaction<S>> from(call& c) {
        const auto* now = c.find<idempotency::current>();
        const auto tx = now != nullptr ? now->template transaction_in<S>() : std::nullopt;
        if (tx) return *tx;
        return error::bug("this handler asks for a transaction, but no "
                          "idempotent{idempotency::transactional{store}} layer over such a store "
                          "stands around it");
    }
};

} // namespace headrace
