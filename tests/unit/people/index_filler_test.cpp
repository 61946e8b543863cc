#include "people/index_filler.h"

#include <gtest/gtest.h>

namespace rowan::people {
namespace {

IndexedRecord record(int n) {
    IndexedRecord out;
    out.id = "record-" + std::to_string(n);
    out.person = "person-" + std::to_string(n);
    out.agency = "SCC";
    out.identity.given_names = "Wilhelmina";
    out.identity.family_name = "Quennell" + std::to_string(n);
    return out;
}

TEST(IndexFiller, fills_as_one_after_the_other_would) {
    PeopleIndex index;
    IndexFiller filler(index);
    constexpr int kRecords = 10'000;  // more than may wait
    for (int n = 0; n < kRecords; ++n) filler.add(record(n), "person-" + std::to_string(n / 2 * 2));
    auto later = record(7);
    later.agency = "ASP";
    filler.add(later, "person-6");
    filler.finish();
    EXPECT_EQ(kRecords, static_cast<int>(index.records()));
    EXPECT_EQ(kRecords / 2, static_cast<int>(index.people()));
    EXPECT_EQ("person-6", index.root_of("person-7"));
    EXPECT_EQ("ASP", index.record("record-7")->agency) << "what came last stands";
    EXPECT_EQ("SCC", index.record("record-9999")->agency);
}

TEST(IndexFiller, may_be_given_up) {
    PeopleIndex index;
    {
        IndexFiller filler(index);
        for (int n = 0; n < 5'000; ++n) filler.add(record(n), "person-" + std::to_string(n));
    }
    EXPECT_LE(index.records(), 5'000U);
}

TEST(IndexFiller, nothing_is_nothing) {
    PeopleIndex index;
    IndexFiller(index).finish();
    EXPECT_EQ(0U, index.records());
}

}  // namespace
}  // namespace rowan::people
