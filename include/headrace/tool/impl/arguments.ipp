// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/tool/arguments.hpp>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <system_error>

namespace headrace::tool {

namespace parsing {

inline constexpr std::string_view help_option = "--help";

inline const option* find_option(const command& which, std::string_view name) {
    const auto same = [&](const option& each) { return each.name == name; };
    const auto found = std::ranges::find_if(which.options, same);
    return found == which.options.end() ? nullptr : &*found;
}

inline error unknown_option(const command& which, std::string_view name) {
    std::vector<std::string_view> known{help_option};
    for (const auto& each : which.options) known.push_back(each.name);
    return error::invalid(detail::format<"there is no option {}{}">(name, suggestion(name, known)));
}

// Levenshtein's distance: how many letters have to be changed, added or left out.
inline std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

// One option and, for those that have one, its value. Goes to the last word that it used.
inline result<void> take_option(const command& which, std::span<const std::string_view> words,
                                std::size_t& i, arguments& out) {
    const std::string_view word = words[i];
    const auto equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const bool is_help = name == help_option || name == "-h";
    const auto* known = is_help ? nullptr : find_option(which, name);
    if (known == nullptr && !is_help) return unknown_option(which, name);
    if (known == nullptr || known->value.empty()) {
        if (equals != word.npos) return error::invalid(detail::format<"{} takes no value">(name));
        out.add_option(is_help ? help_option : name, {});
        return {};
    }
    if (equals == word.npos && ++i == words.size()) {
        return error::invalid(detail::format<"{0} needs a value: {0} {1}">(name, known->value));
    }
    out.add_option(name, equals == word.npos ? words[i] : word.substr(equals + 1));
    return {};
}

// Text in two columns, the second one broken into lines where it says so.
inline void append_entry(std::string& out, std::string_view left, std::string_view right) {
    constexpr std::size_t column = 24;
    out.append("  ").append(left);
    out.append(left.size() + 4 > column ? 2 : column - left.size() - 2, ' ');
    for (const char c : right) {
        out += c;
        if (c == '\n') out.append(column, ' ');
    }
    out += '\n';
}

inline constexpr std::string_view statuses =
    "\nexit status: 0 fine, 1 function error or difference, 2 usage, 3 input that cannot be read\n";

} // namespace parsing

std::optional<std::string_view> arguments::value(std::string_view option) const {
    const auto values = all(option);
    if (values.empty()) return std::nullopt;
    return values.back();
}

result<std::size_t> arguments::number(std::string_view option, std::size_t otherwise) const {
    const auto text = value(option);
    if (!text) return otherwise;
    constexpr std::size_t most = 1'000'000'000;
    std::size_t out = 0;
    const char* const end = text->data() + text->size();
    const auto [stop, problem] = std::from_chars(text->data(), end, out);
    if (problem != std::errc() || stop != end || out == 0 || out > most) {
        error e = error::invalid(detail::format<"{} takes a whole number of at least 1">(option));
        e.code = errc::bad_value;
        return e;
    }
    return out;
}

std::vector<std::string_view> arguments::all(std::string_view option) const {
    std::vector<std::string_view> values;
    for (const auto& [name, value] : options_) {
        if (name == option) values.push_back(value);
    }
    return values;
}

result<arguments> parse_arguments(const command& which, std::span<const std::string_view> words) {
    arguments out;
    bool options_end = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (options_end || word == "-" || !word.starts_with('-')) {
            out.add_name(word);
        } else if (word == "--") {
            options_end = true;
        } else if (auto taken = parsing::take_option(which, words, i, out); !taken) {
            return std::move(taken).error();
        }
    }
    if (out.has(parsing::help_option)) return out;
    const auto count = out.names().size();
    if (count < which.least) return error::invalid(detail::format<"it needs {}">(which.takes));
    if (count > which.most) {
        return error::invalid(
            detail::format<"there is one argument too many: {}">(out.names()[which.most]));
    }
    return out;
}

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> known) {
    std::optional<std::string_view> best;
    std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1; // that many are too many
    for (const auto each : known) {
        const bool begun = word.size() >= 2 && each.starts_with(word);
        const std::size_t d = begun ? 1 : parsing::distance(word, each);
        if (d >= least) continue;
        least = d;
        best = each;
    }
    return best;
}

std::string suggestion(std::string_view word, std::span<const std::string_view> known) {
    const auto best = nearest(word, known);
    return best ? detail::format<", did you mean {}?">(*best) : std::string();
}

std::string help_page(std::string_view program, const command& which) {
    std::string out = detail::format<"usage: {} {}">(program, which.name);
    if (!which.options.empty()) out += " [OPTIONS]";
    if (!which.takes.empty()) detail::append_format<" {}">(out, which.takes);
    detail::append_format<"\n\n{}\noptions:\n">(out, which.details);
    for (const auto& each : which.options) {
        std::string left(each.name);
        if (!each.value.empty()) detail::append_format<" {}">(left, each.value);
        parsing::append_entry(out, left, each.help);
    }
    parsing::append_entry(out, parsing::help_option, "this page");
    return out.append(parsing::statuses);
}

std::string help_page(std::string_view program, std::span<const command> all) {
    std::string out = detail::format<
        "usage: {} COMMAND [ARGUMENTS]\n\n"
        "An AWS Lambda function made with headrace. On Lambda it answers events; here it is a\n"
        "tool that shows events, runs the function with them and checks its replies.\n\n"
        "commands:\n">(program);
    for (const auto& each : all) parsing::append_entry(out, each.name, each.summary);
    detail::append_format<
        "\n{0} COMMAND --help says more about one of them, {0} --version which headrace "
        "this is.\n{1}">(out, program, parsing::statuses);
    return out;
}

} // namespace headrace::tool
