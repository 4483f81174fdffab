// SPDX-License-Identifier: BSL-1.0
#pragma once

// The routes of an app and the way of an invocation through them: index, recognise, decode, route,
// run, reply. Not a template; app<Base> stands on top of it.

#include <headrace/base/result.hpp>
#include <headrace/http/request_options.hpp>
#include <headrace/http/route_table.hpp>
#include <headrace/routing/batch_options.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/middleware.hpp>
#include <headrace/routing/outcome.hpp>
#include <headrace/routing/routes.hpp>
#include <headrace/routing/service.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace {

namespace detail {

/// A reference to something callable as outcome(call&), for the time of one call.
struct service_ref {
    void* object;
    outcome (*run)(void*, call&);
    outcome operator()(call& c) const { return run(object, c); }
};

/// The base chain without its type.
struct erased_base {
    any_object object;
    outcome (*around_invocation)(void*, call&, service_ref) = nullptr;
    outcome (*around_record)(void*, call&, service_ref) = nullptr;
    std::span<const layer_entry> layers;
    std::vector<std::string> unusable; ///< what layers said about themselves
};

} // namespace detail

/// One line of the routing table.
struct route_info {
    std::string_view text;                ///< "sqs queue orders"
    std::vector<std::string_view> layers; ///< base chain first, outside in
};

/// Routes, dependencies and the way of an invocation through them. build() freezes it; after that
/// it is immutable and handle() may run in several threads, each with its own workspace.
class router : public service {
public:
    ~router() override;
    router(const router&) = delete;
    router& operator=(const router&) = delete;

    /// Checks everything at once: that there is a route, ambiguous and unreachable routes, path
    /// parameters that their pattern lacks, missing dependencies, layers in the wrong order or
    /// unusable. Idempotent.
    /// Errors: bad_app, with one line for each mistake, each naming its routes; of two that are in
    /// each other's way also their places, counted from 0 in the order in which they were added.
    [[nodiscard]] result<void> build();

    /// build().
    result<void> start(const platform& world) override;
    /// The whole way of one invocation. `payload` lies in the input buffer of `memory`.
    reply_bytes handle(workspace& memory, std::string_view payload, context& ctx) override;
    /// The same for a payload that lies anywhere: copied into the workspace.
    reply_bytes handle_copy(workspace& memory, std::string_view payload, context& ctx);

    /// The routing table, in the order in which routes are tried.
    [[nodiscard]] std::vector<route_info> table() const;
    /// The routes whose rejected records come again until their source gives up, since no
    /// dead_letter (or platform_dead_letters) layer stands around them, nor does a caller wait.
    [[nodiscard]] std::vector<std::string_view> routes_without_dead_letters() const;

    // ---- for dispatch ---------------------------------------------------------------------------
    [[nodiscard]] const detail::route_entry* find(detail::type_id subject,
                                                  const void* object) const;
    [[nodiscard]] bool has_routes_for(detail::type_id subject) const noexcept;
    [[nodiscard]] const detail::route_entry* fallback() const noexcept { return fallback_.get(); }
    [[nodiscard]] const http::route_table& http_routes() const noexcept { return http_; }
    /// How requests are read.
    [[nodiscard]] const http::request_options& requests() const noexcept { return requests_; }
    [[nodiscard]] const detail::route_entry& route(std::size_t i) const { return entries_[i]; }
    [[nodiscard]] const detail::erased_base& base() const noexcept { return base_; }
    [[nodiscard]] const dependencies& objects() const noexcept { return dependencies_; }
    /// How the batches of this event type are handled.
    [[nodiscard]] const batch_policy& batches_of(detail::type_id event) const noexcept;

protected:
    explicit router(detail::erased_base base);
    router(router&&) noexcept;
    void add_entry(detail::route_entry entry);
    void set_fallback(detail::route_entry entry);
    void add_dependency(dependencies::entry entry);
    void set_batches(detail::type_id event, batch_policy policy);
    void set_requests(const http::request_options& options);

private:
    struct group {
        detail::type_id subject;
        std::vector<std::size_t> routes; ///< highest rank first
    };
    struct batch_rule {
        detail::type_id event;
        batch_policy policy;
    };
    void check_needs(std::vector<std::string>& mistakes) const;
    void check_phases(std::vector<std::string>& mistakes) const;
    void check_usable(std::vector<std::string>& mistakes) const;
    void check_dead_letters(std::vector<std::string>& mistakes) const;
    void check_overlaps(std::vector<std::string>& mistakes) const;
    [[nodiscard]] std::string name_of(std::size_t route) const;
    void index_http(std::vector<std::string>& mistakes);
    outcome dispatch(call& c, const document& d);
    outcome dispatch_raw(class dispatcher& way, call& c, const document& d);

    detail::erased_base base_;
    std::vector<detail::route_entry> entries_;
    std::vector<group> groups_;
    http::route_table http_;
    std::unique_ptr<detail::route_entry> fallback_;
    dependencies dependencies_;
    std::vector<batch_rule> batches_;
    std::vector<std::string> mistakes_;
    http::request_options requests_;
    bool built_ = false;
};

} // namespace headrace
