// SPDX-License-Identifier: BSL-1.0
#pragma once

// What do the rules of a list of sources ask for, and where, and can all of them be told apart?
// Worked out when this is compiled: every place that is looked at and every fact that is asked for
// has a number.

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
    [[nodiscard]] constexpr std::size_t names_in(number place) const {
        std::size_t names = 0;
        for (auto c = places[place].first_child; c != none; c = places[c].next_sibling)
            names += !places[c].is_element();
        return names;
    }
    [[nodiscard]] constexpr std::size_t texts_of(number place) const {
        std::size_t texts = 0;
        for (auto f = places[place].first_fact; f != none; f = facts[f].next)
            texts += facts[f].what == test::equals;
        return texts;
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

} // namespace headrace::detail::recognise
