// SPDX-License-Identifier: BSL-1.0
#pragma once

// What does every command need? The app, the world, somewhere to print, and the list of commands.

#include <headrace/sources/catalogue.hpp>
#include <headrace/tool/arguments.hpp>
#include <headrace/tool/run.hpp>
#include <headrace/tool/table.hpp>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace headrace::tool {

/// One run of the tool.
struct session {
    router& app;
    const platform& world;
    const streams& io;
    std::string_view program; ///< without folders
    palette colours;          ///< for io.out
    std::string_view page{};  ///< the command that runs, for hints

    void print(std::string_view text) const { io.out(text); }
    /// One line on the error stream, after the program's name.
    void complain(std::string_view text) const;
    /// Complains about the command line and says where its help is. Returns status::usage.
    int refuse(std::string_view why) const;
    /// The app, checked. False after complaining about its mistakes.
    [[nodiscard]] bool start() const;
};

/// All that comes from a stream. Errors: input_output; too_large for more than a document may have.
[[nodiscard]] result<std::string> read_all(std::FILE* from, std::string_view name);

/// The bytes of a file, or of the standard input for "-", without a UTF-8 byte order mark.
/// Errors: those of read_all().
[[nodiscard]] result<std::string> load(const session& s, const std::string& file);

/// A folder's files that end in .json, by name; a file is a list of its own.
/// Errors: input_output.
[[nodiscard]] result<std::vector<std::string>> event_files(std::string_view path);

/// The file's name without folders, and without its extension.
[[nodiscard]] std::string_view file_name(std::string_view path) noexcept;
[[nodiscard]] std::string_view file_stem(std::string_view path) noexcept;

/// Where an event comes from, as far as its bytes say.
struct origin {
    std::string_view source;                ///< a source's id, or "raw"
    const catalogue_entry* known = nullptr; ///< null: raw
};
/// Errors: syntax, too_large, too_deep; "raw" is no error.
[[nodiscard]] result<origin> origin_of(const document& d, workspace& memory);
[[nodiscard]] result<origin> origin_of(std::string_view json);

/// "not JSON: at byte 17: expected ..." for a person.
[[nodiscard]] std::string describe_input(const error& e);

[[nodiscard]] command inspect_command();
[[nodiscard]] command invoke_command();
[[nodiscard]] command replay_command();
[[nodiscard]] command routes_command();
[[nodiscard]] command events_command();

} // namespace headrace::tool
