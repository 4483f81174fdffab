// SPDX-License-Identifier: BSL-1.0

#include "measurement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

namespace headrace::bench {

namespace {

struct series {
    std::string_view family;
    std::string_view colour;
    std::string_view meaning;
};
constexpr std::array drawn{
    series{"decode", "#2b6ca3", "decode: every member into the struct"},
    series{"decode+access", "#7fb3d9", "and every lazy member asked"},
    series{"dispatch", "#e39a5f", "a whole invocation, bytes to bytes"},
};
constexpr std::string_view index_colour = "#174a75";
constexpr std::string_view bound_colour = "#b3261e";

constexpr int margin = 24;
constexpr int labels = 150; // the width of the names
constexpr int one = 300;    // pixels for a floor
constexpr int bar = 13;     // its height with the gap below
constexpr int block_gap = 12;
constexpr double longest = 2.25; // in floors; longer bars are cut
constexpr int head = 96;
constexpr int section_gap = 34;
constexpr int zero = margin + labels;
constexpr int right = zero + static_cast<int>(longest * one);
constexpr int width = right + 40 + margin;

// All bars of one event.
struct block {
    std::string_view event;
    std::vector<const measurement*> bars;
    double index = 0; // what stage 1 alone takes, in floors
    [[nodiscard]] bool other_form() const {
        return event.ends_with("-pretty") || event.ends_with("-reverse")
               || event.ends_with("-unknown");
    }
};

std::vector<block> blocks_of(std::span<const measurement> all) {
    std::vector<block> blocks;
    for (const auto& m : all) {
        const bool is_index = m.family() == "index";
        const bool is_bar = std::any_of(drawn.begin(), drawn.end(),
                                        [&](const auto& s) { return s.family == m.family(); });
        if (!m.floor || (!is_index && !is_bar)) continue;
        auto it = std::find_if(blocks.begin(), blocks.end(),
                               [&](const auto& b) { return b.event == m.event(); });
        if (it == blocks.end()) it = blocks.insert(it, block{m.event(), {}, 0});
        if (is_index)
            it->index = *m.ratio();
        else
            it->bars.push_back(&m);
    }
    std::erase_if(blocks, [](const auto& b) { return b.bars.empty(); });
    std::stable_partition(blocks.begin(), blocks.end(),
                          [](const auto& b) { return !b.other_form(); });
    return blocks;
}

double pixels(double ratio) { return std::min(ratio, longest) * one; }

class picture {
public:
    template <class... Args> void add(fmt::format_string<Args...> text, Args&&... args) {
        fmt::format_to(std::back_inserter(out_), text, std::forward<Args>(args)...);
    }
    void text(double x, double y, std::string_view style, std::string_view what) {
        add("<text x=\"{:.1f}\" y=\"{:.1f}\" {}>{}</text>\n", x, y, style, what);
    }
    void rectangle(double x, double y, double w, double h, std::string_view colour) {
        add("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>\n", x,
            y, w, h, colour);
    }
    void line(double x, double top, double bottom, std::string_view style) {
        add("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" {3}/>\n", x, top,
            bottom, style);
    }
    [[nodiscard]] const std::string& done() const { return out_; }

private:
    std::string out_;
};

void draw_tick(picture& p, double x, double y, double height) {
    p.line(x, y, y + height, fmt::format("stroke=\"{}\" stroke-width=\"2\"", bound_colour));
}

void draw_head(picture& p, std::span<const block> blocks) {
    p.text(margin, 30, "font-size=\"16\" font-weight=\"bold\"",
           "Time per event, in bare simdjson parses of the same bytes");
    const auto has = [&](std::string_view family) {
        return std::any_of(blocks.begin(), blocks.end(), [&](const block& b) {
            return std::any_of(b.bars.begin(), b.bars.end(),
                               [&](const auto* m) { return m->family() == family; });
        });
    };
    double x = margin;
    for (const auto& s : drawn) {
        if (!has(s.family)) continue;
        p.rectangle(x, 46, 11, 11, s.colour);
        p.text(x + 17, 56, "", s.meaning);
        x += 17 + 6.6 * static_cast<double>(s.meaning.size()) + 18;
    }
    p.rectangle(margin, 64, 11, 11, index_colour);
    p.text(margin + 17, 74, "", "of which the structural index alone");
    draw_tick(p, margin + 265, 64, 11);
    p.text(margin + 273, 74, "", "what it should not exceed");
}

void draw_axis(picture& p, double top, double bottom) {
    for (int quarter = 0; quarter <= static_cast<int>(longest * 4); ++quarter) {
        const double ratio = quarter / 4.0;
        const bool floor = quarter == 4;
        if (quarter % 2 != 0 && !floor) continue;
        p.line(zero + pixels(ratio), top, bottom,
               floor ? "stroke=\"#333\" stroke-width=\"1.5\"" : "stroke=\"#ddd\"");
        p.text(zero + pixels(ratio), top - 5,
               floor ? "text-anchor=\"middle\" font-weight=\"bold\""
                     : "text-anchor=\"middle\" fill=\"#777\"",
               floor ? "bare parse" : fmt::format("{:.1f}", ratio));
    }
}

void draw_bar(picture& p, const measurement& m, double index, double y) {
    const auto& s = *std::find_if(drawn.begin(), drawn.end(),
                                  [&](const auto& each) { return each.family == m.family(); });
    p.rectangle(zero, y, pixels(*m.ratio()), bar - 3, s.colour);
    if (m.family() == "decode") p.rectangle(zero, y, pixels(index), bar - 3, index_colour);
    if (m.bound) {
        draw_tick(p, zero + pixels(m.bound->limit), y - 1, bar - 1);
    }
    // Right of a bound's tick where the two would overlap.
    double x = pixels(*m.ratio()) + 5;
    if (m.bound && pixels(m.bound->limit) + 5 > x && pixels(m.bound->limit) < x + 28) {
        x = pixels(m.bound->limit) + 5;
    }
    constexpr auto halo = "paint-order=\"stroke\" stroke=\"white\" stroke-width=\"4\"";
    p.text(zero + x, y + bar - 4,
           m.exceeds() ? fmt::format("{} fill=\"{}\" font-weight=\"bold\"", halo, bound_colour)
                       : halo,
           fmt::format("{:.2f}{}", *m.ratio(), *m.ratio() > longest ? " (cut)" : ""));
}

double height_of(const block& b) { return static_cast<double>(b.bars.size()) * bar + block_gap; }

} // namespace

std::string draw(std::span<const measurement> all) {
    const auto blocks = blocks_of(all);
    const auto others =
        std::find_if(blocks.begin(), blocks.end(), [](const auto& b) { return b.other_form(); });
    double height = head + margin + (others == blocks.end() ? 0 : section_gap);
    for (const auto& b : blocks) height += height_of(b);

    picture p;
    p.add("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1:.0f}\" "
          "viewBox=\"0 0 {0} {1:.0f}\" font-family=\"system-ui, sans-serif\" font-size=\"12\" "
          "fill=\"#222\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
          width, height);
    draw_head(p, blocks);
    draw_axis(p, head + 14, height - margin);
    double y = head + 24;
    for (auto b = blocks.begin(); b != blocks.end(); ++b) {
        if (b == others) {
            p.text(margin, y + 16, "font-weight=\"bold\"", "In other forms");
            y += section_gap - 6;
        }
        p.text(zero - 10, y + bar - 3, "text-anchor=\"end\"", b->event);
        for (const auto* m : b->bars) {
            draw_bar(p, *m, b->index, y);
            y += bar;
        }
        y += block_gap;
    }
    p.add("</svg>\n");
    return p.done();
}

} // namespace headrace::bench
