// SPDX-License-Identifier: BSL-1.0
#pragma once

// JSON as bytes that are the same for every way of writing it, whose SHA-256 keys and fingerprints
// are. docs/reference/idempotency/keys.md is the specification.

#include <headrace/base/result.hpp>
#include <headrace/json/json.hpp>
#include <headrace/json/workspace.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace headrace::idempotency {

/// Builds canonical bytes. Every value begins with one letter for its type, and every text and
/// number says its length, so that no two different values have the same bytes: 1 is not "1".
class canonical {
public:
    void null() { bytes_ += 'z'; }
    void boolean(bool value) { bytes_ += value ? 't' : 'f'; }
    void integer(std::unsigned_integral auto value) { positive(value); }
    void integer(std::signed_integral auto value) {
        value < 0 ? negative(value) : positive(static_cast<std::uint64_t>(value));
    }
    /// A double that is whole and fits 64 bits is an integer.
    void real(double value);
    void text(std::string_view value);
    /// The n elements come next.
    void array(std::size_t n);
    /// So many bytes will be there in all: saves allocations.
    void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
    /// Any JSON value. Members of objects are sorted by their names' bytes, and of those with the
    /// same name the last counts. Errors: what decoding finds wrong.
    result<void> value(const raw_json& json, workspace& memory);
    /// The same for a key, which has to name something: false for null, "", and arrays and objects
    /// with nothing else in them. Records without a key would share that one.
    result<bool> key_value(const raw_json& json, workspace& memory);

    [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

private:
    void positive(std::uint64_t value);
    void negative(std::int64_t value);
    void begin(char type, std::uint64_t n);
    void sized(char type, std::string_view characters);
    void read(reader& r);
    void read_object(reader& r);
    void read_number(reader& r);
    std::string bytes_;
};

} // namespace headrace::idempotency
