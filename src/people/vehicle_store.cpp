#include "people/vehicle_store.h"

namespace rowan::people::store {

using database::Session;

void set_vehicles(Session& s, const std::string& source, const std::string& person,
                  const std::vector<std::string>& likenesses) {
    s.execute("DELETE FROM person_vehicle WHERE source = $1", source);
    for (const auto& likeness : likenesses)
        s.execute("INSERT INTO person_vehicle (source, likeness, person) VALUES ($1, $2, $3)", source, likeness,
                  person);
}

std::vector<std::string> vehicles_of(Session& s, const std::string& person) {
    std::vector<std::string> out;
    for (const auto& row :
         s.query("SELECT likeness FROM person_vehicle WHERE person = $1 ORDER BY likeness", person))
        out.push_back(row.text(0));
    return out;
}

std::unordered_map<std::string, std::vector<std::string>> all_vehicles(Session& s) {
    std::unordered_map<std::string, std::vector<std::string>> out;
    s.stream_values("SELECT person, likeness FROM person_vehicle ORDER BY person, likeness", {},
                    [&](const database::Row& row) { out[row.text(0)].push_back(row.text(1)); });
    return out;
}

std::vector<std::string> own_records(Session& s, const std::string& person) {
    std::vector<std::string> out;
    for (const auto& row : s.query("SELECT id FROM agency_record WHERE person = $1 ORDER BY id", person))
        out.push_back(row.text(0));
    return out;
}

}  // namespace rowan::people::store
