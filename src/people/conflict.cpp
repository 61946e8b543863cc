#include "people/conflict.h"

#include "base/text.h"
#include "linkage/nicknames.h"

#include <algorithm>

namespace rowan::people {

namespace {

using Words = std::vector<std::string>;

constexpr std::uint64_t kTieBits = kTieName | kTieHome | kTiePhone | kTieVehicle;

class Keys {
public:
    // First names and family name, each as folded words. "Katherine Anne Poole" is Katherine Poole and Kate Poole
    // too.
    void name(const Words& given, const Words& family) {
        if (given.empty() || family.empty()) return;
        auto all = given;
        all.insert(all.end(), family.begin(), family.end());
        add(kTieName, sorted(all));
        auto usual = family;
        usual.push_back(given.front());
        add(kTieName, sorted(usual));
        for (const auto group : linkage::name_groups(given.front()))
            add(kTieName, "#" + std::to_string(group) + " " + sorted(family));
    }
    // A name as somebody writes it down: the last word is the family's, or the last two are.
    void written(std::string_view text) {
        const auto words = base::words(base::fold(text));
        for (const std::size_t last : {1u, 2u})
            if (words.size() > last)
                name({words.begin(), words.end() - static_cast<std::ptrdiff_t>(last)},
                     {words.end() - static_cast<std::ptrdiff_t>(last), words.end()});
        // Or the family's comes first.
        if (words.size() == 2) name({words[1]}, {words[0]});
    }
    // A postcode with each number of the address; where there is none, with its words.
    void home(std::string_view address, std::string_view postcode) {
        if (postcode.empty()) return;
        const auto words = base::words(base::fold(address));
        bool numbered = false;
        for (const auto& word : words) {
            if (word.find_first_of("0123456789") == std::string::npos) continue;
            add(kTieHome, std::string(postcode) + " " + word);
            numbered = true;
        }
        if (!numbered && !words.empty()) add(kTieHome, std::string(postcode) + " " + base::join(words, " "));
    }
    void phone(const std::string& e164) {
        if (!e164.empty()) add(kTiePhone, e164);
    }
    void vehicle(const std::string& likeness) { add(kTieVehicle, likeness); }
    std::vector<std::uint64_t> take() {
        std::sort(keys_.begin(), keys_.end());
        keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
        return std::move(keys_);
    }

private:
    static std::string sorted(Words words) {
        std::sort(words.begin(), words.end());
        return base::join(words, " ");
    }
    // FNV-1a, 60 bits of it; never stored, so it only has to be even.
    void add(Tie tie, std::string_view text) {
        std::uint64_t hash = 14695981039346656037ull;
        for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211ull;
        keys_.push_back((hash & ~kTieBits) | static_cast<std::uint64_t>(tie));
    }
    std::vector<std::uint64_t> keys_;
};

Words folded(std::string_view text) { return base::words(base::fold(text)); }

}  // namespace

std::string ties_in_words(Ties ties) {
    std::vector<std::string> out;
    if (ties & kTieName) out.emplace_back("name");
    if (ties & kTieHome) out.emplace_back("home");
    if (ties & kTiePhone) out.emplace_back("phone");
    if (ties & kTieVehicle) out.emplace_back("vehicle");
    return base::join(out, ", ");
}

std::vector<std::uint64_t> conflict_keys(const Identity& who, const std::vector<std::string>& vehicles) {
    Keys keys;
    const auto family = folded(who.family_name), known_as = folded(who.known_as);
    keys.name(folded(who.given_names), family);
    keys.name(known_as, family);
    if (known_as.size() > 1) keys.written(who.known_as);
    for (const auto& alias : who.aliases) {
        const auto words = folded(alias);
        if (words.size() > 1)
            keys.written(alias);
        else
            keys.name(words, family);
    }
    keys.home(who.address, who.postcode);
    keys.phone(who.phone);
    for (const auto& vehicle : vehicles) keys.vehicle(vehicle);
    return keys.take();
}

std::vector<std::uint64_t> conflict_keys(const partnership::Interests& interests) {
    Keys keys;
    for (const auto& name : interests.names) keys.written(name);
    for (const auto& home : interests.homes) keys.home(home.address, home.postcode);
    for (const auto& phone : interests.phones) keys.phone(phone);
    for (const auto& vehicle : interests.vehicles) keys.vehicle(vehicle);
    return keys.take();
}

Tie tie_of(std::uint64_t key) { return static_cast<Tie>(key & kTieBits); }

Ties ties_between(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
    Ties out = 0;
    for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
        if (*x < *y)
            ++x;
        else if (*y < *x)
            ++y;
        else {
            out |= tie_of(*x);
            ++x, ++y;
        }
    }
    return out;
}

}  // namespace rowan::people
