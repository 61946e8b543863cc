#include "app/commands.h"
#include "app/emergency_bundle.h"
#include "app/offline_key.h"
#include "app/options.h"
#include "app/sealing.h"
#include "partnership/accounts.h"
#include "partnership/viewer.h"

#include <iostream>
#include <set>

namespace rowan::app {

namespace {

namespace fs = std::filesystem;
using database::Session;
using partnership::Office, partnership::Permission, partnership::Viewer;

// The bundle is for people who may see every open case on a page: those of the front door.
base::Result<std::vector<Viewer>> readers_named(const Office& office, const std::vector<std::string>& names) {
    return office.database.read([&](Session& s) -> base::Result<std::vector<Viewer>> {
        std::vector<Viewer> out;
        for (const auto& name : names) {
            const auto account = partnership::account_by_name(s, name);
            auto viewer = account && !is_dormant(office, *account)
                              ? partnership::viewer_for(office, s, account->id)
                              : std::nullopt;
            if (!viewer)
                return base::not_found("There is no open account \"" + name + "\". rowan user list shows them.");
            if (!viewer->at_front_door() || !may(*viewer, Permission::see_all_referrals).allowed ||
                !may(*viewer, Permission::report_missing).allowed)
                return base::refused(
                    "The account \"" + name +
                    "\" does not work at the front door, or its agency has not signed the protocol. "
                    "The bundle is for people who may see every open case.");
            out.push_back(std::move(*viewer));
        }
        if (out.empty()) return base::invalid("Say who will read it: --for NAME, an account of the front door.");
        return out;
    });
}

// Each young person's "who has looked" tells that they left the house in a bundle, and for whom.
base::Result<> record_bundle(const Office& office, const Bundle& bundle, const std::vector<Viewer>& readers,
                             const std::vector<std::string>& keys) {
    std::string ids;
    for (const auto& reader : readers) ids += (ids.empty() ? "" : ",") + reader.user_id;
    partnership::AuditEntry entry{.user_id = "system", .act = "bundle", .rule = "command-line"};
    entry.detail = "keys=" + names_of_keys(keys) + " readers=" + ids;
    std::set<std::pair<std::string, std::string>> records;  // kind, id
    for (const auto& young : bundle.people) records.emplace("person", young.person);
    for (const auto& missing : bundle.missing) records.emplace("missing_episode", missing.id);
    for (const auto& clock : bundle.clocks) records.emplace(clock.kind, clock.id);
    entry.subject_kind = "emergency";
    std::vector<partnership::AuditEntry> entries{entry};
    for (const auto& [kind, id] : records) {
        entry.subject_kind = kind;
        entry.subject_id = id;
        entries.push_back(entry);
    }
    return office.database.write([&](Session& s) -> base::Result<> {
        office.audit.append(s, entries);
        return base::done();
    });
}

}  // namespace

int emergency_command(const Arguments& arguments) {
    Options options("emergency",
                    "Writes the emergency bundle: who is missing, what is due and whom to ring, sealed to offline "
                    "keys. rowan open opens it without a server.");
    HouseOptions house;
    std::vector<std::string> to, names;
    std::string out;
    options.house(house);
    options.many("--to", to, "Public keys of those who can open it: files that rowan backup keys wrote");
    options.many("--for", names, "Accounts of the people who will read it: it holds what all of them may see");
    options.text("--out", out, "File to write; one that exists is never overwritten", true);
    if (const auto code = options.parse(arguments)) return *code;
    const auto keys = read_public_keys(to);
    if (!keys.ok()) return fail(keys.error());
    if (fs::exists(out)) return fail(base::conflict("There is already a file " + out + ". Choose another name."));
    house.lock = false;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    const auto& office = (*opened)->office();
    const auto readers = readers_named(office, names);
    if (!readers.ok()) return fail(readers.error());
    people::PeopleIndex index;
    people::PeopleDesk people(office, index);
    if (const auto filled = people.open_index(); !filled.ok()) return fail(filled.error());
    const protect::ProtectDesk protect(people);
    const protect::missing::MissingDesk missing(protect);
    const auto bundle = gather_bundle(missing, *readers);
    if (auto recorded = record_bundle(office, bundle, *readers, *keys); !recorded.ok())
        return fail(recorded.error());
    auto header =
        office.database.read([&](Session& s) { return sealed_header(office, s, kEmergencyKind, *keys); });
    if (!header.ok()) return fail(header.error());
    const auto page = bundle_page(office.scheme, bundle, ROWAN_VERSION);
    header->bytes = page.size();
    const auto written =
        write_sealed_file(out, office.keyring.audit_key(), *header, "", [&](const Put& put) { put(page); });
    if (!written.ok()) return fail(written.error());
    std::cout << "Wrote " << out << ": " << bundle.missing.size() << " missing, " << bundle.clocks.size()
              << " due, " << bundle.people.size() << " young people.\n"
              << "It opens only with the secret key of " << names_of_keys(*keys)
              << ": rowan open FILE --key KEY --out bundle.html\n";
    return 0;
}

}  // namespace rowan::app
