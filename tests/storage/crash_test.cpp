// kill -9 loses no acknowledged write (SECURITY.md 6.10), and one program at a time serves a SQLite file.
#include "storage/child.h"
#include "storage/fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <thread>

namespace rowan::storage {

using database::Database;
using database::OpenOptions;
using database::Session;

int write_until_killed(const std::string& url, int who) {
    const auto db = Database::open(url);
    if (!db) return 1;
    for (int n = 1;; ++n) {
        const auto done = (*db)->write([&](Session& s) -> base::Result<> {
            s.execute("INSERT INTO written (writer, n) VALUES ($1, $2)", who, n);
            return base::done();
        });
        if (!done) return 1;
        std::cout << n << '\n' << std::flush;
    }
}

int try_to_open(const std::string& url) {
    const auto db = Database::open(url);
    if (db) return 0;
    std::cout << db.error().message << std::flush;
    return 1;
}

namespace {

struct Child {
    pid_t id = -1;
    int output = -1;
};

Child start(const std::vector<std::string>& arguments) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("pipe");
    Child child{::fork(), ends[0]};
    if (child.id == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::close(ends[0]);
        std::vector<char*> list{const_cast<char*>("/proc/self/exe")};
        for (const auto& a : arguments) list.push_back(const_cast<char*>(a.c_str()));
        list.push_back(nullptr);
        ::execv(list[0], list.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    return child;
}

std::string everything(int descriptor, std::string out = {}) {
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(descriptor, buffer, sizeof buffer)) > 0;)
        out.append(buffer, static_cast<std::size_t>(n));
    ::close(descriptor);
    return out;
}

std::string first_words(int descriptor) {
    std::string out(1, '\0');
    return ::read(descriptor, out.data(), 1) == 1 ? out : std::string{};
}

int acknowledged(const std::string& lines) {
    const auto end = lines.rfind('\n');
    if (end == std::string::npos) return 0;
    const auto before = lines.rfind('\n', end - 1);
    const auto begin = before == std::string::npos ? 0 : before + 1;
    int n = 0;
    std::from_chars(lines.data() + begin, lines.data() + end, n);
    return n;
}

class Crash : public StorageTest {};

TEST_P(Crash, kill_9_in_the_middle_of_writing_loses_nothing_acknowledged) {
    ASSERT_TRUE(
        db().write([](Session& s) -> base::Result<> {
                s.execute(
                    "CREATE TABLE written (writer BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (writer, n))");
                return base::done();
            })
            .ok());
    close();  // the child is the one program on this data
    int total = 0;
    for (int round = 1; round <= 10; ++round) {
        const auto child = start({"--child", url(), std::to_string(round)});
        const auto began = first_words(child.output);  // it writes
        std::this_thread::sleep_for(std::chrono::milliseconds(20 + 17 * round));
        ::kill(child.id, SIGKILL);
        const int told = acknowledged(everything(child.output, began));
        ::waitpid(child.id, nullptr, 0);
        const auto again = open_again();
        const auto kept = again->read([&](Session& s) {
            return *s.one("SELECT count(*), coalesce(max(n), 0) FROM written WHERE writer = $1", round);
        });
        EXPECT_GE(kept.integer(0), told) << "an acknowledged write is gone";
        EXPECT_LE(kept.integer(0), told + 1) << "more was kept than was asked for";
        EXPECT_EQ(kept.integer(0), kept.integer(1)) << "there is a hole";
        EXPECT_TRUE(again->integrity_problems().empty());
        total += told;
    }
    EXPECT_GT(total, 100) << "the children hardly wrote: this run shows nothing";
}
ROWAN_ON_BOTH(Crash);

class SecondProcess : public StorageTest {};

TEST_P(SecondProcess, is_refused_on_the_same_sqlite_file_and_welcome_on_postgresql) {
    const auto other = start({"--try-to-open", url()});
    const auto said = everything(other.output);
    int status = 0;
    ::waitpid(other.id, &status, 0);
    if (on_sqlite()) {
        EXPECT_EQ(WEXITSTATUS(status), 1);
        EXPECT_EQ(said, "Another Rowan is already using this data folder; stop it first.");
    } else {
        EXPECT_EQ(WEXITSTATUS(status), 0) << said;
    }
}

TEST_P(SecondProcess, may_open_once_the_first_has_stopped) {
    close();
    const auto other = start({"--try-to-open", url()});
    EXPECT_EQ(everything(other.output), "");
    int status = 0;
    ::waitpid(other.id, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 0);
}
ROWAN_ON_BOTH(SecondProcess);

}  // namespace
}  // namespace rowan::storage
