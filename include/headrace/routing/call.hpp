// SPDX-License-Identifier: BSL-1.0
#pragma once

// What layers and extractors see of the record or invocation that is being handled.

#include <headrace/base/context.hpp>
#include <headrace/base/detail/type_name.hpp>
#include <headrace/json/json.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/routing/principal.hpp>
#include <headrace/routing/record_item.hpp>
#include <headrace/routing/source.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

namespace headrace {

namespace detail {

class original_records;

/// A subject that is worked out when it is first asked for, in the workspace of who asks, and that
/// tells more than records do: an http::request.
class lazy_subject {
public:
    [[nodiscard]] virtual const void* self() const noexcept = 0;
    /// What body<T> decodes.
    [[nodiscard]] virtual result<raw_json> call_body() const = 0;
    [[nodiscard]] virtual const principal& call_principal() const = 0;
    /// The same for another thread, in its workspace. Nobody may use this one meanwhile.
    [[nodiscard]] virtual const lazy_subject& copy_in(workspace& memory) const = 0;

protected:
    lazy_subject() = default;
    lazy_subject(const lazy_subject&) = default;
    lazy_subject& operator=(const lazy_subject&) = default;
    ~lazy_subject() = default;
};

/// Objects that a call offers, by type: a few in place, the rest in the workspace, newest first.
class offered_objects {
public:
    void offer(type_id type, const void* object, workspace& memory) {
        std::size_t i = 0;
        while (i < count_ && few_[i].type != type) ++i;
        if (i == few_.size()) return offer_one_more({type, object}, memory);
        few_[i] = {type, object};
        if (i == count_) ++count_;
    }
    /// The one whose body and principal are the call's.
    void set_lazy(const lazy_subject& subject) noexcept { lazy_ = &subject; }
    [[nodiscard]] const lazy_subject* lazy() const noexcept { return lazy_; }
    [[nodiscard]] const void* find(type_id type) const noexcept {
        for (std::size_t i = 0; i < count_; ++i) {
            if (few_[i].type == type) return few_[i].address;
        }
        return more_ == nullptr ? nullptr : find_more(type);
    }
    /// With a lazy subject of its own, for another thread.
    void work_in(workspace& memory);

private:
    struct one {
        type_id type;
        const void* address;
    };
    struct more;
    void offer_one_more(one object, workspace& memory);
    [[nodiscard]] const void* find_more(type_id type) const noexcept;
    std::array<one, 4> few_{};
    const more* more_ = nullptr;
    const lazy_subject* lazy_ = nullptr;
    std::uint8_t count_ = 0;
};

} // namespace detail

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
    /// What dispatching has found out about a record or invocation: sources write it, layers and
    /// handlers read it.
    struct finding {
        /// The document, which must outlive the call, and which of its records it is.
        struct place {
            static constexpr std::size_t whole = static_cast<std::size_t>(-1);
            const headrace::document* document = nullptr;
            std::size_t element = whole;
            detail::original_records* originals = nullptr; ///< of the document, for its elements
        };

        const source_info* source = nullptr; ///< lives as long as the program
        std::string_view route{}; ///< the route's text in the routing table, or "": none yet
        /// What names the record in its batch (messageId, ...), or "".
        std::string_view identifier{};
        std::uint32_t attempt = 1; ///< how often it has been delivered, where the source says so
        record_body body{};
        const record_item* item = nullptr; ///< what is known about the record, by its source
        place document{};
        detail::offered_objects objects{};
        const headrace::principal* who = nullptr; ///< whom a layer has set

        /// What a source knows of a record. What the item does not say stays that of the record
        /// around it. The item must outlive the call.
        void set_item(const record_item& about) noexcept {
            item = &about;
            if (!about.id.empty()) identifier = about.id;
            if (about.attempt != 0) attempt = about.attempt;
            body = about.body;
        }
    };

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
          scope_(headrace::scope::record),
          found_{.source = in.outer.found_.source,
                 .identifier = in.outer.found_.identifier,
                 .attempt = in.outer.found_.attempt,
                 .document = in.outer.found_.document} {}
    /// One more attempt at `of`, in the same thread: sees everything that `of` sees, under a
    /// context of its own. Both must outlive it.
    struct again {
        const call& of;
        const headrace::context& ctx;
    };
    explicit call(again in) noexcept : call(in.of) { context_ = &in.ctx; }
    /// An attempt at `of` beside others in other threads: what is worked out when it is first asked
    /// for is worked out in its own workspace. `of` itself must not be used meanwhile.
    call(again in, workspace& memory) : call(in) {
        memory_ = &memory;
        found_.objects.work_in(memory);
    }
    call& operator=(const call&) = delete;

    [[nodiscard]] const headrace::context& context() const noexcept { return *context_; }
    [[nodiscard]] workspace& memory() const noexcept { return *memory_; }
    [[nodiscard]] headrace::scope scope() const noexcept { return scope_; }
    /// The source's id: "sqs", "http.v2", ...
    [[nodiscard]] std::string_view source() const noexcept {
        return found_.source != nullptr ? found_.source->id : std::string_view();
    }
    /// What is known about the source, or null.
    [[nodiscard]] const source_info* origin() const noexcept { return found_.source; }
    /// The route's text in the routing table, or "" where nothing matched.
    [[nodiscard]] std::string_view route() const noexcept { return found_.route; }
    /// What names the record in its batch (messageId, ...), or "".
    [[nodiscard]] std::string_view record_id() const noexcept { return found_.identifier; }
    /// How often this has been delivered, counting from 1, where the source says so.
    [[nodiscard]] std::uint32_t attempt() const noexcept { return found_.attempt; }
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
    [[nodiscard]] bool is_element() const noexcept {
        return found_.document.element != finding::place::whole;
    }

    /// What is known about the record that is being handled, or about the one around this call;
    /// null where no source says it.
    [[nodiscard]] const record_item* item() const noexcept {
        const call* c = this;
        while (c->found_.item == nullptr && c->outer_ != nullptr) c = c->outer_;
        return c->found_.item;
    }
    /// The call that this one is inside of, or null.
    [[nodiscard]] const call* outer() const noexcept { return outer_; }

    // ---- for sources ------------------------------------------------------------------------
    [[nodiscard]] finding& found() noexcept { return found_; }
    [[nodiscard]] const finding& found() const noexcept { return found_; }
    /// Makes an object available to find<T>() instead of an earlier one of its type. The call
    /// borrows it, so it lives in memory(): a layer may ask for it when the handler is done. The
    /// body and principal of a request that is offered are the call's.
    template <class T> void offer(const T& item) {
        found_.objects.offer(detail::id_of<T>, &item, *memory_);
        if constexpr (std::is_base_of_v<detail::lazy_subject, T>) found_.objects.set_lazy(item);
    }

private:
    call(const call&) = default;
    [[nodiscard]] const void* find(detail::type_id type) const noexcept {
        for (const call* c = this; c != nullptr; c = c->outer_) {
            if (const void* object = c->found_.objects.find(type)) return object;
        }
        return nullptr;
    }

    const call* outer_ = nullptr;
    const headrace::context* context_;
    workspace* memory_;
    const dependencies* dependencies_;
    headrace::scope scope_ = headrace::scope::invocation;
    finding found_;
};

} // namespace headrace
