// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is an app told, and is there anything wrong with it? Takes routes, objects and options,
// checks all of them at once and makes the routing table that invocations go by. Not a template;
// app<Base> stands on top of it.

#include <headrace/base/result.hpp>
#include <headrace/routing/batch_options.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/middleware.hpp>
#include <headrace/routing/outcome.hpp>
#include <headrace/routing/routes.hpp>
#include <headrace/routing/routing_table.hpp>
#include <headrace/routing/service.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace {

/// Routes, dependencies and what is said about them. build() makes the routing table of it; after
/// that nothing is added, and handle() may run in several threads, each with its own workspace.
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

    /// What build() has made. Precondition: it has succeeded.
    [[nodiscard]] const routing_table& built() const noexcept;
    /// The lines of the routing table, in the order in which routes are tried; none before build().
    [[nodiscard]] std::vector<route_info> table() const;
    /// The routes whose rejected records come again until their source gives up, since no
    /// dead_letter (or platform_dead_letters) layer stands around them, nor does a caller wait.
    [[nodiscard]] std::vector<std::string_view> routes_without_dead_letters() const;

protected:
    router(detail::erased_base base, const detail::recogniser& sources);
    router(router&&) noexcept;
    void add_entry(detail::route_entry entry);
    /// It takes records of everything that these can dispatch.
    void set_fallback(detail::route_entry entry, std::span<const source_operations> of);
    void add_dependency(dependencies::entry entry);
    /// Says something about an event type or a subject: see routing_table::option().
    void set_option(detail::type_id about, detail::any_object value);

    /// Null where the app was moved away.
    [[nodiscard]] void* base_object() const noexcept { return said().base.object.get(); }

private:
    void must_not_be_built(const char* what) const;
    [[nodiscard]] const detail::registrations& said() const noexcept {
        return table_ ? table_->said() : said_;
    }
    [[nodiscard]] std::vector<detail::route_group>
    grouped(std::vector<std::string>& mistakes) const;
    void check_needs(std::vector<std::string>& mistakes) const;
    void check_phases(std::vector<std::string>& mistakes) const;
    void check_usable(std::vector<std::string>& mistakes) const;
    void check_dead_letters(std::vector<std::string>& mistakes) const;

    detail::registrations said_; ///< handed to the table when that is made
    std::vector<std::string> mistakes_;
    std::unique_ptr<const routing_table> table_;
};

} // namespace headrace
