// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/reader.hpp>
#include <headrace/workspace.hpp>

#include <simdjson.h>

#include <algorithm>
#include <cstring>

// headrace needs only stage 1 of simdjson: the index of where tokens start. The interface below is
// the one that simdjson's own on-demand parser uses; 3.0.1 (Debian 12) is tested in every run.
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
    "this simdjson has another stage 1 interface than the tested versions (3.0.1 and 4.x)");

namespace headrace {

namespace detail {

class indexer {
public:
    // The text must be readable for `padding` bytes after its end.
    result<document> run(const char* text, std::size_t size, const limits& bounds) {
        if (size > bounds.bytes || size > UINT32_MAX - 64) return too_large("bytes");
        if (!parser_ || parser_->capacity() < size) {
            if (auto grown = grow(size); !grown) return std::move(grown).error();
        }
        const auto code = parser_->stage1(reinterpret_cast<const std::uint8_t*>(text), size,
                                          simdjson::stage1_mode::regular);
        if (code != simdjson::SUCCESS) return syntax(code, text, size);
        const auto tokens = parser_->n_structural_indexes;
        if (tokens > bounds.tokens) return too_large("tokens");
        auto* index = parser_->structural_indexes.get();
        index[tokens] = index[tokens + 1] = static_cast<std::uint32_t>(size);
        return document{text, size, index, tokens};
    }
    [[nodiscard]] std::size_t capacity() const noexcept {
        return parser_ ? parser_->capacity() * sizeof(std::uint32_t) : 0;
    }

private:
    result<void> grow(std::size_t size) {
        // Grow in steps, so that events of slowly rising size do not allocate each time.
        const std::size_t room = std::max<std::size_t>(4096, size + size / 4);
        const auto code =
            parser_ ? parser_->set_capacity(room)
                    : simdjson::get_active_implementation()->create_dom_parser_implementation(
                        room, 1, parser_);
        if (code != simdjson::SUCCESS) throw std::bad_alloc();
        return {};
    }
    static error too_large(const char* what) {
        error e = error::malformed(std::string("the document has more ") + what + " than allowed");
        e.code = errc::too_large;
        return e;
    }
    static error syntax(simdjson::error_code code, const char* text, std::size_t size) {
        error e;
        switch (code) {
        case simdjson::EMPTY: e = error::malformed("expected a value"); break;
        case simdjson::UTF8_ERROR:
            e = error::malformed("not UTF-8");
            e.offset = first_bad_utf8(text, size);
            break;
        case simdjson::UNCLOSED_STRING:
            e = error::malformed("a string has no end");
            e.offset = size;
            break;
        case simdjson::UNESCAPED_CHARS:
            e = error::malformed("a control character in a string");
            break;
        default: e = error::malformed("not JSON"); break;
        }
        e.code = errc::syntax;
        return e;
    }
    static std::size_t first_bad_utf8(const char* text, std::size_t size) {
        std::size_t good = 0;
        std::size_t bad = size; // halve: the longest prefix that is UTF-8 up to a cut character
        while (good + 1 < bad) {
            const auto middle = good + (bad - good) / 2;
            std::size_t cut = middle;
            while (cut > good && cut > middle - std::min<std::size_t>(middle, 3)
                   && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) {
                --cut;
            }
            (simdjson::validate_utf8(text, cut) ? good : bad) = middle;
        }
        return good;
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
    if (size > bounds_.bytes) {
        error e = error::malformed("the document has more bytes than allowed");
        e.code = errc::too_large;
        return e;
    }
    if (size > input_capacity_ || !input_) {
        const std::size_t room = std::max<std::size_t>(4096, size + size / 4);
        auto larger = std::make_unique<char[]>(room + padding);
        if (used != 0) std::memcpy(larger.get(), input_.get(), used);
        input_ = std::move(larger);
        input_capacity_ = room;
    }
    return input_.get();
}

result<document> workspace::index_input(std::size_t size) {
    largest_ = std::max(largest_, size);
    std::memset(input_.get() + size, 0, padding);
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
    if (where == storage::anywhere) json = memory_.copy(json);
    if (!inner_) inner_ = std::make_unique<detail::indexer>();
    auto found = inner_->run(json.data(), json.size(), bounds_);
    if (!found) return found;
    auto* index = memory_.room_for<std::uint32_t>(found->tokens + 2);
    std::memcpy(index, found->index, (found->tokens + 2) * sizeof(std::uint32_t));
    found->index = index;
    return found;
}

detail::field_table& workspace::table(const void* type, void (*build)(detail::field_table&, void*),
                                      void* object) {
    for (auto& [known, table] : tables_) {
        if (known == type) return *table;
    }
    auto made = std::make_unique<detail::field_table>();
    build(*made, object);
    made->finish();
    return *tables_.emplace_back(type, std::move(made)).second;
}

void workspace::reset() noexcept {
    memory_.reset();
    try {
        scratch_.reset();
    } catch (const std::bad_alloc&) {
        // keeps its blocks as they are
    }
    constexpr unsigned run_of_small = 64;
    constexpr std::size_t generous = 8;
    const std::size_t worth = std::max<std::size_t>(largest_, 16 * 1024) * generous;
    small_inputs_ = input_capacity_ > worth ? small_inputs_ + 1 : 0;
    if (small_inputs_ == run_of_small) {
        small_inputs_ = 0;
        input_.reset();
        input_capacity_ = 0;
        outer_.reset();
        inner_.reset();
        memory_.release();
        try {
            scratch_.release();
        } catch (const std::bad_alloc&) {}
    }
    largest_ = 0;
}

std::size_t workspace::capacity() const noexcept {
    return memory_.capacity() + scratch_.capacity() + input_capacity_
           + (outer_ ? outer_->capacity() : 0) + (inner_ ? inner_->capacity() : 0);
}

} // namespace headrace
