#include "crypto/secret.h"

#include "crypto/sodium.h"

#include <sodium.h>
#include <sys/mman.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

namespace rowan::crypto {

namespace {

// Slots of 32 bytes cut from locked pages. Pages are never given back: a server needs as many again.
class Vault {
public:
    unsigned char* take() {
        std::lock_guard lock(mutex_);
        if (free_.empty()) grow();
        unsigned char* slot = free_.back();
        free_.pop_back();
        return slot;
    }

    void give_back(unsigned char* slot) {
        sodium_memzero(slot, SecretKey::kBytes);
        std::lock_guard lock(mutex_);
        free_.push_back(slot);
    }

private:
    void grow() {
        constexpr std::size_t kArena = 64 * 1024;  // bytes: 2,048 keys
        void* pages = mmap(nullptr, kArena, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED) throw std::bad_alloc();
        // Best effort: RLIMIT_MEMLOCK may be small, and the keys are needed all the same.
        (void)mlock(pages, kArena);
        (void)madvise(pages, kArena, MADV_DONTDUMP);
        auto* first = static_cast<unsigned char*>(pages);
        free_.reserve(free_.capacity() + kArena / SecretKey::kBytes);  // give_back never allocates
        for (std::size_t at = kArena; at > 0; at -= SecretKey::kBytes)
            free_.push_back(first + at - SecretKey::kBytes);
    }

    std::mutex mutex_;
    std::vector<unsigned char*> free_;
};

Vault& vault() {
    static Vault* instance = new Vault;  // never destroyed: keys in static objects may outlive it
    return *instance;
}

}  // namespace

void start_sodium() {
    static const bool started = sodium_init() >= 0;
    if (!started) throw std::runtime_error("libsodium cannot start");
}

SecretKey::SecretKey() : slot_(vault().take()) {}

SecretKey::SecretKey(const SecretKey& other) : SecretKey() { std::copy_n(other.slot_, kBytes, slot_); }

SecretKey::SecretKey(SecretKey&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}

SecretKey& SecretKey::operator=(SecretKey other) noexcept {
    std::swap(slot_, other.slot_);
    return *this;
}

SecretKey::~SecretKey() {
    if (slot_) vault().give_back(slot_);
}

SecretKey SecretKey::random() {
    start_sodium();
    SecretKey key;
    randombytes_buf(key.slot_, kBytes);
    return key;
}

SecretKey SecretKey::from_bytes(std::string_view bytes) {
    if (bytes.size() != kBytes) throw std::invalid_argument("a key has 32 bytes");
    SecretKey key;
    std::copy(bytes.begin(), bytes.end(), key.slot_);
    return key;
}

bool SecretKey::operator==(const SecretKey& other) const { return sodium_memcmp(slot_, other.slot_, kBytes) == 0; }

SecretKey SecretKey::derive(std::string_view purpose) const {
    start_sodium();
    SecretKey key;
    crypto_generichash(key.slot_, kBytes, reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size(),
                       slot_, kBytes);
    return key;
}

void wipe(std::string& secret) {
    sodium_memzero(secret.data(), secret.size());
    secret.clear();
}

std::string random_bytes(std::size_t n) {
    start_sodium();
    std::string bytes(n, '\0');
    randombytes_buf(bytes.data(), n);
    return bytes;
}

}  // namespace rowan::crypto
