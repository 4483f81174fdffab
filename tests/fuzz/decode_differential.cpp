// SPDX-License-Identifier: BSL-1.0
// Does our second stage say the same as simdjson's DOM? The same verdict and the same values on any
// bytes: read value by value, passed over, kept as raw JSON, and decoded into a struct. The one
// exception: a number beyond uint64 or double is fine until a typed member takes it.
// Where something is wrong, none of the document's names leaves it.

#include <headrace/base/detail/utf8.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/decode.hpp>

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace headrace;
namespace dom = simdjson::dom;

namespace {

[[noreturn]] void differ(const char* what, int line) {
    std::fprintf(stderr, "line %d: %s\n", line, what);
    std::abort();
}
#define SAME(condition) ((condition) ? void() : differ(#condition, __LINE__))

// ---- numbers that only simdjson refuses ------------------------------------------------------

// RFC 8259 section 6, once more and independent of the reader.
bool is_number(std::string_view t) {
    const auto digits = [&] {
        std::size_t n = 0;
        while (n < t.size() && t[n] >= '0' && t[n] <= '9') ++n;
        t.remove_prefix(n);
        return n;
    };
    const auto take = [&](std::string_view any) {
        if (t.empty() || any.find(t.front()) == any.npos) return false;
        t.remove_prefix(1);
        return true;
    };
    take("-");
    if (!take("0") && digits() == 0) return false;
    if (take(".") && digits() == 0) return false;
    if (take("eE")) {
        take("+-");
        if (digits() == 0) return false;
    }
    return t.empty();
}

// Beyond what simdjson's DOM can hold?
bool is_huge(const std::string& number) {
    if (number.find_first_of(".eE") != number.npos) {
        return std::strtod(number.c_str(), nullptr) == std::numeric_limits<double>::infinity()
               || std::strtod(number.c_str(), nullptr) == -std::numeric_limits<double>::infinity();
    }
    errno = 0;
    if (number.front() == '-') {
        (void)std::strtoll(number.c_str(), nullptr, 10);
    } else {
        (void)std::strtoull(number.c_str(), nullptr, 10);
    }
    return errno == ERANGE;
}

// Puts 0 in the place of such numbers. The places are where their tokens start.
std::set<std::size_t> replace_huge_numbers(std::string& json, const document& d) {
    std::set<std::size_t> places;
    for (std::size_t i = 0; i < d.tokens; ++i) {
        const std::size_t first = d.index[i];
        std::size_t last = first;
        while (last < json.size() && std::strchr("+-.eE0123456789", json[last]) && json[last])
            ++last;
        const auto token = json.substr(first, last - first);
        if (!is_number(token) || !is_huge(token)) continue;
        json.replace(first, token.size(), std::string(token.size(), ' '));
        json[first] = '0';
        places.insert(first);
    }
    return places;
}

// ---- value by value --------------------------------------------------------------------------

struct walk {
    reader& r;
    const std::set<std::size_t>& huge;

    void value(dom::element e) {
        const auto where = *r.position();
        switch (e.type()) {
        case dom::element_type::NULL_VALUE: SAME(r.null_token()); break;
        case dom::element_type::BOOL: {
            bool b = !bool(e.get_bool().value());
            SAME(r.boolean(b) && b == e.get_bool().value());
            break;
        }
        case dom::element_type::STRING: {
            std::string_view text;
            SAME(r.string(text) && text == e.get_string().value());
            break;
        }
        case dom::element_type::INT64: {
            std::int64_t n = 0;
            if (huge.contains(where)) return huge_number();
            SAME(r.integer(n) && n == e.get_int64().value());
            break;
        }
        case dom::element_type::UINT64: {
            std::uint64_t n = 0;
            SAME(r.integer(n) && n == e.get_uint64().value());
            break;
        }
        case dom::element_type::DOUBLE: {
            double d = 0;
            SAME(r.real(d)
                 && std::bit_cast<std::uint64_t>(d)
                        == std::bit_cast<std::uint64_t>(e.get_double().value()));
            break;
        }
        case dom::element_type::ARRAY: {
            auto each = e.get_array().value().begin();
            const auto end = e.get_array().value().end();
            SAME(r.elements([&] {
                SAME(each != end);
                value(*each);
                ++each;
            }));
            SAME(!(each != end));
            break;
        }
        case dom::element_type::OBJECT: {
            auto each = e.get_object().value().begin();
            const auto end = e.get_object().value().end();
            SAME(r.members([&](std::string_view key) {
                SAME(each != end && key == each.key());
                value(each.value());
                ++each;
            }));
            SAME(!(each != end));
            break;
        }
        }
        SAME(!r.failed());
    }
    void huge_number() {
        std::string_view token;
        SAME(r.number_token(token) && is_huge(std::string(token)));
    }
};

// ---- into a struct ---------------------------------------------------------------------------

struct item {
    std::string_view text;
    std::uint8_t small = 0;
    static void wire(auto& self, auto&& field) {
        field("t", self.text);
        field("s", self.small);
    }
    friend bool operator==(const item&, const item&) = default;
};

struct whole {
    std::string_view text;
    std::int64_t number = 7;
    double real = 0.5;
    bool flag = false;
    std::optional<std::uint64_t> maybe;
    std::span<const item> list;
    string_map<> map;
    item inner;
    raw_json raw;
    std::string_view long_name;
    static void wire(auto& self, auto&& field) {
        field("t", self.text);
        field("n", self.number);
        field("r", self.real);
        field("f", self.flag);
        field("o", self.maybe);
        field("l", self.list);
        field("m", self.map);
        field("i", self.inner);
        field("w", self.raw);
        field("a name of some length", self.long_name);
    }
};

// What the DOM says that a struct should be. The texts that a list or a map refers to live here.
struct model {
    bool fits = true;    // no member is of a wrong kind
    bool unsure = false; // an integer was written with a fraction or an exponent
    std::vector<std::unique_ptr<std::vector<item>>> lists;
    std::vector<std::unique_ptr<std::vector<string_map<>::entry>>> maps;

    void read(dom::element e, std::string_view& out) { scalar(e.get_string(), e, out); }
    void read(dom::element e, double& out) { scalar(e.get_double(), e, out); }
    void read(dom::element e, bool& out) { scalar(e.get_bool(), e, out); }
    template <std::integral T> void read(dom::element e, T& out) {
        if (e.is_null()) return;
        if (e.type() == dom::element_type::DOUBLE) {
            unsure = true; // 1.0 and 1e3 are integers too, but a double may have been rounded
            return;
        }
        if constexpr (std::is_signed_v<T>) {
            std::int64_t n = 0;
            fits &= !e.get_int64().get(n);
            out = n;
        } else {
            std::uint64_t n = 0;
            fits &= !e.get_uint64().get(n) && n <= std::numeric_limits<T>::max();
            out = static_cast<T>(n);
        }
    }
    template <class T> void read(dom::element e, std::optional<T>& out) {
        if (e.is_null()) return;
        read(e, out.emplace());
    }
    void read(dom::element e, item& out) {
        object(e, [&](std::string_view key, dom::element value) {
            if (key == "t") read(value, out.text = {});
            if (key == "s") read(value, out.small = 0);
        });
    }
    void read(dom::element e, std::span<const item>& out) {
        if (e.is_null()) return;
        dom::array a;
        fits &= !e.get_array().get(a);
        if (!fits) return;
        auto& list = *lists.emplace_back(std::make_unique<std::vector<item>>());
        for (const auto each : a) read(each, list.emplace_back());
        out = list;
    }
    void read(dom::element e, string_map<>& out) {
        if (e.is_null()) return;
        auto& map = *maps.emplace_back(std::make_unique<std::vector<string_map<>::entry>>());
        object(e, [&](std::string_view key, dom::element value) {
            map.push_back({key, {}});
            read(value, map.back().value);
        });
        out = string_map<>(map);
    }
    void read(dom::element e, whole& out) {
        object(e, [&](std::string_view key, dom::element value) {
            const whole fresh;
            if (key == "t") read(value, out.text = {});
            if (key == "n") read(value, out.number = fresh.number);
            if (key == "r") read(value, out.real = fresh.real);
            if (key == "f") read(value, out.flag = {});
            if (key == "o") read(value, out.maybe = {});
            if (key == "l") read(value, out.list = {});
            if (key == "m") read(value, out.map = {});
            if (key == "i") read(value, out.inner = {});
            if (key == "a name of some length") read(value, out.long_name = {});
        });
    }

private:
    template <class Result, class T> void scalar(Result from, dom::element e, T& out) {
        if (e.is_null()) return;
        T value{};
        fits &= !std::move(from).get(value);
        out = value;
    }
    template <class Each> void object(dom::element e, Each&& each) {
        if (e.is_null()) return;
        dom::object o;
        fits &= !e.get_object().get(o);
        if (!fits) return;
        for (const auto member : o) each(member.key, member.value);
    }
};

bool same_map(const string_map<>& a, const string_map<>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

void check_struct(const document& d, workspace& memory, dom::element root) {
    whole ours;
    const auto read = read_document(d, memory, ours);
    model expected;
    whole theirs;
    expected.read(root, theirs);
    if (!read) SAME(read.error().code != errc::syntax && read.error().code != errc::too_deep);
    if (expected.unsure) return;
    SAME(read.has_value() == expected.fits);
    if (!read) return;
    SAME(ours.text == theirs.text);
    SAME(ours.number == theirs.number);
    SAME(std::bit_cast<std::uint64_t>(ours.real) == std::bit_cast<std::uint64_t>(theirs.real));
    SAME(ours.flag == theirs.flag);
    SAME(ours.maybe == theirs.maybe);
    SAME(std::equal(ours.list.begin(), ours.list.end(), theirs.list.begin(), theirs.list.end()));
    SAME(same_map(ours.map, theirs.map));
    SAME(ours.inner == theirs.inner);
    SAME(ours.long_name == theirs.long_name);
    // What was written is read the same.
    const auto again = decode<whole>(encode(ours));
    SAME(again.has_value());
    SAME((*again)->text == ours.text && (*again)->number == ours.number);
    SAME((*again)->inner == ours.inner && same_map((*again)->map, ours.map));
}

// ---- all of it -------------------------------------------------------------------------------

struct unknown_to_us {
    int absent = 0;
    static void wire(auto& self, auto&& field) { field("\x7f", self.absent); }
};

// A buffer that ends where the padding ends, so that AddressSanitizer sees one byte more.
struct exact_copy {
    explicit exact_copy(std::string_view json)
        : bytes(std::make_unique<char[]>(json.size() + padding)), size(json.size()) {
        if (size != 0) std::memcpy(bytes.get(), json.data(), size);
    }
    result<document> index(workspace& memory) const {
        return memory.nested({bytes.get(), size}, workspace::storage::terminated);
    }
    std::unique_ptr<char[]> bytes;
    std::size_t size;
};

// Our limit counts every array and object, simdjson's one less, and not those that are empty. Where
// nesting reaches it, only our own ways of reading are held against each other.
constexpr std::uint32_t depth = 64;

bool reaches_depth(const document& d) {
    std::ptrdiff_t open = 0;
    std::ptrdiff_t most = 0;
    for (std::size_t i = 0; i < d.tokens; ++i) {
        const char c = d.text[d.index[i]];
        if (c == '{' || c == '[') most = std::max(most, ++open);
        if (c == '}' || c == ']') --open;
    }
    return most >= std::ptrdiff_t{depth};
}

bool accepts_by_passing_over(const document& d, workspace& memory) {
    reader r(d, memory);
    r.skip();
    const bool accepted = !r.failed() && r.at_end();
    unknown_to_us nothing_known;
    const auto read = read_document(d, memory, nothing_known);
    SAME(accepted
         == (read.has_value()
             || (read.error().code != errc::syntax && read.error().code != errc::too_deep)));
    if (!accepted && r.failed()) SAME(!r.to_error().message.empty());
    if (!read) {
        const auto& pointer = read.error().pointer;
        SAME(pointer.size() <= detail::error_pointer::most_bytes);
        SAME(pointer.find_first_not_of("/{}.0123456789\x7f") == pointer.npos);
    }
    return accepted;
}

void check_accepted(const document& d, workspace& memory, dom::element root,
                    const std::set<std::size_t>& huge) {
    {
        reader r(d, memory);
        walk{r, huge}.value(root);
        SAME(r.at_end() && !r.failed());
    }
    raw_json raw;
    SAME(read_document(d, memory, raw).has_value());
    if (!root.is_null()) {
        const auto inner = raw.indexed(memory);
        SAME(inner.has_value());
        SAME(accepts_by_passing_over(*inner, memory));
        reader r(*inner, memory);
        walk{r, huge}.value(root);
        SAME(r.at_end() && !r.failed());
    }
    if (huge.empty()) check_struct(d, memory, root);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string json(reinterpret_cast<const char*>(data), size);
    workspace memory(limits{.depth = depth});
    const exact_copy copy(json);
    const auto d = copy.index(memory);

    // A byte order mark is no part of a document; some versions of simdjson pass over it, too.
    json.erase(0, json.size() - detail::without_mark(json).size());
    if (json.starts_with(detail::byte_order_mark)) return 0;

    dom::parser parser(16 << 20);
    SAME(parser.allocate(json.size() + 1, depth) == simdjson::SUCCESS);
    dom::element root;
    auto verdict = parser.parse(json).get(root);
    if (!d) {
        SAME(verdict != simdjson::SUCCESS);
        return 0;
    }
    std::set<std::size_t> huge;
    if (verdict != simdjson::SUCCESS) {
        huge = replace_huge_numbers(json, *d);
        if (!huge.empty()) verdict = parser.parse(json).get(root);
    }
    const bool accepted = accepts_by_passing_over(*d, memory);
    if (reaches_depth(*d)) return 0;
    SAME(accepted == (verdict == simdjson::SUCCESS));
    if (verdict == simdjson::SUCCESS) check_accepted(*d, memory, root, huge);
    return 0;
}
