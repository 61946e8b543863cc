// That two databases say the same: of each table how many rows it has, and SHA-256 over all of them in the order
// of the key. Equal on both engines for equal content, whatever the order of columns or of writing
// (docs/formats/table-proof.md). Thread-safety: belongs to one thread.
#pragma once
#include "crypto/digest.h"
#include "database/tables.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rowan::app {

struct ProvedTable {
    std::string table;
    std::int64_t rows = 0;
    std::string sha256;  // in hex
    bool operator==(const ProvedTable&) const = default;
};
using TableProofs = std::vector<ProvedTable>;

class TableProof {
public:
    explicit TableProof(const database::TableShape&);
    void add(const database::Row&);  // columns as in the shape, rows in the order of the key
    ProvedTable finish();

private:
    ProvedTable out_;
    crypto::Sha256 digest_;
};

// Reads everything.
TableProofs prove_tables(database::Session&);

}  // namespace rowan::app
