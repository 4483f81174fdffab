// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/decode.hpp>
#include <headrace/detail/escapes.hpp>
#include <headrace/dispatch.hpp>
#include <headrace/events.hpp>
#include <headrace/inspect.hpp>
#include <headrace/recognise.hpp>

#include <algorithm>
#include <array>
#include <bit>

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
    static constexpr source_info about{"records.empty", "A batch without records",
                                        delivery::polled, ""};
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

// ---- the places that any rule looks at
// ------------------------------------------------------------

// One place: "" or a parent, and a member name.
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

constexpr std::size_t most_places = 128;
struct place_list {
    std::array<place, most_places> items{};
    std::size_t count = 0;
    constexpr std::size_t number(place p) {
        for (std::size_t i = 0; i < count; ++i) {
            if (items[i] == p) return i;
        }
        items[count] = p;
        return count++;
    }
    [[nodiscard]] constexpr std::size_t find(place p) const {
        for (std::size_t i = 0; i < count; ++i) {
            if (items[i] == p) return i;
        }
        return count;
    }
};

template <class Each> constexpr void for_each_condition(Each each) {
    for (std::size_t s = 0; s < sources.size(); ++s) {
        for (std::size_t r = 0; r < sources[s].recognised->count; ++r) {
            const auto& rule = sources[s].recognised->any[r];
            for (std::size_t c = 0; c < rule.count; ++c) each(s, r, c, rule.all[c]);
        }
    }
}

constexpr place_list collect_places() {
    place_list list;
    for_each_condition([&](std::size_t, std::size_t, std::size_t, const condition& c) {
        const place p = split(c.path);
        list.number(p);
        // a parent other than the first record is itself a member to stop at
        if (!p.parent.empty() && p.parent != first_record) list.number({"", p.parent});
    });
    list.number({"", "Records"});
    return list;
}
inline constexpr place_list places = collect_places();
inline constexpr std::size_t records_place = places.find({"", "Records"});

// Names to places, for one parent.
struct name_table {
    static constexpr std::size_t size = 256;
    std::array<std::uint8_t, size> slots{};
    static constexpr std::size_t hash(std::string_view name) {
        const auto at = [&](std::size_t i) { return static_cast<unsigned char>(name[i]); };
        return (name.size() * 31u + at(0) * 7u + at(name.size() / 2) * 17u
                + at(name.size() - 1) * 3u)
               % size;
    }
    constexpr explicit name_table(std::string_view parent) {
        for (std::size_t i = 0; i < places.count; ++i) {
            if (places.items[i].parent != parent) continue;
            auto slot = hash(places.items[i].name);
            while (slots[slot] != 0) slot = (slot + 1) % size;
            slots[slot] = static_cast<std::uint8_t>(i + 1);
        }
    }
    [[nodiscard]] std::size_t find(std::string_view name) const noexcept {
        if (name.empty()) return places.count;
        for (auto slot = hash(name); slots[slot] != 0; slot = (slot + 1) % size) {
            if (places.items[slots[slot] - 1u].name == name) return slots[slot] - 1u;
        }
        return places.count;
    }
};
inline constexpr name_table top_names{""};
inline constexpr name_table record_names{first_record};
inline constexpr name_table context_names{"requestContext"};

constexpr bool parents_are_known() {
    for (std::size_t i = 0; i < places.count; ++i) {
        const auto p = places.items[i].parent;
        if (!p.empty() && p != first_record && p != "requestContext") return false;
    }
    return true;
}
static_assert(parents_are_known(), "a recognition rule looks into a member that is not searched: "
                                   "add its name_table and a line in scan_top()");

// ---- the pass -----------------------------------------------------------------------------------

// Where each place's value is, if it was met.
using found_values = std::array<const std::uint32_t*, most_places>;

// A cursor over tokens that trusts nothing: it stops at the end of the index.
class scanner {
public:
    scanner(const document& d, found_values& found) noexcept
        : text_(d.text), at_(d.index), end_(d.index + d.tokens), found_(found) {}

    // Visits the members of the top-level object; stops early when stop() says so.
    template <class Stop> void scan_top(Stop stop) noexcept {
        if (peek() != '{') return;
        ++at_;
        while (const std::size_t member = next_member(top_names)) {
            const std::size_t i = member - 1;
            if (i < places.count) {
                found_[i] = at_;
                if (i == records_place)
                    scan_first_record();
                else if (places.items[i].name == "requestContext" && peek() == '{')
                    scan_object(context_names);
                else
                    skip();
                if (stop()) return;
            } else {
                skip();
            }
            if (!comma()) return;
        }
    }

private:
    static constexpr std::size_t longest_name = 256;
    [[nodiscard]] char peek() const noexcept { return at_ < end_ ? text_[*at_] : '\0'; }

    // On a key: goes to its value. 1 + the place's number, 1 + places.count for another name, 0 for
    // the end or something that is not a member.
    std::size_t next_member(const name_table& names) noexcept {
        if (peek() != '"' || at_ + 2 >= end_ || text_[at_[1]] != ':') return 0;
        const char* first = text_ + *at_ + 1;
        const char* last = text_ + at_[1] - 1;
        while (last > first && *last != '"') --last;
        at_ += 2;
        const std::string_view raw(first, static_cast<std::size_t>(last - first));
        const auto escape = raw.find('\\');
        if (escape == std::string_view::npos) [[likely]] return 1 + names.find(raw);
        // The names that we look for are short; a longer one is not among them.
        char plain[longest_name + escape_slack];
        if (raw.size() > longest_name) return 1 + places.count;
        const auto text = unescape(first, first + escape, last, plain);
        if (text.end == nullptr) return 1 + places.count;
        return 1 + names.find({plain, static_cast<std::size_t>(text.end - plain)});
    }
    bool comma() noexcept {
        if (peek() != ',') return false;
        ++at_;
        return true;
    }
    void scan_object(const name_table& names) noexcept {
        ++at_;
        while (const std::size_t member = next_member(names)) {
            if (member - 1 < places.count) found_[member - 1] = at_;
            skip();
            if (!comma()) break;
        }
        if (peek() == '}') ++at_;
    }
    // Only the first record is looked at; what follows it is not needed.
    void scan_first_record() noexcept {
        if (peek() != '[') return skip();
        ++at_;
        if (peek() == '{') scan_object(record_names);
    }
    void skip() noexcept {
        unsigned depth = 0;
        for (; at_ < end_; ++at_) {
            const char c = text_[*at_];
            if (c == '{' || c == '[')
                ++depth;
            else if (c == '}' || c == ']') {
                if (depth == 0) return;
                --depth;
            }
            if (depth == 0) {
                ++at_;
                return;
            }
        }
    }

    const char* text_;
    const std::uint32_t* at_;
    const std::uint32_t* end_;
    found_values& found_;
};

// ---- the rules
// ------------------------------------------------------------------------------------

constexpr std::size_t most_sources = sources.size();
using place_numbers =
    std::array<std::array<std::array<std::uint8_t, rule::most>, recognition::most>, most_sources>;
constexpr place_numbers number_places() {
    place_numbers numbers{};
    for_each_condition([&](std::size_t s, std::size_t r, std::size_t c, const condition& one) {
        numbers[s][r][c] = static_cast<std::uint8_t>(places.find(split(one.path)));
    });
    return numbers;
}
inline constexpr place_numbers numbers = number_places();

inline bool is_null(const document& d, const std::uint32_t* at) noexcept {
    return d.text[*at] == 'n';
}

// The string at a token as it stands in the document; the texts we compare have no escapes, and a
// sender that escapes them all the same is not recognised by equality.
inline std::string_view string_at(const document& d, const std::uint32_t* at) noexcept {
    if (d.text[*at] != '"') return {};
    const char* first = d.text + *at + 1;
    const char* last = d.text + at[1] - 1;
    while (last > first && *last != '"') --last;
    return {first, static_cast<std::size_t>(last - first)};
}

inline bool holds(const document& d, const condition& c, const std::uint32_t* at) noexcept {
    const bool there = at != nullptr && !is_null(d, at);
    switch (c.what) {
    case condition::test::present: return there;
    case condition::test::object: return there && d.text[*at] == '{';
    case condition::test::equals: return there && string_at(d, at) == c.text;
    case condition::test::contains:
        return there && string_at(d, at).find(c.text) != std::string_view::npos;
    case condition::test::absent: return !there;
    }
    return false;
}

// The first source one of whose rules holds. `only_decisive`: among those that end the search.
inline const known_source* decide(const document& d, const found_values& found) noexcept {
    for (std::size_t s = 0; s < sources.size(); ++s) {
        for (std::size_t r = 0; r < sources[s].recognised->count; ++r) {
            const auto& rule = sources[s].recognised->any[r];
            bool all = true;
            for (std::size_t c = 0; all && c < rule.count; ++c) {
                all = holds(d, rule.all[c], found[numbers[s][r][c]]);
            }
            if (all) return &sources[s];
        }
    }
    return nullptr;
}

inline bool decisive_rule_holds(const document& d, const found_values& found) noexcept {
    for (std::size_t s = 0; s < sources.size(); ++s) {
        for (std::size_t r = 0; r < sources[s].recognised->count; ++r) {
            const auto& rule = sources[s].recognised->any[r];
            if (!rule.decisive) continue;
            bool all = true;
            for (std::size_t c = 0; all && c < rule.count; ++c) {
                all = holds(d, rule.all[c], found[numbers[s][r][c]]);
            }
            if (all) return true;
        }
    }
    return false;
}

} // namespace detail::recognise

std::span<const known_source> known_sources() noexcept { return detail::recognise::sources; }

const known_source* find_source(std::string_view id) noexcept {
    for (const auto& each : detail::recognise::sources) {
        if (each.info->id == id) return &each;
    }
    return nullptr;
}

const known_source* recognise(const document& d) noexcept {
    namespace here = detail::recognise;
    here::found_values found{};
    here::scanner scan(d, found);
    const auto& records = found[here::records_place];
    const auto is_batch = [&] { return records != nullptr && d.text[*records] == '['; };
    scan.scan_top([&] { return is_batch() || here::decisive_rule_holds(d, found); });
    if (is_batch() && d.text[records[1]] == ']') {
        return &here::no_records;
    }
    return here::decide(d, found);
}

} // namespace headrace
