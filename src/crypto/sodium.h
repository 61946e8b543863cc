// Starts libsodium once. Every function of this room that touches it calls this first.
// Thread-safety: any thread.
#pragma once

namespace rowan::crypto {

void start_sodium();  // throws if the library cannot start

}  // namespace rowan::crypto
