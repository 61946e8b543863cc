#include "app/operations.h"

#include "base/id.h"
#include "crypto/merkle.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace rowan::app {

namespace {

using database::Session;

// Whether the log could be written now: one row that changes each time, or nothing would go to the disk, and a
// tree that can be gone on with.
base::Result<> try_audit(database::Database& database) {
    return database.write([](Session& s) -> base::Result<> {
        s.execute(
            "INSERT INTO idempotency (key, user_id, at, outcome) VALUES ('ready', '', 0, $1) ON CONFLICT (key) DO "
            "UPDATE SET outcome = excluded.outcome",
            base::new_id());
        const auto row = s.one("SELECT frontier FROM audit_state WHERE id = 1");
        if (row && !crypto::Frontier::parse(row->blob(0)).ok()) return base::unavailable("damaged");
        return base::done();
    });
}

// A commit would wait for ever: PostgreSQL is told to keep a second copy, and nobody keeps it. Who may not see
// what a standby does (the state is null) finds out by writing.
base::Result<bool> lacks_standby(database::Database& database) {
    if (database.dialect() == database::Dialect::sqlite) return false;
    return database.read([](Session& s) -> base::Result<bool> {
        if (s.one("SELECT current_setting('synchronous_standby_names')")->text(0).empty()) return false;
        return !s.one(
            "SELECT 1 FROM pg_stat_replication WHERE sync_state IS NULL OR sync_state IN ('sync', 'quorum') LIMIT "
            "1");
    });
}

std::int64_t resident_bytes() {
    std::ifstream in("/proc/self/statm");
    std::int64_t all = 0, resident = 0;
    in >> all >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

std::int64_t open_files() {
    std::error_code error;
    std::int64_t n = 0;
    for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
         at.increment(error))
        ++n;
    return n;
}

void add(std::string& out, std::string_view name, std::string_view type, std::string_view help,
         std::int64_t value) {
    out.append("# HELP ")
        .append(name)
        .append(" ")
        .append(help)
        .append("\n# TYPE ")
        .append(name)
        .append(" ")
        .append(type);
    out.append("\n").append(name).append(" ").append(std::to_string(value)).append("\n");
}

}  // namespace

bool is_this_machine(const std::string& address) { return address == "127.0.0.1" || address == "::1"; }

Operations::Operations(House& house, std::size_t records, int landlock,
                       std::function<http::Server::Counters()> counters)
    : house_(house), records_(records), landlock_(landlock), counters_(std::move(counters)) {}

std::vector<std::string> Operations::reasons() const {
    std::vector<std::string> out;
    auto& database = house_.database();
    const auto* looks = house_.office().look_file;
    if (stopping_) out.emplace_back("stopping");
    const auto lacks = lacks_standby(database);
    if (!database.healthy())
        out.emplace_back("disk");
    else if (lacks.ok() && *lacks)
        out.emplace_back("standby");
    else if (!lacks.ok() || !try_audit(database).ok() || (looks && !looks->sound()))
        out.emplace_back("audit");
    return out;
}

http::Limits Operations::limits_for(http::Method, std::string_view) const { return {}; }

http::Response Operations::error_page(int status) const {
    return http::plain(status, std::to_string(status) + "\n");
}

http::Response Operations::handle(const http::Request& request) {
    const bool read = request.method == http::Method::get || request.method == http::Method::head;
    if (!read) return error_page(405);
    if (request.path == "/health") return http::plain(200, "ok\n");
    if (request.path == "/metrics") {
        auto out = http::plain(200, metrics());
        out.content_type = "text/plain; version=0.0.4; charset=utf-8";
        return out;
    }
    if (request.path != "/ready") return error_page(404);
    std::string codes;
    for (const auto& reason : reasons()) codes += reason + "\n";
    return codes.empty() ? http::plain(200, "ready\n") : http::plain(503, codes);
}

std::string Operations::metrics() const {
    const auto c = counters_();
    const auto number = [](auto n) { return static_cast<std::int64_t>(n); };
    std::string out;
    add(out, "rowan_ready", "gauge", "1 when it can serve", reasons().empty() ? 1 : 0);
    add(out, "rowan_http_connections_total", "counter", "Connections accepted", number(c.accepted));
    add(out, "rowan_http_connections_open", "gauge", "Connections open now", number(c.open_connections));
    add(out, "rowan_http_answers_total", "counter", "Answers given by a page", number(c.served));
    add(out, "rowan_http_busy_total", "counter", "Connections and requests refused because too much waited",
        number(c.refused_busy));
    add(out, "rowan_http_bad_requests_total", "counter", "Requests that were not well formed",
        number(c.bad_requests));
    add(out, "rowan_http_timeouts_total", "counter", "Requests and answers that took too long",
        number(c.timeouts));
    add(out, "rowan_index_records", "gauge", "Records in the index when it was opened", number(records_));
    if (const auto* looks = house_.office().look_file)
        add(out, "rowan_looks_waiting", "gauge", "Looks that are durable and not in the audit log yet",
            looks->waiting());
    add(out, "rowan_landlock_version", "gauge", "The kernel's walls around its files; 0 without", landlock_);
    if (house_.database().healthy()) {
        const auto size =
            house_.database().read([](Session& s) { return s.one("SELECT size FROM audit_state WHERE id = 1"); });
        add(out, "rowan_audit_entries", "gauge", "Entries of the audit log", size ? size->integer(0) : 0);
    }
    add(out, "process_resident_memory_bytes", "gauge", "Memory in use", resident_bytes());
    add(out, "process_open_fds", "gauge", "Open files", open_files());
    return out;
}

}  // namespace rowan::app
