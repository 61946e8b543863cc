#include "app/commands.h"
#include "app/options.h"
#include "base/text.h"
#include "crypto/password.h"
#include "crypto/totp.h"
#include "formats/json.h"
#include "partnership/accounts.h"

#include <iostream>

namespace rowan::app {

namespace {

using database::Session;
namespace accounts = partnership;

constexpr const char* kHelp =
    "add | list | disable | reset. Passwords are read from standard input, never from the command line.";

std::string read_password() {
    std::string password;
    std::getline(std::cin, password);
    return password;
}

void show_second_factor(const std::string& secret, const std::string& name) {
    std::cout << "Second factor, shown this once. Put it into an authenticator app:\n  secret "
              << crypto::to_base32(secret) << "\n  " << crypto::otpauth_uri(secret, "Rowan", name) << "\n";
}

int add(const Arguments& arguments) {
    Options options("user add", "Adds an account. The password is the first line of standard input.");
    HouseOptions house;
    accounts::NewAccount wanted;
    std::string roles;
    options.house(house);
    options.text("--name", wanted.user_name, "User name, without spaces", true);
    options.text("--display-name", wanted.display_name, "The person's name", true);
    options.text("--post", wanted.post, "Their post, such as Social worker");
    options.text("--agency", wanted.agency, "Code of the agency, as in the scheme", true);
    options.text("--email", wanted.email, "Work e-mail address");
    options.text("--roles", roles, "Roles, separated by commas", true);
    if (const auto code = options.parse(arguments)) return *code;
    wanted.roles = base::split(roles, ',');
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    wanted.password = read_password();
    if (wanted.password.empty())
        return fail(base::invalid("Give the password as the first line of standard input."));
    wanted.totp_secret = crypto::new_totp_secret();
    auto& office = (*opened)->office();
    const auto added = office.database.write(
        [&](Session& s) { return accounts::add_account(office, s, wanted, "command line"); });
    if (!added.ok()) return fail(added.error());
    std::cout << "Added " << wanted.user_name << ".\n";
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

}  // namespace

int user_command(const Arguments& arguments) {
    if (!arguments.empty()) {
        const Arguments rest(arguments.begin() + 1, arguments.end());
        if (arguments[0] == "add") return add(rest);
        if (arguments[0] == "list") return list(rest);
        if (arguments[0] == "disable") return change(rest, false);
        if (arguments[0] == "reset") return change(rest, true);
    }
    const bool help = !arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h");
    (help ? std::cout : std::cerr) << "rowan user add|list|disable|reset --data DIR …\n" << kHelp << "\nRoles:";
    for (const auto& role : accounts::roles()) (help ? std::cout : std::cerr) << " " << role.code;
    (help ? std::cout : std::cerr) << "\n";
    return help ? 0 : 2;
}

}  // namespace rowan::app
