// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/idempotency/stores/detail/resp.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace headrace::detail::resp {

namespace replies {

inline error unreadable(const char* why) {
    error e = error::permanent(std::string("the server does not answer as Redis does: ") + why);
    e.code = errc::input_output;
    return e;
}

inline std::optional<std::int64_t> integer(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return number;
}

} // namespace replies

result<reply> reply_reader::next(source& from) {
    left_ = most_;
    return value(from, 0);
}

result<reply> reply_reader::value(source& from, unsigned depth) {
    using replies::unreadable;
    if (left_.items-- == 0) return unreadable("a list is too long");
    auto head = line(from);
    if (!head) return std::move(head).error();
    if (head->empty()) return unreadable("an empty line");
    const char type = head->front();
    head->erase(0, 1);
    if (type == '+') return reply{kind::text, *std::move(head), 0, {}};
    if (type == '-') return reply{kind::error, *std::move(head), 0, {}};
    if (type != ':' && type != '$' && type != '*') return unreadable("an unknown kind of reply");
    const auto number = replies::integer(*head);
    if (!number) return unreadable("a number was expected");
    if (type == ':') return reply{kind::integer, {}, *number, {}};
    if (*number == -1) return reply{};
    if (*number < 0) return unreadable("a negative length");
    return type == '$' ? bulk(from, *number) : list(from, *number, depth);
}

result<reply> reply_reader::bulk(source& from, std::int64_t size) {
    using replies::unreadable;
    if (static_cast<std::uint64_t>(size) > left_.bytes) return unreadable("it is too long");
    reply r{kind::text, {}, 0, {}};
    if (auto read = bytes(from, static_cast<std::size_t>(size), r.text); !read) {
        return std::move(read).error();
    }
    left_.bytes -= r.text.size();
    std::string end;
    if (auto read = bytes(from, 2, end); !read) return std::move(read).error();
    if (end != "\r\n") return unreadable("a text has another length than it says");
    return r;
}

result<reply> reply_reader::list(source& from, std::int64_t size, unsigned depth) {
    using replies::unreadable;
    if (static_cast<std::uint64_t>(size) > left_.items) return unreadable("a list is too long");
    if (depth + 1 > most_.depth) return unreadable("lists are nested too deeply");
    reply r{kind::list, {}, 0, {}};
    for (std::int64_t i = 0; i < size; ++i) {
        auto item = value(from, depth + 1);
        if (!item) return std::move(item).error();
        r.items.push_back(*std::move(item));
    }
    return r;
}

result<std::string> reply_reader::line(source& from) {
    std::size_t seen = at_;
    while (true) {
        const auto end = buffer_.find("\r\n", seen);
        const auto length = (end == std::string::npos ? buffer_.size() : end) - at_;
        if (length > std::min(most_.line, left_.bytes)) {
            return replies::unreadable("a line is too long");
        }
        if (end != std::string::npos) {
            std::string text = buffer_.substr(at_, length);
            at_ = end + 2;
            left_.bytes -= length;
            return text;
        }
        const bool half = !is_drained() && buffer_.back() == '\r';
        if (auto more = fill(from); !more) return std::move(more).error();
        seen = at_ + length - (half ? 1 : 0); // fill() moves what was not read to the front
    }
}

result<void> reply_reader::bytes(source& from, std::size_t count, std::string& out) {
    while (out.size() < count) {
        if (is_drained()) {
            if (auto more = fill(from); !more) return more;
        }
        const auto part = std::min(count - out.size(), buffer_.size() - at_);
        out.append(buffer_, at_, part);
        at_ += part;
    }
    return {};
}

result<void> reply_reader::fill(source& from) {
    constexpr std::size_t room = 16U << 10;
    buffer_.erase(0, std::exchange(at_, 0));
    const auto had = buffer_.size();
    buffer_.resize(had + room);
    const auto got = from.read_some(std::span(buffer_).subspan(had));
    buffer_.resize(had + (got ? std::min(*got, room) : 0));
    if (!got) return got.error();
    if (*got != 0) return {};
    error e = error::transient("the server has closed the connection before the end of its reply");
    e.code = errc::input_output;
    return e;
}

void append_command(std::string& out, std::span<const std::string_view> words) {
    const auto line = [&out](char type, std::size_t number) {
        out.append(1, type).append(std::to_string(number)).append("\r\n");
    };
    line('*', words.size());
    for (const auto word : words) {
        line('$', word.size());
        out.append(word).append("\r\n");
    }
}

} // namespace headrace::detail::resp
