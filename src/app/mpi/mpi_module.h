// What rowan_mpi.so offers to `rowan link`: whole messages between the processes that mpirun started. Any failure
// ends all processes, as Open MPI does by itself.
#pragma once
#include <cstddef>
#include <cstdint>

extern "C" {

struct RowanMpi {
    void (*open)(std::size_t* rank, std::size_t* size);
    void (*send)(std::size_t to, const char* bytes, std::uint64_t count);
    std::uint64_t (*expect)(std::size_t from);  // how many bytes are coming
    void (*receive)(std::size_t from, char* bytes, std::uint64_t count);
    void (*close)();
};

}  // extern "C"
