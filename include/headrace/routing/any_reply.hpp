// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does an outcome answer with? JSON text, or a reply that another folder has a type for: an
// http::response. It lies inside of the outcome, so that answering allocates nothing.

#include <cstddef>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

namespace headrace {

/// A reply that is JSON text already.
struct json_reply {
    std::string text;
    friend bool operator==(const json_reply&, const json_reply&) = default;
};

/// Is T a reply? Specialised beside the type.
template <class T> inline constexpr bool is_reply = false;
template <> inline constexpr bool is_reply<json_reply> = true;

/// One reply of some type, or none. Moved from, it still has its type.
class any_reply {
public:
    any_reply() noexcept {} // NOLINT(*-member-init, modernize-use-equals-default): no zeroes
    template <class T, class Reply = std::remove_cvref_t<T>>
        requires is_reply<Reply>
    any_reply(T&& reply) : type_(&type_of<Reply>) { // NOLINT(*-member-init, *-explicit-*)
        static_assert(sizeof(Reply) <= sizeof room_ && std::is_nothrow_move_constructible_v<Reply>);
        ::new (static_cast<void*>(room_)) Reply(std::forward<T>(reply));
    }
    any_reply(const any_reply& other) { // NOLINT(*-member-init)
        if (other.type_ != nullptr) other.type_->copy(room_, other.room_);
        type_ = other.type_;
    }
    any_reply(any_reply&& other) noexcept : type_(other.type_) { // NOLINT(*-member-init)
        if (type_ != nullptr) [[unlikely]]
            type_->move(room_, other.room_);
    }
    any_reply& operator=(any_reply other) noexcept {
        destroy();
        type_ = other.type_;
        if (type_ != nullptr) type_->move(room_, other.room_);
        return *this;
    }
    ~any_reply() { destroy(); }

    [[nodiscard]] bool empty() const noexcept { return type_ == nullptr; }
    /// The reply, or null if it is no T.
    template <class T> [[nodiscard]] T* get_if() noexcept {
        static_assert(is_reply<T>);
        return type_ == &type_of<T> ? static_cast<T*>(static_cast<void*>(room_)) : nullptr;
    }
    template <class T> [[nodiscard]] const T* get_if() const noexcept {
        return const_cast<any_reply&>(*this).get_if<T>();
    }
    friend bool operator==(const any_reply& a, const any_reply& b) {
        return a.type_ == b.type_ && (a.type_ == nullptr || a.type_->same(a.room_, b.room_));
    }

private:
    struct operations {
        void (*copy)(void* to, const void* from);
        void (*move)(void* to, void* from) noexcept;
        void (*destroy)(void* reply) noexcept;
        bool (*same)(const void* a, const void* b);
    };
    template <class T>
    static constexpr operations type_of{
        [](void* to, const void* from) { ::new (to) T(*static_cast<const T*>(from)); },
        [](void* to, void* from) noexcept { ::new (to) T(std::move(*static_cast<T*>(from))); },
        [](void* reply) noexcept { static_cast<T*>(reply)->~T(); },
        [](const void* a, const void* b) {
            return *static_cast<const T*>(a) == *static_cast<const T*>(b);
        }};
    void destroy() noexcept {
        if (type_ != nullptr) [[unlikely]]
            type_->destroy(room_);
    }

    const operations* type_ = nullptr;
    alignas(void*) std::byte room_[96];
};

} // namespace headrace
