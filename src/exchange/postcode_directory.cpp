#include "exchange/postcode_directory.h"

#include "base/text.h"
#include "formats/csv.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace rowan::exchange {

namespace {

std::optional<std::size_t> column_named(const formats::CsvReader& csv,
                                        std::initializer_list<std::string_view> names) {
    for (const auto wanted : names)
        for (std::size_t i = 0; i < csv.header().size(); ++i)
            if (base::fold(csv.header()[i]) == wanted) return i;
    return std::nullopt;
}

// The whole metres of "351234" and of "351234.5".
int metres(const std::string& cell) {
    int out = 0;
    const auto text = base::tidy_line(cell);
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

}  // namespace

base::Result<PostcodeFile> read_postcodes(const std::string& path, const partnership::Scheme& scheme) {
    auto csv = formats::CsvReader::open(path);
    if (!csv.ok()) return csv.error();
    const auto code = column_named(*csv, {"pcds", "pcd", "pcd7", "pcd8", "postcode"});
    const auto east = column_named(*csv, {"oseast1m", "easting", "east1m"});
    const auto north = column_named(*csv, {"osnrth1m", "northing", "north1m"});
    if (!code || !east || !north)
        return base::invalid(
            "The file needs the columns pcds, oseast1m and osnrth1m of the ONS Postcode Directory.");
    PostcodeFile out;
    std::map<std::string, PostcodePlace> places;
    formats::CsvRow row;
    while (true) {
        const auto more = csv->next(row);
        if (!more.ok()) return more.error();
        if (!*more) break;
        const auto postcode = base::parse_postcode(row[*code]);
        if (postcode.status != base::PostcodeStatus::valid) {
            ++out.unreadable;
            continue;
        }
        const auto& area = scheme.area_of(postcode);
        if (area.kind != partnership::AreaKind::inside) {
            ++out.outside;
            continue;
        }
        PostcodePlace place{postcode.text, area.code, metres(row[*east]), metres(row[*north])};
        if (place.easting <= 0 || place.northing <= 0) {
            ++out.without_place;
            continue;
        }
        places.insert_or_assign(place.postcode, std::move(place));
    }
    for (auto& [text, place] : places) out.places.push_back(std::move(place));
    return out;
}

void store_postcodes(database::Session& s, const std::vector<PostcodePlace>& places) {
    s.execute("DELETE FROM postcode_place");
    for (const auto& p : places)
        s.execute("INSERT INTO postcode_place (postcode, easting, northing, area) VALUES ($1, $2, $3, $4)",
                  p.postcode, p.easting, p.northing, p.area);
}

}  // namespace rowan::exchange
