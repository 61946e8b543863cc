// The tables of a database as data, for moving everything from one engine to the other (docs/formats/sql.md).
//
// The only place besides migrations where SQL is put together at run time: from the names of tables and columns in
// the database's own catalogue, never from a value; a name that is more than small letters, digits and _ throws.
// Functions run inside the caller's session.
#pragma once
#include "database/database.h"

namespace rowan::database {

struct TableShape {
    std::string name;
    std::vector<std::string> columns;  // by name
    std::vector<std::string> key;      // the primary key in its order; all columns where there is none
    std::vector<std::string> own;      // columns that refer to other rows of this very table
    bool operator==(const TableShape&) const = default;
};

// Every table of ours, each after those that it refers to. Empty before the first migration.
std::vector<TableShape> tables_of(Session&);

std::int64_t count_rows(Session&, const TableShape&);
void delete_rows(Session&, const TableShape&);
// In the order of the key, which is the same on both engines: columns as in `columns`.
void each_row(Session&, const TableShape&, const std::function<void(const Row&)>&);

// Inserts rows, many in one statement where that is faster. References to other rows of the table are set when all
// rows are there.
class RowWriter {
public:
    RowWriter(Session&, const TableShape&);
    void put(const Row&);
    void finish();

private:
    void flush();
    Session& session_;
    const TableShape& table_;
    const std::size_t most_;  // rows in one statement
    std::vector<Value> waiting_;
    std::size_t rows_ = 0;
    struct Later {
        std::string column;
        std::vector<Value> values;  // what it refers to, then the key
    };
    std::vector<Later> later_;
};

}  // namespace rowan::database
