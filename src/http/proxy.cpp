#include "http/proxy.h"

#include "base/text.h"
#include "http/encoding.h"

#include <algorithm>
#include <arpa/inet.h>

namespace rowan::http {
namespace {

std::string strip(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t'; });
    return text;
}

std::vector<std::string> list_of(const Fields& headers, std::string_view name) {
    const auto joined = base::join(headers.all(name), ",");
    return joined.empty() ? std::vector<std::string>{} : base::split(joined, ',');
}

bool is_forwarded(std::string_view name) {
    return name.starts_with("x-forwarded") || name == "x-real-ip" || name == "forwarded";
}

}  // namespace

std::optional<std::string> canonical_address(std::string_view text) {
    const std::string address(text);
    char out[INET6_ADDRSTRLEN];
    in_addr four{};
    if (inet_pton(AF_INET, address.c_str(), &four) == 1) return inet_ntop(AF_INET, &four, out, sizeof out);
    in6_addr six{};
    if (inet_pton(AF_INET6, address.c_str(), &six) != 1) return std::nullopt;
    if (IN6_IS_ADDR_V4MAPPED(&six)) return inet_ntop(AF_INET, &six.s6_addr[12], out, sizeof out);
    return inet_ntop(AF_INET6, &six, out, sizeof out);
}

Client client_of(const std::string& socket_peer, bool socket_tls, const Fields& headers,
                 const std::set<std::string>& trusted) {
    Client client{socket_peer, socket_tls};
    if (!trusted.contains(socket_peer)) return client;
    const auto protocols = list_of(headers, "x-forwarded-proto");
    if (!protocols.empty()) client.tls = lower(strip(protocols.back())) == "https";
    auto hops = list_of(headers, "x-forwarded-for");
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
        const auto address = canonical_address(strip(*hop));
        if (!address) return client;
        client.address = *address;
        if (!trusted.contains(*address)) break;
    }
    return client;
}

void drop_forwarded(Fields& headers) {
    const auto& items = headers.items();
    if (std::none_of(items.begin(), items.end(), [](const auto& item) { return is_forwarded(item.first); }))
        return;
    Fields kept;
    for (const auto& [name, value] : items) {
        if (!is_forwarded(name)) kept.add(name, value);
    }
    headers = std::move(kept);
}

}  // namespace rowan::http
