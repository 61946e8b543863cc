// Ids, logs, results, hashes and described records.
#include "base/fields.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/log.h"
#include "base/result.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <set>
#include <string>

using namespace rowan::base;

TEST(Id, new_ids_differ_and_are_ids) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        std::string id = new_id();
        EXPECT_TRUE(is_id(id)) << id;
        EXPECT_TRUE(seen.insert(id).second);
    }
}

TEST(Id, only_26_crockford_characters_of_128_bits_are_ids) {
    EXPECT_TRUE(is_id("7zzzzzzzzzzzzzzzzzzzzzzzzz"));
    for (const char* bad :
         {"", "8zzzzzzzzzzzzzzzzzzzzzzzzz", "7zzzzzzzzzzzzzzzzzzzzzzzz", "7zzzzzzzzzzzzzzzzzzzzzzzzzz",
          "7Zzzzzzzzzzzzzzzzzzzzzzzzz", "7izzzzzzzzzzzzzzzzzzzzzzzz", "7zzzzzzzz zzzzzzzzzzzzzzzz"}) {
        EXPECT_FALSE(is_id(bad)) << bad;
    }
}

RC_GTEST_PROP(Id, seeded_ids_are_a_function_of_seed_and_counter, (std::uint64_t seed, std::uint64_t counter)) {
    RC_ASSERT(seeded_id(seed, counter) == seeded_id(seed, counter));
    RC_ASSERT(is_id(seeded_id(seed, counter)));
    RC_ASSERT(seeded_id(seed, counter) != seeded_id(seed, counter + 1));
    RC_ASSERT(seeded_id(seed, counter) != seeded_id(seed + 1, counter));
}

TEST(Id, seeded_ids_never_change_between_versions) {
    EXPECT_EQ(seeded_id(1, 1), "4d1jv63j6w0zndxga6kj6n3tbv");
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        for (std::uint64_t i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(seeded_id(seed, i)).second);
    }
}

TEST(Log, SECURITY_A28_one_event_is_one_json_line_whatever_the_value) {
    testing::internal::CaptureStderr();
    log(LogLevel::warning, "server.started",
        {{"port", std::int64_t{8443}},
         {"ratio", 0.5},
         {"ok", true},
         {"code", "a\"\\\r\nlevel: forged\x1b[2J\x7f"}});
    std::string line = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
    EXPECT_EQ(line.back(), '\n');
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
    EXPECT_EQ(line.find('\x7f'), std::string::npos);
    EXPECT_NE(line.find(R"("level":"warning","event":"server.started","port":8443,"ratio":0.5,"ok":true,)"),
              std::string::npos);
    EXPECT_NE(line.find(R"("code":"a\"\\\u000d\u000alevel: forged\u001b[2J\u007f"})"), std::string::npos) << line;
}

TEST(Log, long_strings_are_cut_and_low_levels_are_silent) {
    testing::internal::CaptureStderr();
    log(LogLevel::debug, "quiet");
    log(LogLevel::info, "loud", {{"code", std::string(500, 'x')}});
    std::string out = testing::internal::GetCapturedStderr();
    EXPECT_EQ(out.find("quiet"), std::string::npos);
    EXPECT_NE(out.find(std::string(200, 'x')), std::string::npos);
    EXPECT_EQ(out.find(std::string(201, 'x')), std::string::npos);

    set_log_level(LogLevel::error);
    testing::internal::CaptureStderr();
    log(LogLevel::warning, "hushed");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    set_log_level(LogLevel::info);
}

TEST(Result, is_a_value_or_one_sentence) {
    Result<std::string> good = std::string{"yes"};
    EXPECT_TRUE(good);
    EXPECT_EQ(*good, "yes");
    EXPECT_EQ(good->size(), 3u);
    Result<std::string> bad = not_found("There is no such child.");
    EXPECT_FALSE(bad);
    EXPECT_EQ(bad.error().kind, ErrorKind::not_found);
    EXPECT_THROW(bad.value(), std::logic_error);
    EXPECT_TRUE(done().ok());
    Result<std::unique_ptr<int>> owned = std::make_unique<int>(3);
    EXPECT_EQ(*std::move(owned).value(), 3);
}

TEST(Hash, fnv_1a_vectors) {
    EXPECT_EQ(stable_hash(""), 0xcbf29ce484222325u);
    EXPECT_EQ(stable_hash("a"), 0xaf63dc4c8601ec8cu);
    EXPECT_EQ(stable_hash("foobar"), 0x85944171f73967e8u);
    EXPECT_EQ(stable_hash("bar", stable_hash("foo")), stable_hash("foobar"));
}

namespace {
struct Child {
    std::string id;
    std::string given_names;
    int episodes = 0;
};
}  // namespace

template <>
struct rowan::base::Describe<Child> {
    static constexpr std::string_view name = "child";
    static constexpr auto fields =
        std::tuple{field("id", &Child::id, Kind::clear), field("given_names", &Child::given_names, Kind::sealed),
                   field("episodes", &Child::episodes, Kind::clear)};
};

TEST(Fields, are_visited_in_order_with_their_kind) {
    Child child{"c1", "Sam", 2};
    std::string seen;
    for_each_field(std::as_const(child), [&](std::string_view name, const auto& value, Kind kind) {
        seen += std::string{name} + (kind == Kind::sealed ? "*" : "") + "=";
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, int>)
            seen += std::to_string(value) + ";";
        else
            seen += value + ";";
    });
    EXPECT_EQ(seen, "id=c1;given_names*=Sam;episodes=2;");
    EXPECT_EQ(field_count<Child>(), 3u);
}

TEST(Fields, can_be_written_through) {
    Child child{"c1", "Sam", 2};
    for_each_field(child, [](std::string_view, auto& value, Kind) { value = {}; });
    EXPECT_EQ(child.given_names, "");
    EXPECT_EQ(child.episodes, 0);
    std::size_t sealed = 0;
    for_each_description<Child>([&](const auto& f) { sealed += f.kind == Kind::sealed; });
    EXPECT_EQ(sealed, 1u);
}
