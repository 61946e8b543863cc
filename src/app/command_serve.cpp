#include "app/commands.h"
#include "app/demonstration.h"
#include "app/operations.h"
#include "app/options.h"
#include "app/program.h"
#include "base/log.h"
#include "base/number.h"
#include "http/server.h"
#include "partnership/accounts.h"
#include "sandbox/sandbox.h"

#include <csignal>

#include <cstdlib>
#include <iostream>
#include <thread>

namespace rowan::app {

namespace {

// "127.0.0.1:8080"
std::optional<std::pair<std::string, std::uint16_t>> parse_listen(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0) return std::nullopt;
    const auto port = base::whole_number<std::uint16_t>(std::string_view(text).substr(colon + 1));
    if (!port) return std::nullopt;
    return std::pair{text.substr(0, colon), *port};
}

// Signals are blocked in every thread and taken here.
sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

base::Result<std::unique_ptr<House>> open_house(const HouseOptions& options, bool demo) {
    const bool there = !options.database.empty() || std::filesystem::exists(options.data / "rowan.db");
    if (demo && !there) return make_demonstration(options, "somerset", {});
    auto opened = House::open(options);
    if (opened.ok() && demo && !(*opened)->demonstration())
        return base::refused("This is a real partnership's data; --demo is refused. Start it without --demo.");
    return opened;
}

// The folder itself, or the nearest one above it that is there.
std::filesystem::path ground_of(std::filesystem::path place) {
    place = std::filesystem::absolute(place);
    while (!std::filesystem::exists(place)) place = place.parent_path();
    return place;
}

// What the server reads and writes from now on. A demonstration that is still to be made needs the folders around
// it.
sandbox::Places places_of(const HouseOptions& house, bool demo, const std::vector<std::string>& files,
                          std::vector<std::uint16_t> ports) {
    sandbox::Places out{sandbox::system_places(), {}, std::move(ports)};
    out.read.push_back(keyring_path(house));
    if (const auto list = breached_path(house); !list.empty()) out.read.push_back(list);
    for (const auto& file : files)
        if (!file.empty()) out.read.push_back(file);
    if (const char* home = std::getenv("HOME"); home && !house.database.empty())  // libpq's own
        for (const auto* name : {".pgpass", ".postgresql", ".pg_service.conf"})
            out.read.push_back(std::filesystem::path(home) / name);
    if (!house.data.empty()) out.write.push_back(ground_of(house.data));
    if (demo && !std::filesystem::exists(keyring_path(house))) out.write.push_back(ground_of(keyring_path(house)));
    return out;
}

// The head of the audit log is signed at least once a minute, also when nobody writes.
void sign_head(partnership::Office& office) {
    try {
        (void)office.database.write([&](database::Session& s) -> base::Result<> {
            office.audit.sign_head_if_due(s);
            return base::done();
        });
    } catch (const partnership::AuditDamaged& damage) {
        // The server stays up: each visitor is told, and `rowan audit verify` says what is wrong.
        base::log(base::LogLevel::error, "audit.damaged", {{"reason", std::string_view(damage.what())}});
    }
}

// Hackney 2020: an account that nobody uses is a way in that nobody watches.
void close_dormant(const partnership::Office& office) {
    try {
        if (const auto closed = partnership::close_dormant_accounts(office); closed > 0)
            base::log(base::LogLevel::info, "accounts.dormant", {{"closed", closed}});
    } catch (const partnership::AuditDamaged& damage) {
        base::log(base::LogLevel::error, "audit.damaged", {{"reason", std::string_view(damage.what())}});
    }
}

// Until it is told to stop: true. False when the disk has failed: what was written since is in doubt, and only a
// start that reads it afresh may go on (SECURITY.md 6.10).
bool watch(const sigset_t& signals, partnership::Office& office) {
    for (int second = 1;; ++second) {
        timespec wait{1, 0};
        if (sigtimedwait(&signals, nullptr, &wait) > 0) return true;
        if (!office.database.healthy() || (office.look_file && !office.look_file->database().healthy()))
            return false;
        if (second % 60 == 0) sign_head(office);
        if (second % 3600 == 0) close_dormant(office);
    }
}

}  // namespace

int serve_command(const Arguments& arguments) {
    Options options("serve", "Opens a partnership to browsers.");
    HouseOptions house_options;
    std::string listen = "127.0.0.1:8080", certificate, key, operations_listen;
    std::vector<std::string> proxies;
    bool demo = false, unconfined = false;
    options.house(house_options, false);
    options.text("--listen", listen, "Address and port (default 127.0.0.1:8080; port 0: any free one)");
    options.flag("--demo", demo,
                 "The demonstration: made first if it is not there; its sign-in page offers invented people");
    options.text("--certificate", certificate, "PEM file: serve HTTPS");
    options.text("--key", key, "PEM file of the certificate's key");
    options.many("--trusted-proxy", proxies, "Address whose X-Forwarded-For and -Proto are believed");
    options.text("--operations", operations_listen,
                 "Address and port on this machine for /health, /ready and /metrics (default: none)");
    options.flag("--unconfined", unconfined,
                 "Give up no rights: only to find out whether giving them up is what fails");
    if (const auto code = options.parse(arguments)) return *code;
    if (house_options.data.empty() && house_options.database.empty()) {
        if (!demo) {
            std::cerr << "rowan serve: --data is required: give the partnership's data folder\n";
            return 2;
        }
        house_options.data = "data/demo";
    }
    const auto where = parse_listen(listen);
    if (!where) {
        std::cerr << "rowan serve: --listen must be like 127.0.0.1:8080\n";
        return 2;
    }
    const auto operations_at = operations_listen.empty() ? std::nullopt : parse_listen(operations_listen);
    if (!operations_listen.empty() && (!operations_at || !is_this_machine(operations_at->first))) {
        std::cerr << "rowan serve: --operations must be on this machine, like 127.0.0.1:9100\n";
        return 2;
    }
    const auto signals = stop_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    // Before the first thread is made, and before anything that is stored is read (SECURITY.md 9.8).
    int walls = 0;
    if (!unconfined) {
        std::vector<std::uint16_t> ports{where->second};
        if (operations_at) ports.push_back(operations_at->second);
        walls = sandbox::shut_files(places_of(house_options, demo, {certificate, key}, ports));
    }
    auto house = open_house(house_options, demo);
    if (!house.ok()) return fail(house.error());
    Program program(**house);

    http::ServerOptions server_options;
    server_options.address = where->first;
    server_options.port = where->second;
    server_options.certificate_file = certificate;
    server_options.key_file = key;
    server_options.trusted_proxies = proxies;
    // A worker waits until what it saved is on the disk. The more of them wait, the more writes share one commit:
    // with as few workers as cores the disk would set the pace. But few work at the same time, first come, first
    // served, or all would be slow together (ADR 0036); and pages that wait for their looks hold no worker (ADR
    // 0045).
    server_options.workers = 32;
    server_options.turns = std::max(4u, 2 * std::thread::hardware_concurrency());
    auto server = http::Server::start(server_options, program.service());
    if (!server.ok()) {
        auto error = server.error();
        if (error.kind == base::ErrorKind::unavailable) {
            const unsigned other = where->second < 65535 ? where->second + 1u : 8080u;
            error.message += " Choose another with --listen " + where->first + ":" + std::to_string(other) + ".";
        }
        return fail(error);
    }
    Operations operations(**house, program.records(), walls, [&] { return (*server)->counters(); });
    std::unique_ptr<http::Server> aside;
    if (operations_at) {
        http::ServerOptions aside_options;
        aside_options.address = operations_at->first;
        aside_options.port = operations_at->second;
        aside_options.workers = 2;
        aside_options.connections = 64;
        auto started = http::Server::start(aside_options, operations);
        if (!started.ok()) return fail(started.error());
        aside = std::move(*started);
    }
    const bool calls = !unconfined && sandbox::shut_calls();
    base::log(walls > 0 && calls ? base::LogLevel::info : base::LogLevel::warning, "server.confined",
              {{"landlock", std::int64_t{walls}}, {"seccomp", calls}});
    std::cout << "Rowan is open at " << (certificate.empty() ? "http" : "https") << "://" << where->first << ":"
              << (*server)->port() << std::endl;
    if (aside)
        std::cout << "Its state is told at http://" << operations_at->first << ":" << aside->port() << std::endl;
    base::log(
        base::LogLevel::info, "server.started",
        {{"port", std::int64_t{(*server)->port()}}, {"records", static_cast<std::int64_t>(program.records())}});

    const bool sound = watch(signals, (*house)->office());
    operations.stopping();
    (*server)->stop();
    base::log(base::LogLevel::info, "server.stopped");
    if (!sound)
        return fail(
            base::unavailable("The disk reported an error, so Rowan has stopped: nobody knows what it kept. Look "
                              "at the disk, then start Rowan again."));
    return 0;
}

}  // namespace rowan::app
