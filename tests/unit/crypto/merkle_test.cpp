#include "crypto/merkle.h"

#include "base/text.h"
#include "crypto/token.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <set>

using namespace rowan;
using namespace rowan::crypto;

namespace {

const base::Instant kNow = *base::parse_instant("2018-03-26T18:00Z");

std::vector<Hash> numbered(std::uint64_t n) {
    std::vector<Hash> out;
    for (std::uint64_t i = 0; i < n; ++i) out.push_back(leaf_hash("entry " + std::to_string(i)));
    return out;
}

LeafHashes reading(const std::vector<Hash>& leaves) {
    return [&leaves](std::uint64_t i) { return leaves.at(i); };
}

// RFC 6962 section 2.1 word for word: slow and plain.
Hash naive_root(const std::vector<Hash>& d, std::size_t begin, std::size_t end) {
    std::size_t n = end - begin;
    if (n == 0) return empty_root();
    if (n == 1) return d[begin];
    std::size_t k = 1;
    while (k * 2 < n) k *= 2;
    return node_hash(naive_root(d, begin, begin + k), naive_root(d, begin + k, end));
}
std::vector<Hash> naive_path(std::size_t m, const std::vector<Hash>& d, std::size_t begin, std::size_t end) {
    std::size_t n = end - begin;
    if (n == 1) return {};
    std::size_t k = 1;
    while (k * 2 < n) k *= 2;
    std::vector<Hash> path = m < k ? naive_path(m, d, begin, begin + k) : naive_path(m - k, d, begin + k, end);
    path.push_back(m < k ? naive_root(d, begin + k, end) : naive_root(d, begin, begin + k));
    return path;
}
std::vector<Hash> naive_subproof(std::size_t m, const std::vector<Hash>& d, std::size_t begin, std::size_t end,
                                 bool b) {
    std::size_t n = end - begin;
    if (m == n) return b ? std::vector<Hash>{} : std::vector<Hash>{naive_root(d, begin, end)};
    std::size_t k = 1;
    while (k * 2 < n) k *= 2;
    std::vector<Hash> path =
        m <= k ? naive_subproof(m, d, begin, begin + k, b) : naive_subproof(m - k, d, begin + k, end, false);
    path.push_back(m <= k ? naive_root(d, begin + k, end) : naive_root(d, begin, begin + k));
    return path;
}

std::vector<std::string> hex(const std::vector<Hash>& proof) {
    std::vector<std::string> out;
    for (const Hash& h : proof) out.push_back(to_hex(h));
    return out;
}

// The eight leaves of the certificate-transparency reference tests.
std::vector<Hash> reference_leaves() {
    std::vector<Hash> out;
    for (const char* entry :
         {"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}) {
        out.push_back(leaf_hash(base::from_hex(entry).value()));
    }
    return out;
}
constexpr const char* kReferenceRoots[] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                           "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                           "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                           "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                           "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                           "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                           "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                           "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                           "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

}  // namespace

TEST(Merkle, the_reference_roots) {
    std::vector<Hash> leaves = reference_leaves();
    Frontier frontier;
    EXPECT_EQ(to_hex(frontier.root()), kReferenceRoots[0]);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        frontier.append(leaves[i]);
        EXPECT_EQ(to_hex(frontier.root()), kReferenceRoots[i + 1]);
        EXPECT_EQ(to_hex(tree_root(i + 1, nodes_over(reading(leaves)))), kReferenceRoots[i + 1]);
    }
}

TEST(Merkle, the_reference_proofs) {
    std::vector<Hash> leaves = reference_leaves();
    Nodes nodes = nodes_over(reading(leaves));
    using Strings = std::vector<std::string>;
    EXPECT_EQ(hex(inclusion_proof(0, 1, nodes)), Strings{});
    EXPECT_EQ(hex(inclusion_proof(0, 8, nodes)),
              (Strings{"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                       "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                       "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}));
    EXPECT_EQ(hex(inclusion_proof(5, 8, nodes)),
              (Strings{"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                       "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                       "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
    EXPECT_EQ(hex(consistency_proof(6, 8, nodes)),
              (Strings{"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                       "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                       "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
}

TEST(Merkle, SECURITY_6_12_every_proof_of_a_small_tree_is_right_and_no_other) {
    constexpr std::uint64_t kMost = 34;
    std::vector<Hash> leaves = numbered(kMost);
    Nodes nodes = nodes_over(reading(leaves));
    for (std::uint64_t size = 1; size <= kMost; ++size) {
        Hash root = naive_root(leaves, 0, size);
        ASSERT_EQ(tree_root(size, nodes), root);
        for (std::uint64_t i = 0; i < size; ++i) {
            std::vector<Hash> proof = inclusion_proof(i, size, nodes);
            ASSERT_EQ(proof, naive_path(i, leaves, 0, size)) << i << " of " << size;
            ASSERT_TRUE(verify_inclusion(leaves[i], i, size, proof, root));
            ASSERT_FALSE(verify_inclusion(leaf_hash("forged"), i, size, proof, root));
            ASSERT_FALSE(verify_inclusion(leaves[i], (i + 1) % (size + 1), size, proof, root))
                << i << " of " << size;
            if (size > 1) {
                ASSERT_FALSE(verify_inclusion(leaves[i], i, size, {proof.begin(), proof.end() - 1}, root));
            }
            std::vector<Hash> longer = proof;
            longer.push_back(root);
            ASSERT_FALSE(verify_inclusion(leaves[i], i, size, longer, root));
        }
        for (std::uint64_t first = 0; first <= size; ++first) {
            std::vector<Hash> proof = consistency_proof(first, size, nodes);
            if (first > 0) {
                ASSERT_EQ(proof, naive_subproof(first, leaves, 0, size, true)) << first << " in " << size;
            }
            Hash before = naive_root(leaves, 0, first);
            ASSERT_TRUE(verify_consistency(first, size, before, root, proof)) << first << " in " << size;
            ASSERT_FALSE(verify_consistency(first, size, leaf_hash("forged"), root, proof));
            if (first > 0) {
                ASSERT_FALSE(verify_consistency(first, size, before, leaf_hash("forged"), proof));
            }
            std::vector<Hash> longer = proof;
            longer.push_back(root);
            ASSERT_FALSE(verify_consistency(first, size, before, root, longer));
            if (!proof.empty()) {
                ASSERT_FALSE(verify_consistency(first, size, before, root, {proof.begin(), proof.end() - 1}));
            }
        }
    }
}

RC_GTEST_PROP(Merkle, a_changed_hash_breaks_any_proof, ()) {
    auto size = *rc::gen::inRange<std::uint64_t>(2, 300);
    auto index = *rc::gen::inRange<std::uint64_t>(0, size);
    auto first = *rc::gen::inRange<std::uint64_t>(1, size);
    std::vector<Hash> leaves = numbered(size);
    Nodes nodes = nodes_over(reading(leaves));
    Hash root = tree_root(size, nodes), before = tree_root(first, nodes);

    std::vector<Hash> in = inclusion_proof(index, size, nodes), grown = consistency_proof(first, size, nodes);
    RC_ASSERT(verify_inclusion(leaves[index], index, size, in, root));
    RC_ASSERT(verify_consistency(first, size, before, root, grown));
    in[*rc::gen::inRange<std::size_t>(0, in.size())][*rc::gen::inRange(0, 32)] ^= 1;
    grown[*rc::gen::inRange<std::size_t>(0, grown.size())][*rc::gen::inRange(0, 32)] ^= 1;
    RC_ASSERT(!verify_inclusion(leaves[index], index, size, in, root));
    RC_ASSERT(!verify_consistency(first, size, before, root, grown));
}

RC_GTEST_PROP(Merkle, SECURITY_6_12_a_rewritten_past_cannot_be_made_consistent, ()) {
    auto size = *rc::gen::inRange<std::uint64_t>(2, 200);
    auto first = *rc::gen::inRange<std::uint64_t>(1, size);
    std::vector<Hash> leaves = numbered(size), forged = leaves;
    forged[*rc::gen::inRange<std::uint64_t>(0, first)] = leaf_hash("rewritten");
    Hash witnessed = tree_root(first, nodes_over(reading(leaves)));
    Nodes nodes = nodes_over(reading(forged));
    // The best the forger can do is an honest proof over the forged log.
    RC_ASSERT(!verify_consistency(first, size, witnessed, tree_root(size, nodes),
                                  consistency_proof(first, size, nodes)));
    // And for the unforged log the same words are true.
    Nodes honest = nodes_over(reading(leaves));
    RC_ASSERT(verify_consistency(first, size, witnessed, tree_root(size, honest),
                                 consistency_proof(first, size, honest)));
}

TEST(Merkle, senseless_sizes_are_refused) {
    std::vector<Hash> leaves = numbered(4);
    Nodes nodes = nodes_over(reading(leaves));
    EXPECT_THROW(inclusion_proof(4, 4, nodes), std::invalid_argument);
    EXPECT_THROW(consistency_proof(5, 4, nodes), std::invalid_argument);
    EXPECT_FALSE(verify_inclusion(leaves[0], 0, 0, {}, empty_root()));
    Hash root = tree_root(4, nodes), left = node_hash(leaves[0], leaves[1]),
         right = node_hash(leaves[2], leaves[3]);
    EXPECT_FALSE(verify_inclusion(root, 0, 4, {}, root)) << "the root is no leaf";
    EXPECT_FALSE(verify_inclusion(left, 0, 4, {right}, root)) << "nor is a node";
    EXPECT_FALSE(verify_consistency(5, 4, empty_root(), empty_root(), {}));
    EXPECT_FALSE(verify_consistency(1, 2, leaves[0], leaves[0], {}));
    EXPECT_FALSE(verify_consistency(3, 4, leaves[0], leaves[0], {}));
}

RC_GTEST_PROP(Frontier, grows_like_the_tree_and_survives_being_stored, ()) {
    auto size = *rc::gen::inRange<std::uint64_t>(0, 300);
    std::vector<Hash> leaves = numbered(size);
    Frontier frontier;
    for (const Hash& leaf : leaves) {
        if (*rc::gen::inRange(0, 20) == 0) frontier = Frontier::parse(frontier.serialise()).value();
        frontier.append(leaf);
    }
    RC_ASSERT(frontier.size() == size);
    RC_ASSERT(frontier.root() == naive_root(leaves, 0, size));
    RC_ASSERT(Frontier::parse(frontier.serialise()).value() == frontier);
}

TEST(Frontier, reads_only_what_it_writes) {
    Frontier frontier;
    for (const Hash& leaf : numbered(5)) frontier.append(leaf);
    std::string good = frontier.serialise();
    ASSERT_TRUE(Frontier::parse(good).ok());
    EXPECT_EQ(Frontier{}.serialise(), "0:");
    EXPECT_EQ(Frontier::parse("0:").value().size(), 0u);
    for (const std::string& bad :
         {std::string{}, std::string{"5"}, std::string{"5:"}, "4" + good.substr(1), "05" + good.substr(1),
          good + " ", " " + good, good.substr(0, good.size() - 1), "5:" + base::to_hex("x"), std::string{"-1:"},
          "7" + good.substr(1), std::string{"99999999999999999999:"}}) {
        EXPECT_FALSE(Frontier::parse(bad).ok()) << bad;
    }
}

RC_GTEST_PROP(NodeCache, gives_the_proofs_of_the_plain_tree, ()) {
    auto size = *rc::gen::inRange<std::uint64_t>(1, 700);
    auto lowest = *rc::gen::inRange<unsigned>(0, 9);
    std::vector<Hash> leaves = numbered(size);
    NodeCache cache(reading(leaves), lowest);
    for (const Hash& leaf : leaves) cache.append(leaf);
    RC_ASSERT(cache.size() == size);
    auto index = *rc::gen::inRange<std::uint64_t>(0, size);
    auto first = *rc::gen::inRange<std::uint64_t>(0, size + 1);
    Nodes plain = nodes_over(reading(leaves));
    RC_ASSERT(tree_root(size, cache.nodes()) == naive_root(leaves, 0, size));
    RC_ASSERT(inclusion_proof(index, size, cache.nodes()) == inclusion_proof(index, size, plain));
    RC_ASSERT(consistency_proof(first, size, cache.nodes()) == consistency_proof(first, size, plain));
}

TEST(NodeCache, a_proof_in_a_long_log_reads_few_leaves) {
    constexpr std::uint64_t kSize = 20'000;
    std::vector<Hash> leaves = numbered(kSize);
    std::uint64_t read = 0;
    NodeCache cache([&](std::uint64_t i) {
        ++read;
        return leaves[i];
    });
    for (const Hash& leaf : leaves) cache.append(leaf);
    EXPECT_EQ(read, 0u);
    consistency_proof(12'345, kSize, cache.nodes());
    EXPECT_GT(read, 0u);
    EXPECT_LE(read, 1024u);
}

TEST(SignedHead, verifies_for_its_key_and_its_words_only) {
    SigningKey key = SigningKey::random();
    SignedHead head = sign_head(key, sha256_hex(key.public_key()), 42, leaf_hash("x"), kNow);
    EXPECT_EQ(canonical(head),
              "rowan tree head 1\n" + head.log_id + "\n42\n" + to_hex(head.root) + "\n1522087200000\n");
    EXPECT_TRUE(verify_head(key.public_key(), head));
    SignedHead wrong[] = {head, head, head, head, head};
    wrong[0].size = 41;
    wrong[1].root[0] ^= 1;
    wrong[2].time += std::chrono::milliseconds{1};
    wrong[3].signature[0] ^= 1;
    wrong[4].log_id[0] ^= 1;
    for (const SignedHead& w : wrong) EXPECT_FALSE(verify_head(key.public_key(), w));
    SigningKey other = SigningKey::random();
    EXPECT_FALSE(verify_head(other.public_key(), head));
    EXPECT_FALSE(verify_head(other.public_key(), sign_head(other, head.log_id, 42, head.root, kNow)))
        << "another key under this log's name";
}

TEST(SignedHead, eight_words_fit_on_the_minutes) {
    SigningKey key(SecretKey::from_bytes(std::string(32, 's')));
    SignedHead head = sign_head(key, sha256_hex(key.public_key()), 42, leaf_hash("x"), kNow);
    std::vector<std::string> words = base::words(head_words(head));
    ASSERT_EQ(words.size(), 8u);
    for (const std::string& word : words) EXPECT_EQ(word.size(), 5u);
    SignedHead other = head;
    other.size = 43;
    EXPECT_NE(head_words(other), head_words(head));
    EXPECT_EQ(head_words(head), "tozop jodiz gifub zohaf zihom vorip gabiv funar");
}
