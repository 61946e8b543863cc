// Every component against every fixture that govuk-frontend ships: options in, HTML out.
#include "components/decode.h"
#include "components/normal_form.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>

namespace rowan::tests {

namespace {

const std::vector<Fixture>& all_fixtures() {
    static const std::vector<Fixture> kAll = [] {
        std::vector<Fixture> all;
        std::vector<std::filesystem::path> files;
        for (const auto& folder : std::filesystem::directory_iterator(ROWAN_GOVUK_COMPONENTS))
            if (auto file = folder.path() / "fixtures.json"; std::filesystem::exists(file)) files.push_back(file);
        std::sort(files.begin(), files.end());
        for (const auto& path : files) {
            std::ifstream in(path, std::ios::binary);
            std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
            auto root = boost::json::parse(bytes).as_object();
            std::string component(root.at("component").as_string());
            for (const auto& value : root.at("fixtures").as_array()) {
                const auto& fixture = value.as_object();
                all.push_back({component, std::string(fixture.at("name").as_string()),
                               fixture.at("options").as_object(), std::string(fixture.at("html").as_string())});
            }
        }
        return all;
    }();
    return kAll;
}

// The components that Rowan does not render. Printed by every run; none may be missing silently.
const std::vector<std::string>& not_written() {
    static const std::vector<std::string> kNone = {};
    return kNone;
}

std::vector<std::size_t> written_fixtures() {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < all_fixtures().size(); ++i)
        if (renderers().contains(all_fixtures()[i].component)) indices.push_back(i);
    return indices;
}

std::string test_name(const testing::TestParamInfo<std::size_t>& info) {
    const Fixture& fixture = all_fixtures()[info.param];
    std::string name;
    for (char c : fixture.component + "_" + fixture.name)
        name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return name + "_" + std::to_string(info.param);
}

std::string render(const Fixture& fixture) {
    return std::string(renderers().at(fixture.component)(fixture).view());
}

}  // namespace

class GovukFixture : public testing::TestWithParam<std::size_t> {};

TEST_P(GovukFixture, renders_as_govuk_frontend_does) {
    const Fixture& fixture = all_fixtures()[GetParam()];
    EXPECT_EQ(normal_form(render(fixture)), normal_form(fixture.expected))
        << boost::json::serialize(fixture.options);
}

INSTANTIATE_TEST_SUITE_P(All, GovukFixture, testing::ValuesIn(written_fixtures()), test_name);

TEST(GovukFixtures, are_all_accounted_for) {
    std::map<std::string, int> missing;
    std::map<std::string, int> count;
    for (const Fixture& fixture : all_fixtures()) {
        ++count[fixture.component];
        if (!renderers().contains(fixture.component)) ++missing[fixture.component];
    }
    for (const auto& [component, fixtures] : missing) {
        std::cout << "not written: " << component << " (" << fixtures << " fixtures)\n";
        EXPECT_NE(std::find(not_written().begin(), not_written().end(), component), not_written().end())
            << component;
    }
    for (const std::string& component : not_written()) EXPECT_TRUE(missing.contains(component)) << component;
    // What govuk-frontend 6.6.0 ships: fewer would mean that the reader has lost some.
    EXPECT_EQ(count.size(), 39u);
    EXPECT_EQ(all_fixtures().size(), 725u);
}

// The comparison must be able to fail: every fixture, broken in a small way, is told from the true one.
TEST(GovukFixtures, a_broken_rendering_fails_the_comparison) {
    auto broken = [](std::string html, const std::string& from, const std::string& to) {
        if (auto at = html.find(from); at != std::string::npos) html.replace(at, from.size(), to);
        return html;
    };
    int tried = 0;
    for (std::size_t i : written_fixtures()) {
        const Fixture& fixture = all_fixtures()[i];
        std::string html = render(fixture), truth = normal_form(fixture.expected);
        if (html.empty()) continue;
        ++tried;
        EXPECT_NE(normal_form(broken(html, "class=\"govuk-", "class=\"gov-")), truth) << fixture.name;
        EXPECT_NE(normal_form(html + "<p></p>"), truth) << fixture.name;
        if (html.find(" id=\"") != std::string::npos) {
            EXPECT_NE(normal_form(broken(html, " id=\"", " id=\"x")), truth) << fixture.name;
        }
        if (html.find("&lt;") != std::string::npos) {
            EXPECT_NE(normal_form(broken(html, "&lt;", "<")), truth) << fixture.name;
        }
        // The last words of the component.
        auto end = html.rfind("</");
        EXPECT_NE(normal_form(html.substr(0, end) + "not this" + html.substr(end)), truth) << fixture.name;
    }
    EXPECT_GT(tried, 700);
}

}  // namespace rowan::tests
