// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/writer.hpp>
#include <headrace/tool/session.hpp>

#include <array>

namespace headrace::tool {

namespace routing {

inline std::string to_json(const route_info& route) {
    std::string line;
    writer w(line);
    w.begin_object();
    w.member("route", route.text);
    w.member("layers", route.layers);
    w.end_object();
    return line + "\n";
}

inline std::string joined(const std::vector<std::string_view>& layers) {
    std::string out;
    for (const auto layer : layers) out.append(out.empty() ? "" : " > ").append(layer);
    return out;
}

// A remark about the app, not a part of the table.
inline void remark(const session& s) {
    std::string routes;
    for (const auto text : s.app.routes_without_dead_letters()) {
        routes.append(routes.empty() ? "" : ", ").append(text);
    }
    if (routes.empty()) return;
    s.complain("without a dead_letter layer, what these reject comes again until its source gives "
               "up: "
               + routes);
}

inline int run(const session& s, const arguments& given) {
    if (!s.start()) return status::failed;
    remark(s);
    const auto all = s.app.table();
    if (given.has("--json")) {
        for (const auto& each : all) s.print(to_json(each));
        return status::fine;
    }
    table lines({{"ROUTE"}, {"LAYERS, FROM THE OUTSIDE IN"}});
    for (const auto& each : all) {
        lines.add({{std::string(each.text)}, {joined(each.layers), colour::dim}});
    }
    s.print(lines.print(s.colours));
    return status::fine;
}

inline constexpr std::array options{
    option{"--json", "", "one line for each route: {\"route\",\"layers\"}"},
};

} // namespace routing

command routes_command() {
    return {
        .name = "routes",
        .takes = "",
        .summary = "list what the function handles, and through which layers",
        .details =
            "Prints the routing table, for each source in the order in which routes are tried,\n"
            "and the middleware around each route. Mistakes in the app (ambiguous routes,\n"
            "missing dependencies, ...) are printed instead, all of them, with exit status 1.\n"
            "Routes without a dead_letter layer are named on the standard error.\n",
        .least = 0,
        .most = 0,
        .options = routing::options,
        .run = routing::run,
    };
}

} // namespace headrace::tool
