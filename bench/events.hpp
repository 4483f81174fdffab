// SPDX-License-Identifier: BSL-1.0
#pragma once

// Which events are measured? Documents of our own after the AWS documentation: as long as real
// ones, compact as Lambda delivers them, and some in other forms.

#include <span>
#include <string>
#include <string_view>

namespace headrace::bench {

/// One document.
struct measured_event {
    std::string name; ///< "sqs-10-json": the source, how many records, the body, the form
    std::string json;
    /// The same event as Lambda delivers it; `json` itself unless this one has another form.
    std::string_view compact;

    /// "sqs"
    [[nodiscard]] std::string_view source() const {
        return std::string_view(name).substr(0, name.find('-'));
    }
};

/// All of them, made when first asked for.
///   sqs-1 sqs-10 sqs-1000          messages with a body of plain text
///   sqs-1-json sqs-10-json sqs-1000-json    messages with an order as JSON and two attributes
///   sns s3 rest v2 schedule eventbridge
///   NAME-pretty NAME-reverse NAME-unknown   other forms of some, see rewrite.hpp
[[nodiscard]] std::span<const measured_event> events();

} // namespace headrace::bench
