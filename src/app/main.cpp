// rowan: the shared system of a local safeguarding partnership.
#include "app/commands.h"
#include "app/options.h"

#include <algorithm>
#include <iostream>

namespace {

void print_help(std::ostream& out) {
    out << "Rowan, the shared system of a local safeguarding partnership\n\nUsage: rowan COMMAND "
           "[OPTIONS]\n\nCommands:\n";
    for (const auto& command : rowan::app::commands()) {
        out << "  " << command.name << std::string(10 - command.name.size(), ' ') << command.summary << "\n";
    }
    out << "\nrowan COMMAND --help explains each.\n";
}

}  // namespace

int main(int argc, char** argv) {
    const rowan::app::Arguments words(argv + 1, argv + argc);
    if (words.empty()) {
        print_help(std::cerr);
        return 2;
    }
    if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
        print_help(std::cout);
        return 0;
    }
    if (words[0] == "--version") {
        std::cout << "rowan " ROWAN_VERSION "\n";
        return 0;
    }
    const auto& all = rowan::app::commands();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& c) { return c.name == words[0]; });
    if (found == all.end()) {
        std::cerr << "rowan: there is no command \"" << words[0] << "\"; rowan --help lists them\n";
        return 2;
    }
    try {
        return found->run({words.begin() + 1, words.end()});
    } catch (const std::exception& error) {
        std::cerr << "rowan: something that should not happen did: " << error.what() << "\n";
        return 1;
    }
}
