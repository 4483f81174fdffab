// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/hex.hpp>
#include <headrace/json/time.hpp>
#include <headrace/layers/sinks/aws.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace headrace::detail {

namespace composing {

inline constexpr std::size_t most_attributes = 10; // of a message of SQS
inline constexpr std::size_t longest_text = 1'024;

// FNV-1a, 64 bits: tells records apart, and is the same in every process.
inline std::string hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return to_hex(hash);
}

// Characters that SQS takes, not longer than it should be, no character cut in half.
inline std::string attribute_text(std::string_view text) {
    std::size_t size = std::min(text.size(), longest_text);
    const auto continues = [&](std::size_t i) {
        return (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
    };
    while (size < text.size() && size > 0 && continues(size)) --size;
    std::string out(text.substr(0, size));
    std::ranges::replace_if(
        out, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return out;
}

// Text for an id or a key: letters, digits, '-', '.' and '_'.
inline std::string plain(std::string_view text, std::size_t longest) {
    std::string out(text.substr(0, longest));
    const auto odd = [](char c) {
        return !is_letter_or_digit(c) && c != '-' && c != '.' && c != '_';
    };
    std::ranges::replace_if(out, odd, '_');
    return out;
}

} // namespace composing

outgoing compose(const rejected_record& r, bool fifo) {
    outgoing m;
    m.body = as_message(r);
    m.attributes.assign(r.attributes.begin(), r.attributes.end());
    const std::array<message_attribute, 6> ours{{{"ErrorMessage", "String", r.reason.message},
                                                 {"ErrorClass", "String", to_string(r.reason.kind)},
                                                 {"ErrorCode", "String", to_string(r.reason.code)},
                                                 {"RequestID", "String", r.request_id},
                                                 {"RecordID", "String", r.record_id},
                                                 {"Source", "String", r.source}}};
    m.texts.reserve(ours.size()); // the attributes' views into them stay
    for (const auto& each : ours) {
        const bool there = std::ranges::any_of(
            m.attributes, [&](const auto& other) { return other.name == each.name; });
        if (there || each.value.empty() || m.attributes.size() >= composing::most_attributes) {
            continue;
        }
        m.texts.push_back(composing::attribute_text(each.value));
        m.attributes.push_back({each.name, each.type, m.texts.back()});
    }
    if (fifo) {
        constexpr std::size_t longest = 128;
        m.group = r.group.empty() ? composing::plain(r.source, longest) : std::string(r.group);
        m.deduplication_id = r.record_id.empty() || r.body.empty()
                                 ? composing::hash_of(r.record)
                                 : composing::plain(r.record_id, longest);
    }
    return m;
}

std::string object_key(std::string_view prefix, const rejected_record& r) {
    constexpr std::size_t longest = 256;
    std::string day = iso_text(r.at).substr(0, 10);
    std::ranges::replace(day, '-', '/');
    const auto id = r.record_id.empty() ? r.request_id : r.record_id;
    std::string key = format<"{}{}/{}-">(prefix, day, composing::plain(r.source, longest));
    if (!id.empty()) append_format<"{}-">(key, composing::plain(id, longest));
    append_format<"{}.json">(key, composing::hash_of(r.record));
    return key;
}

} // namespace headrace::detail
