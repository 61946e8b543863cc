#include "sandbox/sandbox.h"

#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <type_traits>

namespace rowan::sandbox {

namespace {

// What a server does all day, whatever the values.
constexpr const char* kAllowed[] = {
    // files that are open, and those that may be opened
    "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "lseek", "close", "dup",
    "dup2", "dup3", "open", "openat", "access", "faccessat", "faccessat2", "stat", "fstat", "lstat", "newfstatat",
    "statx", "statfs", "fstatfs", "getdents", "getdents64", "readlink", "readlinkat", "getcwd", "fcntl", "flock",
    "truncate", "ftruncate", "fallocate", "fadvise64", "unlink", "unlinkat", "rename", "renameat", "renameat2",
    "mkdir", "mkdirat", "rmdir", "fchmod", "fchown", "umask", "utimensat", "fsync", "fdatasync", "sync_file_range",
    "msync",
    // memory
    "brk", "munmap", "mremap", "madvise", "mlock", "mlock2", "munlock", "membarrier", "mincore",
    // threads and their signals
    "futex", "futex_waitv", "get_robust_list", "set_robust_list", "rseq", "set_tid_address", "exit", "exit_group",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "rt_sigpending", "rt_sigsuspend",
    "sigaltstack", "restart_syscall", "sched_yield", "sched_getaffinity", "sched_getparam", "sched_getscheduler",
    "sched_get_priority_max", "sched_get_priority_min", "getcpu",
    // waiting
    "poll", "ppoll", "select", "pselect6", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait",
    "epoll_pwait2", "eventfd2", "timerfd_create", "timerfd_settime", "timerfd_gettime", "pipe", "pipe2",
    "clock_nanosleep", "nanosleep",
    // the network
    "bind", "connect", "listen", "accept", "accept4", "getsockname", "getpeername", "getsockopt", "setsockopt",
    "sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg", "shutdown",
    // who and when
    "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getrandom", "clock_gettime",
    "clock_getres", "gettimeofday", "time", "times", "getrusage", "sysinfo", "uname", "getrlimit"};

// Said to be forbidden. Everything else is said not to be there, so that libraries take another way.
constexpr const char* kForbidden[] = {"execve",
                                      "execveat",
                                      "fork",
                                      "vfork",
                                      "ptrace",
                                      "process_vm_readv",
                                      "process_vm_writev",
                                      "kill",
                                      "tkill",
                                      "pidfd_open",
                                      "pidfd_getfd",
                                      "pidfd_send_signal",
                                      "mount",
                                      "umount2",
                                      "pivot_root",
                                      "chroot",
                                      "unshare",
                                      "setns",
                                      "bpf",
                                      "perf_event_open",
                                      "userfaultfd",
                                      "init_module",
                                      "finit_module",
                                      "delete_module",
                                      "kexec_load",
                                      "reboot",
                                      "setuid",
                                      "setgid",
                                      "setresuid",
                                      "setresgid",
                                      "setreuid",
                                      "setregid",
                                      "setgroups",
                                      "capset",
                                      "personality",
                                      "memfd_create",
                                      "mknod",
                                      "mknodat",
                                      "chmod",
                                      "fchmodat",
                                      "chown",
                                      "lchown",
                                      "fchownat",
                                      "symlink",
                                      "symlinkat",
                                      "link",
                                      "linkat",
                                      "clock_settime",
                                      "settimeofday",
                                      "adjtimex",
                                      "clock_adjtime",
                                      "keyctl",
                                      "add_key",
                                      "request_key",
                                      "open_by_handle_at",
                                      "io_uring_setup"};

using Filter = std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, decltype(&seccomp_release)>;

void rule(const Filter& filter, std::uint32_t action, const char* name,
          std::initializer_list<scmp_arg_cmp> when = {}) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) return;  // a name that this machine does not have
    seccomp_rule_add_array(filter.get(), action, number, static_cast<unsigned>(when.size()), when.begin());
}

scmp_arg_cmp is(unsigned argument, std::uint64_t value) { return {argument, SCMP_CMP_EQ, value, 0}; }
scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

// Allowed for some values of their arguments only.
void allow_with_care(const Filter& filter) {
    const auto allow = [&](const char* name, std::initializer_list<scmp_arg_cmp> when) {
        rule(filter, SCMP_ACT_ALLOW, name, when);
    };
    allow("clone", {masked(0, CLONE_THREAD, CLONE_THREAD)});  // a thread, never a process
    // Memory that can be run is never written to.
    for (const int protection : {0, PROT_WRITE, PROT_EXEC})
        allow("mmap", {masked(2, PROT_WRITE | PROT_EXEC, static_cast<std::uint64_t>(protection))});
    allow("mprotect", {masked(2, PROT_EXEC, 0)});
    for (const int family :
         {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK})  // the last: which addresses this machine has
        allow("socket", {is(0, static_cast<std::uint64_t>(family))});
    allow("socketpair", {is(0, AF_UNIX)});
    for (const auto request : {FIONBIO, FIONREAD, TCGETS, TIOCGWINSZ}) allow("ioctl", {is(1, request)});
    for (const int what : {PR_SET_NAME, PR_GET_NAME}) allow("prctl", {is(0, static_cast<std::uint64_t>(what))});
    const auto self = static_cast<std::uint64_t>(getpid());
    allow("tgkill", {is(0, self)});  // abort()
    allow("prlimit64", {is(2, 0)});  // asking, not setting
}

}  // namespace

bool shut_calls() {
    const Filter filter(seccomp_init(SCMP_ACT_ERRNO(ENOSYS)), &seccomp_release);
    if (!filter) return false;
    for (const auto* name : kAllowed) rule(filter, SCMP_ACT_ALLOW, name);
    for (const auto* name : kForbidden) rule(filter, SCMP_ACT_ERRNO(EPERM), name);
    allow_with_care(filter);
    seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a tree, not a list of two hundred
    seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);     // all threads, or none
    return seccomp_load(filter.get()) == 0;
}

}  // namespace rowan::sandbox
