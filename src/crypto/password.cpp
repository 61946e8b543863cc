#include "crypto/password.h"

#include "base/text.h"
#include "crypto/sodium.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <new>
#include <semaphore>
#include <set>

namespace rowan::crypto {

namespace {

constexpr int kAtOnce = 4;
constexpr std::size_t kShortest = 15, kLongest = 1000;  // characters

class Gate {
public:
    Gate() { slots().acquire(); }
    ~Gate() { slots().release(); }
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

private:
    static std::counting_semaphore<kAtOnce>& slots() {
        static std::counting_semaphore<kAtOnce> semaphore{kAtOnce};
        return semaphore;
    }
};

// The work of one verification, and nothing to show for it.
void spend(std::string_view password, PasswordCost cost) {
    std::array<unsigned char, 32> out;
    std::array<unsigned char, crypto_pwhash_SALTBYTES> salt{};
    if (crypto_pwhash(out.data(), out.size(), password.data(), password.size(), salt.data(), cost.passes,
                      cost.memory, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        throw std::bad_alloc();
    }
}

void remove_all(std::string& text, std::string_view part) {
    for (std::size_t at; (at = text.find(part)) != std::string::npos;) text.erase(at, part.size());
}

// "abcabcabc" repeats "abc".
bool repeats_itself(const std::string& text) {
    return text.size() > 1 && (text + text).find(text, 1) < text.size();
}

// What opens most guessing lists. Taken out before counting what is left.
constexpr std::array<std::string_view, 34> kCommon = {"password",
                                                      "passphrase",
                                                      "passw0rd",
                                                      "letmein",
                                                      "welcome",
                                                      "qwertyuiop",
                                                      "qwerty",
                                                      "asdfghjkl",
                                                      "zxcvbnm",
                                                      "admin",
                                                      "iloveyou",
                                                      "sunshine",
                                                      "football",
                                                      "liverpool",
                                                      "arsenal",
                                                      "chelsea",
                                                      "monday",
                                                      "january",
                                                      "summer",
                                                      "winter",
                                                      "spring",
                                                      "autumn",
                                                      "changeme",
                                                      "secret",
                                                      "abc123",
                                                      "dragon",
                                                      "monkey",
                                                      "princess",
                                                      "correcthorsebatterystaple",
                                                      "safeguarding",
                                                      "children",
                                                      "police",
                                                      "council",
                                                      "rowan"};
constexpr std::array<std::string_view, 4> kRows = {"01234567890123456789", "98765432109876543210",
                                                   "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba"};

// Runs of four or more along a row become nothing.
void remove_runs(std::string& text) {
    for (std::string_view row : kRows) {
        for (std::size_t n = row.size(); n >= 4; --n) {
            for (std::size_t at = 0; at + n <= row.size(); ++at) remove_all(text, row.substr(at, n));
        }
    }
}

}  // namespace

std::string hash_password(std::string_view password, PasswordCost cost) {
    start_sodium();
    std::string text = base::nfc(password);
    std::array<char, crypto_pwhash_STRBYTES> out;
    Gate gate;
    if (crypto_pwhash_str_alg(out.data(), text.data(), text.size(), cost.passes, cost.memory,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        throw std::bad_alloc();
    }
    sodium_memzero(text.data(), text.size());
    return out.data();
}

bool verify_password(std::string_view stored, std::string_view password, PasswordCost usual) {
    start_sodium();
    std::string text = base::nfc(password), hash{stored};
    Gate gate;
    bool readable = hash.size() < crypto_pwhash_STRBYTES &&
                    crypto_pwhash_str_needs_rehash(hash.c_str(), usual.passes, usual.memory) >= 0;
    bool right = readable && crypto_pwhash_str_verify(hash.c_str(), text.data(), text.size()) == 0;
    if (!readable) spend(text, usual);
    sodium_memzero(text.data(), text.size());
    return right;
}

bool needs_rehash(std::string_view stored, PasswordCost cost) {
    start_sodium();
    return crypto_pwhash_str_needs_rehash(std::string{stored}.c_str(), cost.passes, cost.memory) != 0;
}

base::Result<> check_passphrase(std::string_view passphrase, const std::vector<std::string>& personal) {
    std::size_t length = base::length(base::nfc(passphrase));
    if (length < kShortest) return base::invalid("Use at least 15 characters: three or four words work well.");
    if (length > kLongest) return base::invalid("Use at most 1,000 characters.");
    std::string core = base::join(base::words(base::fold(passphrase)), "");
    // A passphrase of nothing but signs, or in a script without letters to fold, is judged as it stands.
    if (core.size() < kShortest / 2) core = passphrase;
    if (std::set<char>(core.begin(), core.end()).size() < 5 || repeats_itself(core)) {
        return base::invalid("This repeats itself: use three or four different words.");
    }
    std::string rest = core;
    for (const std::string& name : personal) {
        for (const std::string& word : base::words(base::fold(name))) {
            if (word.size() >= 3) remove_all(rest, word);
        }
    }
    if (rest.size() < kShortest / 2)
        return base::invalid("Do not use your own name: use three or four other words.");
    for (std::string_view word : kCommon) remove_all(rest, word);
    remove_runs(rest);
    if (rest.size() < kShortest / 2)
        return base::invalid("This is easy to guess: use three or four unusual words.");
    return base::done();
}

}  // namespace rowan::crypto
