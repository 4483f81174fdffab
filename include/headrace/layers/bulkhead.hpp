// SPDX-License-Identifier: BSL-1.0
#pragma once

// Only so many at once: of the calls that a dependency can bear, or of the work that memory can.

#include <headrace/routing/detail/attempt.hpp>
#include <headrace/routing/middleware.hpp>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>

namespace headrace {

struct bulkhead_options {
    std::uint32_t at_once = 10;
    std::chrono::milliseconds wait{0}; ///< for room; zero: refused at once where there is none
};

/// Lets so many calls in at the same time. Others wait in order of arrival until there is room, the
/// time to wait is over, or the work should end; then they fail with class transient and code
/// limited. Every copy of use{bulkhead} and every run() share the one object. Thread-safe.
///   bulkhead connections{{.at_once = 4, .wait = 200ms}};
///   chain{use{connections}, retry{}}
///   auto rows = connections.run(ctx, [&] { return database.ask(query); });
class bulkhead {
public:
    static constexpr headrace::phase phase = headrace::phase::limit;

    explicit bulkhead(bulkhead_options options = {}) noexcept : options_(options) {}
    bulkhead(const bulkhead&) = delete; // it is shared: chain{use{bulkhead}}
    bulkhead& operator=(const bulkhead&) = delete;

    outcome operator()(call& c, auto&& next) {
        return run(c.context(), [&]() -> outcome { return next(c); });
    }
    /// Runs f(const context&) or f(): a result, an outcome, or a value that becomes a result.
    template <class F> detail::ran<F> run(const context& ctx, F&& f) {
        if (!enter(ctx)) return detail::ran<F>(refusal());
        const room taken(*this);
        return detail::attempt(f, ctx);
    }
    /// How many are inside.
    [[nodiscard]] std::uint32_t inside() const;

private:
    class room {
    public:
        explicit room(bulkhead& of) noexcept : of_(of) {}
        room(const room&) = delete;
        room& operator=(const room&) = delete;
        ~room() { of_.leave(); }

    private:
        bulkhead& of_;
    };
    struct waiting {
        std::stop_source admitted; ///< ends the sleep
        bool has_room = false;
        waiting* next = nullptr;
    };
    [[nodiscard]] bool enter(const context& ctx);
    void wait_for_room(const context& ctx, waiting& self) const;
    void leave() noexcept;
    void enqueue(waiting& self) noexcept;
    void forget(const waiting& self) noexcept;
    [[nodiscard]] error refusal() const;

    const bulkhead_options options_;
    mutable std::mutex mutex_; ///< guards the rest, and the queue's has_room and next
    std::uint32_t inside_ = 0;
    waiting* first_ = nullptr;
};

} // namespace headrace
