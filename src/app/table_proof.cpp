#include "app/table_proof.h"

#include "base/text.h"

namespace rowan::app {

namespace {

std::string big_endian(std::uint64_t n) {
    std::string out;
    for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(n >> shift & 0xff));
    return out;
}

// Each value after its kind and length: no two rows give the same bytes.
void put(std::string& out, char kind, std::string_view bytes) {
    out.push_back(kind);
    out.append(big_endian(bytes.size())).append(bytes);
}

void put(std::string& out, const database::Value& value) {
    if (const auto* n = std::get_if<std::int64_t>(&value))
        put(out, 'i', big_endian(static_cast<std::uint64_t>(*n)));
    else if (const auto* text = std::get_if<std::string>(&value))
        put(out, 't', *text);
    else if (const auto* blob = std::get_if<database::Blob>(&value))
        put(out, 'b', blob->bytes);
    else
        put(out, 'n', "");
}

}  // namespace

TableProof::TableProof(const database::TableShape& table) {
    out_.table = table.name;
    std::string head;
    put(head, 't', table.name);
    for (const auto& column : table.columns) put(head, 't', column);
    digest_.add(head);
}

void TableProof::add(const database::Row& row) {
    std::string bytes;
    for (std::size_t i = 0; i < row.size(); ++i) put(bytes, row.value(static_cast<int>(i)));
    digest_.add(bytes);
    ++out_.rows;
}

ProvedTable TableProof::finish() {
    out_.sha256 = base::to_hex(digest_.finish());
    return out_;
}

TableProofs prove_tables(database::Session& s) {
    TableProofs out;
    for (const auto& table : database::tables_of(s)) {
        TableProof proof(table);
        database::each_row(s, table, [&](const database::Row& row) { proof.add(row); });
        out.push_back(proof.finish());
    }
    return out;
}

}  // namespace rowan::app
