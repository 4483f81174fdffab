// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/sources/detail/arn.hpp>
#include <headrace/sources/sns.hpp>

namespace headrace {

result<std::span<const std::byte>> sns::attribute::bytes(workspace& memory) const {
    return base64(value).bytes(memory);
}

record_item sns::envelope::item_of(const notification& n) {
    return {.id = n.message_id,
            .body = raw_json(n.message),
            .name = {n, [](const notification& each) -> name_parts {
                         if (each.message_id.empty()) return {};
                         return {"sns", each.message_id};
                     }}};
}

std::string_view sns::notification::topic_name() const noexcept {
    return detail::arn_resource(topic_arn);
}

std::string_view sns::notification::certificate_link() const noexcept {
    return signing_cert_url.empty() ? signing_cert_url_capital : signing_cert_url;
}

std::string_view sns::notification::unsubscribe_link() const noexcept {
    return unsubscribe_url.empty() ? unsubscribe_url_capital : unsubscribe_url;
}

} // namespace headrace
