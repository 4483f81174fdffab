// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which of the sources in a table does a document come from? It goes along the tokens, finds facts,
// and stops as soon as one of them decides, unless it is to go to the end.

#include <headrace/base/detail/escapes.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/sources/detail/recognition_table.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace headrace::detail::recognise {

// How much deeper is what follows this character?
inline constexpr auto depth_step = [] {
    std::array<std::int8_t, 256> steps{};
    steps['{'] = steps['['] = 1;
    steps['}'] = steps[']'] = -1;
    return steps;
}();

// What is found besides the number of a source.
inline constexpr number no_source = none;
inline constexpr number empty_records = none - 1;

// The text and its tokens. It trusts nothing but the index: the text may be no JSON, which decoding
// will say. Where it is goes from function to function as a value, and those that look at many
// tokens copy this, so that both stay in registers.
using token = const std::uint32_t*;

struct reading {
    const char* text;
    const char* plain_until;
    token end;

    // NUL at the end and up to three tokens behind it.
    [[nodiscard]] char peek(token at) const noexcept { return text[*at]; }
    // Is there a name, and a colon?
    [[nodiscard]] bool is_member(token at) const noexcept {
        return peek(at) == '"' && peek(at + 1) == ':';
    }
    // The string between its quotes, as it stands in the text.
    [[nodiscard, gnu::always_inline]] std::string_view string_at(token at) const noexcept {
        const char* first = text + at[0] + 1;
        const char* last = text + at[1] - 1;
        while (last > first && *last != '"') --last;
        return {first, static_cast<std::size_t>(last - first)};
    }
    [[nodiscard]] bool may_have_escapes(std::string_view raw) const noexcept {
        return plain_until < raw.data() + raw.size();
    }

    // ---- values that nobody looks at ----
    // Behind the value here. A stray closing bracket is left alone.
    [[nodiscard]] token behind(token at) const noexcept {
        if (peek(at) == '"') return at + 1;
        const auto deeper = step(peek(at));
        if (deeper > 0) return behind_nested(text, end, at);
        return at == end || deeper < 0 ? at : at + 1;
    }
    [[nodiscard, gnu::noinline]] static token behind_nested(const char* text, token end,
                                                            token at) noexcept {
        if (text[*at++] == '{') { // most objects are names and texts
            while (text[at[2]] == '"' && text[at[3]] == ',') at += 4;
        }
        int depth = 1;
        while (end - at >= 4) { // four tokens for one branch
            const int one = depth + step(text[*at]);
            const int two = one + step(text[at[1]]);
            const int three = two + step(text[at[2]]);
            const int four = three + step(text[at[3]]);
            if (one == 0 || two == 0 || three == 0 || four == 0) break;
            depth = four;
            at += 4;
        }
        while (depth > 0 && at != end) depth += step(text[*at++]);
        return at;
    }
    [[nodiscard]] static int step(char c) noexcept {
        return depth_step[static_cast<unsigned char>(c)];
    }
};

template <const auto& Table, bool To_the_end = false> class scanner {
public:
    explicit scanner(const document& d) noexcept
        : read_{d.text, d.plain_until, d.index + d.tokens} {}

    /// The number of the source, no_source or empty_records.
    [[nodiscard]] number run(token at) noexcept {
        scan(at);
        return decided_ != none ? decided_ : by_rules();
    }
    /// By all that is there: is it this source's?
    [[nodiscard]] bool confirm(token at, number source) noexcept {
        static_assert(To_the_end);
        scan(at);
        for (std::size_t f = 0; f < Table.facts.size(); ++f) {
            if (Table.facts[f].decides == source && found_.has(f)) return true;
        }
        return by_rules() == source;
    }

private:
    using table = std::remove_cvref_t<decltype(Table)>;

    static constexpr auto& top = Table.places[root];

    // Of an array at the top the first element is looked at.
    void scan(token at) noexcept {
        if (read_.peek(at) == '{') {
            members<0>(at + 1, root);
        } else if (read_.peek(at) == '[' && top.element != none) {
            visit_first<0>(at, root);
        }
    }

    // ---- rules ----
    // The first source of which a rule holds. That there is nothing to do is the last thing to be
    // believed.
    [[nodiscard]] number by_rules() noexcept {
        auto best = first_rule();
        if (spared_ != nullptr && (best == none || Table.rules[best].spares != spared_place_)) {
            const auto place = spared_place_;
            spared_place_ = none;
            members_inside(spared_ + 1, place);
            if (decided_ != none) return decided_;
            best = first_rule();
        }
        if (best != none) return Table.rules[best].source;
        return empty_batch_ ? empty_records : no_source;
    }
    // Only rules are looked at whose rarest fact was found.
    [[nodiscard]] number first_rule(bool of_record = false) const noexcept {
        number best = none;
        found_.for_common(Table.pivots, [&](std::size_t f) {
            for (auto i = Table.facts[f].first_rule; i != Table.facts[f].last_rule; ++i) {
                const auto r = Table.by_pivot[i];
                if (r >= best) return;
                const auto& one = Table.rules[r];
                if (of_record && !one.of_record) continue;
                if (!found_.has_all(one.needed) || found_.has_any(one.unwanted)) continue;
                best = r;
                return;
            }
        });
        return best;
    }
    [[gnu::noinline]] void decide_by_record() noexcept {
        if constexpr (To_the_end) return;
        const auto best = first_rule(true);
        if (best != none && !Table.rules[best].waits) decided_ = Table.rules[best].source;
    }

    // ---- places ----
    // From behind the opening bracket to behind the closing one, or to where it is decided. At the
    // top and one level below it, where nearly all is found, this is one function each; what is
    // further inside calls itself, as deep as the paths of rules are long.
    static constexpr std::size_t deep = 2;
    template <std::size_t Depth> token members(token at, number in) noexcept {
        const auto from = read_;
        const auto names = Table.places[in].names;
        while (from.is_member(at)) {
            const auto place = place_of(from, at, names);
            at += 2;
            if (place == none) [[likely]] {
                at = from.behind(at);
            } else {
                if constexpr (Depth < deep) {
                    at = visit<Depth>(at, place);
                } else {
                    at = visit_deep(at, place);
                }
                if (decided_ != none) return at;
            }
            if (from.peek(at) != ',') break;
            ++at;
        }
        return from.peek(at) == '}' ? at + 1 : at;
    }
    [[gnu::noinline]] token members_inside(token at, number in) noexcept {
        return members<1>(at, in);
    }
    [[gnu::noinline]] token visit_deep(token at, number place) noexcept {
        return visit<deep>(at, place);
    }
    // Looks at a value, and into it, and goes behind it.
    template <std::size_t Depth>
    [[gnu::always_inline]] token visit(token at, number place) noexcept {
        const auto& it = Table.places[place];
        const char c = read_.peek(at);
        if (note(place, at, c)) return at;
        if (c == '{' && it.names.any()) {
            if (!spares(place)) return members_of<Depth>(at + 1, place);
            spared_ = at;
            spared_place_ = place;
        } else if (c == '[' && it.element != none) {
            visit_first<Depth>(at, place);
            if (decided_ != none) return at;
        }
        return read_.behind(at);
    }
    template <std::size_t Depth>
    [[gnu::always_inline]] token members_of(token at, number place) noexcept {
        if constexpr (Depth == 0) return members_inside(at, place);
        return members<deep>(at, place);
    }
    // A batch is decided by its first record: where that says enough, nothing behind it is looked
    // at.
    template <std::size_t Depth>
    [[gnu::always_inline]] void visit_first(token at, number place) noexcept {
        if (read_.peek(at + 1) == ']') {
            empty_batch_ = place == Table.records;
            return;
        }
        const auto element = Table.places[place].element;
        const auto& it = Table.places[element];
        if (read_.peek(at + 1) == '{' && it.names.any() && !it.asked_for) {
            members_of<Depth>(at + 2, element);
        } else {
            visit_deep(at + 1, element);
        }
        if (place == Table.records && decided_ == none) decide_by_record();
    }
    // Is all there that makes looking into this place needless? If what is found in the end is
    // something else, it is looked into after all.
    [[nodiscard, gnu::always_inline]] bool spares(number place) const noexcept {
        const auto& it = Table.places[place];
        if (To_the_end || spared_ != nullptr) return false;
        for (auto i = it.first_sparing; i != it.last_sparing; ++i) {
            if (found_.has_all(Table.sparing[i].needed)) return true;
        }
        return false;
    }

    [[nodiscard, gnu::always_inline]] static number place_of(reading from, token name,
                                                             lookup names) noexcept {
        const auto raw = from.string_at(name);
        if (from.may_have_escapes(raw)) [[unlikely]]
            return find_escaped(names, raw);
        return Table.find(names, raw);
    }
    // A name that may have escapes. Those that we look for are short; a longer one is not among
    // them.
    [[gnu::noinline]] static number find_escaped(lookup names, std::string_view raw) noexcept {
        const auto escape = raw.find('\\');
        if (escape == std::string_view::npos) return Table.find(names, raw);
        constexpr std::size_t longest_name = 256;
        char plain[longest_name + escape_slack];
        if (raw.size() > longest_name) return none;
        const auto text = unescape(raw.data(), raw.data() + escape, raw.data() + raw.size(), plain);
        if (text.end == nullptr) return none;
        *text.end = '"';
        return Table.find(names, {plain, static_cast<std::size_t>(text.end - plain)});
    }

    // ---- facts ----
    // Notes what is true of the value here. Of a repeated member the last counts. Is it decided?
    [[gnu::always_inline]] bool note(number place, token value, char c) noexcept {
        if (seen_.has(place)) [[unlikely]]
            forget(place);
        seen_.add(place);
        if (c == 'n' || c == '\0') return false;
        const auto& it = Table.places[place];
        if (it.present != none) add(it.present);
        if (c == '{' && it.object != none) add(it.object);
        if (c == '"') {
            if (it.texts.any()) {
                const auto f = Table.find(it.texts, read_.string_at(value));
                if (f != none) add(f);
            }
            for (auto f = it.first_text; f != it.last_text; ++f) {
                if (holds(Table.facts[f], value)) add(f);
            }
        }
        return decided_ != none;
    }
    [[gnu::always_inline]] void add(number fact) noexcept {
        found_.add(fact);
        if (!To_the_end && Table.facts[fact].decides != none) decided_ = Table.facts[fact].decides;
    }
    // Takes back what was found there and inside.
    [[gnu::noinline]] void forget(number place) noexcept {
        const auto& it = Table.places[place];
        found_.remove(it.first_inside, it.last_inside);
        if (spared_place_ >= place && spared_place_ < it.end) {
            spared_ = nullptr;
            spared_place_ = none;
        }
        if (place == Table.records) empty_batch_ = false;
    }
    // The texts that rules ask for have no escapes; a sender that escapes them is not recognised.
    [[nodiscard, gnu::noinline]] bool holds(const fact_entry& one, token text) const noexcept {
        if (one.what == test::begins) return one.whole.begins(read_.text + *text + 1);
        if (one.what == test::route_key) return is_route_key(read_.text + *text + 1);
        return read_.string_at(text).find(one.text) != std::string_view::npos;
    }
    // A NUL ends the text.
    static bool is_route_key(const char* at) noexcept {
        const char* const first = at;
        while (*at >= 'A' && *at <= 'Z') ++at;
        return at != first && at[0] == ' ' && at[1] == '/';
    }

    reading read_;
    typename table::fact_set found_;
    typename table::place_set seen_;
    token spared_ = nullptr; // the object that was not looked into
    number spared_place_ = none;
    number decided_ = none;
    bool empty_batch_ = false; // the last Records are an empty list
};

} // namespace headrace::detail::recognise
