// The options of one command, parsed by CLI11 in one place so that all commands speak alike.
// --help prints to stdout and ends with 0; anything wrong prints one sentence to stderr and ends with 2.
#pragma once
#include "app/house.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::app {

class Options {
public:
    Options(const std::string& command, const std::string& summary);
    ~Options();

    void text(const std::string& name, std::string& value, const std::string& help, bool required = false);
    void number(const std::string& name, std::int64_t& value, const std::string& help, std::int64_t least,
                std::int64_t most);
    void flag(const std::string& name, bool& value, const std::string& help);
    void one_of(const std::string& name, std::string& value, const std::vector<std::string>& allowed,
                const std::string& help, bool required = false);
    void many(const std::string& name, std::vector<std::string>& values, const std::string& help);
    // --data, --database, --keyring, --clock: which partnership.
    void house(HouseOptions&, bool data_required = true);

    // The exit code when the command must end here; nothing when it may go on.
    std::optional<int> parse(const std::vector<std::string>& arguments);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// A command that has parts, such as `rowan user add`: runs the part that the first argument names, with the rest.
struct CommandPart {
    std::string_view name;
    int (*run)(const std::vector<std::string>& rest);
};
std::optional<int> run_part(const std::vector<std::string>& arguments, const std::vector<CommandPart>& parts);
// How such a command is used: on stdout with 0 when that was asked for, else on stderr with 2.
int show_usage(const std::vector<std::string>& arguments, const std::string& usage);

// Prints the Error's sentence on stderr; returns 1.
int fail(const base::Error&);

}  // namespace rowan::app
