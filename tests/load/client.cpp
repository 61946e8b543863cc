// Many people at once, over TLS, who each ask again as soon as they were answered and write down what was
// acknowledged.
//
//   load_client PLAN REPORT              works by the plan and writes the report
//   load_client --certificate FILE KEY   makes a self-signed certificate of an hour
//
// The plan, one a line, words after a tab: port, run (a number of its own), seconds, pause (seconds before each
// asks again), reads, searches, writes, files, glances (out of a hundred requests), and as often as wanted: user
// ID, person ID, words TEXT, file PATH. Users sign in at the demonstration's door and begin together; when the
// time is over each finishes what it has asked for. The report is told in tests/load/book.py, which reads it. One
// thread: it must not take the processors from the server that it loads.
#include "../unit/http/certificate.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Moment = std::chrono::steady_clock::time_point;
Moment now() { return std::chrono::steady_clock::now(); }

struct Plan {
    int port = 0;
    unsigned run = 0;
    double seconds = 10, pause = 0;
    unsigned reads = 80, searches = 15, writes = 5, files = 0, glances = 0;
    std::vector<std::string> users, people, words, file_paths;
};

Plan read_plan(const char* path) {
    Plan plan;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        const auto tab = line.find('\t');
        const auto word = line.substr(0, tab), value = line.substr(tab + 1);
        const auto number = static_cast<unsigned>(std::strtoul(value.c_str(), nullptr, 10));
        if (word == "port") plan.port = static_cast<int>(number);
        if (word == "run") plan.run = number;
        if (word == "seconds") plan.seconds = std::atof(value.c_str());
        if (word == "pause") plan.pause = std::atof(value.c_str());
        if (word == "reads") plan.reads = number;
        if (word == "searches") plan.searches = number;
        if (word == "writes") plan.writes = number;
        if (word == "files") plan.files = number;
        if (word == "glances") plan.glances = number;
        if (word == "user") plan.users.push_back(value);
        if (word == "person") plan.people.push_back(value);
        if (word == "words") plan.words.push_back(value);
        if (word == "file") plan.file_paths.push_back(value);
    }
    return plan;
}

std::string url_encoded(std::string_view text) {
    std::string out;
    for (const unsigned char c : text) {
        char hex[4];
        std::snprintf(hex, sizeof hex, "%%%02X", c);
        out += isalnum(c) ? std::string(1, static_cast<char>(c)) : hex;
    }
    return out;
}

std::string header_of(std::string_view head, std::string_view name) {
    for (std::size_t at = 0; (at = head.find("\r\n", at)) != std::string_view::npos;) {
        at += 2;
        const auto end = std::min(head.find("\r\n", at), head.size());
        const auto line = head.substr(at, end - at);
        if (line.size() > name.size() + 1 && line[name.size()] == ':' &&
            strncasecmp(line.data(), name.data(), name.size()) == 0)
            return std::string(line.substr(line.find_first_not_of(' ', name.size() + 1)));
    }
    return "";
}

std::string between(const std::string& text, const std::string& before, char after) {
    const auto at = text.find(before);
    if (at == std::string::npos) return "";
    const auto from = at + before.size();
    return text.substr(from, text.find(after, from) - from);
}

// How many people a page of results leads to.
std::size_t people_shown(std::string_view page) {
    constexpr std::string_view kLink = "href=\"/people/";
    std::set<std::string_view> ids;
    for (std::size_t at = 0; (at = page.find(kLink, at)) != std::string_view::npos;) {
        at += kLink.size();
        ids.insert(page.substr(at, page.find('"', at) - at));
    }
    return ids.size();
}

// The pages of a referral in their order; %N is a name that is nobody else's.
constexpr std::array kAnswers = {
    "subject_kind=child",
    "person=none",
    "born-day=1&born-month=3&born-year=2004&family_name=%N",
    "reason=both&exploitation=CSE",
    "",
    "narrative=She+is+met+after+school+by+a+man+in+a+red+van.",
    "child_aware=yes&parent_aware=no",
    "immediate_danger=no",
    "csc_question=referred_now&csc_ref_now=CSC-77",
    "source_code=2A&referrer_name=Somebody+Else&referrer_post=Teacher&referrer_email=somebody%40council.example",
};

enum class Kind { door, token, read, glance, search, create, save, send, file };
constexpr std::array kKinds = {"door", "token", "read", "glance", "search", "create", "save", "send", "file"};

struct Everything {
    Plan plan;
    SSL_CTX* tls = nullptr;
    int waiting = -1;
    bool working = false, over = false;
    std::size_t signed_in = 0, gone = 0, closed = 0;
    std::map<int, std::uint64_t> statuses;
    std::array<std::vector<float>, kKinds.size()> millis;
    std::uint64_t bytes = 0, shown = 0;  // people whom answers to a search lead to
};

class User {
public:
    User(Everything& all, std::string id, std::size_t number)
        : all_(all), id_(std::move(id)), number_(number), chance_(number * 2654435761U + 12345) {}

    void connect() {
        socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(all_.plan.port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("the server takes no connection");
        const int on = 1;
        setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        tls_ = SSL_new(all_.tls);
        SSL_set_fd(tls_, socket_);
        if (SSL_connect(tls_) != 1) throw std::runtime_error("no TLS with the server");
        fcntl(socket_, F_SETFL, O_NONBLOCK);
        epoll_event event{EPOLLIN, {.ptr = this}};
        epoll_ctl(all_.waiting, EPOLL_CTL_ADD, socket_, &event);
        ask(Kind::door, "", "POST", "/sign-in/demonstration", "user=" + id_);
    }

    // Something has arrived.
    void readable() {
        char buffer[65536];
        for (;;) {
            const int n = SSL_read(tls_, buffer, sizeof buffer);
            if (n > 0) {
                in_.append(buffer, static_cast<std::size_t>(n));
                continue;
            }
            if (SSL_get_error(tls_, n) != SSL_ERROR_WANT_READ) return lose();
            break;
        }
        const auto end = in_.find("\r\n\r\n");
        if (end == std::string::npos) return;
        const auto length = std::strtoull(
            header_of(std::string_view(in_).substr(0, end + 2), "content-length").c_str(), nullptr, 10);
        if (in_.size() < end + 4 + length) return;
        answered(end);
    }

    // The time begins; those who pause do not all begin at one moment.
    void begin() {
        if (all_.plan.pause == 0) return next();
        const double share = static_cast<double>(number_) / static_cast<double>(all_.plan.users.size());
        due_ = now() + std::chrono::microseconds(static_cast<std::int64_t>(share * all_.plan.pause * 1e6));
    }

    void next() {
        if (all_.over) return close();
        const auto dice = random() % 100;
        const auto& plan = all_.plan;
        if (dice < plan.reads + plan.glances) {
            const auto& person = plan.people[random() % plan.people.size()];
            if (dice < plan.reads)
                ask(Kind::read, person, "GET", "/people/" + person);
            else
                ask(Kind::glance, person, "GET", "/api/people/" + person);
        } else if (dice < plan.reads + plan.glances + plan.searches) {
            ask(Kind::search, "", "GET", "/search?q=" + url_encoded(plan.words[random() % plan.words.size()]));
        } else if (dice < plan.reads + plan.glances + plan.searches + plan.writes) {
            write();
        } else {
            ask(Kind::file, "", "GET", plan.file_paths[random() % plan.file_paths.size()]);
        }
    }

    bool open() const { return tls_ != nullptr; }
    void next_if_due(Moment moment) {
        if (!open() || due_ == Moment{} || (due_ > moment && !all_.over)) return;
        due_ = {};
        next();
    }

    void report(std::ostream& out) const {
        for (const auto& [what, times] : acknowledged_)
            out << "acknowledged\t" << id_ << "\t" << what << "\t" << times << "\n";
        for (const auto& [what, times] : unknown_)
            out << "unknown\t" << id_ << "\t" << what << "\t" << times << "\n";
        for (const auto& [draft, referral] : sent_)
            out << "sent\t" << id_ << "\t" << draft << "\t" << referral << "\n";
    }

private:
    std::uint64_t random() {  // not of good chance, but the same each time
        chance_ = chance_ * 6364136223846793005U + 1442695040888963407U;
        return chance_ >> 33;
    }

    void write() {
        if (draft_.empty()) {
            char once[27];
            std::snprintf(once, sizeof once, "%013u%013zu", all_.plan.run, ++forms_);
            return ask(Kind::create, "", "POST", "/referrals/new", token() + "&person=&once=" + once);
        }
        if (page_ < kAnswers.size()) {
            std::string fields = kAnswers[page_];
            if (const auto at = fields.find("%N"); at != std::string::npos)
                fields.replace(at, 2, "Quennell+" + std::to_string(number_) + "+" + std::to_string(++forms_));
            return ask(Kind::save, draft_, "POST", at_,
                       token() + "&" + fields + "&version=" + std::to_string(page_ + 1));
        }
        sent_[draft_] = "";
        ask(Kind::send, draft_, "POST", "/referrals/new/" + draft_ + "/send", token());
    }
    std::string token() const { return "csrf_token=" + url_encoded(token_) + "&do=continue"; }

    void ask(Kind kind, std::string subject, const std::string& method, const std::string& path,
             const std::string& body = "") {
        kind_ = kind;
        subject_ = std::move(subject);
        const auto host = "127.0.0.1:" + std::to_string(all_.plan.port);
        auto text = method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n";
        if (!cookie_.empty()) text += "Cookie: " + cookie_ + "\r\n";
        if (method == "POST")
            text += "Origin: https://" + host +
                    "\r\nSec-Fetch-Site: same-origin\r\nContent-Type: "
                    "application/x-www-form-urlencoded\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n";
        text += "\r\n" + body;
        in_.clear();
        asked_ = now();
        waiting_ = true;
        // Requests are small: they fit into the socket whole.
        if (SSL_write(tls_, text.data(), static_cast<int>(text.size())) != static_cast<int>(text.size())) lose();
    }

    std::string what() const {  // as the audit log names it, with its subject
        switch (kind_) {
            case Kind::read:
            case Kind::glance:
                return "look person\t" + subject_;
            case Kind::search:
                return "search search\t";
            case Kind::create:
                return "create draft\t" + subject_;
            case Kind::save:
                return "save draft\t" + subject_;
            case Kind::send:
                return "send draft\t" + subject_;
            default:
                return "";
        }
    }

    void answered(std::size_t end) {
        waiting_ = false;
        const std::string head = in_.substr(0, end + 2);
        const int status = std::atoi(head.c_str() + 9);
        const auto location = header_of(head, "location");
        if (all_.working) {
            all_.millis[static_cast<std::size_t>(kind_)].push_back(
                std::chrono::duration<float, std::milli>(now() - asked_).count());
            ++all_.statuses[status];
            all_.bytes += in_.size();
        }
        note(status, location);
        if (header_of(head, "connection") == "close") return close();
        if (kind_ == Kind::door) return ask(Kind::token, "", "GET", "/account");
        if (kind_ == Kind::token) return;  // waits for the others
        if (all_.plan.pause == 0 || all_.over) return next();
        due_ = now() + std::chrono::microseconds(static_cast<std::int64_t>(all_.plan.pause * 1e6));
    }

    void note(int status, const std::string& location) {
        const bool write = kind_ == Kind::create || kind_ == Kind::save || kind_ == Kind::send;
        if (kind_ == Kind::door) {
            cookie_ = header_of(std::string_view(in_).substr(0, in_.find("\r\n\r\n") + 2), "set-cookie");
            cookie_ = cookie_.substr(0, cookie_.find(';'));
            if (cookie_.empty()) throw std::runtime_error("somebody could not sign in: " + in_.substr(0, 200));
        } else if (kind_ == Kind::token) {
            token_ = between(in_, "name=\"csrf_token\" value=\"", '"');
            if (token_.empty())
                throw std::runtime_error("the page of the account has no form: " + in_.substr(0, 200));
            ++all_.signed_in;
        } else if (write && status == 303) {
            if (kind_ == Kind::create) subject_ = draft_ = between(location, "/referrals/new/", '/'), page_ = 0;
            if (kind_ == Kind::save) ++page_;
            at_ = location;
            if (kind_ == Kind::send) {
                sent_[draft_] = between(location, "/referrals/", '/');
                draft_.clear();
            }
            ++acknowledged_[what()];
        } else if (!write && status == 200) {
            if (kind_ != Kind::file) ++acknowledged_[what()];
            if (kind_ == Kind::search) all_.shown += people_shown(in_);
        } else {
            ++unknown_[what()];  // refused; what is stored will tell whether it was done none the less
            draft_.clear();
        }
    }

    void lose() {  // no answer
        if (waiting_) {
            ++all_.gone;
            if (kind_ > Kind::token && kind_ != Kind::file) ++unknown_[what()];
        }
        close();
    }

    void close() {
        if (!tls_) return;
        epoll_ctl(all_.waiting, EPOLL_CTL_DEL, socket_, nullptr);
        SSL_free(tls_);
        ::close(socket_);
        tls_ = nullptr;
        ++all_.closed;
    }

    Everything& all_;
    const std::string id_;
    const std::size_t number_;
    std::uint64_t chance_;
    int socket_ = -1;
    SSL* tls_ = nullptr;
    std::string in_, cookie_, token_;
    Kind kind_ = Kind::door;
    std::string subject_, draft_, at_;  // the referral in hand and the address of its next page
    std::size_t page_ = 0, forms_ = 0;
    bool waiting_ = false;
    Moment asked_, due_;  // due: while it pauses
    std::map<std::string, std::uint64_t> acknowledged_, unknown_;
    std::map<std::string, std::string> sent_;  // draft: referral, empty while that is not known
};

void until(Everything& all, const std::vector<std::unique_ptr<User>>& users, const Moment* end, auto done) {
    epoll_event events[64];
    const int patience = all.plan.pause > 0 ? 2 : 20;  // milliseconds
    while (!done()) {
        const auto moment = now();
        if (end && moment >= *end) return;
        if (all.plan.pause > 0)
            for (const auto& user : users) user->next_if_due(moment);
        const int ready = epoll_wait(all.waiting, events, 64, patience);
        for (int i = 0; i < ready; ++i)
            if (auto& user = *static_cast<User*>(events[i].data.ptr); user.open()) user.readable();
    }
}

double processor_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](timeval t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void write_report(const char* path, Everything& all, const std::vector<std::unique_ptr<User>>& users,
                  double seconds, double processor) {
    std::ofstream out(path);
    out << "seconds\t" << seconds << "\nprocessor\t" << processor << "\ngone\t" << all.gone << "\nbytes\t"
        << all.bytes << "\nshown\t" << all.shown << "\n";
    for (const auto& [status, times] : all.statuses) out << "status\t" << status << "\t" << times << "\n";
    for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
        auto& millis = all.millis[kind];
        if (millis.empty()) continue;
        std::sort(millis.begin(), millis.end());
        const auto at = [&](double p) {
            return millis[std::min(millis.size() - 1,
                                   static_cast<std::size_t>(p * static_cast<double>(millis.size())))];
        };
        out << "times\t" << kKinds[kind] << "\t" << millis.size() << "\t" << at(0.5) << "\t" << at(0.99) << "\t"
            << millis.back() << "\n";
    }
    for (const auto& user : users) user->report(out);
    if (!out.flush()) throw std::runtime_error("the report cannot be written");
}

void work(const char* plan_file, const char* report) {
    Everything all;
    all.plan = read_plan(plan_file);
    all.tls = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(all.tls, SSL_MODE_AUTO_RETRY);
    all.waiting = epoll_create1(EPOLL_CLOEXEC);
    std::vector<std::unique_ptr<User>> users;
    for (const auto& id : all.plan.users) {
        users.push_back(std::make_unique<User>(all, id, users.size()));
        users.back()->connect();
    }
    until(all, users, nullptr, [&] { return all.signed_in + all.closed >= users.size(); });
    if (all.closed > 0) throw std::runtime_error("somebody could not sign in");
    std::cout << "everybody works" << std::endl;
    const auto began = now();
    const double processor = processor_seconds();
    const auto end = began + std::chrono::microseconds(static_cast<std::int64_t>(all.plan.seconds * 1e6));
    all.working = true;
    for (const auto& user : users) user->begin();
    until(all, users, &end, [&] { return all.closed == users.size(); });
    all.over = true;
    const auto patience = now() + std::chrono::seconds(60);
    until(all, users, &patience, [&] { return all.closed == users.size(); });
    const double seconds = std::chrono::duration<double>(now() - began).count();
    for (const auto& user : users)
        if (user->open()) ++all.gone;  // never answered
    write_report(report, all, users, seconds, processor_seconds() - processor);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 4 && argv[1] == std::string_view("--certificate")) {
            const rowan::http::testing::Certificate made;
            std::filesystem::copy_file(made.certificate_file, argv[2]);
            std::filesystem::copy_file(made.key_file, argv[3]);
            return 0;
        }
        if (argc != 3) throw std::runtime_error("give a plan and the name of the report");
        signal(SIGPIPE, SIG_IGN);
        work(argv[1], argv[2]);
        return 0;
    } catch (const std::exception& problem) {
        std::cerr << "load_client: " << problem.what() << "\n";
        return 1;
    }
}
