// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/decode.hpp>
#include <headrace/detail/escapes.hpp>
#include <headrace/dispatch.hpp>
#include <headrace/events.hpp>
#include <headrace/inspect.hpp>
#include <headrace/recognise.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headrace {

namespace detail::recognise {

// ---- the list of sources ------------------------------------------------------------------------

template <class E> constexpr known_source entry_of() {
    return {&E::about,
            &E::recognised,
            &E::samples,
            &E::dispatch,
            [](const document& d, workspace& memory) -> result<std::string> {
                E value{};
                if (auto read = read_document(d, memory, value); !read)
                    return std::move(read).error();
                return encode(value);
            },
            [](const document& d, workspace& memory) { return unknown_members<E>(d, memory); }};
}

template <class... E> constexpr std::array<known_source, sizeof...(E)> list_of(types<E...>) {
    return {entry_of<E>()...};
}

inline constexpr auto sources = list_of(known_events{});

// A batch without records needs no handler: nothing to do is done.
struct empty_batch {
    static constexpr source_info about{"records.empty", "A batch without records", delivery::polled,
                                       ""};
    static constexpr recognition recognised{};
    static std::span<const sample> samples() { return {}; }
    static outcome dispatch(dispatcher&, call&, const document&) {
        return outcome(json_reply{R"({"batchItemFailures":[]})"});
    }
};
inline constexpr known_source no_records{
    &empty_batch::about,
    &empty_batch::recognised,
    &empty_batch::samples,
    &empty_batch::dispatch,
    [](const document&, workspace&) -> result<std::string> {
        return std::string(R"({"Records":[]})");
    },
    [](const document&, workspace&) { return std::vector<std::string>(); }};

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
        std::size_t decides; // the source whose decisive rule this is, or no_source
    };
    std::array<entry, all_numbers.facts.count> entries{};
    std::array<std::uint8_t, place_count + 1> first{}; // of a place's entries
    std::array<fact_set, place_count> of_place{};
};

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
            table.entries[n++] = {one.test, static_cast<std::uint8_t>(i), one.text, decided_by(i)};
            table.of_place[p].add(i);
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
};

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

// ---- names, at compile time ---------------------------------------------------------------------

// The names of the places in one parent.
class name_table {
public:
    constexpr explicit name_table(std::string_view parent) {
        for (std::size_t i = 0; i < place_count; ++i) {
            if (all_numbers.places.items[i].parent != parent) continue;
            auto slot = hash(all_numbers.places.items[i].name);
            while (slots_[slot] != 0) slot = (slot + 1) % size;
            slots_[slot] = static_cast<std::uint8_t>(i + 1);
        }
    }
    // place_count for a name that no rule asks for.
    [[nodiscard]] std::size_t find(std::string_view name) const noexcept {
        if (name.empty()) return place_count;
        for (auto slot = hash(name); slots_[slot] != 0; slot = (slot + 1) % size) {
            if (all_numbers.places.items[slots_[slot] - 1u].name == name) return slots_[slot] - 1u;
        }
        return place_count;
    }

private:
    static constexpr std::size_t size = 256;
    static constexpr std::size_t hash(std::string_view name) {
        const auto at = [&](std::size_t i) { return static_cast<unsigned char>(name[i]); };
        return (name.size() * 31u + at(0) * 7u + at(name.size() / 2) * 17u
                + at(name.size() - 1) * 3u)
               % size;
    }
    std::array<std::uint8_t, size> slots_{};
};
inline constexpr name_table top_names{""};
inline constexpr name_table record_names{first_record};
inline constexpr name_table context_names{request_context};

// How much deeper is what follows this character?
constexpr auto depth_steps() {
    std::array<std::int8_t, 256> steps{};
    steps['{'] = steps['['] = 1;
    steps['}'] = steps[']'] = -1;
    return steps;
}
inline constexpr auto depth_step = depth_steps();

// ---- the pass -----------------------------------------------------------------------------------

// Goes along the tokens, finds facts, and stops as soon as one of them decides. It trusts nothing
// but the index: the text may be no JSON, which decoding will say.
class scanner {
public:
    explicit scanner(const document& d) noexcept
        : text_(d.text), at_(d.index), end_(d.index + d.tokens) {}

    [[nodiscard]] const known_source* run() noexcept {
        if (peek() != '{') return nullptr;
        ++at_;
        scan_top();
        if (decided_ != nullptr) return decided_;
        for (const auto& one : rules) {
            if (found_.has_all(one.needed) && !found_.has_any(one.unwanted))
                return &sources[one.source];
        }
        return nullptr;
    }

private:
    static constexpr std::size_t longest_name = 256;
    [[nodiscard]] char peek() const noexcept { return at_ < end_ ? text_[*at_] : '\0'; }

    // A batch is decided by its first record; nothing behind it is looked at.
    void scan_top() noexcept {
        std::size_t place = 0;
        while (next_member(top_names, place)) {
            if (place == records_place && peek() == '[') {
                note(place);
                return scan_first_record();
            }
            note(place);
            if (place == context_place && peek() == '{')
                scan_object(context_names);
            else
                skip();
            if (decided_ != nullptr || !comma()) return;
        }
    }
    void scan_first_record() noexcept {
        ++at_;
        if (peek() == ']') decided_ = &no_records;
        if (peek() == '{') scan_object(record_names);
    }
    void scan_object(const name_table& names) noexcept {
        ++at_;
        std::size_t place = 0;
        while (next_member(names, place)) {
            note(place);
            skip();
            if (decided_ != nullptr || !comma()) break;
        }
        if (peek() == '}') ++at_;
    }

    // On a key: goes to its value and says its place. False: there is no member.
    bool next_member(const name_table& names, std::size_t& place) noexcept {
        if (peek() != '"' || end_ - at_ <= 2 || text_[at_[1]] != ':') return false;
        const char* first = text_ + *at_ + 1;
        const char* last = text_ + at_[1] - 1;
        while (last > first && *last != '"') --last;
        at_ += 2;
        const std::string_view raw(first, static_cast<std::size_t>(last - first));
        place = names.find(raw);
        if (place == place_count && may_have_escape(raw)) [[unlikely]]
            place = find_escaped(names, raw);
        return true;
    }
    // Names are short, and a call of memchr for each would be most of the work. Looks at up to 7
    // bytes more, which is harmless: the text is padded, and the answer is "may".
    static bool may_have_escape(std::string_view raw) noexcept {
        constexpr std::uint64_t ones = 0x0101010101010101;
        for (std::size_t i = 0; i < raw.size(); i += 8) {
            std::uint64_t eight = 0;
            std::memcpy(&eight, raw.data() + i, 8);
            const std::uint64_t zero_where_escape = eight ^ ones * '\\';
            if (((zero_where_escape - ones) & ~zero_where_escape & ones << 7) != 0) return true;
        }
        return false;
    }
    // The names that we look for are short; a longer one is not among them.
    static std::size_t find_escaped(const name_table& names, std::string_view raw) noexcept {
        const auto escape = raw.find('\\');
        char plain[longest_name + escape_slack];
        if (escape == std::string_view::npos || raw.size() > longest_name) return place_count;
        const auto text = unescape(raw.data(), raw.data() + escape, raw.data() + raw.size(), plain);
        if (text.end == nullptr) return place_count;
        return names.find({plain, static_cast<std::size_t>(text.end - plain)});
    }

    // Notes what is true of the value here. Of a repeated member the last counts.
    void note(std::size_t place) noexcept {
        if (place == place_count) return;
        found_.remove(facts.of_place[place]);
        const char c = peek();
        if (c == 'n' || c == '\0') return;
        for (std::size_t i = facts.first[place]; i < facts.first[place + 1]; ++i) {
            const auto& one = facts.entries[i];
            if (!holds(one, c)) continue;
            found_.add(one.number);
            if (one.decides != no_source) decided_ = &sources[one.decides];
        }
    }
    // The texts that rules ask for have no escapes; a sender that escapes them is not recognised.
    [[nodiscard]] bool holds(const fact_table::entry& one, char c) const noexcept {
        switch (one.test) {
        case condition::test::object: return c == '{';
        case condition::test::equals: return c == '"' && text_here() == one.text;
        case condition::test::contains:
            return c == '"' && text_here().find(one.text) != std::string_view::npos;
        default: return true;
        }
    }
    [[nodiscard]] std::string_view text_here() const noexcept {
        const char* first = text_ + *at_ + 1;
        const char* last = text_ + at_[1] - 1;
        while (last > first && *last != '"') --last;
        return {first, static_cast<std::size_t>(last - first)};
    }

    bool comma() noexcept {
        if (peek() != ',') return false;
        ++at_;
        return true;
    }
    // Behind the value here. A stray closing bracket is left alone.
    void skip() noexcept {
        if (at_ == end_) return;
        const auto step_at = [text = text_](const std::uint32_t* token) -> int {
            return depth_step[static_cast<unsigned char>(text[*token])];
        };
        int depth = step_at(at_);
        if (depth < 0) return;
        const std::uint32_t* at = at_ + 1; // here and not in a member: it stays in a register
        while (depth > 0 && at != end_) depth += step_at(at++);
        at_ = at;
    }

    const char* text_;
    const std::uint32_t* at_;
    const std::uint32_t* end_;
    fact_set found_;
    const known_source* decided_ = nullptr;
};

} // namespace detail::recognise

std::span<const known_source> known_sources() noexcept { return detail::recognise::sources; }

const known_source* find_source(std::string_view id) noexcept {
    for (const auto& each : detail::recognise::sources) {
        if (each.info->id == id) return &each;
    }
    return nullptr;
}

const known_source* recognise(const document& d) noexcept {
    return detail::recognise::scanner(d).run();
}

} // namespace headrace
