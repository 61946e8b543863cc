// FNV-1a, 64 bit: the same number on every machine and in every build, for seeds, buckets and in-memory indexes.
// Not for secrets, and not against people who choose the input: see crypto/token.h and crypto/seal.h.
#pragma once
#include <cstdint>
#include <string_view>

namespace rowan::base {

constexpr std::uint64_t kHashStart = 0xcbf29ce484222325u;

// Chain calls by giving the last result as `from`.
constexpr std::uint64_t stable_hash(std::string_view bytes, std::uint64_t from = kHashStart) {
    for (char c : bytes) from = (from ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return from;
}

}  // namespace rowan::base
