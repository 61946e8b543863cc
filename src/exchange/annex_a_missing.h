// What Ofsted's Annex A (list 8, children in care) asks about missing: episodes of the last twelve months, and
// what became of the last one. For the looked-after children of this authority who were missing or absent in that
// year.
//
// Opens the vault for the children of the file; the caller audits. Source: DOMAIN.md 2.12. Thread-safety:
// functions on a Session.
#pragma once
#include "database/database.h"
#include "partnership/office.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::exchange {

struct AnnexAMissing {
    std::string child, sex,
        ethnicity;  // child: the authority's own number, else Rowan's reference; sex: F, M or U
    std::optional<base::Date> born;
    int missing = 0, absent = 0;  // episodes; "away without authorisation" counts as absent from placement
    bool offered = false, accepted = false;  // a return interview after the last of the missing episodes
};
// The twelve months up to and with `day`.
std::vector<AnnexAMissing> annex_a_missing(const partnership::Office&, database::Session&, base::Date day);
// With the headings of Annex A.
std::string to_csv(const std::vector<AnnexAMissing>&, base::Date day);

}  // namespace rowan::exchange
