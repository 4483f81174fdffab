// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/json/writer.hpp>
#include <headrace/sources/catalogue.hpp>
#include <headrace/tool/json_value.hpp>
#include <headrace/tool/session.hpp>

#include <array>
#include <optional>
#include <utility>

namespace headrace::tool {

namespace inspecting {

/// What is known about one input.
struct finding {
    std::string file;
    std::string_view source; ///< empty: not recognised before it went wrong
    std::string_view title;
    json_value event;
    std::vector<std::string> unknown;
    std::optional<error> problem;
};

// Decodes as the source's type and encodes again.
inline result<json_value> typed(const catalogue_entry& source, const document& d,
                                workspace& memory) {
    auto again = source.round_trip(d, memory);
    if (!again) return std::move(again).error();
    return parse_json(*again);
}

inline result<void> look(const session& s, finding& out) {
    const auto text = load(s, out.file);
    if (!text) return text.error();
    workspace memory(on_a_desk);
    const auto d = memory.load(*text);
    if (!d) return d.error();
    const auto from = origin_of(*d, memory);
    if (!from) return from.error();
    out.source = from->source;
    out.title = from->known != nullptr ? from->known->info->title : "no known source sends this";
    auto event = from->known != nullptr ? typed(*from->known, *d, memory) : parse_json(*text);
    if (!event) return std::move(event).error();
    out.event = *std::move(event);
    if (from->known != nullptr) out.unknown = from->known->unknown(*d, memory);
    return {};
}

inline std::string to_json(const finding& f) {
    std::string line;
    writer w(line);
    w.begin_object();
    w.member("file", f.file);
    w.key("source");
    f.source.empty() ? w.null() : w.string(f.source);
    w.key("event");
    w.verbatim(f.problem ? "null" : to_line(f.event));
    w.member("unknown", f.unknown);
    w.key("error");
    if (f.problem) {
        w.begin_object();
        w.member("code", to_string(f.problem->code));
        w.member("pointer", f.problem->pointer);
        w.member("message", describe_input(*f.problem));
        w.end_object();
    } else {
        w.null();
    }
    w.end_object();
    return line + "\n";
}

inline void print(const session& s, const finding& f) {
    const std::string file = s.colours.paint(f.file, colour::bold);
    if (f.problem) {
        std::string line = f.file + ": ";
        if (!f.source.empty()) detail::append_format<"{}: ">(line, f.source);
        return s.complain(line + describe_input(*f.problem));
    }
    std::string out = detail::format<"{}: {}, {}\n{}\n">(
        file, s.colours.paint(f.source, colour::green), f.title, to_pretty(f.event));
    if (!f.unknown.empty()) {
        out += s.colours.paint("members that the type does not model:", colour::yellow) + "\n";
        for (const auto& pointer : f.unknown) detail::append_format<"  {}\n">(out, pointer);
    }
    s.print(out);
}

inline int run(const session& s, const arguments& given) {
    int worst = status::fine;
    for (const auto name : given.names()) {
        finding f;
        f.file = name;
        if (auto seen = look(s, f); !seen) f.problem = std::move(seen).error();
        if (f.problem) worst = status::unreadable;
        if (given.has("--json"))
            s.print(to_json(f));
        else
            print(s, f);
    }
    return worst;
}

inline constexpr std::array options{
    option{"--json", "",
           "one line for each file: {\"file\",\"source\",\"event\",\"unknown\",\"error\"}"},
};

} // namespace inspecting

command inspect_command() {
    return {
        .name = "inspect",
        .takes = "FILE...",
        .summary = "show where an event comes from and what of it is decoded",
        .details =
            "Prints, for each file (\"-\" is the standard input), the source that sends such\n"
            "events, the event as it looks after decoding it to C++ types and encoding it\n"
            "again, and the JSON pointers of members that those types do not model.\n"
            "JSON that no known source sends is \"raw\".\n",
        .least = 1,
        .most = command::any_number,
        .options = inspecting::options,
        .run = inspecting::run,
    };
}

} // namespace headrace::tool
