#include "database/tables.h"

#include "database/engine.h"

#include <algorithm>
#include <set>

namespace rowan::database {

namespace {

// SQL that is put together from names of the catalogue, each looked at.
class CatalogueSql {
public:
    CatalogueSql& add(std::string_view text) {
        text_ += text;
        return *this;
    }
    CatalogueSql& name(std::string_view name) {
        const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
        if (name.empty() || !std::all_of(name.begin(), name.end(), plain))
            throw std::logic_error("a table or column has a name that Rowan does not give");
        return add("\"").add(name).add("\"");
    }
    CatalogueSql& names(const std::vector<std::string>& all, std::string_view after_each = "") {
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (i > 0) add(", ");
            name(all[i]).add(after_each);
        }
        return *this;
    }
    CatalogueSql& parameter(std::size_t number) { return add("$" + std::to_string(number)); }
    void stream(Session& s, const std::function<void(const Row&)>& each) const {
        dynamic_cast<Connection&>(s).stream_catalogue(text_, each);
    }
    void execute(Session& s, const std::vector<Value>& values = {}) const {
        dynamic_cast<Connection&>(s).execute_catalogue(text_, values);
    }

private:
    std::string text_;
};

struct Reference {
    std::string column, table;
};
struct Found {
    TableShape shape;
    std::vector<Reference> references;
};

std::vector<std::string> first_column(const Rows& rows) {
    std::vector<std::string> out;
    for (const auto& row : rows) out.push_back(row.text(0));
    return out;
}

std::vector<std::string> names_of_tables(Session& s) {
    if (s.dialect() == Dialect::sqlite)
        return first_column(s.query(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"));
    return first_column(
        s.query("SELECT CAST(c.relname AS TEXT) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE c.relkind = 'r' AND n.nspname = current_schema() ORDER BY 1"));
}

Found sqlite_table(Session& s, const std::string& table) {
    Found out;
    out.shape.columns = first_column(s.query("SELECT name FROM pragma_table_info($1)", table));
    out.shape.key =
        first_column(s.query("SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk", table));
    for (const auto& row : s.query("SELECT \"from\", \"table\" FROM pragma_foreign_key_list($1)", table))
        out.references.push_back({row.text(0), row.text(1)});
    return out;
}

Found postgres_table(Session& s, const std::string& table) {
    Found out;
    out.shape.columns = first_column(s.query(
        "SELECT CAST(column_name AS TEXT) FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND table_name = $1",
        table));
    out.shape.key = first_column(s.query(
        "SELECT CAST(k.column_name AS TEXT) FROM information_schema.table_constraints t "
        "JOIN information_schema.key_column_usage k ON k.constraint_name = t.constraint_name "
        "AND k.constraint_schema = t.constraint_schema AND k.table_name = t.table_name "
        "WHERE t.table_schema = current_schema() AND t.table_name = $1 AND t.constraint_type = 'PRIMARY KEY' "
        "ORDER BY k.ordinal_position",
        table));
    for (const auto& row : s.query("SELECT CAST(a.attname AS TEXT), CAST(r.relname AS TEXT) FROM pg_constraint c "
                                   "JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid "
                                   "JOIN pg_namespace n ON n.oid = t.relnamespace "
                                   "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
                                   "WHERE c.contype = 'f' AND n.nspname = current_schema() AND t.relname = $1",
                                   table))
        out.references.push_back({row.text(0), row.text(1)});
    return out;
}

Found table_named(Session& s, const std::string& name) {
    auto out = s.dialect() == Dialect::sqlite ? sqlite_table(s, name) : postgres_table(s, name);
    auto& shape = out.shape;
    shape.name = name;
    std::sort(shape.columns.begin(), shape.columns.end());
    if (shape.key.empty()) shape.key = shape.columns;
    for (const auto& each : out.references)
        if (each.table == name) shape.own.push_back(each.column);
    std::sort(shape.own.begin(), shape.own.end());
    return out;
}

}  // namespace

std::vector<TableShape> tables_of(Session& s) {
    std::vector<Found> waiting;
    for (const auto& name : names_of_tables(s)) waiting.push_back(table_named(s, name));
    std::vector<TableShape> out;
    std::set<std::string> placed;
    while (!waiting.empty()) {
        const auto ready = std::find_if(waiting.begin(), waiting.end(), [&](const Found& t) {
            return std::all_of(t.references.begin(), t.references.end(), [&](const Reference& r) {
                return r.table == t.shape.name || placed.contains(r.table);
            });
        });
        if (ready == waiting.end()) throw std::logic_error("tables refer to each other in a circle");
        placed.insert(ready->shape.name);
        out.push_back(std::move(ready->shape));
        waiting.erase(ready);
    }
    return out;
}

std::int64_t count_rows(Session& s, const TableShape& table) {
    CatalogueSql sql;
    sql.add("SELECT count(*) FROM ").name(table.name);
    std::int64_t out = 0;
    sql.stream(s, [&](const Row& row) { out = row.integer(0); });
    return out;
}

void delete_rows(Session& s, const TableShape& table) {
    CatalogueSql sql;
    sql.add("DELETE FROM ").name(table.name);
    sql.execute(s);
}

void each_row(Session& s, const TableShape& table, const std::function<void(const Row&)>& each) {
    CatalogueSql sql;
    sql.add("SELECT ").names(table.columns).add(" FROM ").name(table.name);
    sql.add(" ORDER BY ").names(table.key, " NULLS FIRST");
    sql.stream(s, each);
}

RowWriter::RowWriter(Session& s, const TableShape& table)
    : session_(s), table_(table), most_(s.dialect() == Dialect::postgres ? 50 : 1) {}

void RowWriter::put(const Row& row) {
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
        const auto at = static_cast<int>(i);
        const bool own = std::find(table_.own.begin(), table_.own.end(), table_.columns[i]) != table_.own.end();
        if (!own || row.null(at)) {
            waiting_.push_back(row.value(at));
            continue;
        }
        Later later{table_.columns[i], {row.value(at)}};
        for (const auto& key : table_.key) {
            const auto place =
                std::find(table_.columns.begin(), table_.columns.end(), key) - table_.columns.begin();
            later.values.push_back(row.value(static_cast<int>(place)));
        }
        later_.push_back(std::move(later));
        waiting_.emplace_back();
    }
    if (++rows_ == most_) flush();
}

void RowWriter::flush() {
    if (rows_ == 0) return;
    CatalogueSql sql;
    sql.add("INSERT INTO ").name(table_.name).add(" (").names(table_.columns).add(") VALUES ");
    std::size_t next = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
        sql.add(row == 0 ? "(" : ", (");
        for (std::size_t i = 0; i < table_.columns.size(); ++i) sql.add(i == 0 ? "" : ", ").parameter(++next);
        sql.add(")");
    }
    sql.execute(session_, std::exchange(waiting_, {}));
    rows_ = 0;
}

void RowWriter::finish() {
    flush();
    for (auto& later : later_) {
        CatalogueSql sql;
        sql.add("UPDATE ").name(table_.name).add(" SET ").name(later.column).add(" = $1 WHERE ");
        for (std::size_t i = 0; i < table_.key.size(); ++i)
            sql.add(i == 0 ? "" : " AND ").name(table_.key[i]).add(" = ").parameter(i + 2);
        sql.execute(session_, later.values);
    }
    later_.clear();
}

}  // namespace rowan::database
