// SPDX-License-Identifier: BSL-1.0
#pragma once

// Batches: reading them record by record, so that one bad record never costs its neighbours, and
// the ledger of what became of each.

#include <headrace/decode.hpp>
#include <headrace/outcome.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headrace {

/// Calls each(event, record, error) for every element of `Records`. Where the event decodes, which
/// is the rule, `error` is null for all of them; else the records are read one by one and `error`
/// says what is wrong with this one, whose members are those that could be read.
/// Errors: what concerns the whole document (syntax, depth).
template <class Event, class Each>
[[nodiscard]] result<void> for_each_record(const document& d, workspace& memory, Each each) {
    using record_type = std::remove_cvref_t<decltype(*std::declval<Event&>().records.begin())>;
    Event whole{};
    auto read = read_document(d, memory, whole);
    if (read) [[likely]] {
        for (const auto& record : whole.records) each(whole, record, nullptr);
        return {};
    }
    if (read.error().code == errc::syntax || read.error().code == errc::too_deep) return read;

    struct one {
        record_type record{};
        std::optional<error> problem;
    };
    std::vector<one> records;
    reader r(d, memory);
    bool has_list = false;
    r.members([&](std::string_view key) {
        if (key != "Records") return r.skip();
        has_list = r.elements([&] {
            one& here = records.emplace_back();
            codec<record_type>::read(r, here.record);
            if (r.failed()) {
                here.problem = r.to_error();
                (void)r.forgive();
            }
        });
    });
    if (!has_list || r.failed()) return read;
    const Event empty{};
    for (const auto& [record, problem] : records) {
        each(empty, record, problem ? &*problem : nullptr);
    }
    return {};
}

/// The ledger of a batch with partial failures. Every record counts as failed until it has
/// succeeded, so that nothing is acknowledged by accident.
/// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
class batch_ledger {
public:
    /// Notes a record that has to be delivered again.
    void failed(std::string_view item_identifier) {
        separate();
        text_ += R"({"itemIdentifier":")";
        append_escaped(text_, item_identifier);
        text_ += R"("})";
    }
    [[nodiscard]] std::string reply() && {
        text_ += "]}";
        return std::move(text_);
    }

private:
    void separate() {
        if (!first_) text_.push_back(',');
        first_ = false;
    }
    std::string text_ = R"({"batchItemFailures":[)";
    bool first_ = true;
};

} // namespace headrace
