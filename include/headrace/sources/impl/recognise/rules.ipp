// SPDX-License-Identifier: BSL-1.0
#pragma once

// What do the rules of all sources ask for, and where? Worked out when this is compiled: every
// place that is looked at and every fact that is asked for has a number, so that a rule is two
// sets.

#include <headrace/json/detail/field_table.hpp>
#include <headrace/sources/impl/recognise/sources.ipp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace headrace::detail::recognise {

// ---- places and facts, at compile time ----------------------------------------------------------

// One place that rules look at: "" or a parent, and a member name.
struct place {
    std::string_view parent;
    std::string_view name;
    friend constexpr bool operator==(const place&, const place&) = default;
};

constexpr place split(std::string_view path) {
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos) return {"", path};
    return {path.substr(0, slash), path.substr(slash + 1)};
}

inline constexpr std::string_view first_record = "Records/0";
inline constexpr std::string_view request_context = "requestContext";

// Something that a rule asks of a place. That a member is absent is that it is not present.
struct fact {
    std::size_t place;
    condition::test test;
    std::string_view text;
    friend constexpr bool operator==(const fact&, const fact&) = default;
};

template <class T, std::size_t Most> struct static_list {
    std::array<T, Most> items{};
    std::size_t count = 0;
    // The number of this item, which is appended if it is new.
    constexpr std::size_t number(const T& item) {
        for (std::size_t i = 0; i < count; ++i) {
            if (items[i] == item) return i;
        }
        items[count] = item;
        return count++;
    }
};

struct numbered {
    static_list<place, 128> places;
    static_list<fact, 192> facts;
    constexpr std::size_t number(const condition& c) {
        const auto test = c.what == condition::test::absent ? condition::test::present : c.what;
        return facts.number({places.number(split(c.path)), test, c.text});
    }
};

// each(number of the source, rule)
template <class Each> constexpr void for_each_rule(Each each) {
    for (std::size_t s = 0; s < sources.size(); ++s) {
        for (std::size_t r = 0; r < sources[s].recognised->count; ++r) {
            each(s, sources[s].recognised->any[r]);
        }
    }
}

constexpr numbered number_all() {
    numbered all;
    all.places.number({"", "Records"});
    all.places.number({"", request_context});
    for_each_rule([&](std::size_t, const rule& one) {
        for (std::size_t c = 0; c < one.count; ++c) all.number(one.all[c]);
    });
    return all;
}
inline constexpr numbered all_numbers = number_all();
inline constexpr std::size_t place_count = all_numbers.places.count;
inline constexpr std::size_t no_source = sources.size();
inline constexpr std::size_t records_place = 0;
inline constexpr std::size_t context_place = 1;

constexpr bool parents_are_known() {
    for (std::size_t i = 0; i < place_count; ++i) {
        const auto p = all_numbers.places.items[i].parent;
        if (!p.empty() && p != first_record && p != request_context) return false;
    }
    return true;
}
static_assert(parents_are_known(), "a recognition rule looks into a member that is not searched: "
                                   "add its name_table and a line in scan_top()");

// A set of facts.
class fact_set {
public:
    constexpr void add(std::size_t i) noexcept { words_[i / 64] |= std::uint64_t{1} << i % 64; }
    [[nodiscard]] constexpr bool has(std::size_t i) const noexcept {
        return (words_[i / 64] >> i % 64 & 1) != 0;
    }
    constexpr void remove(const fact_set& other) noexcept {
        for (std::size_t w = 0; w < words; ++w) words_[w] &= ~other.words_[w];
    }
    [[nodiscard]] constexpr bool has_all(const fact_set& other) const noexcept {
        std::uint64_t lacking = 0;
        for (std::size_t w = 0; w < words; ++w) lacking |= other.words_[w] & ~words_[w];
        return lacking == 0;
    }
    [[nodiscard]] constexpr bool has_any(const fact_set& other) const noexcept {
        std::uint64_t common = 0;
        for (std::size_t w = 0; w < words; ++w) common |= other.words_[w] & words_[w];
        return common != 0;
    }

private:
    static constexpr std::size_t words = (all_numbers.facts.count + 63) / 64;
    std::array<std::uint64_t, words> words_{};
};

// What there is to find out at each place.
struct fact_table {
    struct entry {
        condition::test test;
        std::uint8_t number;
        std::string_view text;
        field_key whole;     // the same text
        std::size_t decides; // the source whose decisive rule this is, or no_source
    };
    std::array<entry, all_numbers.facts.count> entries{};
    std::array<std::uint8_t, place_count + 1> first{}; // of a place's entries
    std::array<fact_set, place_count> of_place{};      // and of those inside of it
};

// Is `inner` what is looked at inside of `outer`?
constexpr bool is_inside(std::size_t inner, std::size_t outer) {
    const auto parent = all_numbers.places.items[inner].parent;
    return (outer == records_place && parent == first_record)
           || (outer == context_place && parent == request_context);
}

constexpr std::size_t decided_by(std::size_t wanted) {
    std::size_t found = no_source;
    for_each_rule([&](std::size_t source, const rule& one) {
        numbered numbers = all_numbers;
        const bool same = one.decisive && numbers.number(one.all[0]) == wanted;
        if (same && found == no_source) found = source;
    });
    return found;
}

constexpr fact_table tabulate() {
    fact_table table;
    std::size_t n = 0;
    for (std::size_t p = 0; p < place_count; ++p) {
        table.first[p] = static_cast<std::uint8_t>(n);
        for (std::size_t i = 0; i < all_numbers.facts.count; ++i) {
            const auto& one = all_numbers.facts.items[i];
            if (one.place != p) continue;
            table.entries[n++] = {one.test, static_cast<std::uint8_t>(i), one.text,
                                  field_key(one.text), decided_by(i)};
            for (std::size_t outer = 0; outer < place_count; ++outer) {
                if (outer == p || is_inside(p, outer)) table.of_place[outer].add(i);
            }
        }
    }
    table.first[place_count] = static_cast<std::uint8_t>(n);
    return table;
}
inline constexpr fact_table facts = tabulate();

// ---- rules, at compile time ---------------------------------------------------------------------

struct flat_rule {
    fact_set needed;
    fact_set unwanted;
    std::size_t source;
    bool of_record; // asks for nothing but what the first record has
};

constexpr bool asks_for_records_only(const rule& one) {
    for (std::size_t c = 0; c < one.count; ++c) {
        const bool inside = split(one.all[c].path).parent == first_record;
        if (!inside || one.all[c].what == condition::test::absent) return false;
    }
    return true;
}

constexpr std::size_t count_rules(bool decisive) {
    std::size_t n = 0;
    for_each_rule([&](std::size_t, const rule& one) { n += one.decisive == decisive; });
    return n;
}

// The rules that are looked at when the document ends, in the order of the sources.
constexpr auto flatten() {
    std::array<flat_rule, count_rules(false)> flat{};
    std::size_t n = 0;
    for_each_rule([&](std::size_t source, const rule& one) {
        if (one.decisive) return;
        flat[n].source = source;
        flat[n].of_record = asks_for_records_only(one);
        numbered numbers = all_numbers;
        for (std::size_t c = 0; c < one.count; ++c) {
            const bool absent = one.all[c].what == condition::test::absent;
            (absent ? flat[n].unwanted : flat[n].needed).add(numbers.number(one.all[c]));
        }
        ++n;
    });
    return flat;
}
inline constexpr auto rules = flatten();

constexpr bool decisive_rules_are_single() {
    bool single = true;
    for_each_rule([&](std::size_t, const rule& one) {
        const bool simple = one.count == 1 && one.all[0].what != condition::test::absent;
        if (one.decisive && !simple) single = false;
    });
    return single;
}
static_assert(decisive_rules_are_single(), "a decisive rule has one condition, which is no has_no");

// ---- names --------------------------------------------------------------------------------------

// The names of the places in one parent, each in a slot of its own. Most names of a document are
// looked for in vain, so a slot is found from a name's length and both ends alone.
class name_table {
public:
    constexpr explicit name_table(std::string_view parent) {
        for (std::size_t i = 0; i < place_count; ++i) {
            const auto& place = all_numbers.places.items[i];
            if (place.parent == parent) names_[i] = field_key(place.name);
        }
        while (!fill_slots(parent)) ++factor_; // where there is none this does not compile
    }
    // place_count for a name that no rule asks for. Eight bytes must be readable there.
    [[nodiscard, gnu::always_inline]] std::size_t find(std::string_view name) const noexcept {
        if (name.empty()) return place_count;
        const std::size_t place = slots_[slot_of(name)];
        return place != place_count && names_[place] == field_key(name) ? place : place_count;
    }

private:
    static constexpr std::size_t slots = 128;
    [[nodiscard]] constexpr std::size_t slot_of(std::string_view name) const noexcept {
        const auto first = static_cast<unsigned char>(name.front());
        const auto last = static_cast<unsigned char>(name.back());
        return (name.size() + first * factor_ + last) % slots;
    }
    // False if two names would share a slot.
    constexpr bool fill_slots(std::string_view parent) {
        for (auto& each : slots_) each = place_count;
        for (std::size_t i = 0; i < place_count; ++i) {
            const auto& place = all_numbers.places.items[i];
            if (place.parent != parent) continue;
            auto& slot = slots_[slot_of(place.name)];
            if (slot != place_count) return false;
            slot = static_cast<std::uint8_t>(i);
        }
        return true;
    }
    unsigned factor_ = 1;
    std::array<std::uint8_t, slots> slots_{};
    std::array<field_key, place_count> names_{};
};
inline constexpr name_table top_names{""};
inline constexpr name_table record_names{first_record};
inline constexpr name_table context_names{request_context};

} // namespace headrace::detail::recognise
