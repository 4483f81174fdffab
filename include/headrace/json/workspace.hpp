// SPDX-License-Identifier: BSL-1.0
#pragma once

// What the events of one invocation borrow from: the input buffer, its structural index, the arena
// and the scratch stack. Every worker has one, reset when the invocation has ended.

#include <headrace/base/detail/type_name.hpp>
#include <headrace/base/result.hpp>
#include <headrace/json/arena.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace headrace {

/// Which names of members the pointers of errors have.
enum class pointer_names : std::uint8_t {
    listed, ///< those of wire lists, in at most 16 levels and 256 bytes
    all,    ///< also those that are payload: for tools, on the desk of whoever has the document
};

/// Bounds on what is decoded, and on what errors say of it. The defaults pass every event of
/// Lambda's 6 MB.
struct limits {
    std::size_t bytes = 16u << 20;  ///< of one document
    std::size_t tokens = 16u << 20; ///< structural characters and scalars of one document
    std::uint32_t depth = 1024;     ///< arrays and objects inside each other
    pointer_names names = pointer_names::listed;
};

/// One JSON text, without a byte order mark, and where its tokens start. At least `padding` bytes
/// can be read behind the text and four entries behind the index. Behind a whole document these
/// bytes begin with a NUL, which the entries point at; behind a value inside one (raw_json) the
/// document goes on.
struct document {
    const char* text = nullptr;
    std::size_t size = 0;
    const std::uint32_t* index = nullptr;
    std::size_t tokens = 0;
    const char* plain_until = nullptr; ///< no backslash stands in the text before this
};

namespace detail {

class indexer;     // simdjson's stage 1, in json/impl/workspace.ipp
class field_table; // in detail/field_table.hpp

} // namespace detail

/// The memory of one worker. What it hands out is valid until reset(), also after a move; what was
/// moved from can only be destroyed or assigned to. Not thread-safe.
class workspace {
public:
    workspace();
    explicit workspace(limits bounds);
    workspace(workspace&&) noexcept;
    workspace& operator=(workspace&&) noexcept;
    ~workspace();

    /// A buffer for `size` bytes of input and the padding after it. Invalidates earlier input.
    /// Errors: too_large.
    [[nodiscard]] result<char*> input(std::size_t size);
    /// Grows the input buffer, keeping the first `used` bytes.
    [[nodiscard]] result<char*> grow_input(std::size_t used, std::size_t size);
    /// Indexes the first `size` bytes of the input buffer, which becomes the invocation's document.
    /// Errors: syntax (with the byte offset, where it is known), too_large.
    [[nodiscard]] result<document> index_input(std::size_t size);
    /// Copies `json` into the input buffer and indexes it.
    [[nodiscard]] result<document> load(std::string_view json);
    /// Indexes a text found inside the invocation (a message body, a decoded payload). The text is
    /// copied into the arena unless `terminated` says that it lies there, followed by a NUL.
    enum class storage : std::uint8_t { anywhere, terminated };
    [[nodiscard]] result<document> nested(std::string_view json, storage where = storage::anywhere);

    /// An empty string for a text that leaves the invocation, such as a reply: with the memory of
    /// one that was given back, so that a steady state allocates nothing.
    [[nodiscard]] std::string take_text() noexcept;
    /// Keeps the memory of a text that nobody needs any more for a later take_text().
    void give_back(std::string&& text) noexcept;

    [[nodiscard]] arena& memory() noexcept { return memory_; }
    [[nodiscard]] scratch_stack& scratch() noexcept { return scratch_; }
    [[nodiscard]] const limits& bounds() const noexcept { return bounds_; }

    /// The workspace of a worker that handles a part of the same invocation in another thread;
    /// reset with this one. Made when it is first asked for, by the thread that owns this.
    [[nodiscard]] workspace& worker(std::size_t i);

    /// The table of a described type, built by `build` when it is first asked for. Kept by reset().
    [[nodiscard, gnu::noinline]] detail::field_table&
    table(detail::type_id type, void (*build)(detail::field_table&, void*), void* object);

    /// Ends the invocation: everything handed out is invalid; memory is kept for the next one.
    /// After a run of small inputs, memory of a much larger one is given back.
    void reset() noexcept;
    /// Bytes held from the system.
    [[nodiscard]] std::size_t capacity() const noexcept;

private:
    struct known_table {
        detail::type_id type = nullptr;
        std::unique_ptr<detail::field_table> table;
    };
    known_table& table_slot(detail::type_id type) noexcept;
    void grow_tables();

    arena memory_;
    scratch_stack scratch_;
    limits bounds_;
    std::unique_ptr<char[]> input_;
    std::size_t input_capacity_ = 0;
    std::unique_ptr<detail::indexer> outer_;
    std::unique_ptr<detail::indexer> inner_;
    std::vector<known_table> tables_; ///< a hash table with a power of two slots
    std::size_t table_count_ = 0;
    std::vector<std::unique_ptr<workspace>> workers_;
    std::array<std::string, 2> texts_; ///< a handler's JSON and the reply that it becomes
    std::size_t largest_ = 0;          ///< of the texts since the last reset
    unsigned small_inputs_ = 0;        ///< in a row
};

} // namespace headrace
