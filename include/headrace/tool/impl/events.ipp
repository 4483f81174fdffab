// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/json/writer.hpp>
#include <headrace/sources/catalogue.hpp>
#include <headrace/tool/json_value.hpp>
#include <headrace/tool/pointer.hpp>
#include <headrace/tool/session.hpp>

#include <array>
#include <utility>

namespace headrace::tool {

namespace listing {

struct entry {
    const source_info* source;
    const sample* event;
};

inline std::vector<entry> all_samples() {
    std::vector<entry> all;
    for (const auto& source : catalogue()) {
        for (const auto& each : source.samples()) all.push_back({source.info, &each});
    }
    return all;
}

inline std::string to_json(const entry& each) {
    std::string line;
    writer w(line);
    w.begin_object();
    w.member("name", each.event->name);
    w.member("source", each.source->id);
    w.member("title", each.source->title);
    w.end_object();
    return line + "\n";
}

inline void print_list(const session& s, const arguments& given) {
    table lines({{"NAME"}, {"SOURCE"}, {"FROM"}});
    std::string plain;
    for (const auto& each : all_samples()) {
        if (given.has("--json"))
            plain += to_json(each);
        else if (given.has("--list"))
            plain.append(each.event->name).append("\n");
        else
            lines.add({{std::string(each.event->name)},
                       {std::string(each.source->id)},
                       {std::string(each.source->title), colour::dim}});
    }
    s.print(plain.empty() ? lines.print(s.colours) : plain);
}

// --set /pointer=value
inline result<void> change(json_value& event, std::string_view setting) {
    const auto equals = setting.find('=');
    if (equals == setting.npos) return error::invalid("--set takes /pointer=value");
    const auto place = parse_pointer(setting.substr(0, equals));
    if (!place) return place.error();
    const auto text = setting.substr(equals + 1);
    auto value = parse_json(text);
    return set_at(event, *place,
                  value ? *std::move(value) : json_value::of_text(std::string(text)));
}

inline int print_event(const session& s, const arguments& given, const sample& which) {
    auto event = parse_json(which.json);
    if (!event) return s.complain(describe_input(event.error())), status::unreadable;
    for (const auto setting : given.all("--set")) {
        if (const auto changed = change(*event, setting); !changed) {
            return s.refuse(detail::format<"{}: {}">(setting, changed.error().message));
        }
    }
    s.print((given.has("--json") ? to_line(*event) : to_pretty(*event)) + "\n");
    return status::fine;
}

inline int run(const session& s, const arguments& given) {
    if (given.names().empty()) {
        if (given.has("--set")) return s.refuse("--set needs the name of an event");
        print_list(s, given);
        return status::fine;
    }
    const auto name = given.names().front();
    std::vector<std::string_view> known;
    for (const auto& each : all_samples()) {
        if (each.event->name == name) return print_event(s, given, *each.event);
        known.push_back(each.event->name);
    }
    return s.refuse(detail::format<"there is no event {}{}">(name, suggestion(name, known)));
}

inline constexpr std::array options{
    option{"--set", "/POINTER=VALUE", "change a member, or create it; may be repeated"},
    option{"--list", "", "only the names, one a line"},
    option{"--json", "", "the event on one line; without NAME, one line for each event"},
};

} // namespace listing

command events_command() {
    return {
        .name = "events",
        .takes = "[NAME]",
        .summary = "print sample events to start from",
        .details =
            "Prints the built-in sample event of that name; without one, lists them.\n"
            "VALUE is JSON if it reads as JSON, else text. A pointer leads into JSON in strings\n"
            "too, and what is put in the place of such a string is put as text:\n"
            "    events sqs --set '/Records/0/body={\"id\":7}' --set "
            "/Records/0/body/customer=ada\n",
        .least = 0,
        .most = 1,
        .options = listing::options,
        .run = listing::run,
    };
}

} // namespace headrace::tool
