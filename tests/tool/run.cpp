// SPDX-License-Identifier: BSL-1.0
#include <headrace/app.hpp>
#include <headrace/base/version.hpp>
#include <headrace/sources/catalogue.hpp>
#include <headrace/sources/raw.hpp>
#include <headrace/sources/recognise.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sqs.hpp>
#include <headrace/testing/builders.hpp>
#include <headrace/testing/recorded.hpp>
#include <headrace/testing/world.hpp>
#include <headrace/tool/json_value.hpp>
#include <headrace/tool/run.hpp>
#include <headrace/tool/session.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
using namespace std::chrono_literals;

namespace {

struct order {
    std::uint64_t id = 0;
    static void wire(auto& self, auto&& field) { field("id", self.id).required(); }
};

struct echo {
    std::string job;
    std::string request;
    static void wire(auto& self, auto&& field) {
        field("job", self.job);
        field("request", self.request);
    }
};

// The tool over a small app, in a world that stands still, with a folder of its own.
class desk {
public:
    desk() : folder_(std::filesystem::temp_directory_path() / unique_name()) {
        std::filesystem::create_directory(folder_);
        app_.on(sqs::queue("orders"), [](body<order>) {});
        app_.on(schedule::rule("nightly"), chain{deadline_guard{}}, [](const schedule::event&) {});
        app_.on(raw::when("/job", "echo"), [](const raw::event&, const context& c) {
            return echo{.job = "echo", .request = std::string(c.request_id)};
        });
        app_.on(raw::when("/job", "fail"),
                [](const raw::event&) -> outcome { return error::permanent("no"); });
        app_.on(raw::when("/job", "throw"),
                [](const raw::event&) { throw std::runtime_error("broken pipe"); });
        app_.on(raw::when("/job", "slow"), [this](const raw::event&) { world.clock.advance(2s); });
        app_.on(raw::when("/job", "count"), [this](const raw::event&) { return ++count_; });
        app_.on(raw::when("/job", "large"),
                [](const raw::event&) { return std::string(7'000'000, 'x'); });
    }
    ~desk() { std::filesystem::remove_all(folder_); }
    desk(const desk&) = delete;

    int run(const std::vector<std::string_view>& words) {
        out.clear();
        err.clear();
        std::vector<std::string_view> all{"bin/orders"};
        all.insert(all.end(), words.begin(), words.end());
        const tool::streams io{
            .in = [this]() -> result<std::string> { return in; },
            .out = [this](std::string_view text) { out += text; },
            .err = [this](std::string_view text) { err += text; },
            .out_is_terminal = out_is_terminal,
            .err_is_terminal = err_is_terminal,
        };
        return tool::run(app_, all, io, world.platform());
    }
    // Writes a file and returns its path.
    std::string file(const std::string& name, std::string_view text) {
        const auto path = folder_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::FILE* to = std::fopen(path.c_str(), "wb");
        REQUIRE(to != nullptr);
        std::fwrite(text.data(), 1, text.size(), to);
        std::fclose(to);
        return path.string();
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
    // One line of JSON of the output.
    [[nodiscard]] tool::json_value json(std::size_t line = 0) const {
        std::string_view left = out;
        for (; line > 0; --line) left.remove_prefix(left.find('\n') + 1);
        const auto value = tool::parse_json(left.substr(0, left.find('\n')));
        REQUIRE(value);
        return *value;
    }
    [[nodiscard]] bool says(std::string_view text) const { return out.find(text) != out.npos; }
    [[nodiscard]] bool complains(std::string_view text) const { return err.find(text) != err.npos; }

    testing::world world;
    std::string in;
    std::string out;
    std::string err;
    bool out_is_terminal = false;
    bool err_is_terminal = false;

private:
    static std::string unique_name() {
        static int number = 0;
        return "headrace-tool-" + std::to_string(::getpid()) + "-" + std::to_string(++number);
    }
    std::filesystem::path folder_;
    app<chain<access_log>> app_{chain{access_log{}}};
    int count_ = 0;
};

} // namespace

// ---- the command line ---------------------------------------------------------------------------

TEST_CASE("the tool explains itself") {
    desk d;
    for (const std::string_view word : {"--help", "-h", "help"}) {
        CHECK(d.run({word}) == 0);
        CHECK(d.says("usage: orders COMMAND"));
        for (const char* name : {"inspect", "invoke", "replay", "routes", "events"}) {
            CHECK(d.says(name));
        }
        CHECK(d.err.empty());
    }
    for (const std::string_view name : {"inspect", "invoke", "replay", "routes", "events"}) {
        CAPTURE(name);
        CHECK(d.run({name, "--help"}) == 0);
        CHECK(d.says("usage: orders " + std::string(name)));
        CHECK(d.says("exit status"));
        for (std::size_t from = 0; from < d.out.size();) { // lines that fit on a terminal
            const auto end = d.out.find('\n', from);
            CHECK(end - from <= 100);
            from = end + 1;
        }
    }
    CHECK(d.run({"--version"}) == 0);
    CHECK(d.out == "headrace " + std::string(version_text) + "\n");
}

TEST_CASE("a wrong command line has status 2, says what is wrong and prints no results") {
    struct row {
        std::vector<std::string> words;
        std::string_view complaint;
    };
    desk d;
    const row rows[] = {
        {{}, "usage: orders COMMAND"},
        {{"inspct"}, "orders: there is no command inspct, did you mean inspect?\n"},
        {{"deploy-everything"}, "orders: there is no command deploy-everything\n"},
        {{"--verison"}, "did you mean --version?"},
        {{"inspect"}, "orders: it needs FILE...\ntry 'orders inspect --help'\n"},
        {{"inspect", "--jsno", "x"}, "did you mean --json?"},
        {{"invoke", "a", "b"}, "there is one argument too many: b"},
        {{"invoke", "a", "--timeout", "soon"}, "--timeout takes a whole number of at least 1"},
        {{"invoke", "a", "--timeout"}, "--timeout needs a value: --timeout MS"},
        {{"replay"}, "it needs DIR|FILE..."},
        {{"replay", "x", "--repeat", "0"}, "--repeat takes a whole number of at least 1"},
        {{"replay", "x", "--mask", "id"}, "--mask id: a JSON pointer begins with a slash"},
        {{"routes", "x"}, "there is one argument too many: x"},
        {{"events", "sqss"}, "orders: there is no event sqss, did you mean sqs?"},
        {{"events", "--set", "/a=1"}, "--set needs the name of an event"},
        {{"events", "sqs", "--set", "/a"}, "--set takes /pointer=value"},
        {{"events", "sqs", "--set", "a=1"}, "a JSON pointer begins with a slash"},
        {{"events", "sqs", "--set", "/Records/7/body=1"}, "there is no element '7' in this array"},
    };
    for (const auto& row : rows) {
        std::vector<std::string_view> words{"orders"};
        words.insert(words.end(), row.words.begin(), row.words.end());
        CAPTURE(row.complaint);
        std::string out;
        std::string err;
        const tool::streams io{.in = [] { return result<std::string>(); },
                               .out = [&](std::string_view text) { out += text; },
                               .err = [&](std::string_view text) { err += text; }};
        app<> empty;
        CHECK(tool::run(empty, words, io, d.world.platform()) == tool::status::usage);
        CHECK(err.find(row.complaint) != err.npos);
        CHECK(out.empty());
    }
}

// ---- inspect ------------------------------------------------------------------------------------

TEST_CASE("inspect says where every sample event comes from and decodes all of it") {
    desk d;
    for (const auto& source : catalogue()) {
        for (const auto& each : source.samples()) {
            CAPTURE(each.name);
            const auto file = d.file("event.json", each.json);
            CHECK(d.run({"inspect", "--json", file}) == 0);
            const auto line = d.json();
            CHECK(line.names
                  == std::vector<std::string>{"file", "source", "event", "unknown", "error"});
            CHECK(line.find("file")->text == file);
            CHECK(line.find("source")->text == source.info->id);
            CHECK(line.find("event")->what == tool::json_value::kind::object);
            CHECK(line.find("unknown")->items.empty());
            CHECK(line.find("error")->what == tool::json_value::kind::null);
        }
    }
}

TEST_CASE("inspect prints the typed event and what the types do not model") {
    desk d;
    const auto file = d.file("nightly.json", R"({"detail-type": "Scheduled Event",
        "source": "aws.events", "id": "1", "colour": "blue", "resources": []})");
    CHECK(d.run({"inspect", file}) == 0);
    CHECK(d.out == file + R"(: eventbridge.scheduled, Amazon EventBridge rule with a schedule
{
  "id": "1",
  "detail-type": "Scheduled Event",
  "source": "aws.events",
  "resources": []
}
members that the type does not model:
  /colour
)");
    CHECK(d.run({"inspect", "--json", file}) == 0);
    CHECK(to_line(*d.json().find("unknown")) == R"(["/colour"])");
}

TEST_CASE("inspect takes any JSON that no source sends as raw") {
    desk d;
    for (const std::string_view text :
         {R"({"job": "nightly"})", "[1, 2]", "17", "null", "\"text\"", "{}", R"({"Records": 1})"}) {
        CAPTURE(text);
        CHECK(d.run({"inspect", "--json", d.file("raw.json", text)}) == 0);
        CHECK(d.json().find("source")->text == "raw");
        CHECK(*d.json().find("event") == *tool::parse_json(text));
        CHECK(std::count(d.out.begin(), d.out.end(), '\n') == 1);
    }
}

TEST_CASE("what has no end is not read to its end") {
    desk d;
    CHECK(d.run({"inspect", "/dev/zero"}) == tool::status::unreadable);
    CHECK(d.complains("cannot read /dev/zero: it has more than 16777216 bytes"));
    CHECK(d.run({"invoke", "/dev/zero"}) == tool::status::unreadable);
    CHECK(d.run({"replay", "/dev/zero"}) == tool::status::unreadable);
    std::FILE* const zero = std::fopen("/dev/zero", "rb");
    REQUIRE(zero != nullptr);
    const auto text = tool::read_all(zero, "the standard input");
    std::fclose(zero);
    REQUIRE_FALSE(text);
    CHECK(text.error().code == errc::too_large);
    CHECK(d.run({"inspect", d.file("most.json", std::string(16u << 20, ' '))}) == 3);
    CHECK_FALSE(d.complains("cannot read"));
}

TEST_CASE("inspect reads the standard input, files with a byte order mark and several files") {
    desk d;
    d.in = "\xEF\xBB\xBF" + std::string(testing::recorded("sns"));
    const auto second = d.file("second.json", "\xEF\xBB\xBF{}");
    CHECK(d.run({"inspect", "--json", "-", second}) == 0);
    CHECK(d.json(0).find("file")->text == "-");
    CHECK(d.json(0).find("source")->text == "sns");
    CHECK(d.json(1).find("source")->text == "raw");
}

TEST_CASE("what cannot be decoded has status 3 and does not stop the next file") {
    desk d;
    const auto fine = d.file("fine.json", "{}");
    struct row {
        std::string_view text;
        std::string_view source;
        std::string_view code;
        std::string_view pointer;
    };
    const row rows[] = {
        {"{\"Records\": [", "", "syntax", "/Records/0"},
        {"", "", "syntax", ""},
        {"{\"a\": 01}", "", "syntax", "/a"},
        {R"({"Records":[{"eventSource":"aws:sqs","messageId":7}]})", "sqs", "wrong_kind",
         "/Records/0/messageId"},
        {R"({"Records":[{"eventSource":"aws:sqs","body":""}]})", "sqs", "missing",
         "/Records/0/messageId"},
        {R"({"Records":[{"messageId":"m","eventSource":"aws:sqs"}],"Records":[]})", "sqs",
         "bad_value", ""},
        // On a desk names are no secret.
        {R"({"prices":{"ada@example.com":tru}})", "", "syntax", "/prices/ada@example.com"},
        {R"({"Records":[{"eventSource":"aws:sqs","messageId":"m","messageAttributes":)"
         R"({"tenant":{"dataType":7}}}]})",
         "sqs", "wrong_kind", "/Records/0/messageAttributes/tenant/dataType"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto file = d.file("bad.json", row.text);
        CHECK(d.run({"inspect", "--json", file, fine}) == tool::status::unreadable);
        const auto line = d.json();
        CHECK(line.find("source")->text == row.source);
        CHECK(line.find("event")->what == tool::json_value::kind::null);
        const auto* problem = line.find("error");
        REQUIRE(problem->what == tool::json_value::kind::object);
        CHECK(problem->names == std::vector<std::string>{"code", "pointer", "message"});
        CHECK(problem->find("code")->text == row.code);
        CHECK(problem->find("pointer")->text == row.pointer);
        CHECK(!problem->find("message")->text.empty());
        CHECK(d.json(1).find("source")->text == "raw");

        CHECK(d.run({"inspect", file, fine}) == tool::status::unreadable);
        CHECK(d.complains("orders: " + file + ": "));
        CHECK(d.says("fine.json: raw"));
    }
    CHECK(d.run({"inspect", d.path("nowhere.json")}) == tool::status::unreadable);
    CHECK(d.complains("nowhere.json: No such file or directory"));
    CHECK(d.run({"inspect", d.path("")}) == tool::status::unreadable);
    CHECK(d.complains("Is a directory"));
}

// ---- invoke -------------------------------------------------------------------------------------

TEST_CASE("invoke prints the reply as Lambda hands it back") {
    desk d;
    d.in = R"({"job":"echo"})";
    CHECK(d.run({"invoke", "-", "--request-id", "r-1"}) == 0);
    CHECK(d.out == "{\"job\":\"echo\",\"request\":\"r-1\"}\n");
    d.in = testing::recorded("sqs");
    CHECK(d.run({"invoke", "-"}) == 0);
    CHECK(d.out == "{\"batchItemFailures\":[]}\n");
    d.in = testing::schedule_event("nightly").json();
    CHECK(d.run({"invoke", "-"}) == 0);
    CHECK(d.out == "null\n");
}

TEST_CASE("an invocation has a random id of its own unless it is given one") {
    desk d;
    d.in = R"({"job":"echo"})";
    std::vector<std::string> ids;
    for (int i = 0; i < 2; ++i) {
        CHECK(d.run({"invoke", "-"}) == 0);
        ids.push_back(d.json().find("request")->text);
        REQUIRE(ids.back().size() == 36);
        CHECK(ids.back()[14] == '4');
        CHECK(std::string_view("89ab").find(ids.back()[19]) != std::string_view::npos);
    }
    CHECK(ids[0] != ids[1]);
}

TEST_CASE("a function error is Lambda's error document, with status 1") {
    struct row {
        std::string_view event;
        std::string_view document;
    };
    const row rows[] = {
        {R"({"job":"fail"})",
         R"({"errorMessage":"no","errorType":"Function.Permanent","stackTrace":[]})"},
        {R"({"job":"throw"})",
         R"({"errorMessage":"broken pipe","errorType":"std::runtime_error","stackTrace":[]})"},
        {R"({"job":"slow"})",
         R"({"errorMessage":"RequestId: r Error: Task timed out after 1.05 seconds",)"
         R"("errorType":"Sandbox.Timedout","stackTrace":[]})"},
        {R"({"job":"large"})",
         R"({"errorMessage":"the reply has 7000002 bytes, and Lambda takes at most 6291556",)"
         R"("errorType":"Function.ResponseSizeTooLarge","stackTrace":[]})"},
    };
    desk d;
    for (const auto& row : rows) {
        d.in = row.event;
        CHECK(d.run({"invoke", "-", "--request-id", "r", "--timeout", "1050"})
              == tool::status::failed);
        CHECK(d.out == std::string(row.document) + "\n");
        CHECK(d.run({"invoke", "-", "--json", "--request-id", "r", "--timeout", "1050"})
              == tool::status::failed);
        CHECK(to_line(*d.json().find("error")) == row.document);
        CHECK(d.json().find("reply")->what == tool::json_value::kind::null);
    }
    d.in = "{}";
    CHECK(d.run({"invoke", "-"}) == tool::status::failed);
    CHECK(d.says(R"("errorType":"Function.Unrecognised")"));
}

TEST_CASE("invoke --json tells what ran and how long it took") {
    desk d;
    d.in = R"({"job":"slow"})";
    CHECK(d.run({"invoke", "--json", "-"}) == 0);
    const auto line = d.json();
    CHECK(line.names
          == std::vector<std::string>{"file", "source", "requestId", "reply", "error",
                                      "milliseconds"});
    CHECK(line.find("source")->text == "raw");
    CHECK(line.find("requestId")->text.size() == 36);
    CHECK(line.find("reply")->what == tool::json_value::kind::null);
    CHECK(line.find("error")->what == tool::json_value::kind::null);
    CHECK(line.find("milliseconds")->text == "2000");
}

TEST_CASE("what is not JSON is refused before the function sees it") {
    desk d;
    d.in = R"({"job":"echo")";
    CHECK(d.run({"invoke", "-"}) == tool::status::unreadable);
    CHECK(d.out.empty());
    CHECK(d.complains("orders: -: not JSON: "));
    CHECK(d.run({"invoke", d.path("nowhere.json")}) == tool::status::unreadable);
    CHECK(d.complains("nowhere.json"));
}

TEST_CASE("invoke logs as Lambda does, at the level of AWS_LAMBDA_LOG_LEVEL") {
    desk d;
    d.in = R"({"job":"echo"})";
    CHECK(d.run({"invoke", "-", "--request-id", "r-2"}) == 0);
    CHECK(d.world.log.contains(R"("level":"INFO","requestId":"r-2")"));
    const auto before = d.world.log.lines().size();
    d.world.env.set("AWS_LAMBDA_LOG_LEVEL", "ERROR");
    CHECK(d.run({"invoke", "-"}) == 0);
    CHECK(d.world.log.lines().size() == before);
}

// ---- routes -------------------------------------------------------------------------------------

TEST_CASE("routes lists what is handled and through which layers") {
    desk d;
    CHECK(d.run({"routes"}) == 0);
    CHECK(d.says("ROUTE"));
    CHECK(d.says("sqs queue orders"));
    CHECK(d.says("access_log > deadline_guard"));
    CHECK(d.says("raw /job = echo"));
    CHECK(d.run({"routes", "--json"}) == 0);
    CHECK(d.out.starts_with(R"({"route":"sqs queue orders","layers":["access_log"]})"
                            "\n"));
}

TEST_CASE("routes remarks which rejected records come again, beside the table") {
    desk d;
    for (const auto& words : {std::vector<std::string_view>{"routes"}, {"routes", "--json"}}) {
        CHECK(d.run(words) == 0);
        CHECK(d.err
              == "orders: without a dead_letter layer, what these reject comes again until its "
                 "source gives up: sqs queue orders, schedule rule nightly\n");
        CHECK_FALSE(d.says("dead_letter"));
    }
    CHECK(d.world.log.lines().empty());
}

TEST_CASE("an app that cannot be built says why, for routes, invoke and replay") {
    testing::world world;
    app<> broken;
    broken.on(sqs::queue("orders"), [](deps<int&>) {});
    broken.on(sqs::queue("orders"), [](body<order>) {});
    for (const std::vector<std::string_view>& words : {std::vector<std::string_view>{"x", "routes"},
                                                       {"x", "invoke", "-"},
                                                       {"x", "replay", "-"}}) {
        std::string out;
        std::string err;
        const tool::streams io{.in = [] { return result<std::string>("{}"); },
                               .out = [&](std::string_view text) { out += text; },
                               .err = [&](std::string_view text) { err += text; }};
        CHECK(tool::run(broken, words, io, world.platform()) == tool::status::failed);
        CHECK(err.find("2 mistakes in the app") != err.npos);
        CHECK(err.find("deps<int&>") != err.npos);
        CHECK(err.find("ambiguous") != err.npos);
        CHECK(out.empty());
    }
}

// ---- events -------------------------------------------------------------------------------------

TEST_CASE("events lists all samples and prints each as JSON") {
    desk d;
    CHECK(d.run({"events"}) == 0);
    CHECK(d.out.starts_with("NAME"));
    CHECK(d.run({"events", "--list"}) == 0);
    std::string names;
    std::size_t count = 0;
    for (const auto& source : catalogue()) {
        for (const auto& each : source.samples()) {
            names.append(each.name).append("\n");
            ++count;
        }
    }
    CHECK(d.out == names);
    CHECK(d.run({"events", "--json"}) == 0);
    CHECK(static_cast<std::size_t>(std::count(d.out.begin(), d.out.end(), '\n')) == count);
    CHECK(d.json().names == std::vector<std::string>{"name", "source", "title"});
    for (const auto& source : catalogue()) {
        for (const auto& each : source.samples()) {
            CAPTURE(each.name);
            CHECK(d.run({"events", each.name}) == 0);
            CHECK(*tool::parse_json(d.out) == *tool::parse_json(each.json));
            CHECK(d.run({"events", each.name, "--json"}) == 0);
            CHECK(d.json() == *tool::parse_json(each.json));
        }
    }
}

TEST_CASE("events --set changes and creates members") {
    desk d;
    CHECK(d.run({"events", "schedule-rule", "--json", "--set", "/id=17", "--set", "/account=\"17\"",
                 "--set", "/region=not=JSON", "--set", "/detail/a/b=[1, 2]", "--set",
                 "/resources/-=more", "--set", "/note=", "--set", "/null=null"})
          == 0);
    const auto event = d.json();
    CHECK(to_line(*event.find("id")) == "17");
    CHECK(to_line(*event.find("account")) == "\"17\"");
    CHECK(to_line(*event.find("region")) == "\"not=JSON\"");
    CHECK(to_line(*event.find("detail")) == R"({"a":{"b":[1,2]}})");
    CHECK(event.find("resources")->items.back().text == "more");
    CHECK(to_line(*event.find("note")) == "\"\"");
    CHECK(to_line(*event.find("null")) == "null");
    // a body stays text, and JSON in it can be reached
    CHECK(d.run({"events", "sqs", "--json", "--set", R"(/Records/0/body={"id":7})", "--set",
                 "/Records/0/body/customer=ada"})
          == 0);
    CHECK(d.json().find("Records")->items[0].find("body")->text == R"({"id":7,"customer":"ada"})");
}

TEST_CASE("an event that was printed can be invoked") {
    desk d;
    CHECK(d.run({"events", "sqs", "--set", "/Records/1/body={\"id\":\"x\"}"}) == 0);
    d.in = d.out;
    CHECK(d.run({"invoke", "-"}) == 0);
    CHECK(d.json().find("batchItemFailures")->items.size() == 1);
}

// ---- replay -------------------------------------------------------------------------------------

TEST_CASE("replay runs a folder's events by name and prints a table") {
    desk d;
    d.file("events/b.json", R"({"job":"fail"})");
    d.file("events/a.json",
           testing::sqs_batch("orders").message("{}").message("{\"id\":1}").json());
    d.file("events/c.json", R"({"job":"slow"})");
    d.file("events/notes.txt", "not an event");
    CHECK(d.run({"replay", d.path("events")}) == tool::status::failed);
    CHECK(d.out
          == "FILE    SOURCE  OUTCOME                TIME\n"
             "a.json  sqs     1 record failed     0.00 µs\n"
             "b.json  raw     Function.Permanent  0.00 µs\n"
             "c.json  raw     ok                   2.00 s\n"
             "\n3 events, 1 function error\n");
    CHECK(d.err.empty());
    CHECK(d.world.log.lines().empty());
}

TEST_CASE("replay compares with expected replies") {
    desk d;
    const auto events = d.path("events");
    const auto expected = d.path("expected");
    d.file("events/echo.json", R"({"job":"echo"})");
    d.file("events/fail.json", R"({"job":"fail"})");
    d.file("expected/echo.json", R"({ "request": "any", "job": "echo" })");
    d.file("expected/fail.json",
           R"({"errorMessage":"no","errorType":"Function.Permanent","stackTrace":[]})");

    CHECK(d.run({"replay", events, "--expect", expected, "--mask", "/request"}) == 0);
    CHECK(d.says("2 events, 1 function error, all as expected\n"));

    CHECK(d.run({"replay", events, "--expect", expected}) == tool::status::failed);
    CHECK(d.says("1 difference\n"));
    CHECK(d.says("  - /request: \"any\"\n  + /request: \""));
    CHECK(d.says("2 events, 1 function error, 1 not as expected\n"));

    d.file("expected/fail.json", R"({"errorMessage":"yes","stackTrace":[1]})");
    CHECK(d.run({"replay", events, "--expect", expected, "--mask", "/request"})
          == tool::status::failed);
    CHECK(d.says("3 differences\n"));
    CHECK(d.says("  - /errorMessage: \"yes\"\n  + /errorMessage: \"no\"\n"
                 "  - /stackTrace/0: 1\n"
                 "  + /errorType: \"Function.Permanent\"\n"));

    d.file("events/new.json", R"({"job":"slow"})");
    CHECK(d.run({"replay", d.path("events/new.json"), "--expect", expected})
          == tool::status::failed);
    CHECK(d.says("no expected reply"));
    CHECK(d.says("1 without an expected reply"));
}

TEST_CASE("replay --json has one line for each file") {
    desk d;
    d.file("events/echo.json", R"({"job":"echo"})");
    d.file("events/fail.json", R"({"job":"fail"})");
    d.file("events/torn.json", R"({"job":)");
    d.file("expected/echo.json", R"({"job":"other","request":""})");
    CHECK(d.run({"replay", "--json", d.path("events"), "--expect", d.path("expected"), "--mask",
                 "/request"})
          == tool::status::unreadable);
    CHECK(d.out
          == "{\"file\":\"" + d.path("events/echo.json")
                 + R"(","source":"raw","outcome":"ok","runs":1,"functionErrors":0,)"
                   R"("milliseconds":{"least":0,"median":0,"most":0},)"
                   R"("differences":[{"pointer":"/job","expected":"other","actual":"echo"}]})"
                   "\n{\"file\":\""
                 + d.path("events/fail.json")
                 + R"(","source":"raw","outcome":"Function.Permanent","runs":1,"functionErrors":1,)"
                   R"("milliseconds":{"least":0,"median":0,"most":0},"expected":"missing"})"
                   "\n{\"file\":\""
                 + d.path("events/torn.json")
                 + R"(","source":null,"outcome":"unreadable","runs":0,"functionErrors":0,)"
                   R"("error":"not JSON: /job: at byte 7: expected a value"})"
                   "\n");
}

TEST_CASE("replay repeats, and tells how many runs differed") {
    desk d;
    d.file("events/count.json", R"({"job":"count"})");
    d.file("expected/count.json", "3");
    CHECK(d.run({"replay", d.path("events"), "--repeat", "4", "--expect", d.path("expected")})
          == tool::status::failed);
    CHECK(d.says("MEDIAN TIME"));
    CHECK(d.says("1 difference in 3 runs"));
    CHECK(d.says("  - the whole reply: 3\n  + the whole reply: 1\n"));
    CHECK(d.says("1 event, 4 runs, 0 function errors, 1 not as expected\n"));
}

TEST_CASE("replay reads what it can, and complains about the rest") {
    desk d;
    d.file("events/a.json", "{");
    d.file("events/b.json", R"({"job":"slow"})");
    CHECK(d.run({"replay", d.path("events")}) == tool::status::unreadable);
    CHECK(d.says("unreadable"));
    CHECK(d.says("2 events, 0 function errors, 1 unreadable\n"));
    CHECK(d.complains("a.json: not JSON: "));
    CHECK(d.run({"replay", d.path("nowhere")}) == tool::status::unreadable);
    CHECK(d.complains("nowhere: No such file or directory"));
    std::filesystem::create_directory(d.path("empty"));
    CHECK(d.run({"replay", d.path("empty")}) == tool::status::unreadable);
    CHECK(d.complains("there are no .json files in"));
    d.file("expected/b.json", "{");
    CHECK(d.run({"replay", d.path("events/b.json"), "--expect", d.path("expected")})
          == tool::status::unreadable);
    CHECK(d.complains("expected/b.json: not JSON"));
}

TEST_CASE("replay logs only when a level is asked for") {
    desk d;
    d.file("events/a.json", R"({"job":"slow"})");
    d.world.env.set("AWS_LAMBDA_LOG_LEVEL", "INFO");
    CHECK(d.run({"replay", d.path("events")}) == 0);
    CHECK(!d.world.log.lines().empty());
}

TEST_CASE("only the first run of a replay is a cold start") {
    desk d;
    d.file("events/a.json", R"({"job":"echo"})");
    d.world.env.set("AWS_LAMBDA_LOG_LEVEL", "INFO");
    CHECK(d.run({"replay", d.path("events"), "--repeat", "3"}) == 0);
    std::size_t cold = 0;
    for (const auto& line : d.world.log.lines()) {
        if (line.find("\"coldStart\":true") != line.npos) ++cold;
    }
    CHECK(cold == 1);
    REQUIRE(!d.world.log.lines().empty());
    CHECK(d.world.log.lines().front().find("\"coldStart\":true") != std::string::npos);
}

TEST_CASE("a terminal sees how far the replay is, and the line is wiped at the end") {
    desk d;
    d.file("events/a.json", R"({"job":"slow"})");
    d.err_is_terminal = true;
    CHECK(d.run({"replay", d.path("events"), "--repeat", "3"}) == 0);
    CHECK(d.err
          == "\r\x1b[K1 of 3, 0.50 a second, 0 failed, 4.00 s left"
             "\r\x1b[K2 of 3, 0.50 a second, 0 failed, 2.00 s left"
             "\r\x1b[K3 of 3, 0.50 a second, 0 failed, 0.00 µs left"
             "\r\x1b[K");
    CHECK(d.out.find('\x1b') == std::string::npos);
}

// ---- colours ------------------------------------------------------------------------------------

TEST_CASE("there are colours on a terminal only, and not where they are not wanted") {
    desk d;
    const auto file = d.file("a.json", "{}");
    const auto is_coloured = [&] {
        CHECK(d.run({"inspect", file}) == 0);
        return d.says("\x1b[");
    };
    CHECK(!is_coloured());
    d.out_is_terminal = true;
    CHECK(is_coloured());
    d.world.env.set("NO_COLOR", "");
    CHECK(is_coloured()); // set, but empty
    d.world.env.set("NO_COLOR", "1");
    CHECK(!is_coloured());
    d.world.env.set("NO_COLOR", "");
    d.world.env.set("TERM", "dumb");
    CHECK(!is_coloured());
}
