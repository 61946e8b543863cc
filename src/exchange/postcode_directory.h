// The partnership's file of postcodes: a CSV with columns of the ONS Postcode Directory (pcds or pcd, oseast1m and
// osnrth1m; others are passed over). Where a postcode is says nothing about anybody; maps are drawn from it, and
// no outside service is asked.
//
// Postcodes outside the scheme's areas are passed over, as are those without a place (the directory gives them 0
// or nothing). Source: ONSPD user guide. Thread-safety: functions on a Session.
#pragma once
#include "database/database.h"
#include "partnership/scheme.h"

#include <string>
#include <vector>

namespace rowan::exchange {

struct PostcodePlace {
    std::string postcode, area;  // "TA1 1AA", the code of an area inside the county
    int easting = 0, northing = 0;
};
struct PostcodeFile {
    std::vector<PostcodePlace> places;
    std::size_t outside = 0, unreadable = 0, without_place = 0;
};
// Errors: invalid, with the line, when it is no CSV or has not these columns.
base::Result<PostcodeFile> read_postcodes(const std::string& path, const partnership::Scheme&);
// The new file takes the place of the old one, whole.
void store_postcodes(database::Session&, const std::vector<PostcodePlace>&);

}  // namespace rowan::exchange
