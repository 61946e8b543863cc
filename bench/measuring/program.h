// The built binary, from outside: its commands, its server, and clients that keep their connections.
// Errors: std::runtime_error with a sentence; a benchmark that cannot run says so and ends.
#pragma once
#include "measuring/measure.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace rowan::bench {

// ROWAN_BINARY, or the one of this build.
std::string rowan_binary();
// Runs it to its end and returns what it printed; throws what it said on stderr when it fails.
std::string run_rowan(const std::vector<std::string>& arguments);

// A folder that is gone when the benchmark ends.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// A demonstration of so many children. Large ones take a minute to make, so they are kept in ROWAN_BENCH_DATA
// (default: rowan-bench in the system's temporary folder) and used again. Servers may write into it; a benchmark
// that imports takes a copy.
std::filesystem::path demonstration(std::uint64_t children);
// A copy of a demonstration, with its keys, in `folder`.
std::filesystem::path copy_of(const std::filesystem::path& demonstration, const Folder& folder);

class Server {
public:
    // Starts `rowan serve` with these arguments and waits until it says where it is open.
    explicit Server(const std::vector<std::string>& arguments);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    int port() const { return port_; }
    int pid() const { return pid_; }

private:
    int pid_ = -1, out_ = -1, port_ = 0;
};

struct Answer {
    int status = 0;
    std::string head, body;
    std::string header(const std::string& name) const;  // the first, or ""
};

// One connection, one request at a time.
class Client {
public:
    explicit Client(int port) : port_(port) {}
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    Answer get(const std::string& path, const std::string& cookie = "");
    Answer post(const std::string& path, const std::string& body, const std::string& cookie = "");

private:
    Answer exchange(const std::string& request);
    int port_, socket_ = -1;
};

// The cookie of a demonstration's persona, by the name on the button.
std::string sign_in(int port, const std::string& persona);
// Ids of people that a search for these words shows.
std::vector<std::string> people_found(int port, const std::string& cookie, const std::string& words);
std::string url_encoded(const std::string&);

struct LoadResult {
    Times latency;
    double seconds = 0, server_processor_seconds = 0;
    std::size_t failures = 0;  // answers that were not 200
    double per_second() const { return static_cast<double>(latency.count()) / seconds; }
};
// So many clients, each asking again `pause` seconds after it was answered (0: at once), from one thread of this
// process. Latency is from the request's last byte sent to the answer's last byte read.
struct Load {
    unsigned clients = 50;
    double seconds = 5, pause = 0;
    std::string cookie;
    std::function<std::string(std::size_t)> path;  // of the n-th request
};
LoadResult closed_loop(const Server&, const Load&);

// main() of a benchmark: prints the machine, runs it, and turns an exception into a sentence and exit code 1.
int benchmark(const std::function<void()>&);

}  // namespace rowan::bench
