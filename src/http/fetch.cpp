#include "http/fetch.h"

#include "base/freed.h"

#include <curl/curl.h>

#include <memory>
#include <new>

namespace rowan::http {

namespace {

std::string part(CURLU* url, CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
    std::string out(text);
    curl_free(text);
    return out;
}

bool is_loopback(const std::string& host) { return host == "127.0.0.1" || host == "[::1]" || host == "localhost"; }

struct Address {
    std::string scheme, host;
};
// Nothing when it is not an address that Rowan asks.
std::optional<Address> address_of(const std::string& text) {
    const std::unique_ptr<CURLU, base::Freed<curl_url_cleanup>> url(curl_url());
    if (!url) throw std::bad_alloc();
    if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return std::nullopt;
    Address out{part(url.get(), CURLUPART_SCHEME), part(url.get(), CURLUPART_HOST)};
    const bool bare = part(url.get(), CURLUPART_USER).empty() && part(url.get(), CURLUPART_PASSWORD).empty() &&
                      part(url.get(), CURLUPART_FRAGMENT).empty();
    if (!bare || out.host.empty()) return std::nullopt;
    if (out.scheme != "https" && !(out.scheme == "http" && is_loopback(out.host))) return std::nullopt;
    return out;
}

struct Sink {
    std::string body;
    std::size_t most = 0;
    bool full = false;
};
std::size_t take(char* bytes, std::size_t, std::size_t count, void* to) {
    auto& sink = *static_cast<Sink*>(to);
    if (sink.body.size() + count > sink.most) {
        sink.full = true;
        return 0;
    }
    sink.body.append(bytes, count);
    return count;
}

void prepare(CURL* curl, const Fetch& wanted, const Address& address, Sink& sink) {
    const auto set = [&](CURLoption option, auto value) {
        if (curl_easy_setopt(curl, option, value) != CURLE_OK) throw std::bad_alloc();
    };
    set(CURLOPT_URL, wanted.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, address.scheme.c_str());
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(wanted.timeout.count()));
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_USERAGENT, "Rowan");
    if (address.scheme == "http") set(CURLOPT_NOPROXY, "*");  // this machine itself
    set(CURLOPT_WRITEFUNCTION, take);
    set(CURLOPT_WRITEDATA, &sink);
    if (wanted.form) {
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(wanted.form->size()));
        set(CURLOPT_COPYPOSTFIELDS, wanted.form->c_str());
    }
    if (wanted.user.empty()) return;
    set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    set(CURLOPT_USERNAME, wanted.user.c_str());
    set(CURLOPT_PASSWORD, wanted.password.c_str());
}

// Once, before the first request, whichever thread it is.
void start_curl() {
    static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    if (!started) throw std::bad_alloc();
}

}  // namespace

bool may_be_fetched(std::string_view url) { return address_of(std::string(url)).has_value(); }

base::Result<Fetched> fetch(const Fetch& wanted) {
    start_curl();
    const auto address = address_of(wanted.url);
    if (!address) return base::invalid("Rowan asks only addresses that begin with https://.");
    const std::unique_ptr<CURL, base::Freed<curl_easy_cleanup>> curl(curl_easy_init());
    if (!curl) throw std::bad_alloc();
    Sink sink{{}, wanted.bytes, false};
    prepare(curl.get(), wanted, *address, sink);
    const auto outcome = curl_easy_perform(curl.get());
    if (sink.full) return base::too_large(address->host + " answered with more than Rowan reads.");
    if (outcome != CURLE_OK)
        return base::unavailable(address->host + " did not answer: " + curl_easy_strerror(outcome) + ".");
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return Fetched{static_cast<int>(status), std::move(sink.body)};
}

}  // namespace rowan::http
