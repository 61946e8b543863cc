#include "crypto/merkle.h"

#include "base/number.h"
#include "base/text.h"
#include "crypto/sodium.h"
#include "crypto/token.h"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace rowan::crypto {

namespace {

Hash digest(unsigned char prefix, std::string_view first, std::string_view second = {}) {
    start_sodium();
    auto raw = [](std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); };
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, &prefix, 1);
    crypto_hash_sha256_update(&state, raw(first), first.size());
    crypto_hash_sha256_update(&state, raw(second), second.size());
    Hash out;
    crypto_hash_sha256_final(&state, out.data());
    return out;
}

Hash to_hash(std::string_view bytes) {
    Hash out;
    std::copy_n(bytes.begin(), out.size(), out.begin());
    return out;
}

// The tree's hash from its full subtrees, largest first.
Hash fold_edge(const std::vector<Hash>& edge) {
    if (edge.empty()) return empty_root();
    Hash root = edge.back();
    for (std::size_t i = edge.size() - 1; i-- > 0;) root = node_hash(edge[i], root);
    return root;
}

// MTH of leaves [begin, end), where begin is a multiple of every power of two that the parts need.
Hash range_root(std::uint64_t begin, std::uint64_t end, const Nodes& nodes) {
    std::vector<Hash> parts;
    while (begin < end) {
        auto level = static_cast<unsigned>(std::bit_width(end - begin) - 1);
        parts.push_back(nodes(level, begin >> level));
        begin += std::uint64_t{1} << level;
    }
    return fold_edge(parts);
}

// The largest power of two below n (n >= 2).
std::uint64_t split_point(std::uint64_t n) { return std::bit_floor(n - 1); }

// RFC 6962 SUBPROOF(m, D[begin:end], whole): `whole` says that the verifier knows this subtree's hash already.
void subproof(std::uint64_t m, std::uint64_t begin, std::uint64_t end, bool whole, const Nodes& nodes,
              std::vector<Hash>& proof) {
    std::uint64_t n = end - begin;
    if (m == n) {
        if (!whole) proof.push_back(range_root(begin, end, nodes));
        return;
    }
    std::uint64_t k = split_point(n);
    if (m <= k) {
        subproof(m, begin, begin + k, whole, nodes, proof);
        proof.push_back(range_root(begin + k, end, nodes));
    } else {
        subproof(m - k, begin + k, end, false, nodes, proof);
        proof.push_back(range_root(begin, begin + k, nodes));
    }
}

}  // namespace

Hash empty_root() { return to_hash(sha256("")); }
Hash leaf_hash(std::string_view entry) { return digest(0, entry); }
Hash node_hash(const Hash& left, const Hash& right) { return digest(1, bytes_of(left), bytes_of(right)); }
std::string to_hex(const Hash& hash) { return base::to_hex(bytes_of(hash)); }

std::optional<Hash> hash_from_hex(std::string_view hex) {
    auto bytes = base::from_hex(hex);
    if (!bytes || bytes->size() != Hash{}.size()) return std::nullopt;
    return to_hash(*bytes);
}

// --- frontier ------------------------------------------------------------------------------------------------

void Frontier::append(const Hash& leaf) {
    Hash node = leaf;
    // Each trailing one bit of the size is a full subtree that the new one completes.
    for (std::uint64_t n = size_; n & 1; n >>= 1) {
        node = node_hash(edge_.back(), node);
        edge_.pop_back();
    }
    edge_.push_back(node);
    ++size_;
}

Hash Frontier::root() const { return fold_edge(edge_); }

std::string Frontier::serialise() const {
    std::vector<std::string> parts;
    for (const Hash& hash : edge_) parts.push_back(to_hex(hash));
    return std::to_string(size_) + ":" + base::join(parts, " ");
}

base::Result<Frontier> Frontier::parse(std::string_view text) {
    base::Error error = base::invalid("The audit tree's frontier is damaged.");
    std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return error;
    Frontier frontier;
    const auto size = base::whole_number<std::uint64_t>(text.substr(0, colon));
    if (!size) return error;
    frontier.size_ = *size;
    if (std::string_view rest = text.substr(colon + 1); !rest.empty()) {
        for (const std::string& hex : base::split(rest, ' ')) {
            auto hash = hash_from_hex(hex);
            if (!hash) return error;
            frontier.edge_.push_back(*hash);
        }
    }
    bool fits = frontier.edge_.size() == static_cast<std::size_t>(std::popcount(frontier.size_));
    if (!fits || frontier.serialise() != text) return error;
    return frontier;
}

// --- complete subtrees ---------------------------------------------------------------------------------------

Nodes nodes_over(LeafHashes leaves) {
    return [leaves = std::move(leaves)](unsigned level, std::uint64_t index) {
        Frontier part;
        for (std::uint64_t i = index << level; i < (index + 1) << level; ++i) part.append(leaves(i));
        return part.root();
    };
}

NodeCache::NodeCache(LeafHashes leaves, unsigned lowest)
    : below_(nodes_over(std::move(leaves))), lowest_(lowest) {}

void NodeCache::append(const Hash& leaf) {
    Hash node = leaf;
    unsigned level = 0;
    auto remember = [&] {
        if (level < lowest_) return;
        if (levels_.size() <= level - lowest_) levels_.emplace_back();
        levels_[level - lowest_].push_back(node);
    };
    remember();
    for (std::uint64_t n = size_; n & 1; n >>= 1) {
        node = node_hash(edge_.back(), node);
        edge_.pop_back();
        ++level;
        remember();
    }
    edge_.push_back(node);
    ++size_;
}

Hash NodeCache::node(unsigned level, std::uint64_t index) const {
    return level < lowest_ ? below_(level, index) : levels_.at(level - lowest_).at(index);
}

Nodes NodeCache::nodes() const {
    return [this](unsigned level, std::uint64_t index) { return node(level, index); };
}

// --- proofs --------------------------------------------------------------------------------------------------

Hash tree_root(std::uint64_t size, const Nodes& nodes) { return range_root(0, size, nodes); }

std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size, const Nodes& nodes) {
    if (index >= size) throw std::invalid_argument("inclusion_proof: the leaf is not in the tree");
    std::vector<Hash> proof;
    std::uint64_t begin = 0, end = size;
    while (end - begin > 1) {
        std::uint64_t middle = begin + split_point(end - begin);
        if (index < middle) {
            proof.push_back(range_root(middle, end, nodes));
            end = middle;
        } else {
            proof.push_back(range_root(begin, middle, nodes));
            begin = middle;
        }
    }
    std::reverse(proof.begin(), proof.end());
    return proof;
}

// RFC 9162 2.1.3.2.
bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const std::vector<Hash>& proof,
                      const Hash& root) {
    if (index >= size) return false;
    std::uint64_t fn = index, sn = size - 1;
    Hash hash = leaf;
    for (const Hash& p : proof) {
        if (sn == 0) return false;
        if ((fn & 1) || fn == sn) {
            hash = node_hash(p, hash);
            while (!(fn & 1) && fn != 0) fn >>= 1, sn >>= 1;
        } else {
            hash = node_hash(hash, p);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && hash == root;
}

std::vector<Hash> consistency_proof(std::uint64_t first, std::uint64_t second, const Nodes& nodes) {
    if (first > second) throw std::invalid_argument("consistency_proof: the first tree is the larger");
    std::vector<Hash> proof;
    if (first > 0 && first < second) subproof(first, 0, second, true, nodes, proof);
    return proof;
}

// RFC 9162 2.1.4.2.
bool verify_consistency(std::uint64_t first, std::uint64_t second, const Hash& first_root, const Hash& second_root,
                        const std::vector<Hash>& proof) {
    if (first > second) return false;
    if (first == second) return proof.empty() && first_root == second_root;
    if (first == 0) return proof.empty() && first_root == empty_root();
    std::vector<Hash> path = proof;
    if (std::has_single_bit(first)) path.insert(path.begin(), first_root);
    if (path.empty()) return false;
    std::uint64_t fn = first - 1, sn = second - 1;
    while (fn & 1) fn >>= 1, sn >>= 1;
    Hash fr = path[0], sr = path[0];
    for (std::size_t i = 1; i < path.size(); ++i) {
        if (sn == 0) return false;
        if ((fn & 1) || fn == sn) {
            fr = node_hash(path[i], fr);
            sr = node_hash(path[i], sr);
            while (!(fn & 1) && fn != 0) fn >>= 1, sn >>= 1;
        } else {
            sr = node_hash(sr, path[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && fr == first_root && sr == second_root;
}

// --- heads ---------------------------------------------------------------------------------------------------

std::string canonical(const SignedHead& head) {
    return "rowan tree head 1\n" + head.log_id + "\n" + std::to_string(head.size) + "\n" + to_hex(head.root) +
           "\n" + std::to_string(base::to_millis(head.time)) + "\n";
}

SignedHead sign_head(const SigningKey& key, std::string log_id, std::uint64_t size, const Hash& root,
                     base::Instant time) {
    SignedHead head{std::move(log_id), size, root, time, {}};
    head.signature = key.sign(canonical(head));
    return head;
}

bool verify_head(std::string_view public_key, const SignedHead& head) {
    return head.log_id == sha256_hex(public_key) && verify_signature(public_key, canonical(head), head.signature);
}

std::string head_words(const SignedHead& head) {
    constexpr std::string_view kConsonants = "bdfghjklmnprstvz", kVowels = "aiou";
    std::string bytes = sha256(canonical(head));
    std::vector<std::string> words;
    for (std::size_t i = 0; i < 16; i += 2) {
        unsigned n = static_cast<unsigned char>(bytes[i]) << 8 | static_cast<unsigned char>(bytes[i + 1]);
        words.push_back({kConsonants[n >> 12 & 15], kVowels[n >> 10 & 3], kConsonants[n >> 6 & 15],
                         kVowels[n >> 4 & 3], kConsonants[n & 15]});
    }
    return base::join(words, " ");
}

}  // namespace rowan::crypto
