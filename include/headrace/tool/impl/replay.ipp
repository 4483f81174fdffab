// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/json/writer.hpp>
#include <headrace/tool/diff.hpp>
#include <headrace/tool/json_value.hpp>
#include <headrace/tool/local.hpp>
#include <headrace/tool/session.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

namespace headrace::tool {

namespace replaying {

using std::chrono::nanoseconds;

inline constexpr std::chrono::seconds timeout{30};

/// What was asked for.
struct plan {
    std::vector<std::string> files;
    std::size_t repeat = 1;
    std::optional<std::string> expect; ///< folder
    std::vector<mask> masks;
};

/// What became of one file.
struct row {
    std::string file;
    std::string source;
    std::string outcome;
    std::optional<error> unreadable;
    std::size_t runs = 0;
    std::size_t function_errors = 0;
    std::size_t different = 0; ///< runs that differed from the expected reply
    bool compared = false;
    bool lacks_expected = false;
    std::vector<difference> differences; ///< of the first run that differed
    std::vector<nanoseconds> times;

    [[nodiscard]] std::size_t failures() const { return compared ? different : function_errors; }
    [[nodiscard]] int verdict() const {
        if (unreadable) return status::unreadable;
        return failures() > 0 || lacks_expected ? status::failed : status::fine;
    }
    [[nodiscard]] nanoseconds median() const {
        return times.empty() ? nanoseconds{} : times[times.size() / 2];
    }
};

// ---- the progress line --------------------------------------------------------------------------

/// One line that is written over and over, on a terminal only.
class progress {
public:
    progress(const session& s, std::size_t total)
        : s_(s), total_(total), begin_(s.world.clock.steady()), next_(begin_ + interval) {}
    ~progress() {
        if (shown_) s_.io.err("\r\x1b[K");
    }
    progress(const progress&) = delete;

    void step(bool failed) {
        ++done_;
        failures_ += failed ? 1 : 0;
        if (!s_.io.err_is_terminal) return;
        const auto now = s_.world.clock.steady();
        if (now < next_) return;
        next_ = now + interval;
        shown_ = true;
        s_.io.err(line(now - begin_));
    }

private:
    static constexpr std::chrono::milliseconds interval{100};

    [[nodiscard]] std::string line(nanoseconds passed) const {
        const auto each = passed / static_cast<std::int64_t>(done_);
        const auto left = each * static_cast<std::int64_t>(total_ - done_);
        const double rate = 1e9 / static_cast<double>(std::max<std::int64_t>(each.count(), 1));
        return detail::format<"\r\x1b[K{} of {}, {} a second, {} failed, {} left">(
            done_, total_, short_number(rate), failures_, duration_text(left));
    }

    const session& s_;
    std::size_t total_;
    std::size_t done_ = 0;
    std::size_t failures_ = 0;
    nanoseconds begin_;
    nanoseconds next_;
    bool shown_ = false;
};

// ---- one file -----------------------------------------------------------------------------------

// What the reply says, in a word or two.
inline std::string summarise(const local_reply& reply, const json_value& json) {
    if (reply.what == local_reply::kind::function_error) return reply.error_type;
    if (const auto* code = json.find("statusCode")) return "HTTP " + code->text;
    if (const auto* failures = json.find("batchItemFailures")) {
        const auto n = failures->items.size();
        if (n > 0) return counted(n, "record") + " failed";
    }
    return "ok";
}

// The reply that a file should have, or nothing where there is none.
inline result<std::optional<json_value>> expected_reply(const session& s, const plan& p,
                                                        const row& r) {
    const std::string file = detail::format<"{}/{}.json">(*p.expect, file_stem(r.file));
    const auto text = load(s, file);
    if (!text) return std::optional<json_value>();
    auto json = parse_json(*text);
    if (!json) {
        error e = std::move(json).error();
        e.message = detail::format<"{}: {}">(file, describe_input(e));
        e.code = errc::input_output;
        return e;
    }
    return std::optional(*std::move(json));
}

/// Runs one file's event and compares its replies.
class one_file {
public:
    one_file(const session& s, const plan& p, local_function& function, row& out)
        : s_(s), plan_(p), function_(function), out_(out) {}

    result<void> prepare() {
        auto payload = load(s_, out_.file);
        if (!payload) return std::move(payload).error();
        payload_ = *std::move(payload);
        const auto from = origin_of(payload_);
        if (!from) return from.error();
        out_.source = from->source;
        if (!plan_.expect) return {};
        auto wanted = expected_reply(s_, plan_, out_);
        if (!wanted) return std::move(wanted).error();
        expected_ = *std::move(wanted);
        out_.compared = expected_.has_value();
        out_.lacks_expected = !expected_;
        return {};
    }
    /// Whether the run failed.
    bool run() {
        const auto reply = function_.invoke(payload_, random_uuid(s_.world.random), timeout);
        ++out_.runs;
        out_.times.push_back(reply.took);
        const bool is_error = reply.what == local_reply::kind::function_error;
        out_.function_errors += is_error ? 1 : 0;
        if (out_.runs == 1 || reply.text != last_text_) look_at(reply);
        last_text_ = reply.text;
        out_.different += last_differs_ ? 1 : 0;
        return out_.compared ? last_differs_ : is_error;
    }

private:
    void look_at(const local_reply& reply) {
        const auto json = parse_json(reply.text).value_or(json_value::of_text(reply.text));
        if (out_.runs == 1) out_.outcome = summarise(reply, json);
        if (!expected_) return;
        auto differences = compare(*expected_, json, plan_.masks);
        last_differs_ = !differences.empty();
        if (out_.differences.empty()) out_.differences = std::move(differences);
    }

    const session& s_;
    const plan& plan_;
    local_function& function_;
    row& out_;
    std::string payload_;
    std::optional<json_value> expected_;
    std::string last_text_;
    bool last_differs_ = false;
};

inline std::vector<row> run_all(const session& s, const plan& p) {
    local_function function(s.app, s.world, wanted_log_level(s.world.env, log_level::off));
    progress line(s, p.files.size() * p.repeat);
    std::vector<row> rows;
    for (const auto& file : p.files) {
        row& r = rows.emplace_back();
        r.file = file;
        one_file work(s, p, function, r);
        if (auto ready = work.prepare(); !ready) {
            r.unreadable = std::move(ready).error();
            r.outcome = "unreadable";
            continue;
        }
        for (std::size_t i = 0; i < p.repeat; ++i) line.step(work.run());
        std::ranges::sort(r.times);
    }
    return rows;
}

// ---- the report ---------------------------------------------------------------------------------

inline std::string in_difference_column(const row& r) {
    if (r.unreadable) return "";
    if (r.lacks_expected) return "no expected reply";
    if (!r.compared) return "";
    if (r.different == 0) return "none";
    auto text = counted(r.differences.size(), "difference");
    if (r.different < r.runs) text += " in " + counted(r.different, "run");
    return text;
}

inline std::string print_table(const session& s, const plan& p, const std::vector<row>& rows) {
    std::vector<table::column> columns{
        {"FILE"},
        {"SOURCE"},
        {"OUTCOME"},
        {p.repeat > 1 ? "MEDIAN TIME" : "TIME", table::align::right},
    };
    if (p.expect) columns.push_back({"DIFFERENCE"});
    table lines(std::move(columns));
    for (const auto& r : rows) {
        const bool is_error = r.unreadable || r.function_errors > 0;
        std::vector<table::cell> cells{
            {std::string(file_name(r.file))},
            {r.source},
            {r.outcome, is_error ? colour::red : colour::none},
            {r.unreadable ? "" : duration_text(r.median()), colour::dim},
        };
        const auto verdict = r.verdict() == status::fine ? colour::green : colour::red;
        if (p.expect) cells.push_back({in_difference_column(r), verdict});
        lines.add(std::move(cells));
    }
    return lines.print(s.colours);
}

// What stands under the table: where replies differ, and what could not be read.
inline void print_details(const session& s, const row& r) {
    constexpr std::size_t most = 400;
    const auto cut = [](const std::string& text) {
        return text.size() <= most ? text : text.substr(0, most) + "...";
    };
    if (r.unreadable) s.complain(detail::format<"{}: {}">(r.file, describe_input(*r.unreadable)));
    if (r.differences.empty()) return;
    std::string out = detail::format<"\n{}\n">(s.colours.paint(r.file, colour::bold));
    for (const auto& each : r.differences) {
        const std::string place = each.pointer.empty() ? "the whole reply" : each.pointer;
        if (each.expected) {
            const auto line = detail::format<"  - {}: {}">(place, cut(*each.expected));
            out += s.colours.paint(line, colour::red) + "\n";
        }
        if (each.actual) {
            const auto line = detail::format<"  + {}: {}">(place, cut(*each.actual));
            out += s.colours.paint(line, colour::green) + "\n";
        }
    }
    s.print(out);
}

inline std::string total(const plan& p, const std::vector<row>& rows) {
    std::size_t runs = 0;
    std::size_t errors = 0;
    std::size_t different = 0;
    std::size_t lacking = 0;
    std::size_t unreadable = 0;
    for (const auto& r : rows) {
        runs += r.runs;
        errors += r.function_errors;
        different += r.different > 0 ? 1 : 0;
        lacking += r.lacks_expected ? 1 : 0;
        unreadable += r.unreadable ? 1 : 0;
    }
    std::string out = counted(rows.size(), "event");
    if (p.repeat > 1) out += ", " + counted(runs, "run");
    out += ", " + counted(errors, "function error");
    if (different > 0) detail::append_format<", {} not as expected">(out, different);
    if (p.expect && different + lacking + unreadable == 0) out += ", all as expected";
    if (lacking > 0) detail::append_format<", {} without an expected reply">(out, lacking);
    if (unreadable > 0) detail::append_format<", {} unreadable">(out, unreadable);
    return out + "\n";
}

inline void write_times(writer& w, const row& r) {
    const auto milliseconds = [](nanoseconds span) {
        return std::chrono::duration<double, std::milli>(span).count();
    };
    w.key("milliseconds");
    w.begin_object();
    w.member("least", milliseconds(r.times.front()));
    w.member("median", milliseconds(r.median()));
    w.member("most", milliseconds(r.times.back()));
    w.end_object();
}

inline void write_differences(writer& w, const row& r) {
    w.key("differences");
    w.begin_array();
    for (const auto& each : r.differences) {
        w.begin_object();
        w.member("pointer", each.pointer);
        if (each.expected) w.key("expected"), w.verbatim(*each.expected);
        if (each.actual) w.key("actual"), w.verbatim(*each.actual);
        w.end_object();
    }
    w.end_array();
}

inline std::string to_json(const row& r) {
    std::string line;
    writer w(line);
    w.begin_object();
    w.member("file", r.file);
    w.key("source");
    r.source.empty() ? w.null() : w.string(r.source);
    w.member("outcome", r.outcome);
    w.member("runs", r.runs);
    w.member("functionErrors", r.function_errors);
    if (r.runs > 0) write_times(w, r);
    if (r.lacks_expected) w.member("expected", std::string_view("missing"));
    if (r.compared) write_differences(w, r);
    if (r.unreadable) w.member("error", describe_input(*r.unreadable));
    w.end_object();
    return line + "\n";
}

// ---- the command --------------------------------------------------------------------------------

inline result<plan> make_plan(const arguments& given) {
    plan p;
    const auto repeat = given.number("--repeat", 1);
    if (!repeat) return repeat.error();
    p.repeat = *repeat;
    if (const auto folder = given.value("--expect")) p.expect = *folder;
    for (const auto text : given.all("--mask")) {
        auto place = parse_pointer(text);
        if (!place)
            return error::invalid(detail::format<"--mask {}: {}">(text, place.error().message));
        p.masks.push_back(*std::move(place));
    }
    return p;
}

inline int run(const session& s, const arguments& given) {
    auto p = make_plan(given);
    if (!p) return s.refuse(p.error().message);
    for (const auto name : given.names()) {
        auto files = event_files(name);
        if (!files) return s.complain(files.error().message), status::unreadable;
        if (files->empty()) {
            return s.complain(detail::format<"there are no .json files in {}">(name)),
                   status::unreadable;
        }
        p->files.insert(p->files.end(), files->begin(), files->end());
    }
    if (!s.start()) return status::failed;
    const auto rows = run_all(s, *p);
    if (given.has("--json")) {
        for (const auto& r : rows) s.print(to_json(r));
    } else {
        s.print(print_table(s, *p, rows));
        for (const auto& r : rows) print_details(s, r);
        s.print("\n" + total(*p, rows));
    }
    int worst = status::fine;
    for (const auto& r : rows) worst = std::max(worst, r.verdict());
    return worst;
}

inline constexpr std::array options{
    option{"--expect", "DIR", "compare each reply with the file of the same name in DIR"},
    option{"--mask", "/POINTER",
           "the value there does not matter (ids, times); * is any step; may be\nrepeated"},
    option{"--repeat", "N", "run each event N times"},
    option{"--json", "", "one line for each file: {\"file\",\"source\",\"outcome\",\"runs\",...}"},
};

} // namespace replaying

command replay_command() {
    return {
        .name = "replay",
        .takes = "DIR|FILE...",
        .summary = "run it with recorded events and compare the replies",
        .details =
            "Runs the function with every .json file of a folder, by name, or with single files,\n"
            "and prints what became of each. With --expect, replies (and error documents) are\n"
            "compared with recorded ones; the order of members does not count, and JSON in\n"
            "strings is compared like the JSON around it, so that /body/id is a place too. Record\n"
            "a reply with:  invoke events/NAME.json > expected/NAME.json\n"
            "The function's log lines are off unless AWS_LAMBDA_LOG_LEVEL is set.\n",
        .least = 1,
        .most = command::any_number,
        .options = replaying::options,
        .run = replaying::run,
    };
}

} // namespace headrace::tool
