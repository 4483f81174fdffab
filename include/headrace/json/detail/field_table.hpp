// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which member has this name? Used from the first member of an object that comes in another order
// than its wire list has.

#include <headrace/json/detail/error_pointer.hpp>
#include <headrace/json/wire.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <vector>

namespace headrace {

class reader;

namespace detail {

/// The members of an object that have been read, by their place in the wire list.
class seen_fields {
public:
    static constexpr unsigned most = 128;

    [[nodiscard]] constexpr bool test(unsigned i) const noexcept {
        return (words_[i / 64] >> (i % 64)) & 1u;
    }
    constexpr void set(unsigned i) noexcept { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
    constexpr void clear(unsigned i) noexcept { words_[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }

private:
    std::uint64_t words_[2] = {};
};

[[nodiscard]] inline std::uint64_t eight_bytes(const char* p) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, p, sizeof word);
    return word;
}

/// A name, compared by its length, both ends, and only then by what is between them. Eight bytes
/// must be readable wherever a name is said to begin, except when the key is a constant.
class field_key {
public:
    /// Equal to no name.
    constexpr field_key() noexcept = default;
    constexpr explicit field_key(std::string_view name) noexcept
        : name_(name.data()),
          size_(name.size()),
          mask_(mask_of(name.size())),
          head_(first_bytes(name) & mask_),
          tail_(name.size() < 8 ? head_ : first_bytes({name.data() + name.size() - 8, 8})) {}
    /// The same name, at a place that lasts longer.
    [[nodiscard]] field_key kept_at(const char* name) const noexcept {
        field_key copy = *this;
        copy.name_ = name;
        return copy;
    }

    [[nodiscard]] bool operator==(const field_key& other) const noexcept {
        return size_ == other.size_ && head_ == other.head_ && tail_ == other.tail_
               && same_middle(other.name_);
    }
    /// Does the document have this name, with a quote behind it, at `key`?
    [[nodiscard]] bool stands_at(const char* key) const noexcept {
        return begins(key) && key[size_] == '"';
    }
    /// Does the document have this text at `place`?
    [[nodiscard]] bool begins(const char* place) const noexcept {
        return (eight_bytes(place) & mask_) == head_
               && (size_ <= 8 || (eight_bytes(place + size_ - 8) == tail_ && same_middle(place)));
    }
    [[nodiscard]] constexpr std::uint64_t hash() const noexcept {
        return (head_ ^ std::rotl(tail_, 23) ^ size_) * 0x9E3779B97F4A7C15u;
    }

private:
    static constexpr std::uint64_t mask_of(std::size_t n) noexcept {
        constexpr auto all = ~std::uint64_t{0};
        if (n >= 8) return all;
        if (n == 0) return 0;
        return std::endian::native == std::endian::little ? all >> (64 - 8 * n)
                                                          : all << (64 - 8 * n);
    }
    static constexpr std::uint64_t first_bytes(std::string_view name) noexcept {
        if (!std::is_constant_evaluated()) return eight_bytes(name.data());
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < 8 && i < name.size(); ++i) {
            const auto shift = std::endian::native == std::endian::little ? 8 * i : 56 - 8 * i;
            word |= std::uint64_t{static_cast<unsigned char>(name[i])} << shift;
        }
        return word;
    }
    [[nodiscard]] bool same_middle(const char* other) const noexcept {
        return size_ <= 16 || std::memcmp(name_ + 8, other + 8, size_ - 16) == 0;
    }
    const char* name_ = nullptr;
    std::size_t size_ = 0;
    std::uint64_t mask_ = 0;
    std::uint64_t head_ = 1; // no text masked with 0
    std::uint64_t tail_ = 0;
};

/// The members of one type by name.
class field_table {
public:
    struct alignas(64) entry {
        field_key key;
        std::ptrdiff_t offset = 0;              ///< in the object: of the member, or of its view
        bool (*read)(reader&, void*) = nullptr; ///< null: the member is, or keeps, a string view
        unsigned follower = 0;                  ///< the member that came after this one last time
    };

    void add(field_name name, std::ptrdiff_t offset, bool (*read)(reader&, void*),
             const shape* type = &untyped);
    void finish(void (*reset)(void* object, unsigned member));

    /// The member of this name, or null.
    [[nodiscard]] entry* find(const field_key& name) noexcept {
        const auto hash = name.hash();
        for (auto at = hash >> shift_;; ++at) {
            const slot here = slots_[at];
            if (here.tag != tag_of(hash)) {
                if (here.tag == 0) return nullptr;
            } else if (entries_[here.member].key == name) {
                return &entries_[here.member];
            }
        }
    }
    [[nodiscard]] unsigned place(const entry& e) const noexcept {
        return static_cast<unsigned>(&e - entries_.data());
    }
    /// The member that came after `e` last time; no name stands at one that is not there.
    [[nodiscard]] entry& guess_after(const entry& e) noexcept { return entries_[e.follower]; }
    /// Stands before all members: what came after it last time was the first one out of order.
    [[nodiscard]] entry& start() noexcept { return entries_.back(); }
    /// The type of the member of this name; null: there is none.
    [[nodiscard]] const shape* type_of(std::string_view name);
    /// Makes a member what it is in an object that was not read.
    void reset(void* object, unsigned member) const { reset_(object, member); }

private:
    struct slot {
        std::uint8_t tag = 0; ///< 0: free
        std::uint8_t member = 0;
    };
    [[nodiscard]] static std::uint8_t tag_of(std::uint64_t hash) noexcept {
        return static_cast<std::uint8_t>(hash >> 16 | 1u);
    }
    std::vector<entry> entries_; ///< and, behind the last, start()
    std::vector<const shape*> types_;
    std::vector<slot> slots_;
    unsigned shift_ = 63;
    void (*reset_)(void*, unsigned) = nullptr;
};

} // namespace detail
} // namespace headrace
