// SPDX-License-Identifier: BSL-1.0
// Does the route table find what comparing the path with every pattern finds? The input becomes a
// few routes over a small alphabet, and paths.

#include <headrace/http/route_table.hpp>
#include <headrace/json/detail/percent.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using kind = http::pattern_segment::kind;
using status = http::path_match::status;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

class bytes {
public:
    bytes(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}
    [[nodiscard]] bool empty() const { return at_ == end_; }
    std::size_t below(std::size_t n) { return empty() ? 0 : *at_++ % n; }

private:
    const std::uint8_t* at_;
    const std::uint8_t* end_;
};

constexpr std::array<std::string_view, 4> methods{"GET", "HEAD", "POST", ""};
constexpr std::array<std::string_view, 8> pieces{"a", "b", "ab", "c0", "d1", "e2", "f3", "g4"};
constexpr std::array<std::string_view, 12> path_pieces{"a",   "b",    "ab",    "c0", "d1", "e2",
                                                       "%61", "a%62", "a%2Fb", "",   "%",  "x"};

std::string make_pattern(bytes& in) {
    std::string text;
    const auto segments = 1 + in.below(4);
    for (std::size_t i = 0; i < segments; ++i) {
        const auto choice = in.below(pieces.size() + 4);
        if (choice < pieces.size()) {
            text.append("/").append(pieces[choice]);
        } else if (choice < pieces.size() + 2) {
            text.append("/{p").append(std::to_string(i)).append("}");
        } else if (i + 1 == segments) {
            text += choice % 2 == 0 ? "/{rest+}" : "/";
        } else {
            text += "/{q" + std::to_string(i) + "}";
        }
    }
    return text;
}

std::string make_path(bytes& in) {
    std::string text;
    const auto segments = in.below(6);
    for (std::size_t i = 0; i < segments; ++i) {
        text.append("/").append(path_pieces[in.below(path_pieces.size())]);
    }
    return text;
}

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> all;
    while (!path.empty()) {
        const auto end = std::min(path.find('/', 1), path.size());
        all.push_back(path.substr(1, end - 1));
        path.remove_prefix(end);
    }
    return all;
}

std::string decoded(std::string_view segment) {
    std::string out;
    detail::append_percent_decoded(out, segment, detail::plus_sign::itself);
    return out;
}

struct route {
    std::string_view method;
    http::pattern path;
    std::vector<http::pattern_segment> segments;
};

// The parameters' values if the pattern takes the path.
std::optional<std::vector<std::string>> match(const route& r, std::string_view path) {
    const auto given = split(path);
    std::vector<std::string> values;
    std::size_t i = 0;
    for (const auto& segment : r.segments) {
        if (i == given.size()) return std::nullopt;
        switch (segment.what) {
        case kind::literal:
            if (decoded(given[i++]) != segment.text) return std::nullopt;
            break;
        case kind::parameter:
            if (given[i].empty()) return std::nullopt;
            values.emplace_back(given[i++]);
            break;
        case kind::catch_all:
            if (given[i].empty()) return std::nullopt;
            values.emplace_back(given[i].data(), path.data() + path.size());
            return values;
        }
    }
    if (i != given.size()) return std::nullopt;
    return values;
}

// Lower goes first; nothing if the route does not answer the method.
std::optional<int> rank(std::string_view wanted, std::string_view method) {
    if (method == wanted) return 0;
    if (wanted == "HEAD" && method == "GET") return 1;
    if (method.empty()) return 2;
    return std::nullopt;
}

bool goes_before(const route& a, const route& b, std::string_view method) {
    for (std::size_t i = 0; i < std::min(a.segments.size(), b.segments.size()); ++i) {
        if (a.segments[i].what != b.segments[i].what)
            return a.segments[i].what < b.segments[i].what;
    }
    return rank(method, a.method) < rank(method, b.method);
}

bool same_shape(const route& a, const route& b) {
    return std::equal(a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
                      [](const auto& x, const auto& y) {
                          return x.what == y.what && (x.what != kind::literal || x.text == y.text);
                      });
}

void check(const http::route_table& table, const std::vector<route>& routes,
           std::string_view method, std::string_view path) {
    const route* best = nullptr;
    std::set<std::string> allowed;
    bool takes_path = false;
    for (const route& each : routes) {
        if (path.empty() || !match(each, path)) continue;
        takes_path = true;
        if (!each.method.empty()) allowed.emplace(each.method);
        if (!rank(method, each.method)) continue;
        if (best == nullptr || goes_before(each, *best, method)) best = &each;
    }
    const auto found = table.find(method, path);
    if (best == nullptr) {
        must(found.what == (takes_path ? status::method_not_allowed : status::not_found));
        must(found.count == 0);
    } else {
        must(found.found() && &routes[found.route] == best);
        const auto values = *match(*best, path);
        must(std::equal(values.begin(), values.end(), found.values.begin(),
                        found.values.begin() + found.count));
        must(found.count == found.names.size());
    }
    if (allowed.contains("GET")) allowed.emplace("HEAD");
    if (!allowed.empty()) allowed.emplace("OPTIONS");
    std::string list;
    for (const auto& each : allowed) list += (list.empty() ? "" : ", ") + each;
    must(table.allow(path) == list);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Any text is a pattern or is refused, and any text is a path or is not found.
    const std::string text(reinterpret_cast<const char*>(data), size);
    http::route_table alone;
    if (const auto path = http::pattern::parse(text)) {
        must(alone.add("GET", *path, 0).has_value());
        must(path->parameters() <= http::pattern::most_parameters);
    }
    (void)alone.find("GET", text);

    bytes in(data, size);
    http::route_table table;
    std::deque<std::string> texts;
    std::vector<route> routes;
    for (std::size_t n = in.below(24); n-- > 0;) {
        texts.push_back(make_pattern(in));
        const auto path = http::pattern::parse(texts.back());
        must(path.has_value());
        route one{methods[in.below(methods.size())], *path, {}};
        path->for_each_segment([&](http::pattern_segment s) { one.segments.push_back(s); });
        const bool repeated = std::any_of(routes.begin(), routes.end(), [&](const route& other) {
            return other.method == one.method && same_shape(other, one);
        });
        const auto added =
            table.add(one.method, one.path, static_cast<http::route_id>(routes.size()));
        must(added.has_value() == !repeated);
        if (!repeated) routes.push_back(std::move(one));
    }
    must(table.size() == routes.size());
    for (int paths = 0; paths < 32 && !in.empty(); ++paths) {
        const auto method = methods[in.below(3)];
        check(table, routes, method, make_path(in));
    }
    return 0;
}
