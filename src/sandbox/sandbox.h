// What a server gives up once it stands: it starts no program, looks into no other process, opens no file outside
// its places and takes no port but its own (SECURITY.md 9.8). Whoever takes over the process gets no more than
// that.
//
// Both calls are for good, for this process and all that come of it. The kernel decides how much it can: what it
// lacks is told, never an error. Thread-safety: shut_files() before the first thread is made, as the kernel shuts
// in only the thread that asks and those that it makes later; shut_calls() from any thread, for all.
#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

namespace rowan::sandbox {

struct Places {
    std::vector<std::filesystem::path>
        read;  // files, or folders with all in them; what is not there is passed over
    std::vector<std::filesystem::path> write;  // the same; made, changed and removed there, never run
    std::vector<std::uint16_t> ports;          // to listen at; 0: any free one
};

// Landlock: the files and ports. The kernel's version of it: 0 when it has none (Linux before 5.13, or switched
// off), below 4 when it does not know ports.
int shut_files(const Places&);

// What every program of Debian reads to run at all: libraries, /etc, its own /proc, the random device.
std::vector<std::filesystem::path> system_places();

// seccomp: only the system calls that a server makes. False when the kernel has no filters.
bool shut_calls();

}  // namespace rowan::sandbox
