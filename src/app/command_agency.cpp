#include "app/commands.h"
#include "app/options.h"
#include "formats/json.h"
#include "oidc/provider.h"
#include "partnership/agency_access.h"
#include "partnership/identity.h"

#include <algorithm>
#include <iostream>

namespace rowan::app {

namespace {

using database::Session;

constexpr const char* kHelp =
    "bind | unbind | list | shut | open. An agency whose identity provider (OpenID Connect) is bound signs its "
    "people in "
    "there, and by no password. The client's secret is read from standard input, never from the command line.";

int bind(const Arguments& arguments) {
    Options options(
        "agency bind",
        "Binds an agency to its identity provider; again to renew its addresses and keys. The client's secret "
        "is the first line of standard input; an empty line for a client without one.");
    HouseOptions house;
    std::string agency, issuer, client, acr;
    options.house(house);
    options.text("--agency", agency, "Code of the agency, as in the scheme", true);
    options.text("--issuer", issuer, "The provider's issuer, https://…, exactly as it writes it", true);
    options.text("--client", client, "The client id under which the provider knows Rowan", true);
    options.text("--acr", acr,
                 "What the provider calls a sign-in with two factors (default: its amr must hold mfa)");
    if (const auto code = options.parse(arguments)) return *code;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    auto provider = oidc::discover(issuer);
    if (!provider.ok()) return fail(provider.error());
    const auto keys = oidc::read_keys(*provider);
    if (!keys.ok()) return fail(keys.error());
    provider->client = client;
    provider->acr = acr;
    std::getline(std::cin, provider->secret);
    auto& office = (*opened)->office();
    const auto done = office.database.write([&](Session& s) {
        return partnership::bind_provider(office, s, agency, *provider, *keys, "command line");
    });
    if (!done.ok()) return fail(done.error());
    std::cout << "The people of " << agency << " now sign in at " << issuer
              << ". Register there, after Rowan's own address:\n"
              << "  redirect             /sign-in/agency/" << agency << "/back\n"
              << "  back-channel logout  /sign-in/agency/" << agency << "/logout\n"
              << "Then give each of them a code: rowan user invite.\n";
    return 0;
}

// What takes an agency's code and nothing else.
struct Change {
    const char *name, *summary, *done;
    base::Result<> (*make)(const partnership::Office&, Session&, const std::string& agency, const std::string& by);
};
constexpr Change kUnbind{"unbind", "Lets an agency's people sign in with passwords again; ends their sessions.",
                         " now signs its people in with passwords. Give them one: rowan user reset.",
                         partnership::unbind_provider};
constexpr Change kShut{"shut",
                       "Signs everybody of an agency out and lets nobody of it in until it is opened again.",
                       " is shut out.", partnership::shut_agency};
constexpr Change kOpen{"open", "Lets the people of an agency that was shut out sign in again.", " comes in again.",
                       partnership::open_agency};

int make(const Change& change, const Arguments& arguments) {
    Options options(std::string("agency ") + change.name, change.summary);
    HouseOptions house;
    std::string agency;
    options.house(house);
    options.text("--agency", agency, "Code of the agency", true);
    if (const auto code = options.parse(arguments)) return *code;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    auto& office = (*opened)->office();
    const auto done =
        office.database.write([&](Session& s) { return change.make(office, s, agency, "command line"); });
    if (!done.ok()) return fail(done.error());
    std::cout << agency << change.done << "\n";
    return 0;
}

int list(const Arguments& arguments) {
    Options options("agency list",
                    "Lists the agencies of the scheme, where their people sign in, and which are shut out.");
    HouseOptions house;
    std::string format = "text";
    options.house(house);
    options.one_of("--format", format, {"text", "json"}, "How to print");
    if (const auto code = options.parse(arguments)) return *code;
    house.lock = false;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    auto& office = (*opened)->office();
    const auto [bound, access] = office.database.read([&](Session& s) {
        return std::pair(partnership::agency_providers(office, s), partnership::agency_access(office, s));
    });
    formats::Json out = formats::Json::Array{};
    for (const auto& agency : office.scheme.agencies) {
        std::string issuer;
        for (const auto& each : bound)
            if (each.agency == agency.code) issuer = each.provider.issuer;
        const bool shut = std::any_of(access.begin(), access.end(), [&](const partnership::AgencyAccess& a) {
            return a.agency == agency.code && a.shut_at;
        });
        if (format == "text")
            std::cout << agency.code << "\t" << agency.name << "\t" << (issuer.empty() ? "password" : issuer)
                      << (shut ? "\tshut out" : "") << "\n";
        out.push(formats::Json::object(
            {{"agency", agency.code}, {"name", agency.name}, {"issuer", issuer}, {"shut", shut}}));
    }
    if (format == "json") std::cout << out.write() << "\n";
    return 0;
}

}  // namespace

int agency_command(const Arguments& arguments) {
    const auto code = run_part(arguments, {{"bind", bind},
                                           {"unbind", [](const Arguments& rest) { return make(kUnbind, rest); }},
                                           {"list", list},
                                           {"shut", [](const Arguments& rest) { return make(kShut, rest); }},
                                           {"open", [](const Arguments& rest) { return make(kOpen, rest); }}});
    if (code) return *code;
    return show_usage(arguments,
                      "rowan agency bind|unbind|list|shut|open --data DIR …\n" + std::string(kHelp) + "\n");
}

}  // namespace rowan::app
