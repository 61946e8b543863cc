#include "sandbox/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <future>
#include <thread>

namespace rowan::sandbox {
namespace {

namespace fs = std::filesystem;

// A folder of the server's, and one of somebody else's.
class Sandbox : public testing::Test {
protected:
    Sandbox() {
        auto name = (fs::temp_directory_path() / "rowan-sandbox-XXXXXX").string();
        base_ = mkdtemp(name.data());
        fs::create_directory(own());
        fs::create_directory(other());
        for (const auto& folder : {own(), other()})
            close(open((folder / "file").c_str(), O_CREAT | O_WRONLY, 0600));
    }
    ~Sandbox() override { fs::remove_all(base_); }
    fs::path own() const { return base_ / "own"; }
    fs::path other() const { return base_ / "other"; }
    Places places() const { return {system_places(), {own()}, {0}}; }

    // What the attempt gives (0 or an errno) in a process of its own, after `before`.
    static int in_a_child(const std::function<void()>& before, const std::function<int()>& attempt) {
        const auto child = fork();
        if (child == 0) {
            before();
            _exit(attempt());
        }
        int status = 0;
        waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    int with_files_shut(const std::function<int()>& attempt) const {
        return in_a_child(
            [this] {
                if (shut_files(places()) == 0) _exit(200);
            },
            attempt);
    }
    static int with_calls_shut(const std::function<int()>& attempt) {
        return in_a_child(
            [] {
                if (!shut_calls()) _exit(200);
            },
            attempt);
    }
    static bool seccomp() {
        return with_calls_shut([] { return 0; }) == 0;
    }
    static bool landlock() { return syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) > 0; }

private:
    fs::path base_;
};

int opened(const fs::path& path, int flags) {
    const int file = open(path.c_str(), flags, 0600);
    if (file < 0) return errno;
    close(file);
    return 0;
}
int called(long result) { return result < 0 ? errno : 0; }

int run_a_program() {
    char* const arguments[] = {const_cast<char*>("/bin/true"), nullptr};
    execve("/bin/true", arguments, nullptr);
    return errno;
}

int bound_to(std::uint16_t port) {
    const int s = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return called(bind(s, reinterpret_cast<sockaddr*>(&address), sizeof address));
}

TEST_F(Sandbox, its_own_files_are_read_made_and_removed) {
    if (!landlock()) GTEST_SKIP() << "skipped: Landlock is not at hand";
    EXPECT_EQ(0, with_files_shut([&] { return opened(own() / "file", O_RDWR | O_TRUNC); }));
    EXPECT_EQ(0, with_files_shut([&] { return opened(own() / "new", O_CREAT | O_WRONLY); }));
    EXPECT_EQ(0, with_files_shut([&] { return called(unlink((own() / "file").c_str())); }));
    EXPECT_EQ(0, with_files_shut([] { return opened("/etc/passwd", O_RDONLY); }));
    EXPECT_EQ(0, with_files_shut([] { return bound_to(0); }));
}

TEST_F(Sandbox, no_other_file_is_opened_and_no_other_port_taken) {
    if (!landlock()) GTEST_SKIP() << "skipped: Landlock is not at hand";
    const std::pair<const char*, std::function<int()>> attempts[] = {
        {"reading", [&] { return opened(other() / "file", O_RDONLY); }},
        {"writing", [&] { return opened(other() / "file", O_WRONLY); }},
        {"making", [&] { return opened(other() / "new", O_CREAT | O_WRONLY); }},
        {"removing", [&] { return called(unlink((other() / "file").c_str())); }},
        {"a program", [&] { return run_a_program(); }},
    };
    for (const auto& [what, attempt] : attempts) EXPECT_EQ(EACCES, with_files_shut(attempt)) << what;
    // The control: nothing else keeps them from it.
    for (const auto& [what, attempt] : attempts) EXPECT_EQ(0, in_a_child([] {}, attempt)) << what;
    if (syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) >= 4) {
        EXPECT_EQ(EACCES, with_files_shut([] { return bound_to(47'831); }));
    }
}

TEST_F(Sandbox, a_thread_made_afterwards_is_shut_in_too) {
    if (!landlock()) GTEST_SKIP() << "skipped: Landlock is not at hand";
    EXPECT_EQ(EACCES, with_files_shut([&] {
                  return std::async(std::launch::async, [&] { return opened(other() / "file", O_RDONLY); }).get();
              }));
}

TEST_F(Sandbox, no_program_is_started_and_no_process_touched) {
    if (!seccomp()) GTEST_SKIP() << "skipped: seccomp is not at hand";
    const std::pair<const char*, std::function<int()>> attempts[] = {
        {"execve", [] { return run_a_program(); }},
        {"ptrace", [] { return called(ptrace(PTRACE_TRACEME, 0, 0, 0)); }},
        {"kill", [] { return called(kill(getppid(), 0)); }},
        {"memfd_create", [] { return called(memfd_create("x", 0)); }},
        {"chmod", [&] { return called(chmod((own() / "file").c_str(), 0755)); }},
        {"symlink", [&] { return called(symlink("/", (own() / "link").c_str())); }},
    };
    for (const auto& [what, attempt] : attempts) EXPECT_EQ(EPERM, with_calls_shut(attempt)) << what;
    for (const auto& [what, attempt] : attempts) EXPECT_EQ(0, in_a_child([] {}, attempt)) << what;
    EXPECT_NE(0, with_calls_shut([] { return called(fork()); }));
}

TEST_F(Sandbox, memory_that_can_be_run_is_not_written) {
    if (!seccomp()) GTEST_SKIP() << "skipped: seccomp is not at hand";
    const auto mapped = [](int protection) {
        return mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0;
    };
    EXPECT_EQ(0, with_calls_shut([&] { return mapped(PROT_READ | PROT_WRITE); }));
    EXPECT_NE(0, with_calls_shut([&] { return mapped(PROT_READ | PROT_WRITE | PROT_EXEC); }));
    EXPECT_EQ(0, in_a_child([] {}, [&] { return mapped(PROT_READ | PROT_WRITE | PROT_EXEC); }));
    const auto made_runnable = [] {
        auto* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return called(mprotect(page, 4096, PROT_READ | PROT_EXEC));
    };
    EXPECT_NE(0, with_calls_shut(made_runnable));
    EXPECT_EQ(0, in_a_child([] {}, made_runnable));
}

TEST_F(Sandbox, only_the_sockets_of_a_server_are_made) {
    if (!seccomp()) GTEST_SKIP() << "skipped: seccomp is not at hand";
    for (const int family : {AF_UNIX, AF_INET, AF_INET6})
        EXPECT_EQ(0, with_calls_shut([&] { return called(socket(family, SOCK_STREAM, 0)); })) << family;
    EXPECT_NE(0, with_calls_shut([] { return called(socket(AF_PACKET, SOCK_RAW, 0)); }));
    EXPECT_NE(0, with_calls_shut([] { return called(socket(AF_VSOCK, SOCK_STREAM, 0)); }));
}

TEST_F(Sandbox, threads_that_ran_before_are_shut_in_and_new_ones_can_be_made) {
    if (!seccomp()) GTEST_SKIP() << "skipped: seccomp is not at hand";
    EXPECT_EQ(EPERM, in_a_child([] {},
                                [] {
                                    std::promise<void> shut;
                                    auto waiting = std::async(std::launch::async, [&] {
                                        shut.get_future().wait();
                                        return run_a_program();
                                    });
                                    if (!shut_calls()) return 200;
                                    shut.set_value();
                                    return waiting.get();
                                }));
    EXPECT_EQ(0, with_calls_shut([] { return std::async(std::launch::async, [] { return 0; }).get(); }));
}

}  // namespace
}  // namespace rowan::sandbox
