// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/http/problem.hpp>
#include <headrace/http/route_table.hpp>
#include <headrace/json/detail/percent.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace headrace::detail::http_route_table {

// Up to here comparing all literals of a node is faster than hashing.
inline constexpr std::size_t few = 4;

inline std::uint64_t hash(std::string_view text) noexcept {
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
    std::uint64_t h = text.size() * odd;
    const char* p = text.data();
    std::size_t left = text.size();
    for (; left >= 8; p += 8, left -= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, p, 8);
        h = (h ^ word) * odd;
        h ^= h >> 32;
    }
    if (left != 0) {
        std::uint64_t word = 0;
        std::memcpy(&word, p, left);
        h = (h ^ word) * odd;
        h ^= h >> 32;
    }
    return h;
}

inline std::string name_of(std::string_view method, const http::pattern& path, http::route_id id) {
    return format<"{} {} (route {})">(method.empty() ? "any method" : method, path.text(), id);
}

inline http::response bare(std::uint16_t status) {
    http::response r;
    r.status = status;
    return r;
}

} // namespace headrace::detail::http_route_table

namespace headrace::http {

// Visits the nodes where a path ends, the most specific first, until one takes it.
struct route_table::walk {
    const route_table& table;
    bool encoded; // is there a '%' in the path?
    path_match& match;

    template <class Take> bool visit(node_id at, std::string_view rest, Take& take) {
        const node& here = table.nodes_[at];
        if (rest.empty()) return take(here);
        const auto* end =
            static_cast<const char*>(std::memchr(rest.data() + 1, '/', rest.size() - 1));
        const auto length =
            end != nullptr ? static_cast<std::size_t>(end - rest.data()) : rest.size();
        const auto segment = rest.substr(1, length - 1);
        const auto tail = rest.substr(length);
        const auto child =
            encoded ? table.encoded_child(here, segment) : table.literal_child(here, segment);
        if (child != none && visit(child, tail, take)) return true;
        if (segment.empty()) return false;
        return visit_variable(here.parameter, segment, tail, take)
               || visit_variable(here.catch_all, rest.substr(1), {}, take);
    }
    template <class Take>
    bool visit_variable(node_id child, std::string_view value, std::string_view tail, Take& take) {
        if (child == none) return false;
        match.values[match.count++] = value;
        if (visit(child, tail, take)) return true;
        --match.count;
        return false;
    }
};

route_table::route_table(trailing_slash policy) : nodes_(1), policy_(policy) {}

std::string_view route_table::without_slash(std::string_view path) const noexcept {
    const bool drop = policy_ == trailing_slash::ignore && path.size() > 1 && path.ends_with('/');
    return drop ? path.substr(0, path.size() - 1) : path;
}

result<void> route_table::add(std::string_view method, pattern path, route_id id, dot_parts dots) {
    node_id at = 0;
    std::vector<std::string_view> names;
    auto left = without_slash(path.text()).size(); // of the segments with their slashes
    path.for_each_segment([&](pattern_segment segment) {
        if (left == 0) return;
        const std::size_t braces = segment.is_literal() ? 0 : 2;
        const std::size_t plus = segment.what == pattern_segment::kind::catch_all ? 1 : 0;
        left -= segment.text.size() + braces + plus + 1;
        if (!segment.is_literal()) names.push_back(segment.text);
        at = child_for(at, segment);
    });
    auto& routes = nodes_[at].routes;
    for (const route& there : routes) {
        if (there.method != method) continue;
        error e = error::bug(detail::format<"{} takes the same requests as {}">(
            detail::http_route_table::name_of(method, path, id),
            detail::http_route_table::name_of(there.method, there.path, there.id)));
        e.code = errc::bad_app;
        return e;
    }
    routes.push_back({std::string(method), path, id, std::move(names), dots});
    ++routes_;
    return {};
}

route_table::node_id route_table::child_for(node_id parent, pattern_segment segment) {
    const auto fresh = static_cast<node_id>(nodes_.size());
    switch (segment.what) {
    case pattern_segment::kind::literal: {
        const auto known = literal_child(nodes_[parent], segment.text);
        if (known != none) return known;
        const auto hash = detail::http_route_table::hash(segment.text);
        nodes_[parent].literals.push_back({segment.text, hash, fresh});
        index_literals(nodes_[parent]);
        break;
    }
    case pattern_segment::kind::parameter:
        if (nodes_[parent].parameter != none) return nodes_[parent].parameter;
        nodes_[parent].parameter = fresh;
        break;
    case pattern_segment::kind::catch_all:
        if (nodes_[parent].catch_all != none) return nodes_[parent].catch_all;
        nodes_[parent].catch_all = fresh;
        break;
    }
    nodes_.emplace_back();
    return fresh;
}

void route_table::index_literals(node& n) {
    const auto enter = [&n](std::uint32_t i) {
        auto slot = n.literals[i].hash & (n.slots.size() - 1);
        while (n.slots[slot] != 0) slot = (slot + 1) & (n.slots.size() - 1);
        n.slots[slot] = i + 1;
    };
    const auto count = static_cast<std::uint32_t>(n.literals.size());
    if (count <= detail::http_route_table::few) return;
    if (n.slots.size() >= 2 * std::size_t{count}) return enter(count - 1);
    n.slots.assign(std::max<std::size_t>(16, 4 * n.slots.size()), 0);
    for (std::uint32_t i = 0; i < count; ++i) enter(i);
}

route_table::node_id route_table::literal_child(const node& n,
                                                std::string_view text) const noexcept {
    if (n.slots.empty()) {
        for (const literal& each : n.literals) {
            if (each.text == text) return each.child;
        }
        return none;
    }
    const auto hash = detail::http_route_table::hash(text);
    const auto mask = n.slots.size() - 1;
    for (auto slot = hash & mask; n.slots[slot] != 0; slot = (slot + 1) & mask) {
        const literal& each = n.literals[n.slots[slot] - 1];
        if (each.hash == hash && each.text == text) return each.child;
    }
    return none;
}

// The same for a segment of a path in which something is percent-encoded.
route_table::node_id route_table::encoded_child(const node& n,
                                                std::string_view segment) const noexcept {
    if (segment.find('%') == segment.npos) return literal_child(n, segment);
    char room[3 * pattern::longest_literal]; // NOLINT(*-member-init)
    if (n.literals.empty() || segment.size() > sizeof room) return none;
    const char* end = detail::percent_decode_to(segment.data(), segment.data() + segment.size(),
                                                detail::plus_sign::itself, room);
    return literal_child(n, {room, static_cast<std::size_t>(end - room)});
}

path_match route_table::search(std::string_view method, std::string_view path) const {
    path_match match;
    path = without_slash(path);
    if (!path.starts_with('/')) return match;
    const bool encoded = path.find('%') != path.npos;
    const auto take = [&](const node& end) {
        if (end.routes.empty()) return false;
        match.what = path_match::status::method_not_allowed;
        const route* best = nullptr;
        for (const route& each : end.routes) {
            if (each.method == method) {
                best = &each;
                break;
            }
            if (each.method.empty() && best == nullptr) best = &each;
            if (method == "HEAD" && each.method == "GET") best = &each;
        }
        if (best == nullptr) return false;
        match.what = path_match::status::found;
        match.route = best->id;
        match.names = best->names;
        match.dots = best->dots;
        return true;
    };
    walk{*this, encoded, match}.visit(0, path, take);
    return match;
}

path_match route_table::find(std::string_view method, std::string_view path) const {
    auto match = search(method, path);
    const bool lost = match.what == path_match::status::not_found && path.starts_with('/');
    if (policy_ != trailing_slash::redirect || !lost) return match;
    std::string other(path);
    path.ends_with('/') ? other.pop_back() : other.push_back('/');
    if (search(method, other).found()) match.what = path_match::status::other_slash;
    return match;
}

std::string route_table::allow(std::string_view path) const {
    std::vector<std::string_view> methods;
    path = without_slash(path);
    path_match match;
    const auto take = [&](const node& end) {
        for (const route& each : end.routes) methods.push_back(each.method);
        return false;
    };
    if (path.starts_with('/')) {
        walk{*this, path.find('%') != path.npos, match}.visit(0, path, take);
    }
    std::erase(methods, "");
    if (methods.empty()) return {};
    if (std::find(methods.begin(), methods.end(), "GET") != methods.end())
        methods.push_back("HEAD");
    methods.push_back("OPTIONS");
    std::sort(methods.begin(), methods.end());
    methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
    std::string list;
    for (const auto each : methods) list.append(list.empty() ? "" : ", ").append(each);
    return list;
}

response route_table::unrouted(const path_match& match, std::string_view method,
                               std::string_view target) const {
    namespace own = detail::http_route_table;
    const auto path = target.substr(0, target.find('?'));
    switch (match.what) {
    case path_match::status::method_not_allowed:
        if (method == "OPTIONS") return own::bare(204).header("allow", allow(path));
        return problem(405, error::invalid("this path does not take this method"))
            .header("allow", allow(path));
    case path_match::status::other_slash: {
        std::string location(path);
        path.ends_with('/') ? location.pop_back() : location.push_back('/');
        location += target.substr(path.size());
        // Browsers read a backslash as a slash: "/\\evil.example/" would be another host.
        for (auto at = location.find('\\'); at != location.npos; at = location.find('\\', at)) {
            location.replace(at, 1, "%5C");
        }
        return own::bare(308).header("location", std::move(location));
    }
    case path_match::status::found:
    case path_match::status::not_found: break;
    }
    return problem(404, error::invalid("nothing is found at this path"));
}

std::optional<std::string_view> path_match::parameter(std::string_view name, arena& memory) const {
    const auto value = encoded(name);
    if (!value) return std::nullopt;
    return detail::percent_decode(*value, detail::plus_sign::itself, memory);
}

} // namespace headrace::http
