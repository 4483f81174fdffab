// SPDX-License-Identifier: BSL-1.0
#include <headrace/routing/detail/glob.hpp>
#include <headrace/routing/detail/resource_pattern.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using headrace::detail::glob;
using headrace::detail::resource_pattern;

namespace {

// All texts over "ab" of up to `longest` characters.
std::vector<std::string> texts(std::size_t longest) {
    std::vector<std::string> all{""};
    for (std::size_t first = 0, n = 1; n <= longest; ++n) {
        const auto last = all.size();
        for (; first < last; ++first) {
            all.push_back(all[first] + 'a');
            all.push_back(all[first] + 'b');
        }
    }
    return all;
}

// All patterns over "a*?" of up to `longest` characters.
std::vector<glob> patterns(std::size_t longest) {
    std::vector<std::string> all{""};
    for (std::size_t first = 0, n = 1; n <= longest; ++n) {
        const auto last = all.size();
        for (; first < last; ++first) {
            for (const char c : {'a', '*', '?'}) all.push_back(all[first] + c);
        }
    }
    std::vector<glob> globs;
    for (auto& each : all) globs.emplace_back(std::move(each));
    return globs;
}

// The definition, as slow as it is obvious.
bool matches_by_definition(std::string_view pattern, std::string_view text) {
    if (pattern.empty()) return text.empty();
    if (pattern[0] == '*') {
        for (std::size_t n = 0; n <= text.size(); ++n) {
            if (matches_by_definition(pattern.substr(1), text.substr(n))) return true;
        }
        return false;
    }
    return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0])
           && matches_by_definition(pattern.substr(1), text.substr(1));
}

} // namespace

TEST_CASE("a star stands for any characters and a question mark for one") {
    struct row {
        const char* pattern;
        std::string_view text;
        bool matches;
    };
    const row rows[] = {
        {"orders", "orders", true},
        {"orders", "orders2", false},
        {"orders", "order", false},
        {"orders-*", "orders-eu", true},
        {"orders-*", "orders-", true},
        {"orders-*", "orders", false},
        {"*", "", true},
        {"*", "anything/at:all", true},
        {"", "", true},
        {"", "a", false},
        {"?", "a", true},
        {"?", "", false},
        {"*.csv", "a.csv.csv", true},
        {"*.csv", "a.csv.gz", false},
        {"a*b*c", "a-b-b-c", true},
        {"a*b*c", "a-c-b", false},
        {"**a**", "ba", true},
        {"ORDERS", "orders", false},
        {"[ab]", "[ab]", true},
        {"[ab]", "a", false},
    };
    for (const auto& [pattern, text, matches] : rows) {
        CAPTURE(pattern);
        CAPTURE(text);
        CHECK(glob(pattern).matches(text) == matches);
    }
}

TEST_CASE("matching agrees with its definition on all short patterns and texts") {
    const auto all_texts = texts(6);
    for (const auto& p : patterns(5)) {
        for (const auto& text : all_texts) {
            CAPTURE(p.text());
            CAPTURE(text);
            REQUIRE(p.matches(text) == matches_by_definition(p.text(), text));
        }
    }
}

TEST_CASE("overlaps is exact, and covers never says yes in vain") {
    // A text that tells two patterns of 4 characters apart needs no more than 5.
    const auto all_texts = texts(5);
    const auto all = patterns(4);
    for (const auto& a : all) {
        for (const auto& b : all) {
            bool both = false;
            bool every = true;
            for (const auto& text : all_texts) {
                const bool in_a = a.matches(text);
                const bool in_b = b.matches(text);
                both = both || (in_a && in_b);
                every = every && (in_a || !in_b);
            }
            CAPTURE(a.text());
            CAPTURE(b.text());
            REQUIRE(a.overlaps(b) == both);
            if (a.covers(b)) REQUIRE(every);
            // where it matters: a literal, the same pattern, and a star for the rest
            if (b.literal() || a == b || a == glob("*")) REQUIRE(a.covers(b) == every);
        }
    }
}

TEST_CASE("matching takes time in proportion to the text, whatever the stars") {
    std::string pattern;
    for (int i = 0; i < 50; ++i) pattern += "a*";
    const std::string text(20'000, 'a');
    CHECK(!glob(pattern + "b").matches(text));
}

TEST_CASE("a literal ranks above every pattern, and among patterns the one that says more") {
    CHECK(glob("a").rank() > glob("a-very-long-name-with-a-star-*").rank());
    CHECK(glob("orders-*").rank() > glob("orders*").rank());
    CHECK(glob("orders-?").rank() == glob("orders-*").rank());
    CHECK(glob("*").rank() == 0);
    CHECK(glob(std::string(70'000, 'a') + '*').rank() < glob("a").rank());
    CHECK(glob("a*").literal() == false);
    CHECK(glob("a").literal());
}

TEST_CASE("a resource is named by its name or by its whole ARN") {
    constexpr std::string_view arn = "arn:aws:sqs:eu-central-1:123456789012:orders";
    CHECK(resource_pattern("orders").matches(arn, "orders"));
    CHECK(resource_pattern("ord*").matches(arn, "orders"));
    CHECK(!resource_pattern("orders").matches(arn, "other"));
    CHECK(resource_pattern(std::string(arn)).matches(arn, "orders"));
    CHECK(resource_pattern("arn:aws:sqs:*:*:orders").matches(arn, "orders"));
    CHECK(!resource_pattern("arn:aws:sqs:*:*:other").matches(arn, "orders"));
    CHECK(resource_pattern("arn:aws:sqs:*:*:o*").rank() > resource_pattern("o*").rank());
    CHECK(resource_pattern("o*").covers(resource_pattern("arn:aws:sqs:*:*:orders")));
    CHECK(resource_pattern("arn:aws:sqs:*:*:o*").covers(resource_pattern("ord*")));
    CHECK(!resource_pattern("arn:aws:sqs:*:*:ord*").covers(resource_pattern("o*")));
    CHECK(!resource_pattern("arn:aws:sqs:eu-central-1:*:o*").covers(resource_pattern("ord*")));
    CHECK(resource_pattern("arn:aws:sqs:*:*:orders").overlaps(resource_pattern("ord*")));
    CHECK(!resource_pattern("arn:aws:sqs:*:*:orders").overlaps(resource_pattern("x*")));
}
