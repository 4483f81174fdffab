// SPDX-License-Identifier: BSL-1.0
#include <headrace/json/arena.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace headrace;

namespace {

struct counts_its_end {
    std::vector<int>* ends;
    int name;
    counts_its_end(std::vector<int>& list, int n) : ends(&list), name(n) {}
    counts_its_end(const counts_its_end&) = delete;
    counts_its_end& operator=(const counts_its_end&) = delete;
    ~counts_its_end() { ends->push_back(name); }
};

struct numbered {
    int first;
    double second;
};

bool aligned(const void* p, std::size_t alignment) {
    return reinterpret_cast<std::uintptr_t>(p) % alignment == 0;
}

} // namespace

TEST_CASE("an arena gives aligned memory that does not overlap") {
    arena a;
    auto* c = static_cast<char*>(a.take(3, 1));
    std::memset(c, 'x', 3);
    auto* d = a.room_for<double>(100);
    CHECK(aligned(d, alignof(double)));
    std::fill_n(d, 100, 1.5);
    auto* wide = static_cast<char*>(a.take(64, 64));
    CHECK(aligned(wide, 64));
    std::memset(wide, 'y', 64);
    auto* large = static_cast<char*>(a.take(1'000'000, 64)); // a block of its own
    CHECK(aligned(large, 64));
    std::memset(large, 'z', 1'000'000);
    CHECK(std::string(c, 3) == "xxx");
    CHECK(std::all_of(d, d + 100, [](double v) { return v == 1.5; }));
    CHECK(std::all_of(wide, wide + 64, [](char v) { return v == 'y'; }));
}

TEST_CASE("an arena's copy of a text ends in NUL and in padding") {
    arena a;
    const auto copy = a.copy("abc");
    CHECK(copy == "abc");
    CHECK(copy.data()[3] == '\0');
    const auto empty = a.copy("");
    CHECK(empty.data() != nullptr);
    CHECK(empty.data()[0] == '\0');
    const std::string large(100'000, 'q');
    const auto whole = a.copy(large);
    CHECK(whole == large);
    CHECK(whole.data()[large.size() + padding - 1] == whole.data()[large.size() + padding - 1]);
}

TEST_CASE("trim gives back the end of the last piece") {
    arena a;
    auto* first = static_cast<char*>(a.take(100, 1));
    a.trim(first + 10);
    CHECK(a.take(1, 1) == first + 10);
}

TEST_CASE("a piece is extended while it is the last one and its block has room") {
    arena a;
    auto* first = static_cast<char*>(a.take(8, 8));
    CHECK(a.extend(first + 8, 8));
    auto* second = static_cast<char*>(a.take(1, 1));
    CHECK(second == first + 16);
    CHECK_FALSE(a.extend(first + 16, 8));
    CHECK_FALSE(a.extend(second + 1, a.capacity()));
    CHECK(a.take(1, 1) == second + 1); // a refusal takes nothing
}

TEST_CASE("reset takes everything back as one block, and a steady state allocates nothing") {
    arena a;
    for (int i = 0; i < 100; ++i) CHECK(a.take(10'000, 8) != nullptr);
    const auto held = a.capacity();
    a.reset();
    CHECK(a.capacity() == held);
    for (int i = 0; i < 100; ++i) CHECK(a.take(10'000, 8) != nullptr);
    CHECK(a.capacity() == held);
    a.release();
    CHECK(a.capacity() == 0);
    CHECK(a.copy("again") == "again");
}

TEST_CASE("what an arena made is destroyed by reset, the last first") {
    std::vector<int> ends;
    arena a;
    a.make<counts_its_end>(ends, 1);
    a.make<counts_its_end>(ends, 2);
    CHECK(*a.make<int>(5) == 5);
    CHECK(ends.empty());
    a.reset();
    CHECK(ends == std::vector{2, 1});
    a.reset();
    CHECK(ends.size() == 2);
    {
        arena b;
        b.make<counts_its_end>(ends, 3);
    }
    CHECK(ends == std::vector{2, 1, 3});
}

TEST_CASE("kept lists live until reset; an empty one has data") {
    arena a;
    const auto kept = a.keep(std::vector<std::string>{"one", std::string(100, 'x')});
    CHECK(kept.size() == 2);
    CHECK(kept[1].size() == 100);
    const auto none = a.keep(std::vector<std::string>{});
    CHECK(none.empty());
    CHECK(none.data() != nullptr);
    CHECK(empty_list<double>().data() != nullptr);
    CHECK(aligned(empty_list<double>().data(), alignof(double)));
}

TEST_CASE("an arena moves with what it made") {
    std::vector<int> ends;
    arena a;
    a.make<counts_its_end>(ends, 1);
    const auto text = a.copy("still here");
    arena b(std::move(a));
    CHECK(text == "still here");
    CHECK(ends.empty());
    arena c;
    c.make<counts_its_end>(ends, 2);
    c = std::move(b);
    CHECK(ends == std::vector{2});
    CHECK(text == "still here");
    c.reset();
    CHECK(ends == std::vector{2, 1});
}

TEST_CASE("lists grow on the scratch stack while others grow above them") {
    scratch_stack s;
    const auto outer = s.position();
    std::vector<int> sums;
    for (int i = 0; i < 3000; ++i) { // more than the first block holds
        auto* mine = s.push<numbered>();
        mine->first = i;
        const auto inner = s.position();
        for (int k = 0; k < i % 7; ++k) *s.push<int>() = k;
        std::vector<int> out(static_cast<std::size_t>(i % 7));
        s.pop_into<int>(inner, out.data(), out.size());
        int sum = 0;
        for (const int k : out) sum += k;
        sums.push_back(sum);
        mine->second = sum;
    }
    std::vector<numbered> out(3000);
    s.pop_into<numbered>(outer, out.data(), out.size());
    bool all_there = true;
    for (int i = 0; i < 3000; ++i) {
        const auto& each = out[static_cast<std::size_t>(i)];
        all_there &= each.first == i && each.second == sums[static_cast<std::size_t>(i)];
    }
    CHECK(all_there);
}

TEST_CASE("the scratch stack keeps one block and grows no more") {
    scratch_stack s;
    const auto fill = [&] {
        const auto from = s.position();
        for (int i = 0; i < 10'000; ++i) *s.push<long>() = i;
        std::vector<long> out(10'000);
        s.pop_into<long>(from, out.data(), out.size());
        return out[0] == 0 && out[9'999] == 9'999;
    };
    CHECK(fill());
    s.reset();
    const auto held = s.capacity();
    for (int i = 0; i < 5; ++i) {
        CHECK(fill());
        s.reset();
    }
    CHECK(s.capacity() == held);
    s.release();
    CHECK(s.capacity() <= held);
    CHECK(fill());
}

TEST_CASE("blocks above a popped list are used again, unless something larger comes") {
    struct page {
        char bytes[20'000];
    };
    struct book {
        char bytes[200'000];
    };
    scratch_stack s;
    const auto from = s.position();
    s.push<page>()->bytes[0] = 'a';
    s.push<page>()->bytes[0] = 'b';
    const auto held = s.capacity();
    s.pop(from);
    s.push<page>()->bytes[0] = 'a';
    s.push<page>()->bytes[0] = 'b';
    CHECK(s.capacity() == held);
    s.push<book>()->bytes[199'999] = 'x';
    CHECK(s.capacity() > held);
    s.pop(from);
    std::vector<page> none;
    s.pop_into<page>(from, none.data(), 0);
}
