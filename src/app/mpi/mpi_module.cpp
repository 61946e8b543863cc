#include "app/mpi/mpi_module.h"

#include <algorithm>
#include <mpi.h>

namespace {

constexpr std::uint64_t kMost = std::uint64_t{1} << 28;  // bytes at once: MPI counts in int

void open(std::size_t* rank, std::size_t* size) {
    int given = 0, r = 0, n = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &given);
    MPI_Comm_rank(MPI_COMM_WORLD, &r);
    MPI_Comm_size(MPI_COMM_WORLD, &n);
    *rank = static_cast<std::size_t>(r), *size = static_cast<std::size_t>(n);
}

void send(std::size_t to, const char* bytes, std::uint64_t count) {
    MPI_Send(&count, 1, MPI_UINT64_T, static_cast<int>(to), 0, MPI_COMM_WORLD);
    for (std::uint64_t at = 0; at < count; at += kMost)
        MPI_Send(bytes + at, static_cast<int>(std::min(kMost, count - at)), MPI_BYTE, static_cast<int>(to), 1,
                 MPI_COMM_WORLD);
}

std::uint64_t expect(std::size_t from) {
    std::uint64_t count = 0;
    MPI_Recv(&count, 1, MPI_UINT64_T, static_cast<int>(from), 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return count;
}

void receive(std::size_t from, char* bytes, std::uint64_t count) {
    for (std::uint64_t at = 0; at < count; at += kMost)
        MPI_Recv(bytes + at, static_cast<int>(std::min(kMost, count - at)), MPI_BYTE, static_cast<int>(from), 1,
                 MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

void close() { MPI_Finalize(); }

}  // namespace

extern "C" [[gnu::visibility("default")]] const RowanMpi rowan_mpi;
const RowanMpi rowan_mpi{open, send, expect, receive, close};
