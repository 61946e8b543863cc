// The command line (DESIGN.md 4): one function a command, in command_<name>.cpp.
//
// Each takes its own arguments (without "rowan" and its own name) and returns the exit code: 0 done; 1 refused or
// not found, the reason on stderr in one sentence that says what to do; 2 wrong usage.
#pragma once
#include "app/house.h"

#include <functional>
#include <string>
#include <vector>

namespace rowan::app {

using Arguments = std::vector<std::string>;

int serve_command(const Arguments&);
int init_command(const Arguments&);
int demo_command(const Arguments&);
int user_command(const Arguments&);
int agency_command(const Arguments&);
int import_command(const Arguments&);
int profile_command(const Arguments&);
int export_command(const Arguments&);
int postcodes_command(const Arguments&);
int audit_command(const Arguments&);
int backup_command(const Arguments&);
int restore_command(const Arguments&);
int open_command(const Arguments&);
int emergency_command(const Arguments&);
int copy_command(const Arguments&);
int fsck_command(const Arguments&);

struct Command {
    std::string_view name, summary;
    int (*run)(const Arguments&);
};
const std::vector<Command>& commands();

}  // namespace rowan::app
