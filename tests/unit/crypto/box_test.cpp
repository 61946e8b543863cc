// Sealed boxes and digests, against published vectors and other code.
#include "base/text.h"
#include "crypto/box.h"
#include "crypto/digest.h"
#include "crypto/token.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

using namespace rowan;
using namespace rowan::crypto;

namespace {
std::string counted(int n) {
    std::string bytes;
    for (int i = 0; i < n; ++i) bytes += static_cast<char>(i);
    return bytes;
}
}  // namespace

TEST(Box, the_public_half_is_that_of_x25519) {
    // Computed with Python's cryptography: X25519PrivateKey.from_private_bytes(bytes(range(32))).
    const BoxKey key(SecretKey::from_bytes(counted(32)));
    EXPECT_EQ(base::to_hex(key.public_key()), "8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f");
}

RC_GTEST_PROP(Box, opens_with_its_own_key_only, (const std::string& plain)) {
    const auto ours = BoxKey::random(), theirs = BoxKey::random();
    const auto box = put_in_box(ours.public_key(), plain);
    RC_ASSERT(box.size() == plain.size() + kBoxOverheadBytes);
    RC_ASSERT(ours.open(box) == plain);
    RC_ASSERT(!theirs.open(box));
    const auto at = *rc::gen::inRange<std::size_t>(0, box.size());
    auto changed = box;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    RC_ASSERT(!ours.open(changed));
    RC_ASSERT(!ours.open(box.substr(0, at)));
}

TEST(Box, two_boxes_of_one_content_are_unlike) {
    const auto key = BoxKey::random();
    EXPECT_NE(put_in_box(key.public_key(), "the same"), put_in_box(key.public_key(), "the same"));
    EXPECT_THROW(put_in_box("short", "x"), std::invalid_argument);
}

RC_GTEST_PROP(Digest, in_pieces_is_as_in_one, (const std::vector<std::string>& pieces)) {
    Sha256 digest;
    std::string all;
    for (const auto& piece : pieces) {
        digest.add(piece);
        all += piece;
    }
    RC_ASSERT(digest.finish() == sha256(all));
}

TEST(Digest, a_fingerprint_is_keyed_blake2b) {
    // Computed with Python's hashlib.blake2b(b"block", key=bytes(range(32)), digest_size=16).
    EXPECT_EQ(base::to_hex(fingerprint(SecretKey::from_bytes(counted(32)), "block")),
              "13e7652afd15fde02a3cc5ef9c55640f");
}
