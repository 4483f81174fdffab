// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is there to know about one record, whatever its source? Each event type answers it in a
// function `item_of`, so that replies, logs, keys and dead letters need to know no source.

#include <headrace/base/result.hpp>
#include <headrace/json/json.hpp>
#include <headrace/json/workspace.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace headrace {

/// What the sender attached to a message.
struct message_attribute {
    std::string_view name;
    std::string_view type;  ///< "String", "Number", "Binary", each maybe with ".label" behind
    std::string_view value; ///< of a Binary: base64
    friend bool operator==(const message_attribute&, const message_attribute&) = default;
};

/// Texts that name something together: {"sqs", "fc27ed12-..."}. Without any it has no name.
class name_parts {
public:
    static constexpr std::size_t most = 10;

    constexpr name_parts() noexcept = default;
    /// Precondition: at most `most` parts.
    constexpr name_parts(std::initializer_list<std::string_view> parts) noexcept
        : count_(parts.size()) {
        std::size_t i = 0;
        for (const auto each : parts) parts_[i++] = each;
    }
    [[nodiscard]] constexpr bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] constexpr std::span<const std::string_view> all() const noexcept {
        return {parts_.data(), count_};
    }

private:
    std::array<std::string_view, most> parts_{};
    std::size_t count_ = 0;
};

namespace detail {

/// What few ask of a record: worked out by a function without state, each time that it is asked
/// for. Borrows the record.
template <class T> class answer {
public:
    constexpr answer() noexcept = default;
    template <class Record, std::invocable<const Record&> F>
        requires std::is_empty_v<F> && std::is_default_constructible_v<F>
    constexpr answer(const Record& of, F) noexcept
        : of_(&of),
          work_out_([](const void* r) -> T { return F{}(*static_cast<const Record*>(r)); }) {}
    [[nodiscard]] T operator()() const { return work_out_ != nullptr ? work_out_(of_) : T(); }

private:
    const void* of_ = nullptr;
    T (*work_out_)(const void*) = nullptr;
};

} // namespace detail

/// What a record carries: JSON, or any text, as it stands in the event, or the base64 of that.
/// Borrows the record.
class record_body {
public:
    constexpr record_body() noexcept = default;
    constexpr record_body(const raw_json& plain) noexcept : wire_(plain) {}
    /// Is decoded each time that it is asked for.
    [[nodiscard]] static constexpr record_body of_base64(std::string_view text) noexcept {
        record_body made(raw_json{text});
        made.is_base64_ = true;
        return made;
    }

    /// As it stands in the event; empty if the member was absent or null.
    [[nodiscard]] constexpr std::string_view wire_text() const noexcept { return wire_.text(); }
    [[nodiscard]] constexpr bool empty() const noexcept { return wire_.empty(); }
    /// What body<T> decodes. What has to be made of base64 lives in `memory`. Errors: bad_value.
    [[nodiscard]] result<raw_json> json(workspace& memory) const;
    /// Decodes it as a T that borrows from `memory`. Errors: as json() and raw_json::as().
    template <class T> [[nodiscard]] result<T> as(workspace& memory) const {
        auto plain = json(memory);
        if (!plain) return std::move(plain).error();
        return plain->template as<T>(memory);
    }

private:
    [[no_unique_address]] raw_json wire_; // the other one fits behind it
    bool is_base64_ = false;
};

/// One record. Borrows it, and so the invocation.
///   record_item event::item_of(const record& r) { return {.id = r.message_id, .body = ...}; }
struct record_item {
    std::string_view id{};     ///< names it in the reply and in its log lines; may be empty
    std::string_view group{};  ///< what its order holds within: a message group, a partition
    std::uint32_t attempt = 0; ///< which delivery it is; 0: its source does not count them
    record_body body{};        ///< what body<T> decodes, and where events of others may be inside
    /// What its source calls it, the same in every delivery of it (idempotency::natural_key).
    detail::answer<name_parts> name{};
    /// What its sender calls it, for the queue and group that it was sent to.
    detail::answer<name_parts> sent_as{};
    detail::answer<std::vector<message_attribute>> attributes{};
};

} // namespace headrace
