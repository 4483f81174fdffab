// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does a Redis server say? Its wire protocol in version 2: commands written, replies read with
// bounds, so that a broken or hostile server costs an error and no more.
// https://redis.io/docs/latest/develop/reference/protocol-spec/

#include <headrace/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::detail::resp {

enum class kind : std::uint8_t {
    nothing, ///< a null text or list
    text,    ///< simple or bulk
    error,   ///< text: a word in capitals, then words for a person
    integer,
    list,
};

struct reply {
    resp::kind kind = kind::nothing;
    std::string text;
    std::int64_t number = 0;
    std::vector<reply> items;

    friend bool operator==(const reply&, const reply&) = default;
};

/// What one reply may have.
struct bounds {
    std::size_t bytes = 64U << 20;
    std::size_t line = 16U << 10; ///< of what is not counted beforehand
    std::size_t items = 4096;     ///< lists and what is in them
    unsigned depth = 4;           ///< of lists in lists
};

/// Where the bytes come from. 0: they have ended.
class source {
public:
    virtual ~source() = default;
    virtual result<std::size_t> read_some(std::span<char> into) = 0;
};

/// Reads replies, one after the other. After an error it is of no more use.
class reply_reader {
public:
    explicit reply_reader(bounds most = {}) noexcept : most_(most) {}

    /// Errors: what the source answers; transient if the bytes end within the reply or before it;
    /// permanent if they are no reply or exceed the bounds.
    [[nodiscard]] result<reply> next(source& from);
    /// Has nothing come that is not part of a reply that was read?
    [[nodiscard]] bool is_drained() const noexcept { return at_ == buffer_.size(); }

private:
    [[nodiscard]] result<reply> value(source& from, unsigned depth);
    [[nodiscard]] result<reply> bulk(source& from, std::int64_t size);
    [[nodiscard]] result<reply> list(source& from, std::int64_t size, unsigned depth);
    [[nodiscard]] result<std::string> line(source& from);
    [[nodiscard]] result<void> bytes(source& from, std::size_t count, std::string& out);
    [[nodiscard]] result<void> fill(source& from);

    bounds most_;
    bounds left_;
    std::string buffer_;
    std::size_t at_ = 0; // what was read of it
};

/// Appends a command as a list of bulk texts.
void append_command(std::string& out, std::span<const std::string_view> words);

} // namespace headrace::detail::resp
