// A demonstration partnership of about sixty children, made once for this program, and opened as often as a test
// wants a copy of its own. Every name, number, address and text in it is a canary: a word that stands nowhere
// else.
#pragma once
#include "app/program.h"
#include "support/checked_client.h"

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace rowan::pages {

// When each town opens: a Monday morning in 2018.
base::Instant morning();

// Sixteen people of the demonstration, and `vera`: every role there is but those that mend a lapse, in an agency
// that has not signed.
const std::vector<std::string>& personas();

struct Canary {
    std::string text;   // as it would be shown
    std::string field;  // "given_names", "narrative"…
    // What it belongs to: an agency's record of a person, a referral, its decision, a screening or a draft; why a
    // record is protected; why two are different people; why a record was opened in an emergency or a seal should
    // be lifted; what somebody works with a person for.
    enum class Of {
        record,
        referral,
        decision,
        answer,
        screening,
        draft,
        protection,
        apart,
        episode,
        on_conditions,  // what came up about somebody missing, with code C
        interview,
        oversight,
        work
    } of = Of::record;
    std::string id, person, agency, user;  // person: the root; user: author, referrer, recipient
    bool clear_dates = false;              // a date, which other dates in clear may equal
};

class Town {
public:
    Town();
    Town(const Town&) = delete;
    Town& operator=(const Town&) = delete;
    ~Town();

    const partnership::Office& office() const { return house_->office(); }
    app::Program& program() { return *program_; }
    const partnership::Routes& routes() const { return program_->routes(); }
    const std::filesystem::path& folder() const { return folder_; }

    // A security key of theirs, which nobody can use: only its row.
    std::string key_of(const std::string& user_name);
    const std::string& id_of(const std::string& user_name) const { return users_.at(user_name); }
    support::CheckedClient client();  // nobody signed in
    support::CheckedClient client(const std::string& user_name);

    // Ids of one column, in order.
    template <class... A>
    std::vector<std::string> ids(database::Sql sql, const A&... parameters) const {
        return ids_of(sql, database::to_values(parameters...));
    }
    std::int64_t number(database::Sql, const std::string& parameter = "") const;
    std::map<std::string, std::int64_t> rows_of_all_tables() const;
    std::vector<partnership::AuditEntry> audit_since(std::int64_t seq) const;
    std::int64_t audit_size() const;

    // Whom everybody at the front door sees: protected by nothing, and like nobody who is.
    std::string ordinary_person() const;
    // Made when the town was: a person on a restricted record that names nobody; one on a record that names
    // imogen, martha and tomasz; one at a safe address, which dev alone may read; and one whose telephone martha
    // has declared. The last three, and who resembles the first, are known to EDU only.
    static const std::string& restricted_person();
    static const std::string& named_person();
    static const std::string& safe_person();
    static const std::string& sealed_person();
    // Somebody who resembles the restricted person, and is shielded like them until somebody decides.
    static const std::string& alike_person();
    static const std::vector<Canary>& canaries();

private:
    std::vector<std::string> ids_of(database::Sql, std::vector<database::Value>) const;

    std::filesystem::path folder_;
    std::unique_ptr<app::House> house_;
    std::unique_ptr<app::Program> program_;
    std::map<std::string, std::string> users_;
};

}  // namespace rowan::pages
