// SPDX-License-Identifier: BSL-1.0
#pragma once

// How is an object read whose members come in the order in which its type lists them?

#include <headrace/base/detail/type_name.hpp>
#include <headrace/json/detail/field_table.hpp>
#include <headrace/json/detail/table_path.hpp>
#include <headrace/json/reader.hpp>
#include <headrace/json/wire.hpp>
#include <headrace/json/workspace.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace headrace {

namespace detail {

[[noreturn, gnu::noinline]] void refuse_wire_list(const char* why);

// Kept out of the functions that read objects, which are inlined as a whole.
template <class M> [[gnu::noinline]] bool read_apart(reader& r, M& member) {
    return codec<M>::read(r, member);
}
template <class M> bool read_member(reader& r, M& member) {
    if constexpr (std::is_arithmetic_v<M>) {
        return codec<M>::read(r, member);
    } else {
        return read_apart(r, member);
    }
}

template <class M> bool is_blank(const M& member) {
    if constexpr (std::is_convertible_v<const M&, std::string_view>) {
        return std::string_view(member).empty();
    } else if constexpr (keeps_text<M>) {
        return codec<M>::view(const_cast<M&>(member)).empty();
    } else {
        return false;
    }
}

// Reads members while they come in the declared order: one comparison each. All of its state lives
// in registers, since reader::object is flattened.
template <class T> class object_visitor {
public:
    object_visitor(reader& r, T& object) noexcept
        : r_(r),
          object_(object),
          text_(r.text_),
          at_(r.at_),
          key_(r.peek() == '"' ? text_ + *at_ + 1 : nothing) {}

    struct mark {
        object_visitor& visitor;
        bool there;
        [[gnu::always_inline]] void required() const noexcept {
            visitor.has_required_ = true;
            visitor.incomplete_ |= !there;
        }
    };
    template <class M> [[gnu::always_inline]] mark operator()(field_name name, M& member) {
        static_assert(readable<M>,
                      "headrace cannot read a member of this type: give it a wire list,  static "
                      "void wire(auto& self, auto&& field),  or specialise headrace::codec for it"
                      "  see docs/howto/types.md");
        const unsigned position = position_++;
        if (position >= seen_fields::most) refuse_wire_list("it has more than 128 members");
        const auto offset = static_cast<std::size_t>(offset_in(object_, &member));
        if (offset >= sizeof(T) || sizeof(M) > sizeof(T) - offset) {
            refuse_wire_list("a member lies outside of the object");
        }
        if (std::memcmp(key_, name.data(), name.size()) != 0 || key_[name.size()] != '"') {
            return {*this, false};
        }
        bool there = false;
        if constexpr (readable<M>) there = value(member); // else one message is enough
        if (there) seen_.set(position);
        next();
        return {*this, there && !is_blank(member)};
    }

    /// Is there a member that the list does not have at or after this place?
    [[nodiscard]] bool stuck() const noexcept { return key_ != nothing; }
    [[nodiscard]] const std::uint32_t* position() const noexcept { return at_; }
    /// Was a required member not there in its place, or may it have come again as null?
    [[nodiscard]] bool incomplete() const noexcept {
        return incomplete_ || (has_required_ && stuck());
    }
    [[nodiscard]] const seen_fields& seen() const noexcept { return seen_; }

private:
    template <class M> [[gnu::always_inline]] bool value(M& member) {
        if constexpr (keeps_text<M> || takes_text<M>) {
            const char* first = text_ + at_[2] + 1;
            const char* last = text_ + at_[3] - 1;
            if (text_[at_[1]] == ':' && first[-1] == '"' && *last == '"' && last <= r_.escape_)
                [[likely]] {
                text_place(member) = {first, static_cast<std::size_t>(last - first)};
                at_ += 3;
                return true;
            }
        }
        r_.at_ = at_ + 1;
        if (r_.peek() != ':') [[unlikely]]
            return caught_up(r_.syntax("':'"));
        ++r_.at_;
        if constexpr (keeps_text<M> || takes_text<M>) {
            if (r_.peek() == 'n') {
                r_.null_token(); // or an error: nothing is there either way
                return caught_up(false);
            }
        }
        return caught_up(read_member(r_, member));
    }
    template <class M> static std::string_view& text_place(M& member) noexcept {
        if constexpr (keeps_text<M>) {
            return codec<M>::view(member);
        } else {
            return codec<M>::text_of(member);
        }
    }
    [[gnu::always_inline]] bool caught_up(bool there) noexcept {
        at_ = r_.at_;
        text_ = r_.text_;
        return there;
    }
    [[gnu::always_inline]] void next() noexcept {
        if (text_[at_[0]] == ',' && text_[at_[1]] == '"') [[likely]] {
            ++at_;
            key_ = text_ + *at_ + 1;
        } else {
            key_ = nothing;
        }
    }

    reader& r_;
    T& object_;
    const char* text_;
    const std::uint32_t* at_;
    const char* key_; // of the next member; nothing where there is none
    seen_fields seen_;
    unsigned position_ = 0;
    bool has_required_ = false;
    bool incomplete_ = false;
};

// After an object was read: are the required members there?
template <class T> struct required_visitor {
    struct mark {
        required_visitor& visitor;
        field_name name;
        bool there;
        void required() const {
            if (!there) visitor.r.missing(visitor.object, name);
        }
    };
    reader& r;
    const seen_fields& seen;
    const std::uint32_t* object;
    unsigned position = 0;
    template <class M> mark operator()(field_name name, M& member) {
        return {*this, name, seen.test(position++) && !is_blank(member)};
    }
    [[gnu::noinline]] static void check(reader& r, T& read, const seen_fields& seen,
                                        const std::uint32_t* object) {
        required_visitor self{r, seen, object};
        visit_wire(read, self);
    }
};

} // namespace detail

template <class T> [[gnu::always_inline]] inline void read_element(reader& r, T& out) {
    const auto* where = r.position();
    const bool there = codec<T>::read(r, out);
    if constexpr (described<T>) {
        if (!there && !r.failed()) r.require_members(out, where);
    }
}

template <class T> bool reader::object(T& out) {
    if (peek() != '{') [[unlikely]]
        return other_kind("an object");
    const std::uint32_t* start = at_;
    if (!enter()) [[unlikely]]
        return false;
    detail::object_visitor<T> visitor(*this, out);
    detail::visit_wire(out, visitor);
    at_ = visitor.position();
    auto seen = visitor.seen();
    if (visitor.stuck()) {
        auto& table = memory_->table(detail::id_of<T>, &detail::build_table<T>, &out);
        members_by_table(&out, table, seen);
    } else if (peek() == '}') [[likely]] {
        leave();
    } else {
        return end_of_members(start);
    }
    if (visitor.incomplete()) [[unlikely]]
        detail::required_visitor<T>::check(*this, out, seen, start);
    return true;
}

} // namespace headrace
