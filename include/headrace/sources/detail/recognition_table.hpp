// SPDX-License-Identifier: BSL-1.0
#pragma once

// What do the rules of a list of sources ask for, and where? Worked out when this is compiled:
// every place that is looked at and every fact that is asked for has a number, so that a rule is
// two sets, and names are found by their hashes. All of it grows with the rules and nothing that
// is done for a document does: tests/sources/recognise_scale.cpp has ten times today's rules.

#include <headrace/base/types.hpp>
#include <headrace/json/detail/field_table.hpp>
#include <headrace/routing/recognition.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace headrace::detail::recognise {

using number = std::uint16_t;
inline constexpr number none = 0xFFFF;
inline constexpr number root = 0; ///< the place of the document itself

using source::condition;
using test = condition::test;

// ---- what was written, with numbers -------------------------------------------------------------

// One place that rules look at: a member of another one, or the first element.
struct drafted_place {
    std::string_view name; // "0" for the element
    number parent = none;
    number first_child = none;
    number next_sibling = none;
    number first_fact = none;
    [[nodiscard]] constexpr bool is_element() const noexcept { return name == "0"; }
};

// Something that a rule asks of a place.
struct drafted_fact {
    number place = none;
    test what = test::present;
    std::string_view text;
    number next = none; // of the same place
};

// A condition of a rule.
struct asked {
    number fact = none;
    bool wanted = true;
};

struct drafted_rule {
    number source = none;
    number first = 0; // of its conditions
    number last = 0;
    bool decisive = false;
    number spares = none;
    bool of_record = false; // asks for nothing but what the first record has
    number pivot = none;    // the fact that the fewest rules ask for
    bool waits = false;     // of a record, but an earlier rule asks for the same and more
};

struct rule_pair {
    number earlier = none; // sources
    number later = none;
};

constexpr std::uint64_t mix(std::string_view text, std::uint64_t with) noexcept {
    std::uint64_t h = 0xCBF29CE484222325u ^ with;
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
    return h ^ h >> 29;
}

// Finds what is there already. Twice as large as all that can come.
template <std::size_t Most> class draft_index {
public:
    // The number of the item for which same(number) is true, or the next one.
    template <class Same> constexpr number number_of(std::uint64_t hash, number next, Same same) {
        for (auto at = hash % size;; at = (at + 1) % size) {
            if (slots_[at] == 0) {
                slots_[at] = static_cast<number>(next + 1);
                return next;
            }
            if (same(static_cast<number>(slots_[at] - 1)))
                return static_cast<number>(slots_[at] - 1);
        }
    }

private:
    static constexpr std::size_t size = std::bit_ceil(2 * Most + 2);
    std::array<number, size> slots_{};
};

struct extent {
    std::size_t sources = 0;
    std::size_t rules = 0;
    std::size_t conditions = 0;
    std::size_t parts = 1; // of paths, at most
};

constexpr extent measure(std::span<const source::recognition> all) {
    extent most;
    most.sources = all.size();
    for (const auto& each : all) {
        most.rules += each.size();
        for (std::size_t r = 0; r < each.size(); ++r) {
            const auto one = each[r];
            most.conditions += one.all.size();
            most.parts += one.spares.empty() ? 0 : 1;
            for (const auto& c : one.all)
                most.parts += 1 + static_cast<std::size_t>(std::ranges::count(c.path, '/'));
        }
    }
    return most;
}

// All rules, their places and their facts, in the order in which they are met.
template <extent Most> class draft {
public:
    constexpr explicit draft(std::span<const source::recognition> all) {
        places[0] = drafted_place();
        place_count = 1;
        records = place_of("Records");
        first_record = place_of("Records/0");
        for (std::size_t s = 0; s < all.size(); ++s) {
            for (std::size_t r = 0; r < all[s].size(); ++r) add(static_cast<number>(s), all[s][r]);
        }
        choose_pivots();
        compare_rules();
    }

    std::array<drafted_place, Most.parts + 3> places{};
    std::array<drafted_fact, Most.conditions + 1> facts{};
    std::array<asked, Most.conditions + 1> conditions{};
    std::array<drafted_rule, Most.rules + 1> rules{};
    number place_count = 0;
    number fact_count = 0;
    number condition_count = 0;
    number rule_count = 0;
    number records = none;
    number first_record = none;

    // ---- what is wrong ----
    bool asks_for_nothing = false; // a rule without anything that must be there
    bool decisive_is_one = true;   // every decisive rule has one condition, and wants it
    bool spares_outside = true;    // no rule asks inside of what it spares
    bool every_place_has_a_name = true;
    rule_pair clash;        // the later one would never be found by a rule
    rule_pair needs_spared; // the earlier one might look into what the later one spares

    [[nodiscard]] constexpr std::span<const asked> of(const drafted_rule& one) const {
        return std::span(conditions).subspan(one.first, one.last - one.first);
    }
    [[nodiscard]] constexpr bool is_inside(number inner, number outer) const {
        while (inner != none && inner != outer) inner = places[inner].parent;
        return inner == outer;
    }

private:
    constexpr number place_of(std::string_view path) {
        number at = root;
        while (true) {
            const auto slash = std::min(path.find('/'), path.size());
            const auto name = path.substr(0, slash);
            every_place_has_a_name = every_place_has_a_name && !name.empty();
            const auto found = place_index_.number_of(mix(name, at), place_count, [&](number p) {
                return places[p].parent == at && places[p].name == name;
            });
            if (found == place_count) {
                places[found] = {name, at, none, places[at].first_child, none};
                places[at].first_child = found;
                ++place_count;
            }
            at = found;
            if (slash == path.size()) return at;
            path.remove_prefix(slash + 1);
        }
    }
    constexpr number fact_of(const condition& c) {
        const auto place = place_of(c.path);
        const auto salt = std::uint64_t{place} << 8 | static_cast<std::uint64_t>(c.what);
        const auto found = fact_index_.number_of(mix(c.text, salt), fact_count, [&](number f) {
            return facts[f].place == place && facts[f].what == c.what && facts[f].text == c.text;
        });
        if (found == fact_count) {
            facts[found] = {place, c.what, c.text, places[place].first_fact};
            places[place].first_fact = found;
            ++fact_count;
        }
        return found;
    }
    constexpr void add(number from, const source::rule& one) {
        auto& it = rules[rule_count++] = drafted_rule();
        it.source = from;
        it.decisive = one.decisive;
        it.of_record = true;
        it.first = condition_count;
        if (!one.spares.empty()) it.spares = place_of(one.spares);
        bool wants = false;
        for (const auto& c : one.all) {
            const auto fact = fact_of(c);
            conditions[condition_count++] = {fact, c.wanted};
            wants = wants || c.wanted;
            const auto place = facts[fact].place;
            it.of_record = it.of_record && c.wanted && is_inside(place, first_record);
            if (it.spares != none && place != it.spares && is_inside(place, it.spares))
                spares_outside = false;
        }
        it.last = condition_count;
        asks_for_nothing = asks_for_nothing || !wants;
        decisive_is_one = decisive_is_one && (!one.decisive || (wants && one.all.size() == 1));
    }
    constexpr void choose_pivots() {
        std::array<number, Most.conditions + 1> asked_by{};
        for (const auto& c : std::span(conditions).first(condition_count))
            asked_by[c.fact] = static_cast<number>(asked_by[c.fact] + c.wanted);
        for (auto& one : std::span(rules).first(rule_count)) {
            for (const auto& c : of(one)) {
                if (!c.wanted) continue;
                const bool rarer = one.pivot == none || asked_by[c.fact] < asked_by[one.pivot];
                if (rarer) one.pivot = c.fact;
            }
        }
    }

    // ---- does a rule hold wherever another one holds? ----
    // Is it so that where the first fact is there, the second one is?
    [[nodiscard]] constexpr bool implies(number from, number to) const {
        const auto& a = facts[from];
        const auto& b = facts[to];
        if (from == to) return true;
        if (a.place != b.place) {
            if (!is_inside(a.place, b.place)) return false;
            if (b.what == test::present) return true;
            auto below = a.place;
            while (places[below].parent != b.place) below = places[below].parent;
            return b.what == test::object && !places[below].is_element();
        }
        if (b.what == test::present) return true;
        const auto text = a.text;
        if (a.what != test::equals && a.what != test::begins) return false;
        if (b.what == test::begins) return text.starts_with(b.text);
        if (b.what == test::contains) return text.find(b.text) != text.npos;
        return false;
    }
    // Can both be there?
    [[nodiscard]] constexpr bool exclude(number from, number to) const {
        const auto& a = facts[from];
        const auto& b = facts[to];
        if (a.place != b.place || from == to) return false;
        if (a.what == test::present || b.what == test::present) return false;
        if (a.what == test::object || b.what == test::object) return a.what != b.what;
        return a.what == test::equals && b.what == test::equals;
    }
    // Does the one hold wherever the other does?
    [[nodiscard]] constexpr bool holds_with(const drafted_rule& one,
                                            const drafted_rule& other) const {
        for (const auto& c : of(one)) {
            const auto assured = [&](const asked& by) {
                if (c.wanted) return by.wanted && implies(by.fact, c.fact);
                return by.wanted ? exclude(by.fact, c.fact) : implies(c.fact, by.fact);
            };
            if (std::ranges::none_of(of(other), assured)) return false;
        }
        return true;
    }
    [[nodiscard]] constexpr bool contradict(const drafted_rule& one,
                                            const drafted_rule& other) const {
        for (const auto& a : of(one)) {
            for (const auto& b : of(other)) {
                if (a.wanted && b.wanted && exclude(a.fact, b.fact)) return true;
                if (a.wanted && !b.wanted && implies(a.fact, b.fact)) return true;
                if (!a.wanted && b.wanted && implies(b.fact, a.fact)) return true;
            }
        }
        return false;
    }
    // Only rules whose pivot is implied by something that the other asks for can hold with it, so
    // few pairs are compared.
    constexpr void compare_rules() {
        std::array<number, Most.conditions + 1> first_by_pivot{};
        std::array<number, Most.rules + 1> next_by_pivot{};
        first_by_pivot.fill(none);
        for (number r = 0; r < rule_count; ++r) {
            if (rules[r].pivot == none) continue;
            next_by_pivot[r] = first_by_pivot[rules[r].pivot];
            first_by_pivot[rules[r].pivot] = r;
        }
        for (number q = 0; q < rule_count; ++q) {
            if (rules[q].spares != none) compare_spared(q);
            for (const auto& c : of(rules[q])) {
                if (!c.wanted) continue;
                for (auto p = facts[c.fact].place; p != none; p = places[p].parent) {
                    for (auto f = places[p].first_fact; f != none; f = facts[f].next) {
                        if (first_by_pivot[f] == none || !implies(c.fact, f)) continue;
                        for (auto r = first_by_pivot[f]; r != none; r = next_by_pivot[r])
                            compare(r, q);
                    }
                }
            }
        }
    }
    constexpr void compare(number r, number q) {
        auto& one = rules[r];
        const auto& other = rules[q];
        if (one.source == other.source || !holds_with(one, other)) return;
        const bool beats = r < q || one.decisive;
        if (beats && clash.earlier == none) clash = {one.source, other.source};
        if (!beats && one.of_record && !other.of_record) one.waits = true;
    }
    constexpr void compare_spared(number q) {
        for (number r = 0; r < q; ++r) {
            const auto asks_inside = [&](const asked& c) {
                const auto place = facts[c.fact].place;
                return place != rules[q].spares && is_inside(place, rules[q].spares);
            };
            const auto& one = rules[r];
            if (one.decisive || one.source == rules[q].source) continue;
            if (std::ranges::any_of(of(one), asks_inside) && !contradict(one, rules[q]))
                needs_spared = {one.source, rules[q].source};
        }
    }

    draft_index<Most.parts + 3> place_index_;
    draft_index<Most.conditions + 1> fact_index_;
};

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
        std::size_t names = 0;
        std::size_t texts = 0;
        for (auto c = d.places[p].first_child; c != none; c = d.places[c].next_sibling)
            names += !d.places[c].is_element();
        for (auto f = d.places[p].first_fact; f != none; f = d.facts[f].next)
            texts += d.facts[f].what == test::equals;
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
        std::size_t texts = 0;
        it.first_inside = next_fact_;
        for (auto f = d.places[drafted].first_fact; f != none; f = d.facts[f].next) {
            const auto what = d.facts[f].what;
            texts += what == test::equals;
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
        it.texts = room_for(texts);
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
        std::size_t names = 0;
        for (auto c = d.places[drafted].first_child; c != none; c = d.places[c].next_sibling)
            names += !d.places[c].is_element();
        auto& it = places[p];
        it.names = room_for(names);
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
