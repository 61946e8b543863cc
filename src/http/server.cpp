#include "http/server.h"

#include "base/id.h"
#include "base/log.h"
#include "base/time.h"
#include "http/answer.h"
#include "http/encoding.h"
#include "http/feed.h"
#include "http/head.h"
#include "http/proxy.h"
#include "http/tls.h"
#include "http/workers.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_set>

// Rules for coroutines here (g++ 12.2 destroys some temporaries of an awaiting expression twice): coroutines live
// in this file only; no lambda, and no '[' at all, stands in an expression with co_await; what is awaited on is
// named first. tests/unit/http/coroutine_rules_test.cpp holds us to it.
namespace rowan::http {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::redirect_error;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kReadBytes = 4 * 1024;
constexpr std::size_t kBodyReadBytes = 64 * 1024;
constexpr std::size_t kOneTlsRecord = 16 * 1024;
constexpr milliseconds kBodyGrace{10'000};    // added to what a body's size allows
constexpr milliseconds kRefusalWrite{5'000};  // for an answer that closes
constexpr milliseconds kHeldUp{1'000};        // to read what came while the server did not run
constexpr milliseconds kLinger{1'000};
constexpr milliseconds kAcceptPause{20};
constexpr std::size_t kLingerBytes = 256 * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kTooMany =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
constexpr std::string_view kRetrySeconds = "5";
constexpr std::string_view kStreamStart = "retry: 500\n\n";  // milliseconds until a browser asks again
constexpr std::string_view kHeartbeat = ":\n\n";

class Connection;

struct IoThread {
    std::unordered_set<Connection*> connections;  // touched on this thread only
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    std::thread thread;
};

// How many connections are open, in all and from each address.
class Census {
public:
    Census(std::size_t most, std::size_t most_per_peer) : most_(most), most_per_peer_(most_per_peer) {}

    bool enter(const std::string& peer, bool capped_per_peer) {
        const std::lock_guard lock(mutex_);
        auto& here = peers_[peer];
        if (open_ >= most_ || (capped_per_peer && here >= most_per_peer_)) {
            if (here == 0) peers_.erase(peer);
            return false;
        }
        ++here;
        ++open_;
        return true;
    }
    void leave(const std::string& peer) {
        const std::lock_guard lock(mutex_);
        const auto found = peers_.find(peer);
        if (--found->second == 0) peers_.erase(found);
        if (--open_ == 0) empty_.notify_all();
    }
    std::size_t open() const {
        const std::lock_guard lock(mutex_);
        return open_;
    }
    bool wait_until_empty(milliseconds at_most) {
        std::unique_lock lock(mutex_);
        return empty_.wait_for(lock, at_most, [this] { return open_ == 0; });
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable empty_;
    std::map<std::string, std::size_t> peers_;
    std::size_t most_, most_per_peer_, open_ = 0;
};

// One connection's place in the census, for as long as it lives.
class Seat {
public:
    Seat(Census& census, std::string peer) : census_(census), peer_(std::move(peer)) {}
    ~Seat() { census_.leave(peer_); }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    const std::string& peer() const { return peer_; }

private:
    Census& census_;
    const std::string peer_;
};

// So many of a kind may be under way at the same time.
class Places {
public:
    explicit Places(std::size_t most) : most_(most) {}

    bool enter() {
        const std::lock_guard lock(mutex_);
        if (taken_ >= most_) return false;
        ++taken_;
        return true;
    }
    void leave() {
        const std::lock_guard lock(mutex_);
        if (--taken_ == 0) none_.notify_all();
    }
    std::size_t taken() const {
        const std::lock_guard lock(mutex_);
        return taken_;
    }
    void wait_until_none() {
        std::unique_lock lock(mutex_);
        none_.wait(lock, [this] { return taken_ == 0; });
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable none_;
    std::size_t most_, taken_ = 0;
};

// One of them, if there is one left.
class Place {
public:
    explicit Place(Places& of) : of_(of), granted_(of.enter()) {}
    ~Place() {
        if (granted_) of_.leave();
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    bool granted() const { return granted_; }

private:
    Places& of_;
    const bool granted_;
};

struct Shared {
    Shared(const ServerOptions& given, Service& what)
        : options(given),
          service(what),
          census(given.connections, given.connections_per_peer),
          streams(given.streams),
          owed(given.workers + given.queue),
          workers(given.workers, given.queue, given.turns) {}

    const ServerOptions options;
    Service& service;
    std::set<std::string> trusted;
    std::optional<TlsContext> tls;
    Census census;
    Places streams;  // answers that stay open
    Places owed;     // answers whose requests wait for a worker, are worked on, or are done and wait for the disk
    Workers workers;
    std::atomic<bool> stopping{false};
    std::atomic<std::size_t> bodies{0};  // bytes of request bodies in memory
    std::atomic<std::uint64_t> accepted{0}, served{0}, refused_busy{0}, bad_requests{0}, timeouts{0};
};

// The bytes of one body, counted against what all bodies may take together.
class BodyShare {
public:
    explicit BodyShare(Shared& shared) : shared_(shared) {}
    ~BodyShare() { shared_.bodies -= held_; }
    BodyShare(const BodyShare&) = delete;
    BodyShare& operator=(const BodyShare&) = delete;
    bool grow(std::size_t bytes) {
        held_ += bytes;
        return (shared_.bodies += bytes) <= shared_.options.bodies_bytes;
    }

private:
    Shared& shared_;
    std::size_t held_ = 0;
};

Response error_page(Service& service, int status) {
    try {
        return service.error_page(status);
    } catch (...) {
        base::log(base::LogLevel::error, "http.error_page_failed", {{"status", std::int64_t{status}}});
        return plain(status, "");
    }
}

// One request on its way through the pool. Owned by its answer to come (Owed) and by the waiting connection;
// `response` belongs to whoever answers until `done`, which is set on the connection's own thread.
struct Exchange {
    Exchange(Shared& s, Request r, std::unique_ptr<BodyShare> b, SteadyClock::time_point d)
        : shared(s), request(std::move(r)), body_share(std::move(b)), deadline(d) {}

    Shared& shared;
    Request request;
    std::unique_ptr<BodyShare> body_share;
    const SteadyClock::time_point deadline;
    std::optional<Response> response;
    std::atomic<bool> begun = false;  // what it does may be done, whoever waits for it
    bool done = false;
};

enum class Then { next_request, close, close_in_peace };  // in peace: after an answer, so that it arrives

class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(Shared& shared, IoThread& io, tcp::socket socket, std::unique_ptr<Seat> seat)
        : shared_(shared),
          io_(io),
          socket_(std::move(socket)),
          watchdog_(io.context),
          handler_timer_(io.context),
          seat_(std::move(seat)) {
        if (shared_.tls) tls_.emplace(*shared_.tls, socket_.native_handle());
    }

    awaitable<void> run() {
        bool open = true;
        if (tls_) open = co_await handshake();
        Then then = open ? Then::next_request : Then::close;
        while (then == Then::next_request) then = co_await one_request();
        if (then == Then::close_in_peace) co_await linger();
    }
    // Nobody serves it any more: its watchdog would keep it.
    void end() noexcept {
        watchdog_.cancel();
        error_code ignored;
        socket_.close(ignored);
    }

    // Idle: no request has arrived whole, so that nothing is lost but what was never answered for.
    void close_if_idle() {
        if (waiting_) abort();
    }
    void abort() {
        // Not closed here: the number of a closed descriptor is given to the next connection, and OpenSSL knows
        // this one by its number.
        error_code ignored;
        handler_timer_.cancel();
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
        socket_.cancel(ignored);
    }

private:
    // Deadlines. One timer a connection: it is set again only when the new deadline is earlier than the one it
    // waits for, so that an ordinary request never touches it.
    void set_deadline(milliseconds from_now) {
        deadline_ = SteadyClock::now() + from_now;
        timed_out_ = false;
        if (!watching_ || deadline_ < watchdog_.expiry()) watch();
    }
    void watch() {
        watching_ = true;
        watchdog_.expires_at(deadline_);
        watchdog_.async_wait([self = shared_from_this()](error_code error) {
            if (!error) self->on_watchdog();
        });
    }
    void on_watchdog() {
        watching_ = false;
        if (SteadyClock::now() < deadline_) return watch();
        if (silent_ && something_came()) {
            // The server was held up, and this request waited meanwhile: it is read next, and is not silence.
            deadline_ = SteadyClock::now() + kHeldUp;
            return watch();
        }
        timed_out_ = true;
        error_code ignored;
        socket_.cancel(ignored);
    }
    bool something_came() {
        error_code error;
        return socket_.available(error) > 0 && !error;
    }

    // Bytes. read_some appends at most `most` bytes to `to` and returns how many; 0 is the end of the connection
    // or a deadline (timed_out_). write_all returns whether everything went out.
    awaitable<bool> wait_for(TlsNeed need) {
        if (timed_out_ || need == TlsNeed::closed) co_return false;
        const auto what = need == TlsNeed::readable ? tcp::socket::wait_read : tcp::socket::wait_write;
        error_code error;
        co_await socket_.async_wait(what, redirect_error(use_awaitable, error));
        co_return !error;
    }

    awaitable<bool> handshake() {
        set_deadline(shared_.options.handshake);
        for (;;) {
            const TlsNeed need = tls_->handshake();
            if (need == TlsNeed::nothing) co_return true;
            waiting_ = true;
            const bool ready = co_await wait_for(need);
            waiting_ = false;
            if (ready) continue;
            if (timed_out_) ++shared_.timeouts;
            co_return false;
        }
    }

    awaitable<std::size_t> read_some(std::string& to, std::size_t most) {
        if (timed_out_) co_return 0;
        const auto before = to.size();
        to.resize(before + most);
        std::size_t bytes = 0;
        if (tls_) {
            bytes = co_await read_tls(to.data() + before, most);
        } else {
            error_code error;
            const auto into = asio::buffer(to.data() + before, most);
            bytes = co_await socket_.async_read_some(into, redirect_error(use_awaitable, error));
            if (error) bytes = 0;
        }
        to.resize(before + bytes);
        co_return bytes;
    }

    awaitable<std::size_t> read_tls(char* into, std::size_t size) {
        for (;;) {
            std::size_t bytes = 0;
            const TlsNeed need = tls_->read(into, size, bytes);
            if (need == TlsNeed::nothing) co_return bytes;
            const bool ready = co_await wait_for(need);
            if (!ready) co_return 0;
        }
    }

    awaitable<bool> write_tls(std::string_view data) {
        while (!data.empty()) {
            std::size_t bytes = 0;
            const TlsNeed need = tls_->write(data.data(), data.size(), bytes);
            if (need == TlsNeed::nothing) {
                data.remove_prefix(bytes);
                continue;
            }
            const bool ready = co_await wait_for(need);
            if (!ready) co_return false;
        }
        co_return true;
    }

    awaitable<bool> write_all(std::string head, std::string_view body) {
        if (tls_) {
            const auto with_head = std::min(body.size(), kOneTlsRecord - std::min(head.size(), kOneTlsRecord));
            head.append(body.substr(0, with_head));
            const bool sent = co_await write_tls(head);
            if (!sent) co_return false;
            const bool rest = co_await write_tls(body.substr(with_head));
            co_return rest;
        }
        error_code error;
        const std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(body)};
        co_await asio::async_write(socket_, buffers, redirect_error(use_awaitable, error));
        co_return !error;
    }

    // One request, one answer.
    awaitable<Then> one_request() {
        HeadParser parser(shared_.options.head_bytes);
        const bool between_requests = !first_request_ && buffer_.empty();
        set_deadline(between_requests ? shared_.options.idle : shared_.options.head);
        first_request_ = false;
        auto progress = parser.feed(buffer_);
        while (progress == Progress::more) {
            if (shared_.stopping) co_return Then::close;
            const bool started = !buffer_.empty();
            waiting_ = true;
            silent_ = !started;
            const std::size_t bytes = co_await read_some(buffer_, kReadBytes);
            waiting_ = silent_ = false;
            if (bytes == 0) {
                const Then then = co_await give_up_on_head();
                co_return then;
            }
            if (!started) set_deadline(shared_.options.head);
            progress = parser.feed(buffer_);
        }
        if (progress == Progress::refused) {
            const Then then = co_await refuse(parser.status());
            co_return then;
        }
        Head head = parser.take();
        buffer_.erase(0, parser.size());
        const Then then = co_await with_head(std::move(head));
        co_return then;
    }

    awaitable<Then> give_up_on_head() {
        if (!timed_out_ || buffer_.empty()) co_return Then::close;
        const Then then = co_await refuse(408);
        co_return then;
    }

    std::optional<Limits> limits_for(const Head& head) {
        try {
            return shared_.service.limits_for(head.method, head.path);
        } catch (...) {
            base::log(base::LogLevel::error, "http.limits_failed");
            return std::nullopt;
        }
    }

    awaitable<Then> with_head(Head head) {
        const auto limits = limits_for(head);
        int refusal = 0;
        if (!limits) refusal = 500;
        if (limits && head.content_length > limits->body_bytes) refusal = 413;
        std::string body;
        auto share = std::make_unique<BodyShare>(shared_);
        if (refusal == 0 && head.content_length > 0) refusal = co_await read_body(head, body, *share);
        if (refusal == kGone) co_return Then::close;
        if (refusal != 0) {
            const Then then = co_await refuse(refusal);
            co_return then;
        }
        const bool with_body = head.method != Method::head, keep_alive = head.keep_alive;
        auto exchange = std::make_shared<Exchange>(shared_, request_of(std::move(head), std::move(body)),
                                                   std::move(share), SteadyClock::now() + limits->deadline);
        if (!submit(exchange)) {
            ++shared_.refused_busy;
            auto page = busy_page();
            const Then then = co_await answer(std::move(page), with_body, keep_alive);
            co_return then;
        }
        const Then then = co_await outcome(std::move(exchange), with_body, keep_alive);
        co_return then;
    }

    // 0, or the status of a refusal, or kGone when nobody is left to answer.
    awaitable<int> read_body(const Head& head, std::string& body, BodyShare& share) {
        const auto length = static_cast<std::size_t>(head.content_length);
        set_deadline(time_for(length));
        if (head.expects_continue && buffer_.empty()) {
            const bool sent = co_await write_all(std::string(kContinue), std::string_view{});
            if (!sent) co_return kGone;
        }
        const auto at_hand = std::min(length, buffer_.size());
        if (!share.grow(at_hand)) co_return 503;
        body.assign(buffer_, 0, at_hand);
        buffer_.erase(0, at_hand);
        while (body.size() < length) {
            // Room grows with what has come: a large promise costs a slow client's server nothing.
            const auto room = std::clamp(body.size(), kReadBytes, kBodyReadBytes);
            const auto bytes = co_await read_some(body, std::min(length - body.size(), room));
            if (bytes == 0) co_return timed_out_ ? 408 : kGone;
            if (!share.grow(bytes)) co_return 503;
        }
        co_return 0;
    }

    milliseconds time_for(std::size_t bytes) const {
        const auto slowest = std::max<std::size_t>(shared_.options.slowest_body_bytes_per_second, 1);
        return kBodyGrace + milliseconds(bytes * 1000 / slowest);
    }

    Request request_of(Head head, std::string body) const {
        Request request;
        request.method = head.method;
        request.path = std::move(head.path);
        request.query = std::move(head.query);
        request.headers = std::move(head.headers);
        request.cookies = std::move(head.cookies);
        request.body = std::move(body);
        const auto client = client_of(seat_->peer(), tls_.has_value(), request.headers, shared_.trusted);
        if (!shared_.trusted.contains(seat_->peer())) drop_forwarded(request.headers);
        request.peer = client.address;
        request.tls = client.tls;
        request.id = base::new_id();
        return request;
    }

    // The answer to one exchange. It goes out when nobody holds it any more: neither the handler, which may look
    // at the request as long as it runs, nor whoever answers for it later.
    class Owed {
    public:
        Owed(std::shared_ptr<Connection> to, std::shared_ptr<Exchange> exchange)
            : place_(exchange->shared.owed), to_(std::move(to)), exchange_(std::move(exchange)) {}
        ~Owed() {
            if (exchange_->begun) deliver();
        }
        Owed(const Owed&) = delete;
        Owed& operator=(const Owed&) = delete;

        bool has_place() const { return place_.granted(); }
        bool begin() {
            exchange_->begun = true;
            // It waited too long: the connection has answered.
            if (SteadyClock::now() >= exchange_->deadline) exchange_->begun = false;
            return exchange_->begun;
        }
        Service& service() const { return exchange_->shared.service; }
        const Request& request() const { return exchange_->request; }
        void give(Response response) { exchange_->response = std::move(response); }

    private:
        void deliver() noexcept {
            try {
                if (!exchange_->response) give(error_page(exchange_->shared.service, 500));
                // Before anybody can read the answer: what they send next finds the room that this body had.
                exchange_->request = {};
                exchange_->body_share.reset();
                asio::post(to_->io_.context, [to = to_, exchange = exchange_] {
                    exchange->done = true;
                    to->handler_timer_.cancel();
                });
            } catch (...) {  // no memory: its deadline answers
                base::log(base::LogLevel::error, "http.not_answered");
            }
        }
        const Place place_;  // first, so that it leaves when nothing of the connection is held any more
        const std::shared_ptr<Connection> to_;
        const std::shared_ptr<Exchange> exchange_;
    };

    bool submit(const std::shared_ptr<Exchange>& exchange) {
        auto owed = std::make_shared<Owed>(shared_from_this(), exchange);
        if (!owed->has_place()) return false;
        return shared_.workers.push([owed = std::move(owed)] {
            if (!owed->begin()) return;
            try {
                owed->service().serve(owed->request(), [owed](Response r) { owed->give(std::move(r)); });
            } catch (...) {
                base::log(base::LogLevel::error, "http.handler_failed",
                          {{"request", std::string_view(owed->request().id)}});
            }
        });
    }

    // Waits for the answer. No race with its post: it runs on this thread, after the wait has begun.
    awaitable<Then> outcome(std::shared_ptr<Exchange> exchange, bool with_body, bool keep_alive) {
        error_code woken;
        deadline_ = SteadyClock::time_point::max();  // the handler's deadline is not the socket's
        handler_timer_.expires_at(exchange->deadline);
        co_await handler_timer_.async_wait(redirect_error(use_awaitable, woken));
        if (exchange->done && SteadyClock::now() < exchange->deadline) {
            ++shared_.served;
            if (exchange->response->feed) {
                const Then then = co_await stream(std::move(*exchange->response), with_body);
                co_return then;
            }
            const Then then = co_await answer(std::move(*exchange->response), with_body, keep_alive);
            co_return then;
        }
        ++shared_.timeouts;
        const Then then = co_await refuse(exchange->begun ? 504 : 503);
        co_return then;
    }

    Response busy_page() const {
        auto page = error_page(shared_.service, 503);
        std::erase_if(page.headers, [](const auto& header) { return lower(header.first) == "retry-after"; });
        page.header("Retry-After", std::string(kRetrySeconds));
        return page;
    }

    // An answer of the server's own, after which the connection closes: what follows on it is never read as a
    // request, because nobody knows where the next one would start.
    awaitable<Then> refuse(int status) {
        if (status == 408) {
            ++shared_.timeouts;
        } else if (status == 503) {
            ++shared_.refused_busy;
        } else if (status != 500 && status != 504) {
            ++shared_.bad_requests;
        }
        auto page = status == 503 ? busy_page() : error_page(shared_.service, status);
        const Then then = co_await answer(std::move(page), true, false);
        co_return then;
    }

    awaitable<Then> answer(Response response, bool with_body, bool keep_alive) {
        keep_alive = keep_alive && !shared_.stopping;
        auto head = answer_head(response, keep_alive, base::SystemClock{}.now());
        if (!head) {  // a bug of a handler; its header could have started a second answer
            base::log(base::LogLevel::error, "http.unsafe_answer");
            response = plain(500, "");
            head = answer_head(response, keep_alive, base::SystemClock{}.now());
        }
        std::string_view body;
        if (with_body && may_have_body(response.status)) body = response.body;
        set_deadline(keep_alive ? shared_.options.idle + time_for(body.size())
                                : kRefusalWrite + time_for(body.size()));
        const bool sent = co_await write_all(std::move(*head), body);
        if (!sent) {
            if (timed_out_) ++shared_.timeouts;
            co_return Then::close;
        }
        co_return keep_alive ? Then::next_request : Then::close_in_peace;
    }

    // Sends what the feed publishes until the browser leaves or the time is up.
    awaitable<Then> stream(Response response, bool with_body) {
        const Place place(shared_.streams);
        auto head = place.granted() ? answer_head(response, false, base::SystemClock{}.now()) : std::nullopt;
        if (!head) {
            const Then then = co_await refuse(place.granted() ? 500 : 503);
            co_return then;
        }
        set_deadline(shared_.options.stream_write);
        const std::string_view start = with_body ? kStreamStart : std::string_view{};
        bool open = co_await write_all(std::move(*head), start);
        if (!open || !with_body) co_return open ? Then::close_in_peace : Then::close;
        const auto end = SteadyClock::now() + shared_.options.stream_life;
        const auto feed = std::move(response.feed);
        const Feed::Listener listener(*feed, waker());
        notice_leaving();
        std::uint64_t seen = 0;
        while (open && !left_ && !shared_.stopping && SteadyClock::now() < end) {
            const auto news = feed->newer_than(seen);
            if (news) seen = news->number;
            std::string bytes = news ? event_bytes(news->data) : std::string(kHeartbeat);
            set_deadline(shared_.options.stream_write);
            open = co_await write_all(std::move(bytes), std::string_view{});
            deadline_ = SteadyClock::time_point::max();
            if (open) co_await news_or_heartbeat(*feed, seen, end);
        }
        if (timed_out_) ++shared_.timeouts;
        co_return open && !left_ ? Then::close_in_peace : Then::close;
    }

    awaitable<void> news_or_heartbeat(const Feed& feed, std::uint64_t seen, SteadyClock::time_point end) {
        handler_timer_.expires_at(std::min(end, SteadyClock::now() + shared_.options.stream_heartbeat));
        // News of another thread from here on wakes the wait below: its post runs on this thread, after the wait
        // has begun.
        if (left_ || shared_.stopping || feed.newer_than(seen)) co_return;
        error_code woken;
        waiting_ = true;
        co_await handler_timer_.async_wait(redirect_error(use_awaitable, woken));
        waiting_ = false;
    }

    Feed::Wake waker() {
        return [self = shared_from_this()] {
            asio::post(self->io_.context, [self] { self->handler_timer_.cancel(); });
        };
    }

    // A browser that waits for events says nothing; bytes or the end of its side mean that it is gone.
    void notice_leaving() {
        socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code) {
            self->left_ = true;
            self->handler_timer_.cancel();
        });
    }

    // Closing a socket with unread bytes resets the connection and can take the answer with it: read on for a
    // moment, and throw away what comes.
    awaitable<void> linger() {
        if (tls_) tls_->send_close();
        error_code error;
        socket_.shutdown(tcp::socket::shutdown_send, error);
        set_deadline(kLinger);
        std::string dropped(kReadBytes, '\0');
        for (std::size_t total = 0; !error && !timed_out_ && total < kLingerBytes;) {
            const auto into = asio::buffer(dropped);
            total += co_await socket_.async_read_some(into, redirect_error(use_awaitable, error));
        }
    }

    static constexpr int kGone = -1;

    Shared& shared_;
    IoThread& io_;
    tcp::socket socket_;
    asio::steady_timer watchdog_, handler_timer_;
    const std::unique_ptr<Seat> seat_;
    std::optional<TlsSession> tls_;  // after socket_: freed before it closes
    std::string buffer_;             // received and not yet used
    SteadyClock::time_point deadline_;
    bool watching_ = false, timed_out_ = false, waiting_ = false, silent_ = false, left_ = false,
         first_request_ = true;
};

// Enters the connection on its thread's list for as long as it is served, and ends it then: also when a failed
// allocation inside the library took the frame of run() away without a word, so that whoever asks is not left
// waiting.
class Listed {
public:
    Listed(IoThread& io, Connection& connection) : io_(io), connection_(connection) {
        io_.connections.insert(&connection_);
    }
    ~Listed() {
        io_.connections.erase(&connection_);
        connection_.end();
    }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;

private:
    IoThread& io_;
    Connection& connection_;
};

awaitable<void> serve(IoThread& io, std::shared_ptr<Connection> connection) {
    const Listed listed(io, *connection);
    co_await connection->run();
}

void allow_open_files(std::size_t connections) {
    rlimit limit{};
    const rlim_t wanted = connections + 256;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

struct Server::Impl {
    Impl(const ServerOptions& options, Service& service) : shared(options, service) {
        for (unsigned i = 0; i < std::max(options.io_threads, 1u); ++i) io.push_back(std::make_unique<IoThread>());
        acceptor.emplace(io.front()->context);
        accept_pause.emplace(io.front()->context);
    }

    base::Result<> listen() {
        const auto& options = shared.options;
        error_code error;
        const auto address = asio::ip::make_address(options.address, error);
        if (error) return base::invalid("The address to listen on is not an IP address.");
        const tcp::endpoint endpoint(address, options.port);
        acceptor->open(endpoint.protocol(), error);
        if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor->bind(endpoint, error);
        if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
        if (error == asio::error::address_in_use)
            return base::unavailable("Another program uses port " + std::to_string(options.port) + " of " +
                                     options.address + ".");
        if (error)
            return base::unavailable("The server cannot listen on port " + std::to_string(options.port) + " of " +
                                     options.address + ": " + error.message() + ".");
        port = acceptor->local_endpoint().port();
        return base::done();
    }

    void run() {
        start_accepting();
        for (auto& each : io) {
            auto& context = each->context;
            each->thread = std::thread([&context] { run_context(context); });
        }
    }

    static void run_context(asio::io_context& context) {
        for (;;) {
            try {
                context.run();
                return;
            } catch (...) {
                base::log(base::LogLevel::error, "http.io_failed");
            }
        }
    }

    // Stands in the frame of accept_all and outlives none of it. A failed allocation inside the library takes that
    // frame away without a word (it neither returns nor throws), and the server would be there for nobody: its
    // end, whatever the cause, starts it anew.
    class Accepting {
    public:
        explicit Accepting(Impl& server) : server_(server) {}
        ~Accepting() {
            if (!server_.shared.stopping) server_.accept_again();
        }
        Accepting(const Accepting&) = delete;
        Accepting& operator=(const Accepting&) = delete;

    private:
        Impl& server_;
    };

    // noexcept: a server that cannot take anybody in is better ended, and started again by whoever watches over
    // it.
    void start_accepting() noexcept { asio::co_spawn(io.front()->context, accept_all(), asio::detached); }
    void accept_again() noexcept {
        base::log(base::LogLevel::error, "http.accept_restarted");
        accept_pause->expires_after(kAcceptPause);
        accept_pause->async_wait([this](error_code) {
            if (!shared.stopping) start_accepting();
        });
    }

    awaitable<void> accept_all() {
        const Accepting accepting(*this);
        for (std::size_t next = 0; !shared.stopping; next = (next + 1) % io.size()) {
            auto& home = *io.at(next);
            error_code error;
            tcp::socket socket =
                co_await acceptor->async_accept(home.context, redirect_error(use_awaitable, error));
            if (shared.stopping) co_return;
            if (!error && admit(home, std::move(socket))) continue;
            // Out of descriptors or memory, most likely: the next turn may find some.
            accept_pause->expires_after(kAcceptPause);
            co_await accept_pause->async_wait(redirect_error(use_awaitable, error));
        }
    }

    // False when the machine has nothing left for one more connection.
    bool admit(IoThread& home, tcp::socket socket) {
        try {
            place(home, std::move(socket));
            return true;
        } catch (...) {
            base::log(base::LogLevel::error, "http.accept_failed");
            return false;
        }
    }

    void place(IoThread& home, tcp::socket socket) {
        error_code error;
        const auto endpoint = socket.remote_endpoint(error);
        if (error) return;
        const auto peer = canonical_address(endpoint.address().to_string()).value_or("");
        ++shared.accepted;
        socket.non_blocking(true, error);
        if (!error) socket.set_option(tcp::no_delay(true), error);
        if (error) return;
        if (!shared.census.enter(peer, !shared.trusted.contains(peer))) {
            ++shared.refused_busy;
            if (!shared.tls) socket.send(asio::buffer(kTooMany), 0, error);  // as far as it goes at once
            return;
        }
        auto seat = std::make_unique<Seat>(shared.census, peer);
        auto connection = std::make_shared<Connection>(shared, home, std::move(socket), std::move(seat));
        asio::co_spawn(home.context, serve(home, std::move(connection)), asio::detached);
    }

    template <class Action>
    void on_every_connection(Action action) {
        for (auto& each : io) {
            auto& thread = *each;
            asio::post(thread.context, [&thread, action] {
                for (auto* connection : thread.connections) action(*connection);
            });
        }
    }

    void stop(milliseconds grace) {
        shared.stopping = true;
        asio::post(io.front()->context, [this] {
            error_code ignored;
            acceptor->close(ignored);
            accept_pause->cancel();
        });
        on_every_connection([](Connection& connection) { connection.close_if_idle(); });
        if (!shared.census.wait_until_empty(grace)) {
            on_every_connection([](Connection& connection) { connection.abort(); });
        }
        shared.workers.stop();
        shared.owed.wait_until_none();
        shared.census.wait_until_empty(milliseconds{1'000});
        for (auto& each : io) each->context.stop();
        for (auto& each : io) {
            if (each->thread.joinable()) each->thread.join();
        }
    }

    Shared shared;  // before `io`: connections that die with their thread still use it
    std::vector<std::unique_ptr<IoThread>> io;
    std::optional<tcp::acceptor> acceptor;
    std::optional<asio::steady_timer> accept_pause;
    std::uint16_t port = 0;
    std::once_flag stopped;
};

base::Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Service& service) {
    auto impl = std::make_unique<Impl>(options, service);
    for (const auto& proxy : options.trusted_proxies) {
        auto address = canonical_address(proxy);
        if (!address) return base::invalid("Each trusted proxy must be an IP address.");
        impl->shared.trusted.insert(std::move(*address));
    }
    if (!options.certificate_file.empty() || !options.key_file.empty()) {
        auto context = TlsContext::load(options.certificate_file, options.key_file);
        if (!context) return context.error();
        impl->shared.tls = std::move(*context);
    }
    if (auto listening = impl->listen(); !listening) return listening.error();
    allow_open_files(options.connections);
    impl->run();
    return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { stop(); }

std::uint16_t Server::port() const { return impl_->port; }

void Server::stop(milliseconds grace) {
    std::call_once(impl_->stopped, [&] { impl_->stop(grace); });
}

Server::Counters Server::counters() const {
    const auto& shared = impl_->shared;
    return {shared.accepted, shared.served,        shared.refused_busy,   shared.bad_requests,
            shared.timeouts, shared.census.open(), shared.streams.taken()};
}

}  // namespace rowan::http
