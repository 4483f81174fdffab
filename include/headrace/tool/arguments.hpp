// SPDX-License-Identifier: BSL-1.0
#pragma once

// What did the user type? Commands and options as tables, from which arguments are parsed and the
// help pages are printed, so that the two cannot disagree.

#include <headrace/base/result.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headrace::tool {

struct session;

/// One option of a command.
struct option {
    std::string_view name;  ///< "--repeat"
    std::string_view value; ///< "N"; empty: a switch
    std::string_view help;
};

/// What was typed after a command's name.
class arguments {
public:
    [[nodiscard]] const std::vector<std::string_view>& names() const noexcept { return names_; }
    [[nodiscard]] bool has(std::string_view option) const noexcept { return !all(option).empty(); }
    /// The last value of an option.
    [[nodiscard]] std::optional<std::string_view> value(std::string_view option) const;
    /// A number of at least 1. Errors: bad_value.
    [[nodiscard]] result<std::size_t> number(std::string_view option, std::size_t otherwise) const;
    /// The values of an option that may be repeated; a switch has empty ones.
    [[nodiscard]] std::vector<std::string_view> all(std::string_view option) const;

    void add_name(std::string_view name) { names_.push_back(name); }
    void add_option(std::string_view option, std::string_view value) {
        options_.emplace_back(option, value);
    }

private:
    std::vector<std::string_view> names_;
    std::vector<std::pair<std::string_view, std::string_view>> options_;
};

/// One word of the command line.
struct command {
    static constexpr std::size_t any_number = static_cast<std::size_t>(-1);

    std::string_view name;
    std::string_view takes; ///< "FILE...", as the help says it
    std::string_view summary;
    std::string_view details;
    std::size_t least; ///< names that it needs
    std::size_t most;
    std::span<const option> options;
    int (*run)(const session&, const arguments&);
};

/// Errors: invalid, with a sentence for the user.
[[nodiscard]] result<arguments> parse_arguments(const command& which,
                                                std::span<const std::string_view> words);

/// The word that was probably meant: the nearest of `known`, or nothing if none is near.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> known);
/// ", did you mean 'invoke'?" or "".
[[nodiscard]] std::string suggestion(std::string_view word,
                                     std::span<const std::string_view> known);

/// The page of one command, and of the whole tool.
[[nodiscard]] std::string help_page(std::string_view program, const command& which);
[[nodiscard]] std::string help_page(std::string_view program, std::span<const command> all);

} // namespace headrace::tool
