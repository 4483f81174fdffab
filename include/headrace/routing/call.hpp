// SPDX-License-Identifier: BSL-1.0
#pragma once

// What layers and extractors see of the record or invocation that is being handled.

#include <headrace/base/context.hpp>
#include <headrace/base/detail/type_name.hpp>
#include <headrace/json/json.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/routing/principal.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace headrace {

namespace http {
class request;
struct path_match;
} // namespace http

namespace detail {
class original_records;
}

/// Objects that the app was given, by type and key. Frozen when the app is built.
class dependencies {
public:
    struct entry {
        detail::type_id type; ///< null for an object that may only be read
        detail::type_id as_const;
        void* object;
        std::string_view name; ///< of the type
        std::string_view key;  ///< "" for the one that its type tells
    };
    /// Refers to an object, which is borrowed, as is the key's text.
    template <class T>
    [[nodiscard]] static entry entry_for(T& object, std::string_view key = {}) noexcept {
        using plain = std::remove_const_t<T>;
        return {std::is_const_v<T> ? nullptr : detail::id_of<plain>, detail::id_of<const plain>,
                const_cast<plain*>(std::addressof(object)), detail::type_name<T>(), key};
    }
    /// Null if there is none of this type and key; every object is there as a const one, too.
    [[nodiscard]] void* find(detail::type_id type, std::string_view key = {}) const noexcept {
        for (const auto& each : entries_) {
            if ((each.type == type || each.as_const == type) && each.key == key) return each.object;
        }
        return nullptr;
    }
    void add(entry e);
    [[nodiscard]] const std::vector<entry>& entries() const noexcept { return entries_; }

private:
    std::vector<entry> entries_;
};

/// What a layer is running around.
enum class scope : std::uint8_t { invocation, record };

/// One record, or one invocation, on its way through the layers to the handler. What it hands out
/// borrows from the invocation. A call belongs to one thread.
class call {
public:
    call(const headrace::context& ctx, workspace& memory, const dependencies& deps) noexcept
        : context_(&ctx), memory_(&memory), dependencies_(&deps) {}
    /// A record inside this call: sees everything that `outer` has.
    struct inside {
        const call& outer;
    };
    explicit call(inside in) noexcept : call(in, *in.outer.context_, *in.outer.memory_) {}
    /// The same under the context and with the workspace of the worker that handles the record.
    call(inside in, const headrace::context& ctx, workspace& memory) noexcept
        : outer_(&in.outer),
          context_(&ctx),
          memory_(&memory),
          dependencies_(in.outer.dependencies_),
          attempt_(in.outer.attempt_),
          scope_(headrace::scope::record),
          source_(in.outer.source_),
          record_id_(in.outer.record_id_),
          document_(in.outer.document_),
          element_(in.outer.element_),
          originals_(in.outer.originals_) {}
    /// One more attempt at `of`, in the same thread: sees everything that `of` sees, under a
    /// context of its own. Both must outlive it.
    struct again {
        const call& of;
        const headrace::context& ctx;
    };
    explicit call(again in) noexcept : call(in.of) { context_ = &in.ctx; }
    /// An attempt at `of` beside others in other threads: what is worked out when it is first asked
    /// for is worked out in its own workspace. `of` itself must not be used meanwhile.
    struct beside {
        const call& of;
        const headrace::context& ctx;
        workspace& memory;
    };
    explicit call(beside in);
    call& operator=(const call&) = delete;

    [[nodiscard]] const headrace::context& context() const noexcept { return *context_; }
    [[nodiscard]] workspace& memory() const noexcept { return *memory_; }
    [[nodiscard]] headrace::scope scope() const noexcept { return scope_; }
    /// The source's id: "sqs", "http.v2", ...
    [[nodiscard]] std::string_view source() const noexcept { return source_; }
    /// The route's text in the routing table, or "" where nothing matched.
    [[nodiscard]] std::string_view route() const noexcept { return route_; }
    /// What names the record in its batch (messageId, ...), or "".
    [[nodiscard]] std::string_view record_id() const noexcept { return record_id_; }
    /// How often this has been delivered, counting from 1, where the source says so.
    [[nodiscard]] std::uint32_t attempt() const noexcept { return attempt_; }
    /// Who is behind it: whom a layer has set, else whom the front door names. Worked out when it
    /// is first asked for.
    [[nodiscard]] headrace::principal principal() const;
    /// Says who it is: a layer that authenticates does, for all that stands inside of it. Copies
    /// the texts. To say that it is nobody is not to believe the front door.
    void set_principal(const headrace::principal& who);
    /// The event, record or message of this type that is being handled, or null.
    template <class T> [[nodiscard]] const T* find() const noexcept {
        return static_cast<const T*>(find(detail::id_of<T>));
    }
    /// The object that the app was given (with this key), or null. A const T may be given as const
    /// or not.
    template <class T> [[nodiscard]] T* dependency(std::string_view key = {}) const noexcept {
        return static_cast<T*>(dependencies_->find(detail::id_of<T>, key));
    }
    /// The JSON that body<T> decodes: a message body, a detail, an HTTP body, the whole payload.
    /// Errors: a body whose base64 is malformed.
    [[nodiscard]] result<raw_json> body() const;
    /// The record as it was delivered: one of the document's records, or the whole document where
    /// it has none. The first one who asks about a batch walks all of the document.
    /// Errors: those of a document that cannot be read.
    [[nodiscard]] result<raw_json> original() const;
    /// Is it one of the document's records?
    [[nodiscard]] bool is_element() const noexcept { return element_.has_value(); }

    // ---- for sources ------------------------------------------------------------------------
    void set_source(std::string_view id) noexcept { source_ = id; }
    void set_route(std::string_view text) noexcept { route_ = text; }
    void set_record_id(std::string_view id) noexcept { record_id_ = id; }
    void set_attempt(std::uint32_t n) noexcept { attempt_ = n; }
    void set_body(raw_json json) noexcept { body_ = json; }
    /// The document that this call is about, and which element of its `Records`, if it has them.
    /// The document must outlive the call.
    void set_document(const document& whole) noexcept {
        document_ = &whole;
        element_.reset();
    }
    void set_element(std::size_t i, detail::original_records& of) noexcept {
        element_ = i;
        originals_ = &of;
    }
    void set_http(const http::request& request, const http::path_match* match) noexcept {
        request_ = &request;
        match_ = match;
    }
    /// Takes over what dispatching has found out in an attempt that has ended, for the layers
    /// around.
    void adopt(const call& attempt) noexcept;
    [[nodiscard]] const http::path_match* http_match() const noexcept { return match_; }
    [[nodiscard]] const http::request* http_request() const noexcept { return request_; }
    /// Makes an object available to find<T>() instead of an earlier one of its type. The call
    /// borrows it, so it lives in memory(): a layer may ask for it when the handler is done.
    template <class T> void offer(const T& item) {
        std::size_t i = 0;
        while (i < offered_count_ && objects_[i].type != detail::id_of<T>) ++i;
        if (i == objects_.size()) return offer_one_more({detail::id_of<T>, &item});
        objects_[i] = {detail::id_of<T>, &item};
        if (i == offered_count_) ++offered_count_;
    }

private:
    call(const call&) = default;
    struct offered {
        detail::type_id type;
        const void* address;
    };
    struct more; // the few calls that are offered more than the array holds, newest first
    void offer_one_more(offered one);
    [[nodiscard]] static const void* find_more(const more* first, detail::type_id type) noexcept;
    [[nodiscard]] const void* find(detail::type_id type) const noexcept {
        for (const call* c = this; c != nullptr; c = c->outer_) {
            for (std::size_t i = 0; i < c->offered_count_; ++i) {
                if (c->objects_[i].type == type) return c->objects_[i].address;
            }
            if (c->more_ == nullptr) [[likely]]
                continue;
            if (const void* found = find_more(c->more_, type)) return found;
        }
        return nullptr;
    }

    const call* outer_ = nullptr;
    const headrace::context* context_;
    workspace* memory_;
    const dependencies* dependencies_;
    std::uint32_t attempt_ = 1;
    headrace::scope scope_ = headrace::scope::invocation;
    std::uint8_t offered_count_ = 0;
    std::string_view source_;
    std::string_view route_;
    std::string_view record_id_;
    raw_json body_;
    const document* document_ = nullptr;
    std::optional<std::size_t> element_;
    detail::original_records* originals_ = nullptr; // of the document, where there is an element
    const http::request* request_ = nullptr;
    const http::path_match* match_ = nullptr;
    const headrace::principal* principal_ = nullptr; ///< that a layer has set
    std::array<offered, 4> objects_{};
    const more* more_ = nullptr;
};

} // namespace headrace
