// SPDX-License-Identifier: BSL-1.0
#pragma once

// What has the client sent, whichever front door it came through? One view of what each door says
// in its own event: every difference between the doors in paths, query strings, headers, cookies
// and bodies ends here.

#include <headrace/base/detail/type_name.hpp>
#include <headrace/base/result.hpp>
#include <headrace/http/caller.hpp>
#include <headrace/http/door.hpp>
#include <headrace/http/fields.hpp>
#include <headrace/http/request_options.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/routing/call.hpp>
#include <headrace/routing/principal.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace headrace::http {

struct path_match;

/// How does a path stand in an event?
enum class path_form : std::uint8_t {
    encoded,  ///< as the client sent it
    decoded,  ///< decoded once: what cannot stand in a path, a '%' too, is encoded again
    emulated, ///< the same, but a '%' that looks like the beginning of an escape is one
};

/// How do query parameters stand in an event?
enum class query_form : std::uint8_t {
    decoded, ///< once
    encoded, ///< as the client sent them
};

/// What a front door says about a request, as it stands in its event, which these parts borrow
/// from. A door is an event with a
///   static request_parts parts(const event& from, workspace& memory, const request_options&);
struct request_parts {
    using lists_map = string_map<std::span<const std::string_view>>;
    /// Names with values in one of the two forms that events have.
    struct maps {
        string_map<> single{};
        lists_map lists{};
        [[nodiscard]] std::span<const name_value> flat(arena& memory) const;
    };

    const void* event = nullptr;
    detail::type_id event_type = nullptr;
    http::door door = http::door::v2;
    http::reply_form reply_form = http::reply_form::v2;
    http::path_form path_form = http::path_form::encoded;
    http::query_form query_form = http::query_form::decoded;
    bool is_base64 = false; ///< the body
    std::string_view method{};
    std::string_view path{};
    std::string_view stage{};
    std::string_view domain{};
    std::string_view source_ip{};
    std::string_view body{};
    /// The whole query as the client sent it; where the door does not tell, data() is null.
    std::string_view raw_query{};
    std::string_view api{}; ///< its id
    maps headers{};
    maps query{};
    std::span<const std::string_view> cookies{};
    /// What the authorizer of this event has found out; null: the door has none.
    http::caller (*caller)(const void* event, workspace& memory) = nullptr;
};

template <class Event>
concept front_door =
    requires(const Event& from, workspace& memory, const request_options& options) {
        { Event::parts(from, memory, options) } -> std::same_as<request_parts>;
    };

/// One request. Borrows from its event and from the workspace, into which it puts what it has to
/// build; both must outlive it. Everything but the path is worked out when it is first asked for.
/// Belongs to its invocation's thread, even where it is const.
class request final : public detail::lazy_subject {
public:
    // The options are for HTTP APIs; the other doors leave nothing open.
    template <front_door Event>
    request(const Event& from, workspace& memory, const request_options& options = {})
        : parts_(Event::parts(from, memory, options)), memory_(&memory) {
        set_path();
    }
    /// The same request for another thread, with a workspace of its own. Nobody may use `other`
    /// while it is copied.
    request(const request& other, workspace& memory) : request(other) { memory_ = &memory; }

    /// Can it be routed? Errors (malformed, 400): no method; a path with a '%' that is not followed
    /// by two hexadecimal digits, or, encoded or not, with a control character of ASCII or a "." or
    /// ".." segment: no client sends one that means well, see RFC 3986 section 5.2.4.
    [[nodiscard]] result<void> check() const;

    [[nodiscard]] http::door door() const noexcept { return parts_.door; }
    /// The JSON form in which this request is answered, see write_reply().
    [[nodiscard]] http::reply_form reply_form() const noexcept { return parts_.reply_form; }
    /// The event itself, if E is its type, or null: event<http::rest::event>().
    template <class E> [[nodiscard]] const E* event() const noexcept {
        static_assert(front_door<E>, "a request comes from an http::rest, v2, furl or alb event"
                                     "  see docs/reference/http/http.md");
        return parts_.event_type == detail::id_of<E> ? static_cast<const E*>(parts_.event)
                                                     : nullptr;
    }

    /// As the client wrote it; methods are case-sensitive.
    [[nodiscard]] std::string_view method() const noexcept { return parts_.method; }

    // ---- path ---------------------------------------------------------------------------------
    /// The path, percent-encoded and beginning with a slash, without the stage of an HTTP API. It
    /// is a path and never a reference: "//evil.example" has an empty first segment. An HTTP API
    /// decodes the path before it calls us: there a %2F has become a slash for good, and what
    /// cannot stand in a path, a '%' too, is encoded again: decoding it once gives AWS's text.
    [[nodiscard]] std::string_view path() const noexcept { return path_; }
    /// The path's segments, split first and then decoded, once. None for "/"; the last one is empty
    /// where the path ends with a slash.
    [[nodiscard]] std::span<const std::string_view> segments() const;
    /// Takes a prefix ("/api", the base path of a custom domain) from the path: whole segments
    /// only, once, and "/api" itself becomes "/". False: the path does not begin with it.
    bool strip_prefix(std::string_view prefix);
    /// Does a parameter, decoded once, have a part "." or ".." between slashes or backslashes?
    /// "..%2Fetc" does. As a file's name it would lead elsewhere.
    [[nodiscard]] bool hides_dots(const path_match& match) const noexcept {
        return may_hide_dots_ && any_hides_dots(match);
    }
    /// What the routes have found about the path; null before they were asked.
    [[nodiscard]] const path_match* match() const noexcept { return match_; }
    void set_match(const path_match& found) noexcept { match_ = &found; }
    /// Path and query, fit for a request line: as the client sent the query where the door tells,
    /// else encoded anew.
    [[nodiscard]] std::string target() const;
    /// The stage of the API ("prod", "$default"), or "" from a load balancer.
    [[nodiscard]] std::string_view stage() const noexcept { return parts_.stage; }

    // ---- query, headers, cookies --------------------------------------------------------------
    /// The query parameters, decoded once. Repeated names keep all values where the door tells
    /// them.
    [[nodiscard]] const parameters& query() const;
    /// The header lines. HTTP APIs and function URLs join repeated lines with ","; see
    /// header_fields::elements().
    [[nodiscard]] const header_fields& headers() const;
    /// The cookies, by name. Nothing is decoded.
    [[nodiscard]] const parameters& cookies() const;
    /// The Content-Type header, or "".
    [[nodiscard]] std::string_view content_type() const;

    // ---- body ---------------------------------------------------------------------------------
    /// The body's bytes, which need not be UTF-8; empty where there is none.
    /// Errors (malformed): it is declared to be base64 and is not.
    [[nodiscard]] result<std::string_view> body() const;

    // ---- who and where to ---------------------------------------------------------------------
    /// The Host header, else the API's domain, else "".
    [[nodiscard]] std::string_view host() const;
    /// "https", or "http" if X-Forwarded-Proto says so.
    [[nodiscard]] std::string_view scheme() const;
    /// The address of the client as the front door has seen it; for a load balancer the last one in
    /// X-Forwarded-For, since whoever sends a request can write the others. With proxies of your
    /// own in front of the door, say how many: each is trusted to tell who called it.
    [[nodiscard]] std::string_view client_ip(std::size_t trusted_proxies = 0) const;
    /// What the authorizer has found out.
    [[nodiscard]] http::caller caller() const;
    /// principal_of(caller()). call::principal() is the one that layers may have set.
    [[nodiscard]] const headrace::principal& principal() const;

private:
    const void* self() const noexcept override { return this; }
    result<raw_json> call_body() const override;
    const headrace::principal& call_principal() const override { return principal(); }
    const detail::lazy_subject& copy_in(workspace& memory) const override;
    void set_path();
    [[nodiscard]] const char* find_fault(unsigned& classes) const noexcept;
    [[nodiscard]] bool any_hides_dots(const path_match& match) const noexcept;
    [[nodiscard]] std::span<const name_value> with_cookies(std::span<const name_value> lines) const;

    request_parts parts_;
    workspace* memory_;
    std::string_view path_;
    const path_match* match_ = nullptr;
    const char* fault_ = nullptr;
    bool may_hide_dots_ = false;

    mutable std::optional<header_fields> headers_;
    mutable std::optional<parameters> query_;
    mutable std::optional<parameters> cookies_;
    mutable std::optional<std::string_view> body_;
    mutable std::optional<std::span<const std::string_view>> segments_;
    mutable std::optional<headrace::principal> principal_;
};

} // namespace headrace::http
