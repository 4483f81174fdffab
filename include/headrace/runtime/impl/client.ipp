// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/json_text.hpp>
#include <headrace/base/version.hpp>
#include <headrace/json/detail/percent.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/runtime/client.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <system_error>
#include <utility>

namespace headrace {

namespace detail::client {

inline constexpr std::string_view base = "/2018-06-01/runtime/";
inline constexpr std::size_t text_limit = 64 * 1000;
inline constexpr std::size_t header_limit = 128;

// The payload goes straight into the workspace's padded buffer.
class event_buffer final : public runtime::body_buffer {
public:
    explicit event_buffer(workspace& memory) noexcept : memory_(memory) {}
    [[nodiscard]] result<char*> grow(std::size_t used, std::size_t size) override {
        auto grown = memory_.grow_input(used, size);
        if (grown) start_ = *grown;
        return grown;
    }
    [[nodiscard]] const char* start() const noexcept { return start_; }

private:
    workspace& memory_;
    const char* start_ = nullptr;
};

// The API's answers to posts are short, and nobody reads them.
class string_buffer final : public runtime::body_buffer {
public:
    explicit string_buffer(std::string& text) noexcept : text_(text) {}
    [[nodiscard]] result<char*> grow(std::size_t, std::size_t size) override {
        text_.resize(size);
        return text_.data();
    }

private:
    std::string& text_;
};

// Milliseconds since 1970. Emulators send 0, nothing or a duration; none of these is a deadline.
inline std::optional<time_point> parse_deadline(std::string_view text) {
    constexpr std::int64_t earliest = 946'684'800'000; // the year 2000
    constexpr auto latest = std::chrono::floor<std::chrono::milliseconds>(time_point::max());
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, number);
    if (problem != std::errc() || stop != end || number < earliest) return std::nullopt;
    const std::chrono::sys_time<std::chrono::milliseconds> when{std::chrono::milliseconds(number)};
    if (when > latest) return std::nullopt;
    return time_point(when);
}

// A request id is a path segment. Lambda's are UUIDs, which stay as they are.
inline void append_segment(std::string& out, std::string_view id) {
    append_percent_encoded(out, id, plus_sign::itself, ":@");
}

// "shop::basket<item>::card_declined" -> "card_declined": without what stands in brackets, and
// only what follows the last "::" or ".".
inline std::string short_name(std::string_view type) {
    std::string name;
    int depth = 0;
    for (const char c : type) {
        if (c == '<' || c == '(' || c == '{' || c == '[')
            ++depth;
        else if ((c == '>' || c == ')' || c == '}' || c == ']') && depth > 0)
            --depth;
        else if (depth == 0 && (c == ':' || c == '.'))
            name.clear();
        else if (depth == 0)
            name += c;
    }
    return name;
}

// "card_declined" -> "CardDeclined"; letters only.
inline std::string camel_case(std::string_view text) {
    std::string out;
    bool start = true;
    for (const char c : text) {
        const bool letter = is_letter(c);
        if (letter) out += start ? to_capital_letter(c) : c;
        start = !letter;
    }
    return out;
}

// The API did what a client cannot go on from.
inline error broken(std::string_view what) {
    error e = error::transient(format<"the Runtime API {}">(what));
    e.code = errc::input_output;
    return e;
}

// errorType of errors that bring no type of their own.
inline std::string type_of(const error& e) {
    switch (e.code) {
    case errc::syntax:
    case errc::wrong_kind:
    case errc::missing:
    case errc::out_of_range:
    case errc::bad_value:
    case errc::too_deep:
    case errc::too_large: return "Runtime.UnmarshalError";
    case errc::bad_reply: return "Runtime.MarshalError";
    case errc::custom: return format<"Function.{}">(camel_case(to_string(e.kind)));
    default: return format<"Function.{}">(camel_case(to_string(e.code)));
    }
}

} // namespace detail::client

namespace runtime {

error_document to_document(const error& e) {
    return {e.type.empty() ? detail::client::type_of(e) : e.type, describe(e)};
}

error_document reply_too_large(std::size_t size) {
    return {
        "Function.ResponseSizeTooLarge",
        detail::format<"the reply has {} bytes, and Lambda takes at most {}">(size, largest_reply)};
}

std::string to_json(const error_document& document) {
    std::string out = R"({"errorMessage":)";
    headrace::detail::append_json_text(out, document.message, detail::client::text_limit);
    out += R"(,"errorType":)";
    headrace::detail::append_json_text(out, document.type, detail::client::text_limit);
    out += R"(,"stackTrace":[]})";
    return out;
}

std::string error_type_header(std::string_view type) {
    std::string_view prefix = "Function.";
    for (const std::string_view known : {"Runtime.", "Function."}) {
        if (!type.starts_with(known)) continue;
        prefix = known;
        type.remove_prefix(known.size());
    }
    std::string name = detail::client::camel_case(detail::client::short_name(type));
    if (name.size() < 2) name = "Unknown"; // the pattern asks for two letters
    name.resize(std::min(name.size(), detail::client::header_limit - prefix.size()));
    return std::string(prefix) + name;
}

client::client(transport& wire, logger log)
    : wire_(wire), log_(log), user_agent_(detail::format<"headrace/{} c++20">(version_text)) {}

result<std::optional<delivery>> client::next(workspace& memory) {
    const header_view headers[] = {{"User-Agent", user_agent_}};
    const std::string target = std::string(detail::client::base) + "invocation/next";
    detail::client::event_buffer body(memory);
    const request ask{.method = "GET", .target = target, .headers = headers, .body = {}};
    if (auto done = wire_.exchange(ask, event_, body); !done) return std::move(done).error();
    if (event_.status == 410) return std::optional<delivery>();
    if (event_.status != 200) {
        return detail::client::broken(
            detail::format<"answered a request for the next event with status {}">(event_.status));
    }
    delivery event{
        .request_id = event_.headers.get("Lambda-Runtime-Aws-Request-Id"),
        .function_arn = event_.headers.get("Lambda-Runtime-Invoked-Function-Arn"),
        .trace_id = event_.headers.get("Lambda-Runtime-Trace-Id"),
        .tenant_id = event_.headers.get("Lambda-Runtime-Aws-Tenant-Id"),
        .client_context = event_.headers.get("Lambda-Runtime-Client-Context"),
        .cognito_identity = event_.headers.get("Lambda-Runtime-Cognito-Identity"),
        .deadline =
            detail::client::parse_deadline(event_.headers.get("Lambda-Runtime-Deadline-Ms")),
        .payload = {body.start(), event_.body_size},
    };
    if (event.request_id.empty()) {
        return detail::client::broken("sent an event without Lambda-Runtime-Aws-Request-Id");
    }
    return std::optional(event);
}

result<void> client::respond(std::string_view request_id, std::string_view json) {
    if (json.size() > largest_reply) return fail(request_id, reply_too_large(json.size()));
    return post(request_id, "response", json);
}

result<void> client::fail(std::string_view request_id, const error_document& why) {
    return post(request_id, "error", to_json(why), error_type_header(why.type));
}

result<void> client::init_error(const error_document& why) {
    return post({}, "init/error", to_json(why), error_type_header(why.type));
}

result<void> client::post(std::string_view request_id, std::string_view call, std::string_view body,
                          std::string_view error_type) {
    std::string target(detail::client::base);
    if (!request_id.empty()) {
        detail::client::append_segment(target += "invocation/", request_id);
        target += '/';
    }
    target += call;
    const header_view headers[] = {{"User-Agent", user_agent_},
                                   {"Content-Type", "application/json"},
                                   {"Lambda-Runtime-Function-Error-Type", error_type}};
    const std::size_t count = std::size(headers) - (error_type.empty() ? 1 : 0);
    const request tell{
        .method = "POST", .target = target, .headers = {headers, count}, .body = body};
    detail::client::string_buffer ignored(answer_body_);
    if (auto done = wire_.exchange(tell, answer_, ignored); !done) return done;
    const unsigned status = answer_.status;
    if (status >= 200 && status < 300) return {};
    if (status >= 400 && status < 500) {
        log_.with_ids(request_id, {})
            .error("the Runtime API refused a reply", "call", call, "status", status);
        return {};
    }
    return detail::client::broken(detail::format<"answered a reply with status {}">(status));
}

} // namespace runtime

} // namespace headrace
