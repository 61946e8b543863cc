// How soon does everybody know that a child is missing? Two hundred browsers have the board open and listen for
// news; one officer reports a child. From the moment the report is sent: until each browser has heard that
// something changed, and until each has the whole board with the new name on it, every look recorded. Goal: under
// 1 s for the last of them.
#include "base/time.h"
#include "measuring/program.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

using namespace rowan;
using namespace rowan::bench;

namespace {

constexpr const char* kWatchers[] = {"Imogen Achterberg", "Dev", "Martha", "Owen", "Safiya", "Bea"};

int connected(int port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
        throw std::runtime_error("cannot connect");
    return socket;
}
void say(int socket, const std::string& bytes) {
    if (send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
        throw std::runtime_error("the server hung up");
}
std::string request(const std::string& path, const std::string& cookie) {
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: " + cookie + "\r\n\r\n";
}
std::string field(const std::string& page, const std::string& name) {
    const std::string mark = "name=\"" + name + "\" value=\"";
    const auto at = page.find(mark);
    if (at == std::string::npos) throw std::runtime_error("the form has no " + name);
    return page.substr(at + mark.size(), page.find('"', at + mark.size()) - at - mark.size());
}

// One browser: a stream of news, and a connection on which it fetches the board when it hears some.
struct Browser {
    int events = -1, pages = -1;
    std::string cookie, heard, page;
    double heard_at = 0, shown_at = 0;
};

class Room {
public:
    Room(int port, std::size_t browsers) : all_(browsers), waiting_(epoll_create1(EPOLL_CLOEXEC)) {
        std::vector<std::string> cookies;
        for (const char* name : kWatchers) cookies.push_back(sign_in(port, name));
        for (std::size_t i = 0; i < all_.size(); ++i) {
            auto& b = all_[i];
            b.cookie = cookies[i % cookies.size()];
            b.events = connected(port);
            b.pages = connected(port);
            say(b.events, request("/missing/events", b.cookie));
            for (const int socket : {b.events, b.pages}) {
                epoll_event event{EPOLLIN, {.u64 = i * 2 + (socket == b.pages)}};
                epoll_ctl(waiting_, EPOLL_CTL_ADD, socket, &event);
            }
        }
        // Each has been told how things stand.
        run([&] {
            return std::all_of(all_.begin(), all_.end(),
                               [](const Browser& b) { return b.heard.find("data: ") != std::string::npos; });
        });
    }
    ~Room() {
        for (const auto& b : all_) close(b.events), close(b.pages);
        close(waiting_);
    }

    // From the report to the last board that shows this name.
    void watch_for(const std::string& name, const std::function<void()>& report) {
        name_ = name;
        shown_ = 0;
        for (auto& b : all_) b.heard.clear(), b.page.clear(), b.heard_at = b.shown_at = 0;
        clock_ = Stopwatch();
        report();
        run([&] { return shown_ == all_.size(); });
    }
    Times heard() const { return times(&Browser::heard_at); }
    Times shown() const { return times(&Browser::shown_at); }

private:
    Times times(double Browser::* at) const {
        Times out;
        for (const auto& b : all_) out.add(b.*at);
        return out;
    }
    template <class Done>
    void run(Done done) {
        const Stopwatch patience;
        epoll_event events[64];
        while (!done()) {
            if (patience.seconds() > 30) throw std::runtime_error("not every browser was told within 30 s");
            const int ready = epoll_wait(waiting_, events, 64, 100);
            for (int i = 0; i < ready; ++i) read(all_[events[i].data.u64 / 2], events[i].data.u64 % 2);
        }
    }
    void read(Browser& b, bool page) {
        const auto n = recv(page ? b.pages : b.events, buffer_.data(), buffer_.size(), 0);
        if (n <= 0) throw std::runtime_error("the server hung up");
        auto& into = page ? b.page : b.heard;
        into.append(buffer_.data(), static_cast<std::size_t>(n));
        if (!page && !name_.empty() && b.heard_at == 0 && into.find("data: ") != std::string::npos) {
            b.heard_at = clock_.millis();
            say(b.pages, request("/missing", b.cookie));
        }
        if (page && b.shown_at == 0 && into.ends_with("</html>\n")) {
            if (into.find(name_) == std::string::npos)
                throw std::runtime_error("a board without the new name: " + into.substr(0, 40));
            b.shown_at = clock_.millis();
            ++shown_;
        }
    }

    std::vector<Browser> all_;
    int waiting_;
    std::string name_;
    std::size_t shown_ = 0;
    Stopwatch clock_;
    std::vector<char> buffer_ = std::vector<char>(1 << 16);
};

void report(int port, const std::string& cookie, const std::string& name) {
    Client client(port);
    const auto form = client.get("/missing/report?new=yes", cookie).body;
    const auto seen = base::london(base::SystemClock{}.now() - std::chrono::hours{1});
    const auto answer =
        client.post("/missing/report",
                    "csrf_token=" + url_encoded(field(form, "csrf_token")) + "&once=" + field(form, "once") +
                        "&given_names=" + name +
                        "&family_name=Quillby&sex=U&context=home&kind=missing"
                        "&missing_from-day=" +
                        std::to_string(static_cast<unsigned>(seen.date.day())) +
                        "&missing_from-month=" + std::to_string(static_cast<unsigned>(seen.date.month())) +
                        "&missing_from-year=" + std::to_string(static_cast<int>(seen.date.year())) +
                        "&missing_from-time=" + std::to_string(seen.hour) + ":" + (seen.minute < 10 ? "0" : "") +
                        std::to_string(seen.minute) + "&risk=high",
                    cookie);
    if (answer.status != 303) throw std::runtime_error("the report was answered " + std::to_string(answer.status));
}

}  // namespace

int main() {
    return benchmark([] {
        const Folder folder;
        const Server server({"--data", copy_of(demonstration(2000), folder).string()});
        Table table({"Browsers", "Report", "Heard p50", "Heard, last", "Board shown p50", "Board shown, last",
                     "Server processor time", "Goal", "Load"});
        int n = 0;
        for (const std::size_t browsers : {10, 50, 200}) {
            Room room(server.port(), browsers);
            const auto officer = sign_in(server.port(), "June");
            for (int run = 0; run < 3; ++run) {
                const double processor = processor_seconds(server.pid());
                room.watch_for("Benchward" + std::string(1, static_cast<char>('a' + n)), [&] {
                    report(server.port(), officer, "Benchward" + std::string(1, static_cast<char>('a' + n)));
                });
                ++n;
                const auto heard = room.heard(), shown = room.shown();
                table.row({std::to_string(browsers), std::to_string(run + 1), millis(heard.percentile(50)),
                           millis(heard.percentile(100)), millis(shown.percentile(50)),
                           millis(shown.percentile(100)),
                           number((processor_seconds(server.pid()) - processor) * 1000) + " ms",
                           against(shown.percentile(100), 1000, "ms"), load()});
            }
        }
        table.print();
    });
}
