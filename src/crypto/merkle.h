// The audit log's Merkle tree (RFC 6962 section 2, SHA-256), its proofs and its signed heads
// (docs/formats/audit-tree.md; SECURITY.md 9.6).
//
// The writer keeps a Frontier: the hashes of the full subtrees at the right edge, one per bit of the size. Proofs
// are made from complete subtrees, which nodes_over() computes from stored leaf hashes and NodeCache remembers.
// Thread-safety: values and pure functions; NodeCache needs the caller's lock.
#pragma once
#include "base/result.h"
#include "base/time.h"
#include "crypto/sign.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::crypto {

using Hash = std::array<unsigned char, 32>;

Hash empty_root();                                    // SHA-256 of nothing
Hash leaf_hash(std::string_view entry);               // SHA-256(0x00 | entry)
Hash node_hash(const Hash& left, const Hash& right);  // SHA-256(0x01 | left | right)
std::string to_hex(const Hash&);
std::optional<Hash> hash_from_hex(std::string_view);
inline std::string_view bytes_of(const Hash& h) { return {reinterpret_cast<const char*>(h.data()), h.size()}; }

class Frontier {
public:
    void append(const Hash& leaf);
    std::uint64_t size() const { return size_; }
    Hash root() const;

    // "size:hash hash …", largest subtree first. parse() takes only what serialise() gives.
    std::string serialise() const;
    static base::Result<Frontier> parse(std::string_view);
    bool operator==(const Frontier&) const = default;

private:
    std::uint64_t size_ = 0;
    std::vector<Hash> edge_;  // one per set bit of size_, largest first
};

using LeafHashes = std::function<Hash(std::uint64_t index)>;
// The root of the complete subtree over leaves [index * 2^level, (index + 1) * 2^level).
using Nodes = std::function<Hash(unsigned level, std::uint64_t index)>;
Nodes nodes_over(LeafHashes);  // computes: 2^level leaves are read

// Remembers complete subtrees of 2^`lowest` leaves and more, so that a proof in a log of a million reads hundreds
// of leaves and not all of them. 64 bytes per 2^lowest leaves.
class NodeCache {
public:
    explicit NodeCache(LeafHashes leaves, unsigned lowest = 8);
    void append(const Hash& leaf);  // leaves must come in order, each also readable through `leaves`
    std::uint64_t size() const { return size_; }
    Hash node(unsigned level, std::uint64_t index) const;
    Nodes nodes() const;  // valid while the cache lives

private:
    Nodes below_;
    unsigned lowest_;
    std::uint64_t size_ = 0;
    std::vector<Hash> edge_;
    std::vector<std::vector<Hash>> levels_;  // levels_[i] holds level lowest_ + i
};

Hash tree_root(std::uint64_t size, const Nodes&);
// RFC 6962 2.1.1. Precondition: index < size; throws otherwise.
std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size, const Nodes&);
bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const std::vector<Hash>& proof,
                      const Hash& root);
// RFC 6962 2.1.2: that the tree of `first` leaves is the beginning of the tree of `second`.
// Precondition: first <= second; throws otherwise. Empty for first == 0 and first == second.
std::vector<Hash> consistency_proof(std::uint64_t first, std::uint64_t second, const Nodes&);
bool verify_consistency(std::uint64_t first, std::uint64_t second, const Hash& first_root, const Hash& second_root,
                        const std::vector<Hash>& proof);

// What the server signs, and what each agency keeps.
struct SignedHead {
    std::string log_id;  // Keyring::log_id()
    std::uint64_t size = 0;
    Hash root{};
    base::Instant time;
    std::string signature;  // 64 bytes
};
std::string canonical(const SignedHead&);  // the bytes that are signed: five lines of text
SignedHead sign_head(const SigningKey&, std::string log_id, std::uint64_t size, const Hash& root, base::Instant);
// Also checks that log_id is the id of this very key.
bool verify_head(std::string_view public_key, const SignedHead&);
// Eight pronounceable words ("lusab gutih …", 128 bits) for meeting minutes: a witness on paper.
std::string head_words(const SignedHead&);

}  // namespace rowan::crypto
