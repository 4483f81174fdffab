// SPDX-License-Identifier: BSL-1.0
#pragma once

// Do it once: a layer that claims an operation before the handler runs, keeps what it came to, and
// answers with that when the same operation arrives again.

#include <headrace/extract.hpp>
#include <headrace/idempotency/key.hpp>
#include <headrace/idempotency/protocol.hpp>
#include <headrace/idempotency/store.hpp>
#include <headrace/idempotency/transaction.hpp>
#include <headrace/middleware.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace headrace {

namespace idempotency {

/// What is said to whoever comes while another attempt is at work.
enum class when_in_progress : std::uint8_t {
    reject, ///< conflict: HTTP 409 with Retry-After, a failed record of a batch
    wait,   ///< for its end, or for that of its lease, while there is time
    defer,  ///< come again when its lease is over
};

/// What is done with a record that has no key.
enum class when_keyless : std::uint8_t {
    reject, ///< invalid: HTTP 400
    run,    ///< it is handled, as often as it comes
};

struct options {
    /// The operation's name; "" is the route. Part of the key: two operations never share one.
    std::string operation{};
    /// Part of the key, too: count it up when stored replies are not understood any more.
    std::uint32_t version = 1;
    /// Whose operation it is, where one function serves several: part of the key.
    /// context::tenant_id is added by itself.
    std::string tenant{};
    idempotency::terms terms{};
    when_in_progress busy = when_in_progress::reject;
    when_keyless keyless = when_keyless::reject;
    /// Are failures that will not go away (malformed, invalid, unauthorised, permanent) remembered
    /// and answered again, instead of tried again?
    bool remember_failures = false;
    /// Bytes of a reply that are kept. A larger one is remembered as done, without its reply.
    std::size_t largest_reply = 256 * 1024;
    /// Called with the outcome of a replay before it is returned.
    void (*on_replay)(const call&, outcome&) = nullptr;
};

/// What a handler can know about the operation that it is handling: a parameter of this type.
/// Borrows from the call.
class current {
public:
    explicit current(const attempt& a, detail::lent_completion lent = {}) noexcept
        : attempt_(&a), lent_(lent) {}
    /// 1 for the first attempt.
    [[nodiscard]] std::uint32_t attempt_number() const noexcept { return attempt_->number(); }
    /// See attempt::fence().
    [[nodiscard]] std::uint64_t fence() const noexcept { return attempt_->fence(); }
    [[nodiscard]] const identity& id() const noexcept { return attempt_->id(); }
    /// A key for a call to somebody else's idempotent operation, the same in every attempt and
    /// another for each label: 64 hexadecimal digits.
    [[nodiscard]] std::string downstream_key(std::string_view label) const;
    /// The transaction of a layer idempotent{transactional{store}} over such a store.
    template <class S> [[nodiscard]] std::optional<transaction<S>> transaction_in() const {
        if (lent_.store_type != detail::id_of<S>) return std::nullopt;
        return transaction<S>(*static_cast<S*>(lent_.store), *lent_.end);
    }

private:
    const attempt* attempt_;
    detail::lent_completion lent_;
};

} // namespace idempotency

namespace detail {

/// One passage of a record through idempotent{}: all but the key's kind and the handler.
class idempotent_passage {
public:
    idempotent_passage(const call& c, idempotency::store& in,
                       const idempotency::options& how) noexcept
        : call_(&c), store_(&in), options_(&how) {}

    /// Bytes for the key before its source adds its own.
    [[nodiscard]] idempotency::canonical begin_key() const;
    /// True: the handler runs. False: answer() is there.
    [[nodiscard]] bool begin(const result<bool>& has_key, const idempotency::canonical& key,
                             bool compare_payloads);
    /// The attempt; null where the record has no key and is handled all the same.
    [[nodiscard]] const idempotency::attempt* attempt() const noexcept {
        return attempt_ ? &*attempt_ : nullptr;
    }
    [[nodiscard]] outcome answer() { return std::move(answer_); }
    /// Under what the handler runs, with a stop signal that asks when the operation is lost.
    [[nodiscard]] const context& own() const noexcept;
    /// Starts to renew the lease, if it may end before the invocation does.
    void keep_alive();
    /// What transactions end the attempt with.
    [[nodiscard]] idempotency::completion& completion();
    [[nodiscard]] outcome end(outcome o);
    /// The handler threw. Nothing: the exception goes on. Else it is answered with what was
    /// committed before.
    [[nodiscard]] std::optional<outcome> threw() noexcept;

private:
    [[nodiscard]] bool decide(const idempotency::identity& id);
    [[nodiscard]] bool wait_for(time_point until);
    [[nodiscard]] outcome busy(time_point until) const;
    void stop_keeping_alive() noexcept;

    const call* call_;
    idempotency::store* store_;
    const idempotency::options* options_;
    std::optional<idempotency::attempt> attempt_;
    outcome answer_;
    std::stop_source lost_{std::nostopstate};
    std::stop_source done_{std::nostopstate};
    struct forward {
        std::stop_source to;
        void operator()() const noexcept { to.request_stop(); }
    };
    std::optional<std::stop_callback<forward>> from_outer_;
    std::optional<context> own_;
    std::optional<idempotency::completion> completion_;
    std::unique_ptr<executor::task> renewing_;
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
/// The store is borrowed and shared; it must outlive the app. Thread-safe. With
/// idempotency::transactional{store} in its place, `Store` is the store's type, and the handler can
/// take idempotency::transaction<Store>.
template <class Key = idempotency::natural_key, class Store = idempotency::store> class idempotent {
    static_assert(idempotency::key_source<Key>,
                  "idempotent{store, key} takes natural_key{}, key(&order::id), "
                  "key_header{\"Idempotency-Key\"}, key_at{\"/id\"} or a callable like them"
                  "  see docs/howto/idempotency.md");

public:
    static constexpr headrace::phase phase = headrace::phase::idempotency;

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

    /// Of the store, for app::build().
    [[nodiscard]] result<void> usable() const { return store_->usable(); }

    outcome operator()(call& c, auto&& next) const {
        detail::idempotent_passage way(c, *store_, *options_);
        auto key = way.begin_key();
        const auto has_key = key_(c, key);
        if (!way.begin(has_key, key, !names_payload)) return way.answer();
        if (way.attempt() == nullptr) return next(c);
        outcome o;
        try {
            way.keep_alive();
            call once(call::again{c, way.own()});
            const auto now = lend(way);
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
    static constexpr bool is_transactional = !std::is_same_v<Store, idempotency::store>;

    idempotency::current lend(detail::idempotent_passage& way) const {
        if constexpr (is_transactional) {
            return idempotency::current(*way.attempt(),
                                        {detail::id_of<Store>, store_, &way.completion()});
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

template <> struct extract<idempotency::current> {
    static result<idempotency::current> from(call& c) {
        if (const auto* now = c.find<idempotency::current>()) return *now;
        return error::bug("this handler asks for idempotency::current, but no idempotent{} layer "
                          "stands around it");
    }
};

template <class S> struct extract<idempotency::transaction<S>> {
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
