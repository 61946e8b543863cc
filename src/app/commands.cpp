#include "app/commands.h"

#include "app/command_link.h"

namespace rowan::app {

const std::vector<Command>& commands() {
    static const std::vector<Command> all = {
        {"serve", "open a partnership to browsers", serve_command},
        {"init", "make a new, empty partnership", init_command},
        {"demo", "make a demonstration partnership", demo_command},
        {"user", "add, list, disable, reset and invite accounts", user_command},
        {"agency", "say where an agency's people sign in, or shut it out", agency_command},
        {"import", "bring in an agency's extract", import_command},
        {"link", "find records of the same person in CSV files", link_command},
        {"profile", "print the problem profile", profile_command},
        {"export", "write a statutory return", export_command},
        {"postcodes", "load where postcodes are, for maps", postcodes_command},
        {"audit", "verify and export the audit log", audit_command},
        {"backup", "write an encrypted copy", backup_command},
        {"restore", "make a partnership from a backup", restore_command},
        {"emergency", "write what the people on duty need when Rowan is away", emergency_command},
        {"open", "open a sealed file with an offline key", open_command},
        {"copy", "move a partnership to another database, with a proof", copy_command},
        {"fsck", "check every invariant of the stored data", fsck_command},
    };
    return all;
}

}  // namespace rowan::app
