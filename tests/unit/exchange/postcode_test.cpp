// The file of postcodes that a partnership loads.
#include "exchange/postcode_directory.h"
#include "base/id.h"
#include "support/office.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace rowan::exchange {
namespace {

class Postcodes : public ::testing::Test {
protected:
    const partnership::Scheme scheme = partnership::shipped_scheme("somerset").value();
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("rowan-postcodes-" + base::new_id() + ".csv");
    ~Postcodes() override { std::filesystem::remove(file); }
    base::Result<PostcodeFile> read(const std::string& text) {
        std::ofstream(file) << text;
        return read_postcodes(file.string(), scheme);
    }
};

TEST_F(Postcodes, The_columns_of_the_directory_are_found_and_the_others_passed_over) {
    const auto out = read(
        "pcd,PCDS,dointr,doterm,oseast1m,osnrth1m,lat\n"
        "TA1 1AA,TA1 1AA,198001,,322500,124500,51.0\n"
        "BS1 1AA,BS1 1AA,198001,,358000,172000,51.4\n"
        "TA1 1AB,TA1 1AB,198001,199601,,,99.9\n"
        "BA5 2QX,BA5 2QX,198001,,354500,145500,51.2\n"
        "?,nonsense,,,1,1,\n");
    ASSERT_TRUE(out.ok()) << out.error().message;
    ASSERT_EQ(out->places.size(), 2u);
    EXPECT_EQ(out->places[0].postcode, "BA5 2QX");
    EXPECT_EQ(out->places[0].area, "MEND");
    EXPECT_EQ(out->places[1].easting, 322500);
    EXPECT_EQ(out->outside, 1u);
    EXPECT_EQ(out->without_place, 1u);
    EXPECT_EQ(out->unreadable, 1u);
}

TEST_F(Postcodes, Metres_with_a_decimal_point_are_whole_metres) {
    const auto out = read("pcds,oseast1m,osnrth1m\nTA1 1AA, 322500.0,124500.75\n");
    ASSERT_TRUE(out.ok()) << out.error().message;
    ASSERT_EQ(out->places.size(), 1u);
    EXPECT_EQ(out->places[0].easting, 322500);
    EXPECT_EQ(out->places[0].northing, 124500);
}

TEST_F(Postcodes, A_file_without_its_columns_is_refused_with_their_names) {
    const auto out = read("postcode,lat,long\nTA1 1AA,51.0,-3.1\n");
    ASSERT_FALSE(out.ok());
    EXPECT_NE(out.error().message.find("oseast1m"), std::string::npos);
}

TEST_F(Postcodes, A_new_file_takes_the_place_of_the_old_one) {
    support::TemporaryDatabase temporary;
    support::TestOffice house{temporary.db(), "somerset"};
    const auto store = [&](const std::vector<PostcodePlace>& places) {
        house.write([&](database::Session& s) -> base::Result<> {
            store_postcodes(s, places);
            return base::done();
        });
    };
    store({{"TA1 1AA", "TWS", 1, 2}, {"TA1 1AB", "TWS", 3, 4}});
    store({{"TA1 1AB", "TWS", 5, 6}});
    const auto rows = house.db().read(
        [](database::Session& s) { return s.query("SELECT postcode, easting FROM postcode_place"); });
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].integer(1), 5);
}

}  // namespace
}  // namespace rowan::exchange
