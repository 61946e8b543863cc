#include "crypto/password.h"

#include <gtest/gtest.h>

#include <time.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

using namespace rowan;
using namespace rowan::crypto;

namespace {
constexpr PasswordCost kCheap{64 * 1024, 1};

// Processor time of this thread: what others do on the machine does not count.
double thread_seconds() {
    timespec t{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

long peak_memory_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
    }
    return -1;
}
}  // namespace

TEST(Password, is_argon2id_of_64_mib_and_three_passes) {
    std::string hash = hash_password("seven green herons wade");
    EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=65536,t=3,p=1$")) << hash;
    EXPECT_TRUE(verify_password(hash, "seven green herons wade"));
    EXPECT_FALSE(verify_password(hash, "seven green herons wadE"));
}

TEST(Password, the_reference_implementations_hash_verifies) {
    const char* reference = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    EXPECT_TRUE(verify_password(reference, "password", kCheap));
    EXPECT_FALSE(verify_password(reference, "passwore", kCheap));
}

TEST(Password, salts_differ_and_accents_may_be_typed_either_way) {
    std::string hash = hash_password("caf\u00e9 caf\u00e9 caf\u00e9", kCheap);
    EXPECT_NE(hash, hash_password("caf\u00e9 caf\u00e9 caf\u00e9", kCheap));
    EXPECT_TRUE(verify_password(hash, "cafe\u0301 cafe\u0301 cafe\u0301", kCheap));
    EXPECT_FALSE(verify_password(hash, "cafe cafe cafe", kCheap));
    EXPECT_FALSE(verify_password(hash, " caf\u00e9 caf\u00e9 caf\u00e9", kCheap)) << "spaces count";
}

TEST(Password, nobody_and_damage_cost_the_same_work_and_are_refused) {
    PasswordCost cost{16u << 20, 2};
    std::string hash = hash_password("seven green herons wade", cost);
    auto spent = [&](std::string_view stored) {
        double best = 1e9;
        for (int i = 0; i < 5; ++i) {
            double start = thread_seconds();
            EXPECT_FALSE(verify_password(stored, "wrong", cost));
            best = std::min(best, thread_seconds() - start);
        }
        return best;
    };
    double wrong = spent(hash);
    for (std::string_view stored :
         {std::string_view{""}, std::string_view{"$argon2id$damaged"}, std::string_view{"plain"}}) {
        double ratio = spent(stored) / wrong;
        EXPECT_GT(ratio, 0.4) << stored;
        EXPECT_LT(ratio, 2.5) << stored;
    }
}

TEST(Password, a_cheaper_hash_asks_to_be_made_again) {
    std::string hash = hash_password("seven green herons wade", kCheap);
    EXPECT_FALSE(needs_rehash(hash, kCheap));
    EXPECT_TRUE(needs_rehash(hash));
    EXPECT_TRUE(needs_rehash("damaged"));
}

TEST(Password, four_at_once_and_no_more) {
    constexpr long kEach = 32 * 1024;  // KiB
    long before = peak_memory_kib();
    std::vector<std::thread> threads;
    std::atomic<int> hashed{0};
    for (int i = 0; i < 14; ++i) {
        threads.emplace_back(
            [&] { hashed += hash_password("seven green herons wade", {kEach * 1024, 1}).size() > 0; });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(hashed, 14);
    EXPECT_LT(peak_memory_kib() - before, 5 * kEach);
}

TEST(Passphrase, rule) {
    std::vector<std::string> sam = {"Samantha O'Brien", "sobrien", "Somerset County Council"};
    for (const char* good : {"seven green herons wade", "kettle-marble-otter-7", "Цветы растут у старого моста",
                             "x7#Qm2!vTp9$kLw", "ขอบคุณสำหรับปลาทั้งหมด"}) {
        auto result = check_passphrase(good, sam);
        EXPECT_TRUE(result.ok()) << good << ": " << (result.ok() ? "" : result.error().message);
    }
    const std::pair<const char*, const char*> bad[] = {{"", "15 characters"},
                                                       {"short enough 1", "15 characters"},
                                                       {"aaaaaaaaaaaaaaaaaa", "repeats"},
                                                       {"otter7otter7otter7", "repeats"},
                                                       {"!!!!!!!!!!!!!!!!!!", "repeats"},
                                                       {"samantha obrien 1", "name"},
                                                       {"SamanthaO'Brien2018", "name"},
                                                       {"somerset-county-council", "name"},
                                                       {"password12345678", "guess"},
                                                       {"correct horse battery staple", "guess"},
                                                       {"123456789012345678", "guess"},
                                                       {"abcdefghijklmnopqr", "guess"},
                                                       {"qwertyuiopasdfghjkl", "guess"},
                                                       {"Welcome2Somerset!!", "guess"},
                                                       {"letmeinletmein123", "guess"}};
    for (auto [text, word] : bad) {
        auto result = check_passphrase(text, sam);
        ASSERT_FALSE(result.ok()) << text;
        EXPECT_NE(result.error().message.find(word), std::string::npos) << text << ": " << result.error().message;
    }
    EXPECT_FALSE(check_passphrase(std::string(1001, 'x') + "seven green herons", sam).ok());
    EXPECT_TRUE(check_passphrase("samantha obrien 1", {}).ok()) << "the name matters only to its owner";
}
