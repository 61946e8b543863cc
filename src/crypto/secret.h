// 32 secret bytes. They live in memory that is locked against swapping and left out of core dumps when the system
// allows it, and are overwritten when the key goes.
// Thread-safety: a value; making and destroying keys is safe from any thread.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace rowan::crypto {

class SecretKey {
public:
    static constexpr std::size_t kBytes = 32;

    static SecretKey random();
    // Precondition: 32 bytes; throws otherwise. The caller wipes its own copy.
    static SecretKey from_bytes(std::string_view bytes);

    SecretKey(const SecretKey& other);
    SecretKey(SecretKey&& other) noexcept;
    SecretKey& operator=(SecretKey other) noexcept;
    ~SecretKey();

    // Valid while the key lives. Do not copy it into a std::string that is not wiped.
    std::string_view bytes() const { return {reinterpret_cast<const char*>(slot_), kBytes}; }
    const unsigned char* data() const { return slot_; }
    // In constant time.
    bool operator==(const SecretKey& other) const;

    // A key for one purpose, derived from this one: BLAKE2b with this key over `purpose`.
    SecretKey derive(std::string_view purpose) const;

private:
    SecretKey();
    unsigned char* slot_;  // owned; null only after a move
};

// Overwrites a string's bytes and empties it; the compiler may not leave this out.
void wipe(std::string& secret);

// Bytes from the system's random source.
std::string random_bytes(std::size_t n);

}  // namespace rowan::crypto
