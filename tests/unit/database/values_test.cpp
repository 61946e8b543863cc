#include "database/database.h"

#include <gtest/gtest.h>

namespace rowan::database {
namespace {

enum class Colour { red = 3 };

TEST(ToValue, knows_the_types_of_the_program) {
    EXPECT_EQ(to_value(7), Value(std::int64_t{7}));
    EXPECT_EQ(to_value(true), Value(std::int64_t{1}));
    EXPECT_EQ(to_value(Colour::red), Value(std::int64_t{3}));
    EXPECT_EQ(to_value("ab"), Value(std::string("ab")));
    EXPECT_EQ(to_value(std::string_view("ab")), Value(std::string("ab")));
    EXPECT_EQ(to_value(Blob{"ab"}), Value(Blob{"ab"}));
    EXPECT_EQ(to_value(nullptr), Value());
    EXPECT_EQ(to_value(std::optional<std::string>()), Value());
    EXPECT_EQ(to_value(std::optional<int>(5)), Value(std::int64_t{5}));
    EXPECT_EQ(to_value(base::from_millis(1234)), Value(std::int64_t{1234}));
    using namespace std::chrono;
    EXPECT_EQ(to_value(base::Date(year{2018}, March, day{26})), Value(std::string("2018-03-26")));
}

TEST(Row, gives_its_columns_and_refuses_the_wrong_type) {
    const Row row({std::int64_t{5}, std::string("x"), Blob{"y"}, {}, std::string("2018-03-26")});
    EXPECT_EQ(row.integer(0), 5);
    EXPECT_TRUE(row.boolean(0));
    EXPECT_EQ(row.instant(0), base::from_millis(5));
    EXPECT_EQ(row.text(1), "x");
    EXPECT_EQ(row.blob(2), "y");
    EXPECT_TRUE(row.null(3));
    EXPECT_EQ(row.integer(3), 0);
    EXPECT_EQ(row.text(3), "");
    EXPECT_EQ(row.maybe_integer(3), std::nullopt);
    EXPECT_EQ(row.maybe_text(1), "x");
    EXPECT_EQ(row.maybe_instant(3), std::nullopt);
    EXPECT_EQ(base::to_iso(row.maybe_date(4).value()), "2018-03-26");
    EXPECT_THROW(row.integer(1), std::logic_error);
    EXPECT_THROW(row.text(2), std::logic_error);
    EXPECT_THROW(row.text(9), std::out_of_range);
}

TEST(Statement, numbers_its_parameters) {
    Statement s("SELECT id FROM child WHERE area = ?", "TA1");
    s.add(" AND status = ? AND age > ?", 1, 12)
        .add(" AND id IN (")
        .list(std::vector<std::string>{"a", "b"})
        .add(")");
    EXPECT_EQ(s.sql().text(),
              "SELECT id FROM child WHERE area = $1 AND status = $2 AND age > $3 AND id IN ($4,$5)");
    EXPECT_EQ(s.values().size(), 5u);
    EXPECT_EQ(s.values()[4], Value(std::string("b")));
}

TEST(Statement, an_empty_list_matches_nothing) {
    Statement s("SELECT 1 WHERE 1 IN (");
    s.list(std::vector<int>{}).add(")");
    EXPECT_EQ(s.sql().text(), "SELECT 1 WHERE 1 IN (NULL)");
}

TEST(Statement, refuses_values_that_do_not_fit) {
    EXPECT_THROW(Statement("SELECT ?"), std::logic_error);
    EXPECT_THROW(Statement("SELECT ?", 1, 2), std::logic_error);
}

TEST(ToError, says_whether_anything_was_changed) {
    using Kind = DatabaseError::Kind;
    EXPECT_EQ(to_error(DatabaseError(Kind::full, "x")).message,
              "We could not save: the disk is full. Nothing was changed.");
    EXPECT_EQ(to_error(DatabaseError(Kind::full, "x")).kind, base::ErrorKind::unavailable);
    EXPECT_EQ(to_error(DatabaseError(Kind::constraint, "x")).kind, base::ErrorKind::conflict);
    EXPECT_EQ(to_error(DatabaseError(Kind::invalid, "x")).kind, base::ErrorKind::invalid);
    EXPECT_EQ(to_error(DatabaseError(Kind::unknown, "x")).message.find("Nothing was changed"), std::string::npos);
}

TEST(ToError, of_a_read_says_nothing_of_what_was_saved) {
    using Kind = DatabaseError::Kind;
    for (const Kind kind : {Kind::constraint, Kind::full, Kind::busy, Kind::lost, Kind::unknown, Kind::io,
                            Kind::corrupt, Kind::invalid, Kind::other}) {
        const auto said = to_read_error(DatabaseError(kind, "x"));
        EXPECT_EQ(said.message.find("Nothing was"), std::string::npos) << said.message;
        EXPECT_FALSE(said.message.empty());
    }
    EXPECT_EQ(to_read_error(DatabaseError(Kind::lost, "x")).kind, base::ErrorKind::unavailable);
}

TEST(Open, refuses_an_address_it_does_not_know) {
    const auto db = Database::open("mysql://localhost/x");
    ASSERT_FALSE(db.ok());
    EXPECT_EQ(db.error().kind, base::ErrorKind::invalid);
}

}  // namespace
}  // namespace rowan::database
