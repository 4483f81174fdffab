// SPDX-License-Identifier: BSL-1.0
// Are replies of Redis read without ever looking outside, within their bounds, and always as the
// same values, however the bytes arrive? The first byte says how.

#include <headrace/idempotency/stores/detail/resp.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

using namespace headrace;
namespace resp = headrace::detail::resp;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

struct pieces final : resp::source {
    pieces(std::string_view all, std::size_t most) : left(all), piece(most) {}
    result<std::size_t> read_some(std::span<char> into) override {
        must(!ended); // nobody asks again after the end
        const auto size = std::min({into.size(), left.size(), piece});
        std::copy_n(left.begin(), size, into.begin());
        left.remove_prefix(size);
        ended = size == 0;
        return size;
    }
    std::string_view left;
    std::size_t piece;
    bool ended = false;
};

constexpr resp::bounds small{.bytes = 2'000, .line = 100, .items = 50, .depth = 3};

void measure(const resp::reply& r, unsigned depth, std::size_t& bytes, std::size_t& items) {
    bytes += r.text.size();
    must(++items <= small.items && bytes <= small.bytes && depth <= small.depth);
    must(r.kind == resp::kind::list || r.items.empty());
    for (const auto& each : r.items) measure(each, depth + 1, bytes, items);
}

struct outcome {
    std::vector<resp::reply> replies;
    error_class end = error_class::bug;
    friend bool operator==(const outcome&, const outcome&) = default;
};

outcome read(std::string_view text, std::size_t piece) {
    pieces from(text, piece);
    resp::reply_reader reader(small);
    outcome all;
    while (true) {
        auto next = reader.next(from);
        if (!next) {
            all.end = next.error().kind;
            return all;
        }
        std::size_t bytes = 0;
        std::size_t items = 0;
        measure(*next, 0, bytes, items);
        all.replies.push_back(*std::move(next));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto whole = read(text, text.size() + 1);
    must(whole.end == error_class::transient || whole.end == error_class::permanent);
    must(whole == read(text, 1U + data[0]));
    must(whole == read(text, 1));
    return 0;
}
