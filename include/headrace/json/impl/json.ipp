// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/json/json.hpp>

namespace headrace {

result<document> raw_json::indexed(workspace& memory) const {
    if (text_.empty()) {
        error e = error::malformed("expected a value");
        e.code = errc::missing;
        return e;
    }
    if (index_ == nullptr) return memory.nested(text_);
    const auto end = static_cast<std::size_t>(text_.data() + text_.size() - base_);
    return document{base_, end, index_, tokens_, base_};
}

bool codec<raw_json>::read(reader& r, raw_json& out) {
    const auto* first = r.position();
    std::string_view text;
    if (!r.any(text)) return false;
    out = raw_json(text, r.text(), first, static_cast<std::size_t>(r.position() - first));
    return true;
}

} // namespace headrace
