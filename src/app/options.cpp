#include "app/options.h"

#include <CLI/CLI.hpp>

#include <iostream>

namespace rowan::app {

struct Options::Impl {
    CLI::App app;
    HouseOptions* house = nullptr;
    std::string data, database, keyring, breached, clock;
    bool data_required = true;
};

Options::Options(const std::string& command, const std::string& summary) : impl_(std::make_unique<Impl>()) {
    impl_->app.name("rowan " + command);
    impl_->app.description(summary);
}
Options::~Options() = default;

void Options::text(const std::string& name, std::string& value, const std::string& help, bool required) {
    impl_->app.add_option(name, value, help)->required(required);
}

void Options::number(const std::string& name, std::int64_t& value, const std::string& help, std::int64_t least,
                     std::int64_t most) {
    impl_->app.add_option(name, value, help)->check(CLI::Range(least, most))->capture_default_str();
}

void Options::flag(const std::string& name, bool& value, const std::string& help) {
    impl_->app.add_flag(name, value, help);
}

void Options::one_of(const std::string& name, std::string& value, const std::vector<std::string>& allowed,
                     const std::string& help, bool required) {
    impl_->app.add_option(name, value, help)
        ->check(CLI::IsMember(allowed))
        ->required(required)
        ->capture_default_str();
}

void Options::many(const std::string& name, std::vector<std::string>& values, const std::string& help) {
    impl_->app.add_option(name, values, help);
}

void Options::house(HouseOptions& house, bool data_required) {
    impl_->house = &house;
    impl_->data_required = data_required;
    impl_->app.add_option("--data", impl_->data, "The partnership's data folder");
    impl_->app.add_option("--database", impl_->database, "postgres://…, instead of a data folder");
    impl_->app.add_option("--breached-passwords", impl_->breached,
                          "List that no new password may stand in: sorted SHA-1 in hex, one a line (default: "
                          "FOLDER.breached beside the data folder, if it is there)");
    impl_->app.add_option("--keyring", impl_->keyring,
                          "The key file (default: FOLDER.keyring beside the data folder)");
    impl_->app.add_option("--clock", impl_->clock,
                          "Start the clock here, such as 2018-03-01T09:00:00Z (tests and demonstrations)");
}

std::optional<int> Options::parse(const std::vector<std::string>& arguments) {
    try {
        impl_->app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::CallForHelp&) {
        std::cout << impl_->app.help();
        return 0;
    } catch (const CLI::ParseError& error) {
        std::cerr << impl_->app.get_name() << ": " << error.what() << "\nTry " << impl_->app.get_name()
                  << " --help\n";
        return 2;
    }
    if (auto* house = impl_->house) {
        house->data = impl_->data;
        house->database = impl_->database;
        house->keyring = impl_->keyring;
        house->breached = impl_->breached;
        if (impl_->data_required && impl_->data.empty() && impl_->database.empty()) {
            std::cerr << impl_->app.get_name() << ": --data is required: give the partnership's data folder\n";
            return 2;
        }
        if (!impl_->clock.empty()) {
            house->clock = base::parse_instant(impl_->clock);
            if (!house->clock) {
                std::cerr << impl_->app.get_name() << ": --clock must be like 2018-03-01T09:00:00Z\n";
                return 2;
            }
        }
    }
    return std::nullopt;
}

std::optional<int> run_part(const std::vector<std::string>& arguments, const std::vector<CommandPart>& parts) {
    if (arguments.empty()) return std::nullopt;
    for (const auto& part : parts)
        if (arguments[0] == part.name) return part.run({arguments.begin() + 1, arguments.end()});
    return std::nullopt;
}

int show_usage(const std::vector<std::string>& arguments, const std::string& usage) {
    const bool asked = !arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h");
    (asked ? std::cout : std::cerr) << usage;
    return asked ? 0 : 2;
}

int fail(const base::Error& error) {
    std::cerr << "rowan: " << error.message << "\n";
    return 1;
}

}  // namespace rowan::app
