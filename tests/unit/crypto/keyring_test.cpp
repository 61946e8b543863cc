#include "crypto/keyring.h"

#include "base/text.h"
#include "crypto/token.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace rowan;
using namespace rowan::crypto;
namespace fs = std::filesystem;

namespace {

const base::Instant kNow = *base::parse_instant("2018-03-26T18:00Z");

// The example of docs/formats/keyring.md, written by Python.
const std::string kBody =
    "rowan-keyring 1\n"
    "epoch 1 2018-03-26T18:00:00.000Z AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n"
    "audit YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn8\n"
    "index QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8\n"
    "sessions ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8\n";
const std::string kExample = kBody + "check 3ecfe5bcc792e63755ac624b4cf7b3f0ef1d6f29503e9d6bd5952c7b2c65b513\n";

std::string checked(const std::string& body) { return body + "check " + sha256_hex(body) + "\n"; }

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

class KeyringFile : public testing::Test {
protected:
    KeyringFile() {
        std::string pattern = (fs::temp_directory_path() / "rowan-keyring-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
        path_ = directory_ / "keyring";
    }
    ~KeyringFile() override { fs::remove_all(directory_); }
    void write(const std::string& text, mode_t mode) {
        std::ofstream(path_) << text;
        ::chmod(path_.c_str(), mode);
    }
    std::string message() { return Keyring::load(path_).error().message; }
    fs::path directory_, path_;
};

}  // namespace

TEST(Keyring, reads_and_writes_the_documented_example) {
    Keyring keyring = Keyring::parse(kExample).value();
    EXPECT_EQ(keyring.text(), kExample);
    EXPECT_EQ(keyring.newest_epoch(), 1u);
    EXPECT_EQ(keyring.epoch_key(1)->bytes()[31], '\x1f');
    EXPECT_EQ(keyring.epoch_key(2), nullptr);
    EXPECT_EQ(keyring.log_id(), "68894d58f18f2c34d49eb2f4b110e042cd0f3150a4dc39243d7f63bd598c0783");
}

TEST(Keyring, every_key_differs) {
    Keyring a = Keyring::create(kNow), b = Keyring::create(kNow);
    EXPECT_NE(a.text(), b.text());
    EXPECT_FALSE(a.index_key("nhs_number") == a.index_key("upn"));
    EXPECT_FALSE(a.index_key("nhs_number") == b.index_key("nhs_number"));
    EXPECT_FALSE(a.session_key() == a.purpose_key("session"));
    EXPECT_FALSE(a.purpose_key("a") == a.purpose_key("b"));
    EXPECT_FALSE(a.session_key() == *a.epoch_key(1));
}

TEST(Keyring, epochs_are_added_and_destroyed) {
    Keyring keyring = Keyring::create(kNow);
    SecretKey first = *keyring.epoch_key(1);
    EXPECT_EQ(keyring.destroy_epoch(1).error().kind, base::ErrorKind::conflict);
    EXPECT_EQ(keyring.add_epoch(kNow + std::chrono::hours{1}), 2u);
    EXPECT_TRUE(*keyring.epoch_key(1) == first);
    EXPECT_FALSE(*keyring.epoch_key(2) == first);
    EXPECT_TRUE(keyring.destroy_epoch(1).ok());
    EXPECT_EQ(keyring.epoch_key(1), nullptr);
    EXPECT_EQ(keyring.destroy_epoch(1).error().kind, base::ErrorKind::not_found);
    Keyring again = Keyring::parse(keyring.text()).value();
    EXPECT_EQ(again.newest_epoch(), 2u);
    EXPECT_EQ(again.epochs().size(), 1u);
    EXPECT_EQ(again.add_epoch(kNow), 3u) << "numbers are never used twice";
}

TEST(Keyring, any_changed_byte_is_noticed) {
    for (std::size_t i = 0; i < kExample.size(); ++i) {
        std::string wrong = kExample;
        wrong[i] = static_cast<char>(wrong[i] ^ 1);
        EXPECT_FALSE(Keyring::parse(wrong).ok()) << i;
        EXPECT_FALSE(Keyring::parse(kExample.substr(0, i)).ok()) << i;
    }
    EXPECT_FALSE(Keyring::parse(kExample + "\n").ok());
    EXPECT_FALSE(Keyring::parse(kExample + kExample).ok());
}

TEST(Keyring, a_good_check_does_not_excuse_a_bad_file) {
    EXPECT_TRUE(Keyring::parse(checked(kBody)).ok());  // the harness itself
    const std::string epoch = kBody.substr(16, kBody.find("audit") - 16);
    for (const std::string& wrong :
         {replaced(kBody, "rowan-keyring 1", "rowan-keyring 2"), replaced(kBody, "epoch 1", "epoch 0"),
          replaced(kBody, "epoch 1", "epoch 01"), replaced(kBody, "epoch 1", "epoch -1"),
          replaced(kBody, "epoch 1", "epoch 4294967296"), replaced(kBody, "2018-03-26", "2018-02-30"),
          replaced(kBody, "AAEC", "AAE="), replaced(kBody, "AAEC", "AAE"), replaced(kBody, epoch, ""),
          replaced(kBody, epoch, epoch + epoch), replaced(kBody, "index", "audit"),
          replaced(kBody, "index", "other"),
          replaced(kBody, "index QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8\n", ""),
          kBody + "extra YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn8\n", kBody + "\n", std::string{},
          std::string{"rowan-keyring 1\n"}}) {
        EXPECT_FALSE(Keyring::parse(checked(wrong)).ok()) << wrong;
    }
}

TEST_F(KeyringFile, is_saved_for_its_owner_only_and_loads_again) {
    Keyring keyring = Keyring::create(kNow);
    ASSERT_TRUE(keyring.save(path_, Keyring::Existing::keep).ok());
    struct stat info{};
    ASSERT_EQ(::stat(path_.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600u);
    EXPECT_EQ(Keyring::load(path_).value().text(), keyring.text());
    ::chmod(path_.c_str(), 0400);
    EXPECT_TRUE(Keyring::load(path_).ok());
}

TEST_F(KeyringFile, is_not_overwritten_by_mistake) {
    Keyring first = Keyring::create(kNow), second = Keyring::create(kNow);
    ASSERT_TRUE(first.save(path_, Keyring::Existing::keep).ok());
    auto refused = second.save(path_, Keyring::Existing::keep);
    EXPECT_EQ(refused.error().kind, base::ErrorKind::conflict);
    EXPECT_EQ(Keyring::load(path_).value().text(), first.text());
    EXPECT_TRUE(second.save(path_, Keyring::Existing::replace).ok());
    EXPECT_EQ(Keyring::load(path_).value().text(), second.text());
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator{}), 1)
        << "nothing is left lying about";
}

TEST_F(KeyringFile, open_to_others_is_refused_in_a_clear_sentence) {
    for (mode_t mode : {0644u, 0640u, 0660u, 0604u, 0700u, 0000u}) {
        write(kExample, mode);
        if (mode == 0 && ::geteuid() != 0) continue;  // cannot even be opened then
        auto loaded = Keyring::load(path_);
        ASSERT_FALSE(loaded.ok()) << mode;
        EXPECT_EQ(loaded.error().kind, base::ErrorKind::refused);
        EXPECT_NE(loaded.error().message.find("run chmod 600"), std::string::npos);
    }
    write(kExample, 0600);
    EXPECT_TRUE(Keyring::load(path_).ok());
}

TEST_F(KeyringFile, of_another_user_is_refused) {
    if (::geteuid() != 0) GTEST_SKIP() << "skipped: only root can give a file away";
    write(kExample, 0600);
    ASSERT_EQ(::chown(path_.c_str(), 4242, 4242), 0);
    EXPECT_NE(message().find("belongs to another user"), std::string::npos);
}

TEST_F(KeyringFile, missing_damaged_or_no_file_says_so) {
    EXPECT_NE(message().find("There is no keyring at"), std::string::npos);
    write("", 0600);
    EXPECT_NE(message().find("damaged"), std::string::npos);
    write(kExample.substr(0, 200), 0600);
    EXPECT_NE(message().find("damaged"), std::string::npos);
    path_ = directory_;
    EXPECT_NE(message().find("is not a file"), std::string::npos);
    auto nowhere = Keyring::create(kNow).save(directory_ / "none" / "keyring", Keyring::Existing::keep);
    EXPECT_NE(nowhere.error().message.find("Cannot write the keyring"), std::string::npos);
}

TEST_F(KeyringFile, an_unreadable_existing_path_is_not_replaced_half_way) {
    fs::create_directory(path_);
    fs::create_directory(path_ / "inside");
    EXPECT_FALSE(Keyring::create(kNow).save(path_, Keyring::Existing::replace).ok());
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator{}), 1);
}
