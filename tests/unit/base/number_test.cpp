#include "base/number.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace rowan::base {
namespace {

TEST(Number, Is_the_whole_text_or_nothing) {
    EXPECT_EQ(whole_number<int>("12"), 12);
    EXPECT_EQ(whole_number<int>("-3"), -3);
    EXPECT_EQ(whole_number<int>("007"), 7);
    for (const char* text : {"", " 12", "12 ", "12a", "a12", "+12", "1.5", "1e3", "0x10", "--1", "1,204", "-"})
        EXPECT_EQ(whole_number<int>(text), std::nullopt) << text;
    EXPECT_EQ(whole_number<int>(std::string_view("12\0", 3)), std::nullopt);
}

TEST(Number, Beyond_its_type_is_nothing) {
    EXPECT_EQ(whole_number<std::uint16_t>("65535"), 65535);
    EXPECT_EQ(whole_number<std::uint16_t>("65536"), std::nullopt);
    EXPECT_EQ(whole_number<std::uint16_t>("-1"), std::nullopt);
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(whole_number<std::int64_t>(std::to_string(most)), most);
    EXPECT_EQ(whole_number<std::int64_t>(std::to_string(most) + "0"), std::nullopt);
}

}  // namespace
}  // namespace rowan::base
