#include "formats/json.h"

#include <gtest/gtest.h>

#include <limits>

namespace rowan::formats {
namespace {

TEST(Json, is_written_compactly_in_the_order_given) {
    auto doc = Json::object({{"name", "Zoë \"Z\""}, {"age", 14}, {"open", true}, {"none", nullptr}});
    doc.set("list", Json::strings({"a", "b"})).set("age", 15);
    EXPECT_EQ(doc.write(), R"({"name":"Zoë \"Z\"","age":15,"open":true,"none":null,"list":["a","b"]})");
}

TEST(Json, is_read_with_typed_getters_that_never_throw) {
    const auto doc =
        parse_json(R"({"n": -5, "big": 9223372036854775807, "r": 1.5, "t": "x", "l": [1, "two", null]})");
    ASSERT_TRUE(doc.ok());
    EXPECT_EQ((*doc)["n"].integer(), -5);
    EXPECT_EQ((*doc)["big"].integer(), std::numeric_limits<std::int64_t>::max());
    EXPECT_DOUBLE_EQ((*doc)["r"].real(), 1.5);
    EXPECT_DOUBLE_EQ((*doc)["n"].real(), -5);
    EXPECT_EQ((*doc)["t"].text(), "x");
    EXPECT_EQ((*doc)["l"].array().size(), 3u);
    EXPECT_EQ((*doc)["l"].strings(), std::vector<std::string>{"two"});
    EXPECT_TRUE((*doc)["missing"].is_null());
    EXPECT_FALSE(doc->has("missing"));
    EXPECT_TRUE(doc->has("n"));
    EXPECT_EQ((*doc)["t"].integer(), 0);
    EXPECT_EQ((*doc)["n"].text(), "");
    EXPECT_TRUE((*doc)["n"]["deeper"].is_null());
}

TEST(Json, refuses_what_is_not_json) {
    for (const auto* text : {"", "{", "{\"a\":1,}", "[1 2]", "nul", "\"\xff\"", "{'a':1}", "1 2", "[1]x", "\"\t\"",
                             "01", "\"\\ud800\"", "NaN", "[1e999]", "{\"a\":-1e999}"}) {
        const auto doc = parse_json(text);
        ASSERT_FALSE(doc.ok()) << text;
        EXPECT_EQ(doc.error().kind, base::ErrorKind::invalid);
    }
}

TEST(Json, keeps_its_limits) {
    const auto nested = [](int depth) {
        return std::string(static_cast<std::size_t>(depth), '[') +
               std::string(static_cast<std::size_t>(depth), ']');
    };
    EXPECT_TRUE(parse_json(nested(32)).ok());
    EXPECT_FALSE(parse_json(nested(33)).ok());
    EXPECT_FALSE(parse_json(nested(100'000)).ok());
    EXPECT_EQ(parse_json("[1,2,3]", {.bytes = 6}).error().kind, base::ErrorKind::too_large);
    EXPECT_TRUE(parse_json("[1,2,3]", {.bytes = 7}).ok());
}

TEST(Json, round_trips) {
    for (const auto* text : {"null", "[]", "{}", "[[],{}]", R"({"a":[1,-2,true,"x"],"b":{"c":null}})",
                             "\"\\u0000\\u001f\"", "18446744073709551615", "1E308"}) {
        const auto once = parse_json(text);
        ASSERT_TRUE(once.ok()) << text;
        const auto twice = parse_json(once->write());
        ASSERT_TRUE(twice.ok()) << once->write();
        EXPECT_EQ(*twice, *once) << text;
    }
}

}  // namespace
}  // namespace rowan::formats
