// Any bytes as a proof: never crashes, and never verifies unless it is the one true proof.
// Needs src/crypto/{merkle,secret,sign,token}.cpp, src/base/{text,time}.cpp, libsodium, ICU and date-tz.
#include "crypto/merkle.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace rowan::crypto;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

std::vector<Hash> as_hashes(std::string_view bytes) {
    std::vector<Hash> out;
    for (; bytes.size() >= 32 && out.size() < 70; bytes.remove_prefix(32)) {
        Hash& hash = out.emplace_back();
        std::copy_n(bytes.begin(), 32, hash.begin());
    }
    return out;
}

std::uint64_t number(std::string_view& bytes) {
    std::uint64_t n = 0;
    for (std::size_t i = 0; i < 8 && !bytes.empty(); ++i, bytes.remove_prefix(1))
        n = n << 8 | static_cast<unsigned char>(bytes[0]);
    return n;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (auto frontier = Frontier::parse(bytes)) require(frontier->serialise() == bytes);

    std::uint64_t a = number(bytes), b = number(bytes);
    std::vector<Hash> proof = as_hashes(bytes);
    Hash leaf = leaf_hash("leaf"), root = leaf_hash("root");
    // No tree of two leaves or more has a leaf's hash for its root, and no known input gives these.
    require(b == 1 || !verify_inclusion(leaf, a, b, proof, root));
    require(!verify_consistency(a, b, leaf, root, proof));

    // In a real tree only the real proof holds.
    constexpr std::uint64_t kSize = 13;
    static const std::vector<Hash> leaves = [] {
        std::vector<Hash> out;
        for (std::uint64_t i = 0; i < kSize; ++i) out.push_back(leaf_hash(std::to_string(i)));
        return out;
    }();
    static const Nodes nodes = nodes_over([](std::uint64_t i) { return leaves[i]; });
    std::uint64_t index = a % kSize, first = b % (kSize + 1);
    Hash real_root = tree_root(kSize, nodes), before = tree_root(first, nodes);
    std::vector<Hash> in = inclusion_proof(index, kSize, nodes), grown = consistency_proof(first, kSize, nodes);
    require(verify_inclusion(leaves[index], index, kSize, in, real_root));
    require(verify_consistency(first, kSize, before, real_root, grown));
    require(proof == in || !verify_inclusion(leaves[index], index, kSize, proof, real_root));
    require(proof == grown || !verify_consistency(first, kSize, before, real_root, proof));
    return 0;
}
