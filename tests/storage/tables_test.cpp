// The tables as data: the same shape on both engines, in an order in which they can be filled.
#include "database/tables.h"

#include "storage/fixture.h"

#include <algorithm>
#include <set>

using namespace rowan;
using database::Row, database::Session, database::TableShape;

namespace {

class Tables : public storage::SchemaTest {
protected:
    std::vector<TableShape> shapes() {
        return db().read([](Session& s) { return database::tables_of(s); });
    }
    TableShape shape(const std::string& name) {
        for (auto& each : shapes())
            if (each.name == name) return each;
        throw std::logic_error("there is no table " + name);
    }
    std::vector<std::vector<database::Value>> rows(const TableShape& table) {
        return db().read([&](Session& s) {
            std::vector<std::vector<database::Value>> out;
            database::each_row(s, table, [&](const Row& row) {
                out.emplace_back();
                for (std::size_t i = 0; i < row.size(); ++i) out.back().push_back(row.value(static_cast<int>(i)));
            });
            return out;
        });
    }
    void write(const TableShape& table, const std::vector<std::vector<database::Value>>& values) {
        const auto done = db().write([&](Session& s) -> base::Result<> {
            database::RowWriter writer(s, table);
            for (const auto& each : values) writer.put(Row(each));
            writer.finish();
            return base::done();
        });
        ASSERT_TRUE(done.ok()) << done.error().message;
    }
};

}  // namespace

TEST_P(Tables, have_the_same_shape_on_both_engines_and_stand_in_order) {
    const auto all = shapes();
    std::set<std::string> names;
    for (const auto& table : all) names.insert(table.name);
    EXPECT_GT(all.size(), 30u);
    EXPECT_EQ(names.size(), all.size());
    const auto at = [&](const std::string& name) {
        return std::find_if(all.begin(), all.end(), [&](const auto& t) { return t.name == name; }) - all.begin();
    };
    EXPECT_LT(at("agency"), at("user_account"));
    EXPECT_LT(at("person"), at("agency_record"));
    EXPECT_LT(at("return_interview"), at("interview_episode"));
    EXPECT_EQ(shape("person").own, std::vector<std::string>{"merged_into"});
    EXPECT_EQ(shape("history").key, (std::vector<std::string>{"kind", "record", "version"}));
    const TableShape no_key{"role_grant",
                            {"ended_at", "granted_at", "granted_by", "role", "user_id"},
                            {"ended_at", "granted_at", "granted_by", "role", "user_id"},
                            {}};
    EXPECT_EQ(shape("role_grant"), no_key);
}

TEST_P(Tables, are_empty_before_the_first_step) {
    const auto before = db().read([](Session& s) { return database::tables_of(s).size(); });
    EXPECT_GT(before, 0u) << "the schema is there";
    EXPECT_EQ(db().read([&](Session& s) { return database::count_rows(s, database::tables_of(s).front()); }), 0);
}

TEST_P(Tables, rows_come_in_the_order_of_the_key_by_bytes_with_nulls_first) {
    const auto table = shape("idempotency");  // columns: at, key, outcome, user_id
    write(table, {{std::int64_t{3}, std::string{"b"}, std::string{}, std::string{"x"}},
                  {std::int64_t{1}, std::string{"\xc3\xa9"}, std::string{}, std::string{"x"}},
                  {std::int64_t{2}, std::string{"B"}, std::string{}, std::string{"x"}},
                  {std::int64_t{4}, std::string{"a"}, std::string{}, std::string{"x"}}});
    std::vector<std::string> keys;
    for (const auto& row : rows(table)) keys.push_back(std::get<std::string>(row[1]));
    EXPECT_EQ(keys, (std::vector<std::string>{"B", "a", "b", "\xc3\xa9"}));
}

// More rows than one statement takes, with nulls, and each referring to one that comes later.
TEST_P(Tables, rows_that_refer_to_rows_of_the_same_table_are_written_whole) {
    const auto table = shape("person");  // created_at, id, merged_into, ref, root, sensitivity, version
    std::vector<std::vector<database::Value>> people;
    constexpr int kPeople = 130;
    const auto id = [](int n) { return "p" + std::to_string(1000 + n); };
    for (int n = 0; n < kPeople; ++n) {
        database::Value above;
        if (n + 1 < kPeople && n % 3 != 0) above = id(n + 1);
        people.push_back({std::int64_t{n}, id(n), above, "P-" + std::to_string(n), id(n), std::string{"ordinary"},
                          std::int64_t{1}});
    }
    write(table, people);
    EXPECT_EQ(rows(table), people);
    EXPECT_EQ(db().read([&](Session& s) { return database::count_rows(s, table); }), kPeople);
    EXPECT_TRUE(db().integrity_problems().empty());
    const auto gone = db().write([&](Session& s) -> base::Result<> {
        database::delete_rows(s, table);
        return base::done();
    });
    EXPECT_TRUE(gone.ok());
    EXPECT_TRUE(rows(table).empty());
}

TEST_P(Tables, a_name_that_rowan_does_not_give_is_refused) {
    const TableShape odd{"person\"; DROP TABLE person; --", {"id"}, {"id"}, {}};
    EXPECT_THROW(db().read([&](Session& s) { return database::count_rows(s, odd); }), std::logic_error);
}

ROWAN_ON_BOTH(Tables);
