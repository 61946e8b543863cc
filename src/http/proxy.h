// Who is asking, when a proxy stands in front of us. X-Forwarded-* is believed only from configured addresses
// (SECURITY.md A13). Pure.
#pragma once
#include "http/message.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace rowan::http {

// The one spelling of an IP address (IPv4 in IPv6 becomes IPv4); nothing when it is not an address.
std::optional<std::string> canonical_address(std::string_view);

struct Client {
    std::string address;
    bool tls = false;
};
// From the right, the first address of X-Forwarded-For that is not a trusted proxy; the socket's own address
// when the socket's peer is not trusted or the header cannot be read. `trusted` holds canonical addresses.
Client client_of(const std::string& socket_peer, bool socket_tls, const Fields& headers,
                 const std::set<std::string>& trusted);
// Takes X-Forwarded-*, X-Real-IP and Forwarded away, so that no handler can believe them by mistake.
void drop_forwarded(Fields& headers);

}  // namespace rowan::http
