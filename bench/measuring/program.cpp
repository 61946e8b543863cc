#include "measuring/program.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace rowan::bench {

namespace fs = std::filesystem;

namespace {

std::string binary_of_this_build() {
    std::error_code error;
    const auto self = fs::read_symlink("/proc/self/exe", error);
    return (self.parent_path().parent_path() / "src" / "rowan").string();
}

struct Child {
    int pid, out;
};
// stdout goes into a pipe, stderr into `errors`.
Child launch(const std::vector<std::string>& arguments, const std::string& errors) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("no pipe can be made");
    const int pid = fork();
    if (pid < 0) throw std::runtime_error("no process can be started");
    if (pid == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        if (!std::freopen(errors.c_str(), "w", stderr)) _exit(127);
        const auto binary = rowan_binary();
        std::vector<char*> argv{const_cast<char*>(binary.c_str())};
        for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
        argv.push_back(nullptr);
        execv(binary.c_str(), argv.data());
        _exit(127);
    }
    close(ends[1]);
    return {pid, ends[0]};
}

std::string whole_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

// A demonstration made with another schema cannot be opened: its folder carries a digest of the schema's files.
std::string schema_digest() {
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(fs::path(ROWAN_SOURCE_DIR) / "src" / "schema"))
        files.insert(entry.path());
    std::uint64_t digest = 0xcbf29ce484222325;
    for (const auto& file : files)
        for (const unsigned char c : whole_file(file)) digest = (digest ^ c) * 0x100000001b3;
    char hex[17];
    std::snprintf(hex, sizeof hex, "%016llx", static_cast<unsigned long long>(digest));
    return std::string(hex).substr(0, 8);
}

std::string read_all(int descriptor) {
    std::string out;
    char buffer[4096];
    for (ssize_t n; (n = read(descriptor, buffer, sizeof buffer)) > 0;)
        out.append(buffer, static_cast<std::size_t>(n));
    return out;
}

int connect_to(int port) {
    const int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(s, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        close(s);
        throw std::runtime_error("the server does not take a connection");
    }
    const int on = 1;
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return s;
}

std::string request_text(const std::string& method, const std::string& path, const std::string& cookie,
                         const std::string& body = "") {
    std::string out = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    if (!cookie.empty()) out += "Cookie: " + cookie + "\r\n";
    if (method == "POST")
        out +=
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n";
    return out + "\r\n" + body;
}

std::string header_of(std::string_view head, std::string name) {
    std::size_t at = 0;
    while ((at = head.find("\r\n", at)) != std::string_view::npos) {
        at += 2;
        if (head.size() - at > name.size() && strncasecmp(head.data() + at, name.c_str(), name.size()) == 0 &&
            head[at + name.size()] == ':') {
            const auto from = head.find_first_not_of(' ', at + name.size() + 1);
            return std::string(head.substr(from, head.find("\r\n", from) - from));
        }
    }
    return "";
}

// How long the answer at the start of `bytes` is; 0 while it is not whole.
std::size_t answer_size(std::string_view bytes) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    const auto length = std::strtoull(header_of(bytes.substr(0, end + 2), "content-length").c_str(), nullptr, 10);
    return bytes.size() >= end + 4 + length ? end + 4 + length : 0;
}

int status_of(std::string_view answer) {
    return answer.size() > 12 ? std::atoi(std::string(answer.substr(9, 3)).c_str()) : 0;
}

}  // namespace

std::string rowan_binary() {
    const char* given = std::getenv("ROWAN_BINARY");
    return given ? fs::absolute(given).string() : binary_of_this_build();
}

std::string run_rowan(const std::vector<std::string>& arguments) {
    const Folder folder;
    const auto errors = folder.path() / "errors";
    const auto child = launch(arguments, errors.string());
    auto out = read_all(child.out);
    close(child.out);
    int status = 0;
    waitpid(child.pid, &status, 0);
    if (status != 0) throw std::runtime_error("rowan " + arguments.front() + " failed: " + whole_file(errors));
    return out;
}

Folder::Folder() {
    auto name = (fs::temp_directory_path() / "rowan-bench-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder can be made");
    path_ = name;
}
Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

fs::path demonstration(std::uint64_t children) {
    const char* given = std::getenv("ROWAN_BENCH_DATA");
    const fs::path folder = given ? fs::path(given) : fs::temp_directory_path() / "rowan-bench";
    fs::create_directories(folder);
    const auto data = folder / ("county-" + std::to_string(children) + "-" + schema_digest());
    if (fs::exists(data / "rowan.db")) return data;
    const Stopwatch watch;
    std::cerr << "making a demonstration of " << children << " children, once…" << std::endl;
    run_rowan({"demo", "--data", data.string(), "--children", std::to_string(children)});
    std::cerr << "made in " << number(watch.seconds(), 1) << " s\n";
    return data;
}

fs::path copy_of(const fs::path& data, const Folder& folder) {
    const auto copy = folder.path() / "county";
    fs::copy(data, copy, fs::copy_options::recursive);
    fs::copy_file(data.string() + ".keyring", copy.string() + ".keyring");
    return copy;
}

Server::Server(const std::vector<std::string>& arguments) {
    std::vector<std::string> all{"serve", "--listen", "127.0.0.1:0"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const auto child = launch(all, "/dev/null");
    pid_ = child.pid;
    out_ = child.out;
    std::string said;
    char c = 0;
    while (read(out_, &c, 1) == 1 && c != '\n') said += c;
    const auto colon = said.rfind(':');
    if (said.find("open at") == std::string::npos || colon == std::string::npos)
        throw std::runtime_error("rowan serve did not open");
    port_ = std::atoi(said.c_str() + colon + 1);
}

Server::~Server() {
    if (pid_ > 0) {
        kill(pid_, SIGTERM);
        waitpid(pid_, nullptr, 0);
    }
    if (out_ >= 0) close(out_);
}

std::string Answer::header(const std::string& name) const { return header_of(head, name); }

Client::~Client() {
    if (socket_ >= 0) close(socket_);
}

Answer Client::exchange(const std::string& request) {
    if (socket_ < 0) socket_ = connect_to(port_);
    if (send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
        throw std::runtime_error("the server hung up");
    std::string bytes;
    char buffer[65536];
    std::size_t size = 0;
    while ((size = answer_size(bytes)) == 0) {
        const auto n = recv(socket_, buffer, sizeof buffer, 0);
        if (n <= 0) throw std::runtime_error("the server hung up before it had answered");
        bytes.append(buffer, static_cast<std::size_t>(n));
    }
    const auto end = bytes.find("\r\n\r\n");
    Answer out{status_of(bytes), bytes.substr(0, end + 2), bytes.substr(end + 4, size - end - 4)};
    if (out.header("connection") == "close") {
        close(socket_);
        socket_ = -1;
    }
    return out;
}

Answer Client::get(const std::string& path, const std::string& cookie) {
    return exchange(request_text("GET", path, cookie));
}
Answer Client::post(const std::string& path, const std::string& body, const std::string& cookie) {
    return exchange(request_text("POST", path, cookie, body));
}

std::string sign_in(int port, const std::string& persona) {
    Client client(port);
    const auto page = client.get("/sign-in").body;
    // Each persona is a form: a hidden field "user" and a button with the name.
    const auto name = page.find(persona);
    const std::string field = "name=\"user\" value=\"";
    const auto at = name == std::string::npos ? name : page.rfind(field, name);
    if (at == std::string::npos) throw std::runtime_error("there is no " + persona + " on the sign-in page");
    const auto from = at + field.size();
    const auto user = page.substr(from, page.find('"', from) - from);
    const auto cookie = client.post("/sign-in/demonstration", "user=" + url_encoded(user)).header("set-cookie");
    if (cookie.empty()) throw std::runtime_error(persona + " could not sign in");
    return cookie.substr(0, cookie.find(';'));
}

std::string url_encoded(const std::string& text) {
    std::string out;
    for (const unsigned char c : text) {
        if (isalnum(c)) {
            out += static_cast<char>(c);
        } else {
            char hex[4];
            std::snprintf(hex, sizeof hex, "%%%02X", c);
            out += hex;
        }
    }
    return out;
}

std::vector<std::string> people_found(int port, const std::string& cookie, const std::string& words) {
    Client client(port);
    const auto page = client.get("/search?q=" + url_encoded(words), cookie).body;
    std::set<std::string> out;
    const std::string mark = "href=\"/people/";
    for (auto at = page.find(mark); at != std::string::npos; at = page.find(mark, at + 1)) {
        const auto from = at + mark.size();
        const auto id = page.substr(from, page.find('"', from) - from);
        if (id.find('/') == std::string::npos) out.insert(id);
    }
    return {out.begin(), out.end()};
}

LoadResult closed_loop(const Server& server, const Load& load) {
    struct Connection {
        int socket = -1;
        std::string in;
        Stopwatch asked;
        double due = -1;  // seconds of `watch` at which it asks again; below 0 while it waits for an answer
    };
    LoadResult out;
    std::vector<Connection> all(load.clients);
    const int waiting = epoll_create1(EPOLL_CLOEXEC);
    std::size_t asked = 0;
    auto ask = [&](Connection& c) {
        const auto request = request_text("GET", load.path(asked++), load.cookie);
        c.in.clear();
        c.due = -1;
        if (send(c.socket, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
            throw std::runtime_error("the server hung up");
        c.asked = Stopwatch();
    };
    const double processor = processor_seconds(server.pid());
    const Stopwatch watch;
    for (auto& c : all) {
        c.socket = connect_to(server.port());
        epoll_event event{EPOLLIN, {.ptr = &c}};
        epoll_ctl(waiting, EPOLL_CTL_ADD, c.socket, &event);
        // Those who pause do not all begin at one moment.
        c.due = load.pause * static_cast<double>(&c - all.data()) / load.clients;
    }
    std::vector<char> buffer(1 << 16);
    epoll_event events[64];
    while (watch.seconds() < load.seconds) {
        for (auto& c : all)
            if (c.due >= 0 && c.due <= watch.seconds()) ask(c);
        const int ready = epoll_wait(waiting, events, 64, load.pause > 0 ? 1 : 100);
        for (int i = 0; i < ready; ++i) {
            auto& c = *static_cast<Connection*>(events[i].data.ptr);
            const auto n = recv(c.socket, buffer.data(), buffer.size(), 0);
            if (n <= 0) throw std::runtime_error("the server hung up under load");
            c.in.append(buffer.data(), static_cast<std::size_t>(n));
            if (answer_size(c.in) == 0) continue;
            out.latency.add(c.asked.millis());
            if (status_of(c.in) != 200) ++out.failures;
            if (load.pause > 0)
                c.due = watch.seconds() + load.pause;
            else
                ask(c);
        }
    }
    out.seconds = watch.seconds();
    out.server_processor_seconds = processor_seconds(server.pid()) - processor;
    for (auto& c : all) close(c.socket);
    close(waiting);
    return out;
}

int benchmark(const std::function<void()>& run) {
    signal(SIGPIPE, SIG_IGN);
    print_machine();
    try {
        run();
        return 0;
    } catch (const std::exception& e) {
        std::cerr << "The benchmark could not be run: " << e.what() << "\n";
        return 1;
    }
}

}  // namespace rowan::bench
