#include "storage/cluster.h"

#include <libpq-fe.h>
#include <pwd.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace rowan::storage {
namespace {

constexpr const char* kBinaries = "/usr/lib/postgresql/15/bin/";

// initdb and postgres refuse to run as root.
void become_unprivileged() {
    if (::geteuid() != 0) return;
    const passwd* user = ::getpwnam("postgres");
    if (!user) user = ::getpwnam("nobody");
    if (!user || ::initgroups(user->pw_name, user->pw_gid) != 0 || ::setgid(user->pw_gid) != 0 ||
        ::setuid(user->pw_uid) != 0)
        ::_exit(126);
}

pid_t launch(std::vector<std::string> command, const std::string& log) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    become_unprivileged();
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // goes down with the tests, however they end
    if (!std::freopen(log.c_str(), "a", stdout) || ::dup2(STDOUT_FILENO, STDERR_FILENO) < 0) ::_exit(126);
    std::vector<char*> arguments;
    for (auto& a : command) arguments.push_back(a.data());
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

std::string make_folder() {
    auto name = (std::filesystem::temp_directory_path() / "rowan-pg-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary folder for PostgreSQL");
    if (::geteuid() == 0) {
        const passwd* user = ::getpwnam("postgres");
        if (!user) user = ::getpwnam("nobody");
        if (!user || ::chown(name.c_str(), user->pw_uid, user->pw_gid) != 0)
            throw std::runtime_error("cannot give the temporary folder to the user of PostgreSQL");
    }
    return name;
}

}  // namespace

Cluster& Cluster::get() {
    static Cluster cluster;
    return cluster;
}

Cluster::Cluster() {
    if (::access((std::string(kBinaries) + "initdb").c_str(), X_OK) != 0)
        throw std::runtime_error(
            "PostgreSQL 15 is not installed, so half of the storage suite cannot run: "
            "run script/setup");
    folder_ = make_folder();
    start();
    wait_until_ready();
}

Cluster::~Cluster() {
    if (server_ > 0) {
        ::kill(server_, SIGQUIT);
        ::waitpid(server_, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void Cluster::start() {
    const auto log = folder_ + "/log";
    const auto made = launch({std::string(kBinaries) + "initdb", "-D", folder_ + "/data", "-U", "rowan", "-A",
                              "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"},
                             log);
    int status = 0;
    ::waitpid(made, &status, 0);
    if (status != 0) throw std::runtime_error("initdb failed: see " + log);
    server_ = launch({std::string(kBinaries) + "postgres", "-D", folder_ + "/data", "-k", folder_, "-c",
                      "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "autovacuum=off",
                      "-c", "shared_buffers=32MB", "-c", "max_connections=60"},
                     log);
}

void Cluster::wait_until_ready() const {
    for (int i = 0; i < 300; ++i) {
        if (PQping(url("postgres").c_str()) == PQPING_OK) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    throw std::runtime_error("PostgreSQL did not start: see " + folder_ + "/log");
}

std::string Cluster::url(const std::string& database) const {
    std::string host;
    for (const char c : folder_) host += c == '/' ? std::string("%2F") : std::string(1, c);
    return "postgres://rowan@" + host + "/" + database;
}

void Cluster::run(const std::string& sql, const std::string& database) const {
    const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(url(database).c_str()), &PQfinish);
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection.get(), sql.c_str()), &PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
}

void Cluster::create_database(const std::string& name, const std::string& like) const {
    run("CREATE DATABASE " + name + " TEMPLATE " + like);
}

void Cluster::drop_database(const std::string& name) const {
    run("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
}

}  // namespace rowan::storage
