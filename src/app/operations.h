// For whoever keeps Rowan running: /health, /ready and /metrics on a listener of their own, on this machine only.
//
// /health: 200 while the program runs. /ready: 200 when it can serve, else 503 with the reasons as codes, one a
// line:
//   "disk" (an error of the disk), "audit" (the log cannot be written or is damaged), "standby" (PostgreSQL waits
//   for a standby that is not there), "stopping". /metrics: Prometheus text; counts only, never a name, an id or
//   an address.
// Thread-safety: handle() from any thread. Errors: none; what cannot be asked is not ready.
#pragma once
#include "app/house.h"
#include "http/server.h"

#include <atomic>

namespace rowan::app {

class Operations final : public http::Service {
public:
    // The house must outlive it; `counters` is asked for the main listener's counters and is called from any
    // thread.
    // `landlock`: the version of the kernel's walls around its files, 0 without.
    Operations(House&, std::size_t records, int landlock, std::function<http::Server::Counters()> counters);

    // From now on it is not ready: a proxy sends its people elsewhere while what runs is finished.
    void stopping() { stopping_ = true; }
    std::vector<std::string> reasons() const;  // why it is not ready; empty when it is

    http::Limits limits_for(http::Method, std::string_view path) const override;
    http::Response handle(const http::Request&) override;
    http::Response error_page(int status) const override;

private:
    std::string metrics() const;
    House& house_;
    const std::size_t records_;
    const int landlock_;
    const std::function<http::Server::Counters()> counters_;
    std::atomic<bool> stopping_ = false;
};

// "127.0.0.1" or "::1".
bool is_this_machine(const std::string& address);

}  // namespace rowan::app
