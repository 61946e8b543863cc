#include "app/commands.h"
#include "app/options.h"
#include "base/text.h"
#include "crypto/password.h"
#include "crypto/totp.h"
#include "formats/json.h"
#include "partnership/accounts.h"
#include "partnership/identity.h"
#include "partnership/role_requests.h"

#include <iostream>

namespace rowan::app {

namespace {

using database::Session;
namespace accounts = partnership;

constexpr const char* kHelp =
    "add | list | team | disable | reset | invite. Passwords are read from standard input, never from the command "
    "line.";

std::string read_password() {
    std::string password;
    std::getline(std::cin, password);
    return password;
}

void show_second_factor(const std::string& secret, const std::string& name) {
    std::cout << "Second factor, shown this once. Put it into an authenticator app:\n  secret "
              << crypto::to_base32(secret) << "\n  " << crypto::otpauth_uri(secret, "Rowan", name) << "\n";
}

// For whoever gives it to its owner, in person or by telephone; never by the same way as the user name.
void show_invitation(const accounts::Invitation& invitation, const std::string& name) {
    std::cout << "Invitation for " << name << ", which works once, until " << base::display(invitation.ends_at)
              << ". Under \"Use an invitation\" on the sign-in page they enter:\n  user name " << name
              << "\n  code " << invitation.code << "\n";
}

base::Error elsewhere(const std::string& agency) {
    return base::refused("The people of " + agency +
                         " sign in at their agency's identity provider, so a password would be of no use; give "
                         "--invite, or use rowan user invite.");
}

// SECURITY.md A7: a role takes two people.
base::Error too_late() {
    return base::refused(
        "Somebody has signed in already, so --bootstrap is over; leave it out, and information governance agrees "
        "to "
        "the roles.");
}

base::Result<std::string> make_account(const partnership::Office& office, Session& s,
                                       const accounts::NewAccount& wanted, bool at_once) {
    if (!at_once) return accounts::add_account_asking(office, s, wanted, "command line");
    for (const auto& role : wanted.roles)
        if (!accounts::may_give_at_once(s, role)) return too_late();
    return accounts::add_account(office, s, wanted, "command line");
}

void show_added(const accounts::NewAccount& account, bool at_once) {
    std::cout << "Added " << account.user_name << ".\n";
    if (!at_once)
        std::cout << "Asked for: " << base::join(account.roles, ", ")
                  << ". It has no role until information governance agrees, under Roles asked for.\n";
}

int add(const Arguments& arguments) {
    Options options("user add",
                    "Adds an account. The password is the first line of standard input, unless it is invited.");
    HouseOptions house;
    accounts::NewAccount wanted;
    std::string roles;
    bool invited = false, bootstrap = false;
    options.house(house);
    options.text("--name", wanted.user_name, "User name, without spaces", true);
    options.text("--display-name", wanted.display_name, "The person's name", true);
    options.text("--post", wanted.post, "Their post, such as Social worker");
    options.text("--agency", wanted.agency, "Code of the agency, as in the scheme", true);
    options.text("--email", wanted.email, "Work e-mail address");
    options.text("--team", wanted.team, "Their team, which sees whom each of it is allocated to");
    options.text("--roles", roles, "Roles, separated by commas", true);
    options.flag(
        "--invite", invited,
        "No password: prints a code with which they choose one, or join their agency's identity provider");
    options.flag(
        "--bootstrap", bootstrap,
        "The roles work at once. Only until somebody has signed in for the first time; afterwards they wait "
        "until information governance agrees");
    if (const auto code = options.parse(arguments)) return *code;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    auto& office = (*opened)->office();
    wanted.roles = base::split(roles, ',');
    if (invited) {
        const auto invitation = office.database.write([&](Session& s) -> base::Result<accounts::Invitation> {
            const auto id = make_account(office, s, wanted, bootstrap);
            if (!id.ok()) return id.error();
            return accounts::invite(office, s, *id, "command line");
        });
        if (!invitation.ok()) return fail(invitation.error());
        show_added(wanted, bootstrap);
        show_invitation(*invitation, wanted.user_name);
        return 0;
    }
    if (office.database.read([&](Session& s) { return accounts::signs_in_elsewhere(s, wanted.agency); }))
        return fail(elsewhere(wanted.agency));
    wanted.password = read_password();
    if (wanted.password.empty())
        return fail(base::invalid("Give the password as the first line of standard input."));
    wanted.totp_secret = crypto::new_totp_secret();
    const auto added =
        office.database.write([&](Session& s) { return make_account(office, s, wanted, bootstrap); });
    if (!added.ok()) return fail(added.error());
    show_added(wanted, bootstrap);
    show_second_factor(wanted.totp_secret, wanted.user_name);
    return 0;
}

int list(const Arguments& arguments) {
    Options options("user list", "Lists the accounts.");
    HouseOptions house;
    std::string format = "text";
    options.house(house);
    options.one_of("--format", format, {"text", "json"}, "How to print");
    if (const auto code = options.parse(arguments)) return *code;
    house.lock = false;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    const auto all = (*opened)->database().read([](Session& s) { return accounts::all_accounts(s); });
    if (format == "json") {
        formats::Json out = formats::Json::Array{};
        for (const auto& a : all)
            out.push(formats::Json::object({{"user_name", a.user_name},
                                            {"name", a.display_name},
                                            {"post", a.post},
                                            {"agency", a.agency},
                                            {"team", a.team},
                                            {"roles", formats::Json::strings(a.roles)},
                                            {"status", a.status}}));
        std::cout << out.write() << "\n";
        return 0;
    }
    for (const auto& a : all)
        std::cout << a.user_name << "\t" << a.display_name << "\t" << a.agency << "\t" << base::join(a.roles, ",")
                  << "\t" << a.status << "\n";
    return 0;
}

int change(const Arguments& arguments, bool reset) {
    Options options(reset ? "user reset" : "user disable",
                    reset
                        ? "Gives an account a new password (first line of standard input) and a new second factor."
                        : "Closes an account and ends its sessions at once.");
    HouseOptions house;
    std::string name;
    options.house(house);
    options.text("--name", name, "User name", true);
    if (const auto code = options.parse(arguments)) return *code;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    auto& office = (*opened)->office();
    const auto account = office.database.read([&](Session& s) { return accounts::account_by_name(s, name); });
    if (!account)
        return fail(base::not_found("There is no account called " + name + "; rowan user list shows them."));
    if (reset &&
        office.database.read([&](Session& s) { return accounts::signs_in_elsewhere(s, account->agency); }))
        return fail(elsewhere(account->agency));
    const auto secret = reset ? crypto::new_totp_secret() : "";
    const auto password = reset ? read_password() : "";
    const auto done = office.database.write([&](Session& s) {
        return reset ? accounts::reset_account(office, s, account->id, password, secret, "command line")
                     : accounts::disable_account(office, s, account->id, "command line");
    });
    if (!done.ok()) return fail(done.error());
    std::cout << (reset ? "Reset " : "Closed ") << name << ".\n";
    if (reset) show_second_factor(secret, name);
    return 0;
}

int team(const Arguments& arguments) {
    Options options(
        "user team",
        "Says to which team of their agency somebody belongs. People of one team see whom each of them "
        "is allocated to.");
    HouseOptions house;
    std::string name, wanted;
    options.house(house);
    options.text("--name", name, "User name", true);
    options.text("--team", wanted, "The team; left out for none");
    if (const auto code = options.parse(arguments)) return *code;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    auto& office = (*opened)->office();
    const auto done = office.database.write([&](Session& s) -> base::Result<> {
        const auto account = accounts::account_by_name(s, name);
        if (!account)
            return base::not_found("There is no account called " + name + "; rowan user list shows them.");
        return accounts::set_team(office, s, account->id, wanted, "command line");
    });
    if (!done.ok()) return fail(done.error());
    std::cout << "Set the team of " << name << ".\n";
    return 0;
}

int invite(const Arguments& arguments) {
    Options options("user invite",
                    "Prints a code with which its owner gets into an account, once: they choose a password, or "
                    "join it to their "
                    "agency's identity provider.");
    HouseOptions house;
    std::string name;
    options.house(house);
    options.text("--name", name, "User name", true);
    if (const auto code = options.parse(arguments)) return *code;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    auto& office = (*opened)->office();
    const auto invitation = office.database.write([&](Session& s) -> base::Result<accounts::Invitation> {
        const auto account = accounts::account_by_name(s, name);
        if (!account)
            return base::not_found("There is no account called " + name + "; rowan user list shows them.");
        return accounts::invite(office, s, account->id, "command line");
    });
    if (!invitation.ok()) return fail(invitation.error());
    show_invitation(*invitation, name);
    return 0;
}

}  // namespace

int user_command(const Arguments& arguments) {
    const auto code = run_part(arguments, {{"add", add},
                                           {"list", list},
                                           {"team", team},
                                           {"disable", [](const Arguments& rest) { return change(rest, false); }},
                                           {"reset", [](const Arguments& rest) { return change(rest, true); }},
                                           {"invite", invite}});
    if (code) return *code;
    std::string usage =
        "rowan user add|list|team|disable|reset|invite --data DIR …\n" + std::string(kHelp) + "\nRoles:";
    for (const auto& role : accounts::roles()) usage += " " + std::string(role.code);
    return show_usage(arguments, usage + "\n");
}

}  // namespace rowan::app
