#include "app/demonstration_geography.h"

#include <cmath>
#include <map>

namespace rowan::app {

namespace {

constexpr int kWest = 300'000, kSouth = 120'000, kCell = 1'000;
constexpr int kColumns = 64, kRows = 44;
constexpr std::string_view kLetters = "ABDEFGHJLNPQRSTUWXYZ";  // those that stand in the second half of a postcode
constexpr double kGoldenAngle = 2.399963;

struct Town {
    std::string prefix, area;
    double x = 0, y = 0;
    int postcodes = 0;
};

// Areas around the middle, and the towns of each around its own.
std::vector<Town> towns(const partnership::Scheme& scheme) {
    std::vector<Town> out;
    double area_turn = 0;
    for (const auto& area : scheme.areas) {
        if (area.kind != partnership::AreaKind::inside) continue;
        const double far = 13, x = kColumns / 2.0 + 1.5 * far * std::cos(area_turn),
                     y = kRows / 2.0 + far * std::sin(area_turn);
        for (std::size_t n = 0; n < area.postcodes.size(); ++n) {
            const double turn = kGoldenAngle * static_cast<double>(n),
                         away = 3.2 * std::sqrt(static_cast<double>(n));
            out.push_back({area.postcodes[n], area.code, x + away * std::cos(turn), y + away * std::sin(turn), 0});
        }
        area_turn += kGoldenAngle / 1.6;
    }
    return out;
}

Town& nearest(std::vector<Town>& all, double x, double y) {
    Town* best = &all.front();
    for (auto& town : all)
        if (std::hypot(town.x - x, town.y - y) < std::hypot(best->x - x, best->y - y)) best = &town;
    return *best;
}

// The n-th postcode of a town; nothing when they are used up.
std::string postcode_of(const Town& town, int n) {
    const int letters = static_cast<int>(kLetters.size()), block = letters * letters;
    const bool sector = town.prefix.find(' ') != std::string::npos;
    if (n >= (sector ? block : 10 * block)) return "";
    std::string out = sector ? town.prefix : town.prefix + " " + std::to_string(n / block);
    out += kLetters[static_cast<std::size_t>(n % block / letters)];
    return out + kLetters[static_cast<std::size_t>(n % letters)];
}

}  // namespace

std::vector<exchange::PostcodePlace> invented_geography(const partnership::Scheme& scheme) {
    std::map<std::string, exchange::PostcodePlace> out;
    auto all = towns(scheme);
    if (all.empty()) return {};
    for (int column = 0; column < kColumns; ++column)
        for (int row = 0; row < kRows; ++row) {
            const double x = column + 0.5, y = row + 0.5;
            const double edge =
                std::hypot((x - kColumns / 2.0) / (kColumns / 2.0), (y - kRows / 2.0) / (kRows / 2.0));
            // A coast that is not a circle.
            if (edge > 0.92 + 0.07 * std::sin(7 * std::atan2(y - kRows / 2.0, x - kColumns / 2.0))) continue;
            auto& town = nearest(all, x, y);
            const auto postcode = postcode_of(town, town.postcodes++);
            if (!postcode.empty())
                out[postcode] = {postcode, town.area, kWest + column * kCell + kCell / 2,
                                 kSouth + row * kCell + kCell / 2};
        }
    // Homes and places stand in their town, a little apart.
    const auto put = [&](const std::string& written, int n) {
        const auto postcode = base::parse_postcode(written);
        for (const auto& town : all)
            if (postcode.text.starts_with(town.prefix + (town.prefix.find(' ') == std::string::npos ? " " : "")))
                out[postcode.text] = {postcode.text, town.area,
                                      kWest + static_cast<int>(1000 * town.x) + 1300 * (n % 5) - 2600,
                                      kSouth + static_cast<int>(1000 * town.y) + 1700 * (n % 3) - 1700};
    };
    int n = 0;
    for (const auto& home : scheme.homes) put(home.postcode, n++);
    for (const auto& place : scheme.places) put(place.postcode, n++);
    std::vector<exchange::PostcodePlace> places;
    for (auto& [postcode, place] : out) places.push_back(std::move(place));
    return places;
}

}  // namespace rowan::app
