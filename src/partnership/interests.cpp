#include "partnership/interests.h"

#include "base/id.h"
#include "base/identifiers.h"
#include "base/text.h"
#include "crypto/seal.h"
#include "formats/json.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <tuple>

namespace rowan::partnership {

namespace {

using database::Session;
using formats::Json;

constexpr std::string_view kKinds[] = {"name", "phone", "home", "vehicle"};

InterestKind kind_of(const std::string& name) {
    const auto at = std::find(std::begin(kKinds), std::end(kKinds), name);
    if (at == std::end(kKinds)) throw std::runtime_error("an interest of an unknown kind");
    return static_cast<InterestKind>(at - std::begin(kKinds));
}

crypto::SealedPlace place_of(const std::string& id) { return {"declared_interest", id, "content"}; }

DeclaredInterest opened(const crypto::SecretKey& key, const SealedInterest& row) {
    const auto text = crypto::open(key, place_of(row.id), row.content);
    const auto parsed = text.ok() ? formats::parse_json(*text) : base::Result<Json>(text.error());
    if (!parsed.ok()) throw std::runtime_error("a declared interest does not open: " + parsed.error().message);
    const auto words = parsed->strings();
    return {row.id, kind_of(row.kind), words.at(0), words.at(1), row.declared_at};
}

// Its first four columns.
SealedInterest sealed(const database::Row& row) { return {row.text(0), row.text(1), row.blob(2), row.instant(3)}; }

void add(const Office& office, Interests& out, const DeclaredInterest& each) {
    switch (each.kind) {
        case InterestKind::name:
            out.names.push_back(each.first);
            break;
        case InterestKind::phone:
            out.phones.push_back(each.first);
            break;
        case InterestKind::home:
            out.homes.push_back({each.first, each.second});
            break;
        case InterestKind::vehicle:
            out.vehicles.push_back(vehicle_likeness(office, each.first));
            break;
    }
}

// What is kept, or a sentence about what is missing.
base::Result<std::pair<std::string, std::string>> checked(InterestKind kind, const std::string& first,
                                                          const std::string& second) {
    const auto one = base::tidy_line(first), two = base::tidy_line(second);
    switch (kind) {
        case InterestKind::name:
            if (base::words(base::fold(one)).size() < 2 || base::length(one) > 160)
                return base::invalid("Enter a first name and a family name.");
            return std::pair{one, std::string{}};
        case InterestKind::phone: {
            const auto phone = base::parse_phone(one);
            if (!phone.ok()) return base::invalid("Enter a telephone number, like 07700 900982.");
            return std::pair{*phone, std::string{}};
        }
        case InterestKind::home: {
            const auto postcode = base::parse_postcode(two);
            if (one.empty() || base::length(one) > 300)
                return base::invalid("Enter the house number or name, and the street.");
            if (postcode.status != base::PostcodeStatus::valid)
                return base::invalid("Enter a full UK postcode, like TA1 1AA.");
            return std::pair{one, postcode.text};
        }
        case InterestKind::vehicle: {
            const auto registration = base::parse_vrm(one);
            if (!registration.well_formed || registration.pattern.find('?') != std::string::npos)
                return base::invalid("Enter a whole registration, like AB12 CDE.");
            return std::pair{registration.pattern, std::string{}};
        }
    }
    return base::invalid("Choose what you want to declare.");
}

}  // namespace

std::string vehicle_likeness(const Office& office, const std::string& registration) {
    return office.audit.digest("mention:vehicle:" + registration);
}

base::Result<> declare_interest(const Office& office, Session& s, const std::string& user, InterestKind kind,
                                const std::string& first, const std::string& second) {
    const auto words = checked(kind, first, second);
    if (!words.ok()) return words.error();
    for (const auto& each : interests_of(office, s, user))
        if (each.kind == kind && base::fold(each.first) == base::fold(words->first) &&
            each.second == words->second)
            return base::conflict("You have declared this already.");
    const auto id = base::new_id();
    const auto sealed = crypto::seal(office.keyring.purpose_key("interests"), "interests", place_of(id),
                                     Json::strings({words->first, words->second}).write());
    s.execute(
        "INSERT INTO declared_interest (id, user_id, kind, declared_at, content) VALUES ($1, $2, $3, $4, $5)", id,
        user, kKinds[static_cast<int>(kind)], office.clock.now(), database::Blob{sealed});
    AuditEntry entry;
    entry.user_id = user;
    const auto agency = s.one("SELECT agency FROM user_account WHERE id = $1", user);
    if (agency) entry.agency = agency->text(0);
    entry.act = "declare-interest";
    entry.subject_kind = "account";
    entry.subject_id = user;
    entry.outcome = "allowed";
    entry.rule = "own";
    entry.detail = "kind=" + std::string(kKinds[static_cast<int>(kind)]);
    office.audit.append(s, entry);
    return base::done();
}

std::vector<DeclaredInterest> interests_of(const Office& office, Session& s, const std::string& user) {
    std::vector<DeclaredInterest> out;
    const auto rows = s.query(
        "SELECT id, kind, content, declared_at FROM declared_interest WHERE user_id = $1 ORDER BY declared_at, id",
        user);
    if (rows.empty()) return out;
    const auto key = office.keyring.purpose_key("interests");
    for (const auto& row : rows) out.push_back(opened(key, sealed(row)));
    return out;
}

Interests known_by(const Office& office, const std::string& display_name, std::vector<SealedInterest> rows) {
    Interests out;
    out.names.push_back(display_name);
    if (rows.empty()) return out;
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return std::tie(a.declared_at, a.id) < std::tie(b.declared_at, b.id);
    });
    const auto key = office.keyring.purpose_key("interests");
    for (const auto& row : rows) add(office, out, opened(key, row));
    return out;
}

std::vector<StaffInterests> all_interests(const Office& office, Session& s) {
    std::vector<StaffInterests> out;
    std::map<std::string, std::size_t> at;
    for (const auto& row : s.query("SELECT id, display_name, post, agency FROM user_account WHERE status = "
                                   "'active' ORDER BY created_at, id")) {
        at[row.text(0)] = out.size();
        out.push_back({row.text(0), row.text(1), row.text(2), row.text(3), {}});
        out.back().interests.names.push_back(row.text(1));
    }
    const auto key = office.keyring.purpose_key("interests");
    for (const auto& row :
         s.query("SELECT id, kind, content, declared_at, user_id FROM declared_interest ORDER BY declared_at, id"))
        if (const auto found = at.find(row.text(4)); found != at.end())
            add(office, out[found->second].interests, opened(key, sealed(row)));
    return out;
}

}  // namespace rowan::partnership
