// SPDX-License-Identifier: BSL-1.0
#pragma once

// The inside of the delivery simulator: what is delivered, by whom, and in which process it is
// handled. Everything here is touched by the actor that runs, and by no other.

#include <headrace/base/context.hpp>
#include <headrace/base/logger.hpp>
#include <headrace/base/platform.hpp>
#include <headrace/json/workspace.hpp>
#include <headrace/routing/outcome.hpp>
#include <headrace/routing/service.hpp>
#include <headrace/sources/sqs/visibility.hpp>
#include <headrace/testing/delivery.hpp>
#include <headrace/testing/simulated.hpp>
#include <headrace/testing/story.hpp>
#include <headrace/testing/virtual_time.hpp>
#include <headrace/testing/world.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headrace::testing::simulated {

class process;
class source;

/// One thing that was sent and that must not be lost.
struct parcel {
    enum class fate : std::uint8_t { underway, acknowledged, dead_lettered, at_destination, lost };

    std::size_t number = 0; ///< in the delivery
    std::string id;         ///< what names it to the function
    std::string body;
    std::string group; ///< of a FIFO queue; the partition key of a stream
    time_point sent;
    time_point due; ///< not delivered before
    unsigned receives = 0;
    unsigned failed_tries = 0;
    unsigned throttles = 0;
    std::vector<std::string> tries; ///< what became of each delivery
    fate now = fate::underway;
};

/// In parcel::tries: it failed for no reason that can be seen.
inline constexpr std::string_view unexplained = "nothing explains it";

/// What became of one parcel in one invocation.
struct attempt {
    parcel* of = nullptr;
    std::size_t try_index = 0; ///< in parcel::tries
    time_point until;          ///< queue: when the message becomes visible again
    unsigned begun = 0;
    unsigned ended = 0;
    bool acknowledges = true; ///< all that has ended
    bool unlogged = false;    ///< it failed, and the log does not say why
    std::string why;          ///< of the last failure

    [[nodiscard]] bool succeeded() const noexcept { return ended != 0 && acknowledges; }
};

struct invocation {
    enum class ending : std::uint8_t { none, replied, crashed, timed_out, reply_lost };

    std::string request_id;
    std::string payload;
    source* from = nullptr;
    process* where = nullptr;
    std::vector<attempt> attempts;
    std::vector<std::string> lines; ///< logged at WARN or above
    time_point began;
    time_point kill_at;
    time_point replied;
    ending end = ending::none;
    reply_bytes reply;
    bool settled = false;
    bool actor_ended = false;
    std::unique_ptr<executor::task> task;

    [[nodiscard]] attempt* find(std::string_view id) noexcept;
    [[nodiscard]] std::vector<std::size_t> records() const;
};

/// What feeds a function: a queue, a shard, Lambda's own queue.
class source {
public:
    virtual ~source() = default;
    /// Something that can be delivered now, if there is: the event and its parcels.
    virtual bool take(invocation& into) = 0;
    /// Is there something that can be delivered now, if a process is free?
    [[nodiscard]] virtual bool has_due() const = 0;
    /// When something may become due; nothing: not by time alone.
    [[nodiscard]] virtual std::optional<time_point> next_due() const = 0;
    /// No process was free.
    virtual void throttled() {}
    /// What becomes of the parcels of an invocation that has ended.
    virtual void settle(invocation& in) = 0;
    /// Is a record of it handled before it may be?
    virtual void check_order(const invocation&, const attempt&) {}
    [[nodiscard]] virtual bool at_rest() const = 0;

    function::state* target = nullptr;
};

/// The platform of one process, the observer of its app, and its memory. Once it is dead nothing
/// that it does has an effect.
class process final : public clock_source,
                      public executor,
                      public random_source,
                      public environment,
                      public log_output,
                      public record_observer {
public:
    process(world& in, function::state& of, std::string name)
        : world_(in), function_(of), name_(std::move(name)) {}

    [[nodiscard]] time_point now() const noexcept override;
    [[nodiscard]] std::chrono::nanoseconds steady() const noexcept override;
    bool sleep_until(time_point until, std::stop_token stop) override;
    bool sleep_for(std::chrono::nanoseconds span, std::stop_token stop) override {
        return sleep_until(headrace::detail::later(now(), span), std::move(stop));
    }
    [[nodiscard]] std::unique_ptr<task> start(job work) override;
    [[nodiscard]] std::uint64_t next() override;
    [[nodiscard]] std::optional<std::string> get(std::string_view name) const override;
    void line(std::string_view text) noexcept override;
    void began(const call& c) override;
    void ended(const call& c, const outcome& o) override;

    [[nodiscard]] bool alive() const noexcept { return alive_; }
    [[nodiscard]] bool idle() const noexcept { return alive_ && current_ == nullptr; }
    /// Has its last invocation ended, too?
    [[nodiscard]] bool ended() const noexcept { return current_ == nullptr; }
    [[nodiscard]] std::chrono::milliseconds limit() const noexcept;
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] invocation* current() noexcept { return current_; }
    void begin(invocation& in);
    /// Nothing that it does from now on has an effect. `how` becomes the end of its invocation.
    void die(invocation::ending how, std::string_view why);
    /// Counts what a dead process still tries; throws when it goes on and on.
    void refuse();

private:
    void work(invocation& in);
    [[nodiscard]] reply_bytes handle(invocation& in, context& ctx);
    [[nodiscard]] reply_bytes handle_or_catch(invocation& in, context& ctx);
    void boundary();
    [[nodiscard]] attempt* attempt_of(const call& c);

    world& world_;
    function::state& function_;
    std::string name_;
    platform platform_{*this, *this, *this, *this, *this};
    std::unique_ptr<service> app_;
    workspace memory_;
    invocation* current_ = nullptr;
    bool alive_ = true;
    unsigned refused_ = 0;
};

/// Everything of one schedule.
class world {
public:
    world(std::uint64_t seed, fault_plan plan, std::shared_ptr<thread_crew> crew);
    ~world();

    // ---- chance ---------------------------------------------------------------------------------
    [[nodiscard]] std::uint64_t below(std::uint64_t n) { return chance_.next() % n; }
    [[nodiscard]] bool one_in(std::uint64_t n) { return below(n) == 0; }
    /// Does something go wrong now? Counts it.
    [[nodiscard]] bool strikes();
    [[nodiscard]] bool strikes(bool enabled) { return enabled && strikes(); }

    // ---- story ----------------------------------------------------------------------------------
    void tell(const parcel& about, std::string text);
    void tell(const invocation& about, std::string text);
    void tell(std::string text);
    void accuse(const parcel* about, std::string text);

    // ---- parcels --------------------------------------------------------------------------------
    parcel& new_parcel(std::string id, std::string body, std::string group);
    void finish(parcel& p, parcel::fate how, std::string text);

    // ---- the process that calls -----------------------------------------------------------------
    [[nodiscard]] process* caller() noexcept;
    [[nodiscard]] result<void> before_effect(std::string_view what);
    [[nodiscard]] result<void> after_effect(std::string_view what);

    // ---- running --------------------------------------------------------------------------------
    void run();
    void ring() noexcept { time.wake(this); }

    virtual_time time;
    fake_random app_numbers;
    fault_plan faults;
    testing::story story;
    bool was_run = false;

    std::deque<parcel> parcels;
    std::deque<std::unique_ptr<queue>> queues;
    std::deque<std::unique_ptr<topic>> topics;
    std::deque<std::unique_ptr<stream>> streams;
    std::deque<std::unique_ptr<function>> functions;
    std::vector<source*> sources;
    std::vector<std::pair<time_point, std::function<void()>>> plans;
    std::vector<std::unique_ptr<invocation>> running;
    std::size_t invocations = 0;
    workspace reply_memory;

private:
    bool do_plans();
    bool settle_ended();
    bool kill_overdue();
    bool start_one();
    [[nodiscard]] bool at_rest() const;
    [[nodiscard]] time_point next_event() const;
    void end_processes();
    void hang(process& p, std::string_view what);
    void tell_step(process& p, std::string_view what, std::string_view how);

    fake_random chance_;
    unsigned struck_ = 0;
};

struct function::state final : source {
    state(world& w, std::string n, delivery::maker m, function_options o)
        : in(w), name(std::move(n)), make(std::move(m)), options(o) {
        target = this;
    }
    bool take(invocation& into) override;
    [[nodiscard]] bool has_due() const override;
    [[nodiscard]] std::optional<time_point> next_due() const override;
    void throttled() override;
    void settle(invocation& i) override;
    [[nodiscard]] bool at_rest() const override;

    void invoke(std::string event);
    /// An idle process or a new one; null if as many as allowed are busy.
    [[nodiscard]] process* free_process();
    [[nodiscard]] bool has_room() const;
    void give_up(parcel& p, std::string_view condition, const invocation* last);
    [[nodiscard]] std::string destination_record(const parcel& p, std::string_view condition,
                                                 const invocation* last) const;

    world& in;
    std::string name;
    delivery::maker make;
    function_options options;
    queue* success_to = nullptr;
    queue* failure_to = nullptr;
    queue* dead_to = nullptr;
    std::vector<std::unique_ptr<process>> processes;
    std::size_t made = 0;
    std::vector<parcel*> events; ///< underway or being handled
    std::size_t sent = 0;
};

struct queue::state final : source, sqs::visibility_client {
    state(world& w, queue_options o);
    bool take(invocation& into) override;
    [[nodiscard]] bool has_due() const override;
    [[nodiscard]] std::optional<time_point> next_due() const override;
    void settle(invocation& i) override;
    void check_order(const invocation& i, const attempt& a) override;
    [[nodiscard]] bool at_rest() const override;
    result<void> change_visibility(std::span<const sqs::visibility_change> changes) override;

    /// Something new in the queue, or something that comes from elsewhere and keeps its id.
    parcel& arrive(std::string body, std::string group, std::string id = {},
                   std::vector<std::string> tries = {});
    [[nodiscard]] std::span<const kept_message> kept() const;

    world& in;
    queue_options options;
    polling how;
    queue* dead = nullptr;
    std::vector<parcel*> waiting; ///< in the order of sending; also those in flight
    std::size_t sent = 0;

private:
    [[nodiscard]] std::vector<parcel*> deliverable() const;
    [[nodiscard]] std::vector<parcel*> draw(std::vector<parcel*> from);
    void receive(parcel& p, invocation& into);
    void give_up_overdue();
    void dead_letter(parcel& p);
    void acknowledge(attempt& a);
    void remove(parcel& p) { std::erase(waiting, &p); }
    mutable std::deque<std::vector<kept_message>> shown_; // each as long as it is borrowed
};

/// What the reply to a batch says, checked.
struct batch_reply {
    bool whole = false; ///< everything is delivered again
    std::string why;    ///< if so
    std::vector<bool> failed;
};
[[nodiscard]] batch_reply read_reply(world& in, invocation& i);
/// Notes for each record of a batch what became of it, and checks what can be checked in any batch:
/// acknowledged without success, failed without a reason.
void judge(world& in, invocation& i, const batch_reply& said, bool ordered);

[[nodiscard]] std::unique_ptr<topic> make_topic(world& in, std::string name);
[[nodiscard]] std::unique_ptr<stream> make_stream(world& in, std::string name,
                                                  stream_render render);

/// "1st", "2nd", ...
[[nodiscard]] std::string ordinal(std::size_t n);

} // namespace headrace::testing::simulated
