// SPDX-License-Identifier: BSL-1.0
#pragma once

// What is recognising documents from a list of sources gone by? Worked out when this is compiled
// from the draft of their rules: a rule is two sets of facts, and names are found by their hashes.
// All of it grows with the rules and nothing that is done for a document does:
// tests/sources/recognise_scale.cpp has ten times today's rules.

#include <headrace/base/types.hpp>
#include <headrace/json/detail/field_table.hpp>
#include <headrace/sources/detail/recognition_draft.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace headrace::detail::recognise {

// ---- what is looked at while a document is read -------------------------------------------------

// A set of numbers below Bits.
template <std::size_t Bits> class number_set {
public:
    static constexpr std::size_t words = (Bits + 63) / 64;

    constexpr void add(std::size_t i) noexcept { words_[i / 64] |= std::uint64_t{1} << i % 64; }
    [[nodiscard]] constexpr bool has(std::size_t i) const noexcept {
        return (words_[i / 64] >> i % 64 & 1) != 0;
    }
    constexpr void remove(std::size_t first, std::size_t last) noexcept {
        for (auto i = first; i < last; ++i) words_[i / 64] &= ~(std::uint64_t{1} << i % 64);
    }
    [[nodiscard]] constexpr bool has_all(const number_set& other) const noexcept {
        std::uint64_t lacking = 0;
        for (std::size_t w = 0; w < words; ++w) lacking |= other.words_[w] & ~words_[w];
        return lacking == 0;
    }
    [[nodiscard]] constexpr bool has_any(const number_set& other) const noexcept {
        std::uint64_t common = 0;
        for (std::size_t w = 0; w < words; ++w) common |= other.words_[w] & words_[w];
        return common != 0;
    }
    // each(number) for those that are in both.
    template <class Each> void for_common(const number_set& other, Each each) const noexcept {
        for (std::size_t w = 0; w < words; ++w) {
            for (auto left = words_[w] & other.words_[w]; left != 0; left &= left - 1)
                each(w * 64 + static_cast<std::size_t>(std::countr_zero(left)));
        }
    }

private:
    std::array<std::uint64_t, words> words_{};
};

// Some names, or texts, and their numbers: a part of the table's slots. Most names of a document
// are looked for in vain, so a slot is found from a name's length and both ends alone; those that
// share one are a chain.
struct lookup {
    number first_slot = 0;
    number mask = 0; // 0: there are none
    [[nodiscard]] constexpr bool any() const noexcept { return mask != 0; }
    [[nodiscard]] constexpr std::size_t slot_of(std::string_view name) const noexcept {
        const auto first = static_cast<unsigned char>(name.front());
        const auto last = static_cast<unsigned char>(name.back());
        return first_slot + ((name.size() + first * 9u + last * 5u) & mask);
    }
};

struct lookup_entry {
    field_key key;
    number value = none;
    number next = 0; // in the same slot; the first entry is nobody's, and ends every chain
};

constexpr std::size_t slots_for(std::size_t names) {
    return names == 0 ? 0
                      : std::bit_ceil(std::max<std::size_t>(64, 4 * names)); // 64: E and e apart
}

struct place_entry {
    lookup names;           // of its members that are places
    lookup texts;           // that it may equal
    number element = none;  // the place of its first element
    bool asked_for = false; // by itself, not only what is inside
    number present = none;  // the fact that it is there
    number object = none;   // the fact that it is an object
    number first_text = 0;  // of the facts about its text that are tried one by one
    number last_text = 0;
    number first_inside = 0; // of its facts and of those inside of it
    number last_inside = 0;
    number end = 0;           // of the places inside of it
    number first_sparing = 0; // of the rules that spare it
    number last_sparing = 0;
};

struct fact_entry {
    test what = test::present;
    number decides = none; // the source whose decisive rule this is
    field_key whole;       // the same text
    std::string_view text;
    number first_rule = 0; // of those whose pivot it is
    number last_rule = 0;
};

struct counts {
    std::size_t places = 0;
    std::size_t facts = 0;
    std::size_t rules = 0;
    std::size_t entries = 1;
    std::size_t slots = 0;
    std::size_t sparing = 0;
    std::size_t sources = 0;
};

template <extent Most> constexpr counts count(const draft<Most>& d) {
    counts n;
    n.places = d.place_count;
    n.facts = d.fact_count;
    n.sources = Most.sources;
    for (number p = 0; p < d.place_count; ++p) {
        const auto names = d.names_in(p);
        const auto texts = d.texts_of(p);
        n.entries += names + texts;
        n.slots += slots_for(names) + slots_for(texts);
    }
    n.rules = d.rule_count;
    for (number r = 0; r < d.rule_count; ++r) n.sparing += d.rules[r].spares != none;
    return n;
}

template <counts N> class table {
public:
    using fact_set = number_set<N.facts>;
    using place_set = number_set<N.places>;

    struct rule_entry {
        fact_set needed;
        fact_set unwanted;
        number source = none;
        bool of_record = false;
        bool waits = false;
        number spares = none;
    };
    struct sparing_entry {
        fact_set needed; // apart from those of the place
    };

    template <extent Most> constexpr explicit table(const draft<Most>& d) {
        // GCC 12 forgets the initialisers of members in all but the first of an array's elements.
        places.fill(place_entry());
        facts.fill(fact_entry());
        rules.fill(rule_entry());
        entries.fill(lookup_entry());
        std::array<number, Most.parts + 3> place_numbers{};
        std::array<number, Most.conditions + 1> fact_numbers{};
        std::array<number, Most.parts + 3> drafted{}; // the other way round
        number_places(d, place_numbers, drafted);
        for (number p = 0; p < N.places; ++p) fill_facts(d, p, drafted[p], fact_numbers);
        for (number p = 0; p < N.places; ++p) fill_names(d, p, drafted[p], place_numbers);
        for (auto p = N.places; p-- > 0;) {
            auto& it = places[p];
            it.last_inside = p + 1 < N.places && it.end > p + 1 ? places[it.end - 1u].last_inside
                                                                : it.last_inside;
        }
        records = place_numbers[d.records];
        fill_rules(d, place_numbers, fact_numbers);
    }

    /// The number of this name, or none. A quote stands behind it, and eight bytes must be readable
    /// there.
    [[nodiscard, gnu::always_inline]] number find(lookup among,
                                                  std::string_view name) const noexcept {
        if (name.empty()) return none;
        for (auto e = slots[among.slot_of(name)]; e != 0; e = entries[e].next) {
            if (entries[e].key.stands_at(name.data())) return entries[e].value;
        }
        return none;
    }

    std::array<place_entry, N.places> places{};
    std::array<fact_entry, N.facts + 1> facts{};
    std::array<rule_entry, N.rules + 1> rules{};
    std::array<number, N.rules + 1> by_pivot{};
    std::array<lookup_entry, N.entries> entries{};
    std::array<number, N.slots + 1> slots{};
    std::array<sparing_entry, N.sparing + 1> sparing{};
    fact_set pivots;
    number records = none; // the place of the batch

private:
    // Each place before those inside of it, so that they are a range.
    template <extent Most>
    constexpr void number_places(const draft<Most>& d, auto& place_numbers, auto& drafted) {
        number next = 0;
        number at = root;
        while (at != none) {
            place_numbers[at] = next;
            drafted[next++] = at;
            if (d.places[at].first_child != none) {
                at = d.places[at].first_child;
                continue;
            }
            while (at != none) {
                places[place_numbers[at]].end = next;
                if (d.places[at].next_sibling != none) {
                    at = d.places[at].next_sibling;
                    break;
                }
                at = d.places[at].parent;
            }
        }
    }
    constexpr void insert(lookup& among, std::string_view key, number value) {
        auto& it = entries[next_entry_];
        it.key = field_key(key);
        it.value = value;
        auto& slot = slots[among.slot_of(key)];
        it.next = slot;
        slot = static_cast<number>(next_entry_++);
    }
    constexpr lookup room_for(std::size_t names) {
        if (names == 0) return {};
        const auto size = slots_for(names);
        const lookup made{static_cast<number>(next_slot_), static_cast<number>(size - 1)};
        next_slot_ += size;
        return made;
    }
    template <extent Most>
    constexpr void fill_facts(const draft<Most>& d, number p, number drafted, auto& fact_numbers) {
        auto& it = places[p];
        it.first_inside = next_fact_;
        for (auto f = d.places[drafted].first_fact; f != none; f = d.facts[f].next) {
            const auto what = d.facts[f].what;
            if (what == test::present) it.present = fact_numbers[f] = add_fact(d.facts[f]);
            if (what == test::object) it.object = fact_numbers[f] = add_fact(d.facts[f]);
        }
        it.first_text = next_fact_;
        for (auto f = d.places[drafted].first_fact; f != none; f = d.facts[f].next) {
            const auto what = d.facts[f].what;
            if (what != test::present && what != test::object && what != test::equals)
                fact_numbers[f] = add_fact(d.facts[f]);
        }
        it.last_text = next_fact_;
        it.texts = room_for(d.texts_of(drafted));
        for (auto f = d.places[drafted].first_fact; f != none; f = d.facts[f].next) {
            if (d.facts[f].what != test::equals) continue;
            fact_numbers[f] = add_fact(d.facts[f]);
            insert(it.texts, d.facts[f].text, fact_numbers[f]);
        }
        it.last_inside = next_fact_;
        it.asked_for = it.first_inside != it.last_inside;
    }
    constexpr number add_fact(const drafted_fact& f) {
        facts[next_fact_] = {f.what, none, field_key(f.text), f.text, 0, 0};
        return next_fact_++;
    }
    template <extent Most>
    constexpr void fill_names(const draft<Most>& d, number p, number drafted,
                              const auto& place_numbers) {
        auto& it = places[p];
        it.names = room_for(d.names_in(drafted));
        for (auto c = d.places[drafted].first_child; c != none; c = d.places[c].next_sibling) {
            if (d.places[c].is_element()) {
                it.element = place_numbers[c];
            } else {
                insert(it.names, d.places[c].name, place_numbers[c]);
            }
        }
    }
    template <extent Most>
    constexpr void fill_rules(const draft<Most>& d, const auto& place_numbers,
                              const auto& fact_numbers) {
        std::array<number, N.facts + 1> with_pivot{};
        for (number r = 0; r < N.rules; ++r) {
            const auto& from = d.rules[r];
            auto& it = rules[r];
            it.source = from.source;
            it.of_record = from.of_record;
            it.waits = from.waits;
            for (const auto& c : d.of(from))
                (c.wanted ? it.needed : it.unwanted).add(fact_numbers[c.fact]);
            if (from.spares != none) it.spares = place_numbers[from.spares];
            if (from.pivot == none) continue;
            const auto pivot = fact_numbers[from.pivot];
            if (from.decisive && facts[pivot].decides == none) facts[pivot].decides = from.source;
            pivots.add(pivot);
            ++with_pivot[pivot];
        }
        number next = 0;
        for (std::size_t f = 0; f < N.facts; ++f) {
            facts[f].first_rule = facts[f].last_rule = next;
            next = static_cast<number>(next + with_pivot[f]);
        }
        for (number r = 0; r < N.rules; ++r) {
            if (d.rules[r].pivot == none) continue;
            by_pivot[facts[fact_numbers[d.rules[r].pivot]].last_rule++] = r;
        }
        fill_sparing(d, place_numbers, fact_numbers);
    }
    template <extent Most>
    constexpr void fill_sparing(const draft<Most>& d, const auto& place_numbers,
                                const auto& fact_numbers) {
        if (N.sparing == 0) return;
        number next = 0;
        for (number p = 0; p < N.places; ++p) {
            places[p].first_sparing = next;
            for (number r = 0; r < N.rules; ++r) {
                if (rules[r].spares != p) continue;
                for (const auto& c : d.of(d.rules[r])) {
                    const bool of_place = place_numbers[d.facts[c.fact].place] == p;
                    if (c.wanted && !of_place) sparing[next].needed.add(fact_numbers[c.fact]);
                }
                ++next;
            }
            places[p].last_sparing = next;
        }
    }

    std::size_t next_entry_ = 1;
    std::size_t next_slot_ = 0;
    number next_fact_ = 0;
};

// ---- of a list of events ------------------------------------------------------------------------

template <class List> struct listed;
template <class... E> struct listed<types<E...>> {
    static constexpr std::size_t size = sizeof...(E);
    static constexpr std::array<source::recognition, size> all{E::recognised...};
    static constexpr extent most = measure(all);
    static constexpr draft<most> drafted{all};
};

template <std::size_t I, class List> struct listed_at;
template <std::size_t I, class First, class... More>
struct listed_at<I, types<First, More...>> : listed_at<I - 1, types<More...>> {};
template <class First, class... More> struct listed_at<0, types<First, More...>> {
    using type = First;
};

// The two are in the name of the function that refuses them.
template <class Earlier, class Later> consteval bool told_apart() {
    static_assert(__is_same(Earlier, Later),
                  "headrace cannot tell two sources apart: a document that a rule of the later one "
                  "holds for is always taken for the earlier one. Let the rule ask for something "
                  "that the other one has not, or list the source that asks for more before the "
                  "other  see docs/reference/sources/recognition.md");
    return true;
}
template <class Earlier, class Sparing> consteval bool spared_by_all() {
    static_assert(__is_same(Earlier, Sparing),
                  "a rule spares a member into which an earlier rule that may hold for the same "
                  "document looks: let the earlier one ask for something that the other one has "
                  "not  see docs/reference/sources/recognition.md");
    return true;
}

template <class List> consteval bool check_rules() {
    constexpr auto& d = listed<List>::drafted;
    static_assert(!d.asks_for_nothing, "a recognition rule asks for nothing that must be there");
    static_assert(d.decisive_is_one, "a decisive rule has one condition, which must hold");
    static_assert(d.spares_outside, "a rule asks for something inside of what it spares");
    static_assert(d.every_place_has_a_name, "a part of a path in a recognition rule is empty");
    if constexpr (d.clash.earlier != none) {
        return told_apart<typename listed_at<d.clash.earlier, List>::type,
                          typename listed_at<d.clash.later, List>::type>();
    } else if constexpr (d.needs_spared.earlier != none) {
        return spared_by_all<typename listed_at<d.needs_spared.earlier, List>::type,
                             typename listed_at<d.needs_spared.later, List>::type>();
    }
    return true;
}

template <class List> struct checked : listed<List> {
    static_assert(check_rules<List>());
    static constexpr auto counted = count(listed<List>::drafted);
    static_assert(counted.slots < none && counted.entries < none && counted.rules < none,
                  "there are more recognition rules than numbers");
};

/// What recognising the events of this list goes by.
template <class List>
inline constexpr table<checked<List>::counted> table_of{checked<List>::drafted};

} // namespace headrace::detail::recognise
