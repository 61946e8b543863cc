#include "html/assets.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

namespace rowan::html {

namespace {

std::string read(const std::string& path) {
    std::ifstream in(std::string(ROWAN_SOURCE_DIR) + "/" + path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

const Asset& asset(std::string_view name) { return *find_asset(asset_url(name)); }

// WCAG 2.2, "relative luminance" and "contrast ratio".
double luminance(const std::string& hex) {
    auto part = [&](int at) {
        double c = std::stoi(hex.substr(static_cast<std::size_t>(at), 2), nullptr, 16) / 255.0;
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

double contrast(const std::string& a, const std::string& b) {
    double high = std::max(luminance(a), luminance(b)), low = std::min(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

}  // namespace

TEST(Assets, are_found_by_hashed_path_and_by_nothing_else) {
    for (const char* name :
         {"rowan.css", "rowan.js", "start.js", "govuk-frontend.js", "mark.svg", "favicon.svg"}) {
        std::string_view path = asset_url(name);
        EXPECT_TRUE(std::regex_match(std::string(path), std::regex("/assets/[a-z-]+-[0-9a-f]{10}\\.(css|js|svg)")))
            << path;
        ASSERT_NE(find_asset(path), nullptr);
        EXPECT_FALSE(find_asset(path)->bytes.empty());
        EXPECT_EQ(find_asset("/assets/" + std::string(name)), nullptr);
    }
    EXPECT_EQ(find_asset("/assets/../../etc/passwd"), nullptr);
    EXPECT_EQ(find_asset(""), nullptr);
    EXPECT_THROW(asset_url("nothing.css"), std::logic_error);
}

TEST(Assets, are_served_with_their_type_and_compressed) {
    EXPECT_EQ(asset("rowan.css").content_type, "text/css; charset=utf-8");
    EXPECT_EQ(asset("rowan.js").content_type, "text/javascript; charset=utf-8");
    EXPECT_EQ(asset("mark.svg").content_type, "image/svg+xml");
    EXPECT_LT(asset("rowan.css").brotli.size(), 24u * 1024) << "the style sheet has grown: look at what it holds";
    EXPECT_FALSE(asset("rowan.css").gzip.empty());
    EXPECT_EQ(asset("rowan.css").gzip.substr(0, 2), "\x1f\x8b");
}

TEST(Assets, every_address_in_a_style_sheet_or_script_is_ours_and_exists) {
    static const std::regex kAddress("(?:url\\(|from ')(/[^)']+)");
    int found = 0;
    for (const Asset& a : all_assets()) {
        std::string bytes(a.bytes);
        for (std::sregex_iterator it(bytes.begin(), bytes.end(), kAddress), end; it != end; ++it, ++found)
            EXPECT_NE(find_asset((*it)[1].str()), nullptr) << a.name << ": " << (*it)[1];
        EXPECT_EQ(bytes.find("url(http"), std::string::npos) << a.name;
        EXPECT_EQ(bytes.find("@import"), std::string::npos) << a.name;
    }
    EXPECT_GE(found, 2);
}

TEST(Assets, show_neither_the_crown_nor_the_font_of_govuk) {
    std::string css(asset("rowan.css").bytes);
    EXPECT_EQ(css.find("GDS Transport"), std::string::npos);
    EXPECT_EQ(css.find("@font-face"), std::string::npos);
    EXPECT_EQ(css.find("govuk-crest"), std::string::npos);
}

TEST(Assets, no_script_is_written_that_a_strict_policy_would_stop) {
    for (const char* name : {"rowan.js", "start.js"}) {
        std::string script(asset(name).bytes);
        for (const char* banned : {"eval(", "new Function", "innerHTML", "document.write", ".style."})
            EXPECT_EQ(script.find(banned), std::string::npos) << name << ": " << banned;
    }
}

TEST(Colours, text_reaches_four_and_a_half_to_one) {
    std::string scss = read("assets/scss/_colours.scss");
    ASSERT_FALSE(scss.empty());
    std::map<std::string, std::string> colours;
    static const std::regex kColour("(\\$rowan-[a-z-]+): (#[0-9a-f]{6});"), kPair("// contrast: (\\S+) on (\\S+)");
    for (std::sregex_iterator it(scss.begin(), scss.end(), kColour), end; it != end; ++it)
        colours[(*it)[1]] = (*it)[2];
    int pairs = 0;
    for (std::sregex_iterator it(scss.begin(), scss.end(), kPair), end; it != end; ++it, ++pairs) {
        ASSERT_TRUE(colours.contains((*it)[1]) && colours.contains((*it)[2])) << it->str();
        EXPECT_GE(contrast(colours[(*it)[1]], colours[(*it)[2]]), 4.5) << it->str();
    }
    EXPECT_GE(pairs, 20);
    EXPECT_NEAR(contrast("#ffffff", "#000000"), 21, 0.01);
    EXPECT_LT(contrast("#c77700", "#fff2d9"), 4.5) << "the amber line is not a text colour";
}

TEST(Colours, stand_in_one_file) {
    static const std::regex kHex("#[0-9a-fA-F]{6}\\b");
    for (const char* name : {"rowan", "_frame", "_casework", "_charts"}) {
        std::string scss = read(std::string("assets/scss/") + name + ".scss");
        ASSERT_FALSE(scss.empty()) << name;
        EXPECT_FALSE(std::regex_search(scss, kHex)) << name;
    }
}

TEST(LockFile, names_no_registry) {
    std::string lock = read("assets/package-lock.json");
    ASSERT_FALSE(lock.empty());
    EXPECT_EQ(lock.find("\"resolved\""), std::string::npos);
    EXPECT_EQ(lock.find("registry."), std::string::npos);
}

}  // namespace rowan::html
