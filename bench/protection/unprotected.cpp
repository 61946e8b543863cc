// What takes the place of the cipher and of the log of looks in rowan_unprotected, the program that
// bench/protection/run measures Rowan against. There is no switch: `rowan` has no way to be without either, and
// cannot open what this wrote.
#include "crypto/aead.h"
#include "partnership/look_book.h"

namespace rowan {

std::string crypto::encrypt(const SecretKey&, std::string_view, std::string_view, std::string_view plaintext) {
    return std::string(plaintext) + std::string(kTagBytes, '\0');
}

std::optional<std::string> crypto::decrypt(const SecretKey&, std::string_view, std::string_view,
                                           std::string_view written) {
    return std::string(written.substr(0, written.size() - kTagBytes));
}

void partnership::LookBook::record(std::vector<AuditEntry>, database::Database::Then then) const { then(nullptr); }

}  // namespace rowan
