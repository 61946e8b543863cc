// Asking another server: one request, one whole and bounded answer. Only what an operator has named is asked
// (SECURITY.md A25): no address comes from a user.
//
// TLS 1.2 or newer with the system's certificates; plain HTTP only to this machine itself. No redirects. It waits,
// so it must not be called by a worker that serves pages. Thread-safety: fetch() from any thread.
#pragma once
#include "base/result.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rowan::http {

struct Fetch {
    std::string url;
    std::optional<std::string> form;           // application/x-www-form-urlencoded: a POST; otherwise a GET
    std::string user, password;                // HTTP Basic; sent when `user` is not empty
    std::chrono::milliseconds timeout{5'000};  // for all of it
    std::size_t bytes = 256 * 1024;            // the most that is read
};
struct Fetched {
    int status = 0;
    std::string body;
};
// unavailable: no connection, no trust in the certificate, too slow; too_large; invalid: not an address to ask.
base::Result<Fetched> fetch(const Fetch&);

// https://…, or http:// to 127.0.0.1, [::1] or localhost; with a host, without user, password or fragment.
bool may_be_fetched(std::string_view url);

}  // namespace rowan::http
