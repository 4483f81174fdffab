// SPDX-License-Identifier: BSL-1.0
#pragma once

// Payloads without a marker: custom input of a schedule, a direct invocation, a Step Functions
// task. Their shape is the user's own, so these routes are tried last.

#include <headrace/base/types.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/json.hpp>
#include <headrace/routing/record_item.hpp>
#include <headrace/routing/source.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace headrace::raw {

struct event;

/// What matchers look at: a payload and the memory to look into it with.
struct subject_view {
    const event& payload;
    workspace& memory;
};

/// A payload that no known source sends.
struct event {
    raw_json json; ///< the whole payload

    static constexpr source_info about{.id = "raw",
                                       .title = "no known source sends this",
                                       .delivery = delivery::direct,
                                       .header = "headrace/sources/raw.hpp"};
    [[nodiscard]] static record_item item_of(const event& e);
    [[nodiscard]] static error no_route_for(const event& e);
    [[nodiscard]] static subject_view subject_of(const event& e, workspace& memory) noexcept;
};

/// Takes raw payloads with a certain text at a certain place.
class matcher {
public:
    using subject = subject_view;
    using provides = types<event>;

    matcher(std::string pointer, std::string value)
        : pointer_(std::move(pointer)), value_(std::move(value)) {}

    [[nodiscard]] bool matches(const subject_view& s) const;
    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::uint64_t rank() const noexcept { return 1; }
    [[nodiscard]] bool overlaps(const matcher& other) const noexcept {
        // Different places may both hold their texts; the first registered is asked first.
        return pointer_ == other.pointer_ && value_ == other.value_;
    }
    [[nodiscard]] bool covers(const matcher& other) const noexcept { return overlaps(other); }

private:
    std::string pointer_;
    std::string value_;
};

/// Takes every raw payload.
struct any_payload {
    using subject = subject_view;
    using provides = types<event>;
    [[nodiscard]] bool matches(const subject_view&) const noexcept { return true; }
    [[nodiscard]] std::string describe() const { return "raw any"; }
    [[nodiscard]] std::uint64_t rank() const noexcept { return 0; }
    [[nodiscard]] bool overlaps(const any_payload&) const noexcept { return true; }
    [[nodiscard]] bool covers(const any_payload&) const noexcept { return true; }
};

/// Payloads whose string, number or boolean at this JSON pointer (RFC 6901) is `value`:
/// raw::when("/job", "nightly").
[[nodiscard]] matcher when(std::string pointer, std::string value);
/// Every payload that nothing else takes.
inline constexpr any_payload any{};

} // namespace headrace::raw

namespace headrace {

template <> struct codec<raw::event> {
    static bool read(reader& r, raw::event& out) { return codec<raw_json>::read(r, out.json); }
};

} // namespace headrace
