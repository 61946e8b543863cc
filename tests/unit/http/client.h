// A blocking client on the loopback that says exactly the bytes it is told to, and a service to talk to.
#pragma once
#include "http/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

namespace rowan::http::testing {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

inline milliseconds since(SteadyClock::time_point start) {
    return std::chrono::duration_cast<milliseconds>(SteadyClock::now() - start);
}

struct Answer {
    int status = 0;  // 0: the connection ended first
    Fields headers;  // names lower case
    std::string body, head;
};

class Client {
public:
    explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    Client(Client&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)),
          connected_(other.connected_),
          unread_(std::move(other.unread_)) {}
    ~Client() {
        if (socket_ >= 0) ::close(socket_);
    }

    bool connected() const { return connected_; }
    int descriptor() const { return socket_; }
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void finish_sending() { ::shutdown(socket_, SHUT_WR); }

    // Everything until the other side closes, or until `patience` is over (then closed() is false).
    std::string read_to_end(milliseconds patience = milliseconds{5'000}) {
        const auto until = SteadyClock::now() + patience;
        while (receive(until)) {
        }
        return std::exchange(unread_, {});
    }
    bool closed() const { return closed_; }

    Answer read_answer(bool of_head = false, milliseconds patience = milliseconds{5'000}) {
        const auto until = SteadyClock::now() + patience;
        Answer answer;
        auto end = unread_.find("\r\n\r\n");
        while (end == std::string::npos) {
            if (!receive(until)) return answer;
            end = unread_.find("\r\n\r\n");
        }
        answer.head = unread_.substr(0, end + 4);
        unread_.erase(0, end + 4);
        read_head(answer);
        const auto length = of_head ? "" : answer.headers.get("content-length");
        const std::size_t wanted = length.empty() ? 0 : std::stoul(length);
        while (unread_.size() < wanted && receive(until)) {
        }
        answer.body = unread_.substr(0, wanted);
        unread_.erase(0, wanted);
        answer.status = std::stoi(answer.head.substr(9, 3));
        return answer;
    }

    Answer ask(std::string_view bytes) {
        send(bytes);
        return read_answer();
    }

private:
    static void read_head(Answer& answer) {
        std::size_t at = answer.head.find("\r\n") + 2;
        while (at < answer.head.size() - 2) {
            const auto end = answer.head.find("\r\n", at), colon = answer.head.find(": ", at);
            auto name = answer.head.substr(at, colon - at);
            for (auto& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            answer.headers.add(name, answer.head.substr(colon + 2, end - colon - 2));
            at = end + 2;
        }
    }
    bool receive(SteadyClock::time_point until) {
        const auto left = std::chrono::duration_cast<milliseconds>(until - SteadyClock::now()).count();
        pollfd wait{socket_, POLLIN, 0};
        if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) != 1) return false;
        char bytes[16 * 1024];
        const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
        closed_ = got <= 0;
        if (got > 0) unread_.append(bytes, static_cast<std::size_t>(got));
        return got > 0;
    }

    int socket_;
    bool connected_ = false, closed_ = false;
    std::string unread_;
};

inline std::string get(std::string_view path, std::string_view more = "") {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: rowan.example\r\n" + std::string(more) + "\r\n";
}
inline std::string post(std::string_view path, std::string_view body, std::string_view more = "") {
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nHost: rowan.example\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(more) + "\r\n" + std::string(body);
}

// /echo gives the body back; /wait waits until release(); /sleep takes 300 ms; /throw throws; /inject sets a
// header that would break out of its line; /peer says who asks; anything else says its own path.
class TestService final : public Service {
public:
    static constexpr std::size_t kBody = 4 * 1024 * 1024;

    ~TestService() override { release(); }

    Limits limits_for(Method method, std::string_view path) const override {
        Limits limits;
        if (method != Method::get && method != Method::head) limits.body_bytes = path == "/small" ? 10 : kBody;
        if (path == "/sleep") limits.deadline = sleep_deadline;
        return limits;
    }

    Response handle(const Request& request) override {
        {
            const std::lock_guard lock(mutex_);
            ++seen_[request.path];
        }
        if (request.path == "/wait") wait();
        if (request.path == "/sleep") std::this_thread::sleep_for(milliseconds{300});
        if (request.path == "/throw") throw std::runtime_error("a secret that must not be shown");
        Response response = plain(200, request.path);
        if (request.path == "/inject") response.header("X-Name", "a\r\nSet-Cookie: evil=1");
        if (request.path == "/echo" || request.path == "/small") response.body = request.body;
        if (request.path == "/empty") response.status = 204;
        if (request.path == "/own")
            response.header("Server", "x").header("Content-Length", "9").header("X-Kept", "y");
        if (request.path == "/large") response.body.assign(3'000'000, 'x');
        if (request.path == "/peer") {
            response.body =
                request.peer + (request.tls ? " tls " : " plain ") + request.headers.get("x-forwarded-for");
        }
        return response;
    }

    Response error_page(int status) const override { return plain(status, "refused " + std::to_string(status)); }

    int seen(const std::string& path) const {
        const std::lock_guard lock(mutex_);
        const auto found = seen_.find(path);
        return found == seen_.end() ? 0 : found->second;
    }
    bool wait_until_seen(const std::string& path, int times) const {
        const auto start = SteadyClock::now();
        while (seen(path) < times && since(start) < milliseconds{5'000})
            std::this_thread::sleep_for(milliseconds{2});
        return seen(path) >= times;
    }
    void release() {
        const std::lock_guard lock(mutex_);
        released_ = true;
        changed_.notify_all();
    }

    milliseconds sleep_deadline{5'000};

private:
    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, milliseconds{5'000}, [this] { return released_; });
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, int> seen_;
    bool released_ = false;
};

// A client sees its connection end a moment before the server has counted it out.
inline bool wait_until_open(const Server& server, std::size_t connections) {
    const auto start = SteadyClock::now();
    while (server.counters().open_connections != connections && since(start) < milliseconds{5'000}) {
        std::this_thread::sleep_for(milliseconds{2});
    }
    return server.counters().open_connections == connections;
}

inline std::unique_ptr<Server> start(Service& service, ServerOptions options = {}) {
    options.port = 0;
    auto server = Server::start(options, service);
    if (!server) throw std::runtime_error(server.error().message);
    return std::move(*server);
}

}  // namespace rowan::http::testing
