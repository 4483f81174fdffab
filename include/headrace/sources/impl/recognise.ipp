// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/escapes.hpp>
#include <headrace/json/reader.hpp>
#include <headrace/sources/impl/recognise/rules.ipp>
#include <headrace/sources/impl/recognise/sources.ipp>
#include <headrace/sources/recognise.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace headrace {

namespace detail::recognise {

// How much deeper is what follows this character?
inline constexpr auto depth_step = [] {
    std::array<std::int8_t, 256> steps{};
    steps['{'] = steps['['] = 1;
    steps['}'] = steps[']'] = -1;
    return steps;
}();

// Goes along the tokens, finds facts, and stops as soon as one of them decides, unless it is to go
// to the end. It trusts nothing but the index: the text may be no JSON, which decoding will say.
// Where it is goes from function to function as a value, which stays in a register.
using token = const std::uint32_t*;

template <bool To_the_end = false> class scanner {
public:
    explicit scanner(const document& d) noexcept
        : text_(d.text), plain_until_(d.plain_until), end_(d.index + d.tokens) {}

    [[nodiscard]] const known_source* run(token at) noexcept {
        if (peek(at) != '{') return nullptr;
        scan_top(at + 1);
        return decided_ != nullptr ? decided_ : by_rules();
    }
    // By all that is there: is it this source's?
    [[nodiscard]] bool confirm(token at, const known_source& source) noexcept {
        static_assert(To_the_end);
        if (peek(at) == '{') scan_top(at + 1);
        for (const auto& one : facts.entries) {
            const bool holds = one.decides != no_source && found_.has(one.number);
            if (holds && &sources[one.decides] == &source) return true;
        }
        return by_rules() == &source;
    }

private:
    static constexpr std::size_t longest_name = 256;
    // NUL at the end and up to three tokens behind it.
    [[nodiscard]] char peek(token at) const noexcept { return text_[*at]; }

    // The first source of which a rule holds. That there is nothing to do is the last thing to be
    // believed.
    [[nodiscard]] const known_source* by_rules() const noexcept {
        for (const auto& one : rules) {
            if (found_.has_all(one.needed) && !found_.has_any(one.unwanted))
                return &sources[one.source];
        }
        return empty_batch_ ? &no_records : nullptr;
    }

    void scan_top(token at) noexcept {
        while (is_member(at)) {
            const auto place = place_of(at, top_names);
            at += 2;
            if (place != place_count && note(place, at)) return;
            if (place == records_place) {
                at = scan_records(at);
            } else if (place == context_place && peek(at) == '{') {
                at = scan_object(at + 1, context_names);
            } else {
                at = behind(at);
            }
            if (decided_ != nullptr || peek(at) != ',') return;
            ++at;
        }
    }
    // A batch is decided by its first record: where that says enough, nothing behind it is looked
    // at.
    token scan_records(token at) noexcept {
        const char first = peek(at) == '[' ? peek(at + 1) : '\0';
        if (first == '{') [[likely]] {
            scan_object(at + 2, record_names);
            if (decided_ != nullptr || decide_by_record()) return at;
        }
        empty_batch_ = first == ']';
        return behind(at);
    }
    [[gnu::noinline]] bool decide_by_record() noexcept {
        if constexpr (To_the_end) return false;
        for (const auto& one : rules) {
            if (!one.of_record || !found_.has_all(one.needed)) continue;
            decided_ = &sources[one.source];
            return true;
        }
        return false;
    }
    // From behind the opening bracket to behind the closing one, or to where it is decided.
    token scan_object(token at, const name_table& names) noexcept {
        while (is_member(at)) {
            const auto place = place_of(at, names);
            at += 2;
            if (place != place_count && note(place, at)) return at;
            at = behind(at);
            if (peek(at) != ',') break;
            ++at;
        }
        return peek(at) == '}' ? at + 1 : at;
    }

    // Is there a name, and a colon?
    [[nodiscard]] bool is_member(token at) const noexcept {
        return peek(at) == '"' && peek(at + 1) == ':';
    }
    [[nodiscard]] std::size_t place_of(token name, const name_table& names) const noexcept {
        const auto raw = string_at(name);
        if (plain_until_ < raw.data() + raw.size()) [[unlikely]]
            return find_escaped(names, raw);
        return names.find(raw);
    }
    // The string between its quotes, as it stands in the text.
    [[nodiscard]] std::string_view string_at(token at) const noexcept {
        const char* first = text_ + at[0] + 1;
        const char* last = text_ + at[1] - 1;
        while (last > first && *last != '"') --last;
        return {first, static_cast<std::size_t>(last - first)};
    }
    // A name that may have escapes. Those that we look for are short; a longer one is not among
    // them.
    [[gnu::noinline]] static std::size_t find_escaped(const name_table& names,
                                                      std::string_view raw) noexcept {
        const auto escape = raw.find('\\');
        if (escape == std::string_view::npos) return names.find(raw);
        char plain[longest_name + escape_slack];
        if (raw.size() > longest_name) return place_count;
        const auto text = unescape(raw.data(), raw.data() + escape, raw.data() + raw.size(), plain);
        if (text.end == nullptr) return place_count;
        return names.find({plain, static_cast<std::size_t>(text.end - plain)});
    }

    // Notes what is true of the value here. Of a repeated member the last counts. Is it decided?
    bool note(std::size_t place, token value) noexcept {
        found_.remove(facts.of_place[place]);
        const char c = peek(value);
        if (c == 'n' || c == '\0') return false;
        for (std::size_t i = facts.first[place]; i < facts.first[place + 1]; ++i) {
            const auto& one = facts.entries[i];
            if (!holds(one, value, c)) continue;
            found_.add(one.number);
            if (!To_the_end && one.decides != no_source) decided_ = &sources[one.decides];
        }
        return decided_ != nullptr;
    }
    // The texts that rules ask for have no escapes; a sender that escapes them is not recognised.
    [[nodiscard]] bool holds(const fact_table::entry& one, token value, char c) const noexcept {
        switch (one.test) {
        case condition::test::object: return c == '{';
        case condition::test::equals: return c == '"' && one.whole.stands_at(text_ + *value + 1);
        case condition::test::contains: return c == '"' && has_inside(string_at(value), one);
        default: return true;
        }
    }

    static bool has_inside(std::string_view text, const fact_table::entry& one) noexcept {
        const char first = one.text.front();
        for (std::size_t i = 0; i + one.text.size() <= text.size(); ++i) {
            if (text[i] == first && one.whole.begins(text.data() + i)) return true;
        }
        return false;
    }

    // Behind the value here. A stray closing bracket is left alone.
    [[nodiscard]] token behind(token at) const noexcept {
        if (peek(at) == '"') return at + 1;
        const auto deeper = step(at);
        if (deeper > 0) return behind_nested(at);
        return at == end_ || deeper < 0 ? at : at + 1;
    }
    [[nodiscard, gnu::noinline]] token behind_nested(token at) const noexcept {
        if (peek(at++) == '{') { // most objects are names and texts
            while (peek(at + 2) == '"' && peek(at + 3) == ',') at += 4;
        }
        int depth = 1;
        while (end_ - at >= 4) { // four tokens for one branch
            const int one = depth + step(at);
            const int two = one + step(at + 1);
            const int three = two + step(at + 2);
            const int four = three + step(at + 3);
            if (one == 0 || two == 0 || three == 0 || four == 0) break;
            depth = four;
            at += 4;
        }
        while (depth > 0 && at != end_) depth += step(at++);
        return at;
    }
    [[nodiscard]] int step(token at) const noexcept {
        return depth_step[static_cast<unsigned char>(text_[*at])];
    }

    const char* text_;
    const char* plain_until_;
    token end_;
    fact_set found_;
    const known_source* decided_ = nullptr;
    bool empty_batch_ = false; // the last Records are an empty list
};

} // namespace detail::recognise

const known_source* recognise(const document& d) noexcept {
    return detail::recognise::scanner<>(d).run(d.index);
}

result<void> detail::confirm(const document& d, std::string_view id) {
    const auto* const source = find_source(id);
    if (source == nullptr || recognise::scanner<true>(d).confirm(d.index, *source)) return {};
    error e = error::malformed("members that come again make it another source's");
    e.code = errc::bad_value;
    return e;
}

namespace detail::recognise {

// Is this how the records of another source name themselves?
inline bool names_another(std::string_view name, std::string_view id) noexcept {
    for (const auto& each : sources) {
        for (std::size_t r = 0; r < each.recognised->count; ++r) {
            const auto& asked = each.recognised->any[r].all[0];
            if (asked.path == "Records/0/eventSource" && asked.text == name)
                return each.info->id != id;
        }
    }
    return false;
}

} // namespace detail::recognise

std::optional<error> detail::foreign_record(const document& d, workspace& memory,
                                            std::string_view id) {
    std::optional<std::string> place;
    reader r(d, memory);
    r.members([&](std::string_view key) {
        if (key != "Records") return r.skip();
        place.reset(); // the last of a repeated name counts
        std::size_t i = 0;
        r.elements([&] {
            std::array<bool, 2> foreign{}; // by either spelling
            r.members([&](std::string_view name) {
                if (name != "eventSource" && name != "EventSource") return r.skip();
                std::string_view text;
                if (r.peek() == '"') r.string(text);
                foreign[name.front() == 'E' ? 1 : 0] = recognise::names_another(text, id);
            });
            const auto at = "/Records/" + std::to_string(i++);
            if (!place && foreign[0]) place = at + "/eventSource";
            if (!place && foreign[1]) place = at + "/EventSource";
        });
    });
    if (!place) return std::nullopt;
    error e = error::malformed("a batch of more than one source");
    e.code = errc::bad_value;
    e.pointer = *std::move(place);
    return e;
}

} // namespace headrace
