// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/escapes.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/utf8.hpp>
#include <headrace/json/detail/field_table.hpp>
#include <headrace/json/workspace.hpp>

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <optional>
#include <string>

// headrace needs only stage 1 of simdjson: the index of where tokens start. The interface below is
// the one that simdjson's own on-demand parser uses; 3.0.1 (Debian 12) is tested in every run, the
// single files of 5.0.2 were.
static_assert(
    requires(const simdjson::implementation& best, simdjson::internal::dom_parser_implementation& p,
             std::unique_ptr<simdjson::internal::dom_parser_implementation>& made,
             const std::uint8_t* text) {
        best.create_dom_parser_implementation(std::size_t{}, std::size_t{}, made);
        p.stage1(text, std::size_t{}, simdjson::stage1_mode::regular);
        p.set_capacity(std::size_t{});
        { p.structural_indexes[0] } -> std::same_as<std::uint32_t&>;
        { p.n_structural_indexes } -> std::same_as<std::uint32_t&>;
    },
    "this simdjson has another stage 1 interface than the tested versions (3.0.1 and 5.0.2)");

namespace headrace {

namespace detail {

namespace index_errors {

inline error too_large(const char* what) {
    error e = error::malformed(detail::format<"the document has more {} than allowed">(what));
    e.code = errc::too_large;
    return e;
}

inline error syntax(const char* why, std::optional<std::size_t> offset = std::nullopt) {
    error e = error::malformed(why);
    e.code = errc::syntax;
    e.offset = offset;
    return e;
}

inline std::size_t first_bad_utf8(const char* text, std::size_t size) noexcept {
    std::size_t at = 0;
    while (at < size) {
        const auto c = utf8_at(text + at, size - at);
        if (c.bytes == 0) break;
        at += c.bytes;
    }
    return at;
}

// Where strings are: the first control character in one, and the quote of one that has no end.
struct string_faults {
    std::optional<std::size_t> control;
    std::optional<std::size_t> open;
};
inline string_faults find_string_faults(const char* text, std::size_t size) noexcept {
    string_faults found;
    for (std::size_t at = 0; at < size; ++at) {
        const char c = text[at];
        if (c == '"') {
            found.open = found.open ? std::nullopt : std::optional(at);
        } else if (found.open && c == '\\') {
            ++at;
        } else if (found.open && static_cast<unsigned char>(c) < 0x20 && !found.control) {
            found.control = at;
        }
    }
    return found;
}

inline error of(simdjson::error_code code, const char* text, std::size_t size) {
    switch (code) {
    case simdjson::EMPTY: return syntax("expected a value", size);
    case simdjson::UTF8_ERROR: return syntax("not UTF-8", first_bad_utf8(text, size));
    case simdjson::UNCLOSED_STRING:
        return syntax("a string has no end", find_string_faults(text, size).open);
    case simdjson::UNESCAPED_CHARS:
        return syntax("a control character in a string", find_string_faults(text, size).control);
    default: return syntax("not JSON");
    }
}

} // namespace index_errors

class indexer {
public:
    // The text must be readable for `padding` bytes after its end. A byte order mark before it is
    // passed over (RFC 8259 section 8.1).
    result<document> run(const char* text, std::size_t size, const limits& bounds) {
        const auto json = without_mark({text, size});
        text = json.data();
        size = json.size();
        if (size > bounds.bytes || size > UINT32_MAX - padding) {
            return index_errors::too_large("bytes");
        }
        if (!parser_ || parser_->capacity() < size + sentinels) grow(size + sentinels);
        const auto code = parser_->stage1(reinterpret_cast<const std::uint8_t*>(text), size,
                                          simdjson::stage1_mode::regular);
        if (code != simdjson::SUCCESS) return index_errors::of(code, text, size);
        const std::size_t tokens = parser_->n_structural_indexes;
        if (tokens > bounds.tokens) return index_errors::too_large("tokens");
        auto* index = parser_->structural_indexes.get();
        std::fill_n(index + tokens, sentinels, static_cast<std::uint32_t>(size));
        return document{text, size, index, tokens, plain_until(text, text + size)};
    }
    // Bytes of text that fit without growing.
    [[nodiscard]] std::size_t room() const noexcept { return parser_ ? parser_->capacity() : 0; }
    [[nodiscard]] std::size_t capacity() const noexcept { return room() * sizeof(std::uint32_t); }
    static constexpr std::size_t sentinels = 4;

private:
    // In steps, so that events of slowly rising size do not allocate each time.
    void grow(std::size_t size) {
        const std::size_t room = std::max<std::size_t>(4096, size + size / 4);
        const auto code =
            parser_ ? parser_->set_capacity(room)
                    : simdjson::get_active_implementation()->create_dom_parser_implementation(
                        room, 1, parser_);
        if (code != simdjson::SUCCESS) throw std::bad_alloc();
    }
    std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
};

} // namespace detail

workspace::workspace() : workspace(limits{}) {}
workspace::workspace(limits bounds) : bounds_(bounds) {}
workspace::workspace(workspace&&) noexcept = default;
workspace& workspace::operator=(workspace&&) noexcept = default;
workspace::~workspace() { memory_.release(); }

result<char*> workspace::input(std::size_t size) { return grow_input(0, size); }

result<char*> workspace::grow_input(std::size_t used, std::size_t size) {
    if (size > bounds_.bytes) return detail::index_errors::too_large("bytes");
    if (size > input_capacity_ || !input_) {
        const std::size_t room = std::max<std::size_t>(4096, size + size / 4);
        auto larger = std::make_unique<char[]>(room + padding); // so the padding is initialised
        if (used != 0) std::memcpy(larger.get(), input_.get(), used);
        input_ = std::move(larger);
        input_capacity_ = room;
    }
    return input_.get();
}

result<document> workspace::index_input(std::size_t size) {
    if (!input_ || size > input_capacity_) {
        return error::bug("index_input() without the input() that holds so many bytes");
    }
    largest_ = std::max(largest_, size);
    input_[size] = '\0';
    if (!outer_) outer_ = std::make_unique<detail::indexer>();
    return outer_->run(input_.get(), size, bounds_);
}

result<document> workspace::load(std::string_view json) {
    auto room = input(json.size());
    if (!room) return std::move(room).error();
    if (!json.empty()) std::memcpy(*room, json.data(), json.size());
    return index_input(json.size());
}

result<document> workspace::nested(std::string_view json, storage where) {
    if (json.size() > bounds_.bytes) return detail::index_errors::too_large("bytes");
    largest_ = std::max(largest_, json.size());
    if (where == storage::anywhere) json = memory_.copy(json);
    if (!inner_) inner_ = std::make_unique<detail::indexer>();
    auto found = inner_->run(json.data(), json.size(), bounds_);
    if (!found) return found;
    const auto entries = found->tokens + detail::indexer::sentinels;
    auto* index = memory_.room_for<std::uint32_t>(entries);
    std::memcpy(index, found->index, entries * sizeof(std::uint32_t));
    found->index = index;
    return found;
}

std::string workspace::take_text() noexcept {
    auto& largest = texts_[0].capacity() < texts_[1].capacity() ? texts_[1] : texts_[0];
    std::string text = std::exchange(largest, {});
    text.clear();
    return text;
}

void workspace::give_back(std::string&& text) noexcept {
    auto& smallest = texts_[0].capacity() < texts_[1].capacity() ? texts_[0] : texts_[1];
    if (smallest.capacity() < text.capacity()) smallest = std::move(text);
}

workspace& workspace::worker(std::size_t i) {
    while (workers_.size() <= i) workers_.push_back(std::make_unique<workspace>(bounds_));
    return *workers_[i];
}

detail::field_table& workspace::table(detail::type_id type,
                                      void (*build)(detail::field_table&, void*), void* object) {
    if (table_count_ * 2 >= tables_.size()) grow_tables();
    auto& [known, table] = table_slot(type);
    if (known == nullptr) {
        table = std::make_unique<detail::field_table>();
        build(*table, object);
        known = type;
        ++table_count_;
    }
    return *table;
}

workspace::known_table& workspace::table_slot(detail::type_id type) noexcept {
    const auto hash = reinterpret_cast<std::uintptr_t>(type) * std::uint64_t{0x9E3779B97F4A7C15};
    const auto mask = tables_.size() - 1;
    auto at = static_cast<std::size_t>(hash >> 32) & mask;
    while (tables_[at].type != nullptr && tables_[at].type != type) at = (at + 1) & mask;
    return tables_[at];
}

void workspace::grow_tables() {
    auto before = std::exchange(tables_, {});
    tables_.resize(std::max<std::size_t>(16, before.size() * 2));
    for (auto& each : before) {
        if (each.type != nullptr) table_slot(each.type) = std::move(each);
    }
}

void workspace::reset() noexcept {
    for (const auto& each : workers_) each->reset();
    memory_.reset();
    scratch_.reset();
    constexpr unsigned run_of_small = 64;
    constexpr std::size_t generous = 8;
    const std::size_t worth = std::max<std::size_t>(largest_, 16 * 1024) * generous;
    const std::size_t held = std::max(
        {input_capacity_, inner_ ? inner_->room() : 0, texts_[0].capacity(), texts_[1].capacity()});
    small_inputs_ = held > worth ? small_inputs_ + 1 : 0;
    largest_ = 0;
    if (small_inputs_ < run_of_small) return;
    small_inputs_ = 0;
    input_.reset();
    input_capacity_ = 0;
    outer_.reset();
    inner_.reset();
    memory_.release();
    scratch_.release();
    for (auto& each : texts_) std::string().swap(each); // assigning would keep the memory
}

std::size_t workspace::capacity() const noexcept {
    std::size_t bytes = memory_.capacity() + scratch_.capacity() + input_capacity_
                        + (outer_ ? outer_->capacity() : 0) + (inner_ ? inner_->capacity() : 0);
    for (const auto& each : texts_) bytes += each.capacity();
    for (const auto& each : workers_) bytes += each->capacity();
    return bytes;
}

} // namespace headrace
