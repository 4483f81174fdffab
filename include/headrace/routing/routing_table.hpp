// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where does dispatching look? What router::build() has made of the routes of an app: by subject,
// in the order in which they are tried, with the base chain, the objects of the app and what it
// says about its batches. Never changed once it is there.

#include <headrace/routing/batch_options.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/outcome.hpp>
#include <headrace/routing/recogniser.hpp>
#include <headrace/routing/routes.hpp>
#include <headrace/routing/source.hpp>

#include <cstddef>
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
    // Null where the chain has no layers of this scope.
    outcome (*around_invocation)(void*, call&, service_ref) = nullptr;
    outcome (*around_record)(void*, call&, service_ref) = nullptr;
    std::span<const layer_entry> layers;
    std::vector<std::string> unusable; ///< what layers said about themselves
};

/// All that an app is told before it is built.
struct registrations {
    /// What the app says about an event type or a subject. The last word counts.
    struct option {
        type_id about;
        any_object value;
    };
    const recogniser* sources = nullptr;
    erased_base base;
    std::vector<route_entry> entries;
    std::unique_ptr<route_entry> fallback;
    std::span<const source_operations> of_fallback; ///< it takes records of all sources
    dependencies objects;
    std::vector<option> options;
};

/// The routes of one subject.
struct route_group {
    type_id subject;
    std::unique_ptr<route_index> index;
};

} // namespace detail

/// One line of the routing table.
struct route_info {
    std::string_view text;                ///< "sqs queue orders"
    std::vector<std::string_view> layers; ///< base chain first, outside in
};

/// The routes of an app, checked and in order. Threads share it.
class routing_table {
public:
    /// The groups refer to the entries of `said`.
    routing_table(detail::registrations said, std::vector<detail::route_group> groups);
    routing_table(const routing_table&) = delete;
    routing_table& operator=(const routing_table&) = delete;
    ~routing_table();

    /// The route with the highest rank that takes this subject, or null.
    template <class Subject>
    [[nodiscard]] const detail::route_entry* find(const Subject& subject) const {
        return find(detail::id_of<Subject>, &subject);
    }
    [[nodiscard]] const detail::route_entry* find(detail::type_id subject,
                                                  const void* object) const;
    /// The routes of this subject, or null where it has none. It is what the subject has made.
    [[nodiscard]] const detail::route_index* index(detail::type_id subject) const noexcept;
    [[nodiscard]] bool has_routes_for(detail::type_id subject) const noexcept {
        return index(subject) != nullptr;
    }
    /// What takes all that no route takes, or null.
    [[nodiscard]] const detail::route_entry* fallback() const noexcept {
        return said_.fallback.get();
    }
    /// A route by its place, counted from 0 in the order in which they were added.
    [[nodiscard]] const detail::route_entry& route(std::size_t i) const { return said_.entries[i]; }
    [[nodiscard]] const detail::erased_base& base() const noexcept { return said_.base; }
    [[nodiscard]] const dependencies& objects() const noexcept { return said_.objects; }
    [[nodiscard]] const detail::recogniser& sources() const noexcept { return *said_.sources; }
    /// How this source's events are dispatched; null where no route takes what arrives in them. It
    /// depends on the routes alone, never on what else the program links.
    [[nodiscard]] auto dispatch_of(const source_info& source) const noexcept
        -> outcome (*)(dispatcher&, call&, const document&);
    /// What the app has said about an event type or a subject, or null.
    template <class Option>
    [[nodiscard]] const Option* option(detail::type_id about) const noexcept {
        return static_cast<const Option*>(option_of(about));
    }
    /// How the batches of this event type are handled: one record after the other where the app has
    /// said nothing.
    [[nodiscard]] const batch_policy& batches_of(detail::type_id event) const noexcept;

    /// All of it, in the order in which routes are tried.
    [[nodiscard]] std::vector<route_info> lines() const;
    /// What it was made of.
    [[nodiscard]] const detail::registrations& said() const noexcept { return said_; }

private:
    [[nodiscard]] const void* option_of(detail::type_id about) const noexcept;
    detail::registrations said_;
    std::vector<detail::route_group> groups_;
    std::vector<source_operations> operations_; ///< by the addresses of what they are about
};

} // namespace headrace
