// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the reply to a batch means, and what it may not say.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html

#include <headrace/base/detail/format.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/testing/detail/simulation.hpp>

#include <algorithm>

namespace headrace::testing::simulated {

namespace replying {

struct item {
    std::string_view identifier;
    static void wire(auto& self, auto&& field) { field("itemIdentifier", self.identifier); }
};
struct response {
    std::span<const item> failures;
    static void wire(auto& self, auto&& field) { field("batchItemFailures", self.failures); }
};

inline batch_reply whole(const invocation& i, std::string why) {
    return {true, std::move(why), std::vector<bool>(i.attempts.size(), true)};
}

inline std::string how_it_ended(const invocation& i) {
    switch (i.end) {
    case invocation::ending::crashed: return "the process crashed";
    case invocation::ending::timed_out: return "the function ran out of time";
    case invocation::ending::reply_lost: return "the reply was lost";
    default: break;
    }
    return i.reply.function_error ? "the function failed: " + i.reply.function_error->message : "";
}

// Lambda delivers the whole batch again when it does not understand an identifier.
inline batch_reply read_items(world& in, const invocation& i, std::span<const item> items) {
    batch_reply out{false, {}, std::vector<bool>(i.attempts.size(), false)};
    for (const auto& each : items) {
        const auto found =
            std::find_if(i.attempts.begin(), i.attempts.end(),
                         [&](const attempt& a) { return a.of->id == each.identifier; });
        if (found == i.attempts.end()) {
            const std::string what =
                each.identifier.empty() ? "an empty identifier" : "an identifier that is not in it";
            in.accuse(i.attempts.front().of, "the reply to a batch has " + what);
            return whole(i, "the reply had " + what);
        }
        const auto at = static_cast<std::size_t>(found - i.attempts.begin());
        if (out.failed[at])
            in.accuse(found->of, detail::format<"the reply names {} twice">(found->of->id));
        out.failed[at] = true;
    }
    return out;
}

// Why was it not even tried?
inline std::string skipped(const invocation& i, std::size_t at, const batch_reply& said,
                           bool ordered) {
    const parcel& p = *i.attempts[at].of;
    for (std::size_t j = 0; ordered && j < at; ++j) {
        const parcel& before = *i.attempts[j].of;
        if (said.failed[j] && before.group == p.group) return before.id + " before it failed";
    }
    const bool late = i.where != nullptr && i.replied - i.began >= (i.kill_at - i.began) / 3;
    return late ? "the time ran out before its turn" : "";
}

inline void judge_whole(world& in, const invocation& i) {
    if (!i.reply.function_error || i.end != invocation::ending::replied) return;
    if (i.lines.empty()) {
        in.accuse(i.attempts.front().of, "the function failed, and the log does not say why");
    }
    if (i.attempts.size() == 1) return;
    const bool unread = i.reply.function_error->kind == error_class::malformed;
    for (const auto& a : i.attempts) {
        if (a.succeeded()) {
            in.accuse(a.of, a.of->id + " succeeded, and its whole batch failed");
        } else if (unread && a.begun == 0) {
            in.accuse(a.of,
                      "one record that cannot be read failed its whole batch, also " + a.of->id);
        }
    }
}

} // namespace replying

batch_reply read_reply(world& in, invocation& i) {
    using namespace replying;
    if (auto why = how_it_ended(i); !why.empty()) return whole(i, std::move(why));
    const std::string_view text = i.reply.text;
    response said;
    if (!text.empty() && text != "null") {
        auto d = in.reply_memory.load(text);
        if (!d || !read_document(*d, in.reply_memory, said)) {
            in.accuse(i.attempts.front().of, "the reply to a batch cannot be read");
            return whole(i, "the reply could not be read");
        }
    }
    auto out = read_items(in, i, said.failures);
    in.reply_memory.reset();
    return out;
}

void judge(world& in, invocation& i, const batch_reply& said, bool ordered) {
    if (said.whole) replying::judge_whole(in, i);
    for (std::size_t at = 0; at < i.attempts.size(); ++at) {
        attempt& a = i.attempts[at];
        const std::string& id = a.of->id;
        if (said.whole) {
            if (a.why.empty()) a.why = said.why;
        } else if (!said.failed[at]) {
            if (a.succeeded()) continue;
            in.accuse(a.of, detail::format<"{} is acknowledged, though in this invocation it {}{}">(
                                id,
                                a.begun == 0        ? "was never handled"
                                : a.ended < a.begun ? "was not finished"
                                                    : "ended with ",
                                a.begun != 0 && a.ended >= a.begun ? a.why : ""));
        } else if (a.begun == 0) {
            a.why = replying::skipped(i, at, said, ordered);
            if (!a.why.empty()) continue;
            a.why = unexplained;
            in.accuse(a.of, detail::format<"{} is reported as failed, though it was never "
                                           "tried and nothing before it failed">(id));
        } else if (a.succeeded() && replying::skipped(i, at, said, ordered).empty()) {
            a.why = "it succeeded";
            in.accuse(a.of, id + " succeeded, and is reported as failed");
        } else if (a.why.empty()) {
            a.why = "it was not finished, or something before it failed";
        }
    }
}

std::string ordinal(std::size_t n) {
    const auto last = n % 100 / 10 == 1 ? 0 : n % 10;
    return detail::format<"{}{}">(n, last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th");
}

} // namespace headrace::testing::simulated
