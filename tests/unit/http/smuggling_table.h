// Requests that two programs could read in two ways (SECURITY.md 6.5), and requests that nobody can misread.
// Written for Rowan from RFC 9110, RFC 9112 and the published classes of request smuggling.
#pragma once
#include <string>
#include <vector>

namespace rowan::http::testing {

struct Ambiguous {
    std::string name, bytes;
    int status = 400;  // what the server must answer before it closes
};

struct Plain {
    std::string name, bytes, path;
    std::size_t body = 0;
};

// What an attacker hopes to see answered: it follows every ambiguous request in the same packet.
inline const std::string kVictim = "GET /victim HTTP/1.1\r\nHost: a\r\n\r\n";

std::vector<Ambiguous> ambiguous_requests();
std::vector<Plain> plain_requests();

}  // namespace rowan::http::testing
