// The canary crawl (SECURITY.md 6.3, small): every word that somebody wrote is a canary, every person follows
// every link there is for them, and whatever they are shown must be theirs to see, by rules written here a second
// time.
#include "pages/town.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <unordered_map>

namespace rowan::pages {
namespace {

using support::Answer, support::CheckedClient;

std::string lower(std::string text);
std::string around(const std::string& text, const std::string& word) {
    const auto at = lower(text).find(lower(word));
    return text.substr(at < 80 ? 0 : at - 80, 200);
}

std::string lower(std::string text) {
    for (auto& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return text;
}

// Finds which of many words stand in a text, in one pass and in either case.
class Scanner {
public:
    void add(const Canary* canary) {
        auto word = lower(canary->text);
        if (word.size() < 4) throw std::logic_error("a canary of less than four letters");
        by_start_[word.substr(0, 4)].push_back({std::move(word), canary});
    }
    std::set<const Canary*> in(const std::string& text) const {
        const auto low = lower(text);
        std::set<const Canary*> out;
        for (std::size_t i = 0; i + 4 <= low.size(); ++i) {
            const auto found = by_start_.find(low.substr(i, 4));
            if (found == by_start_.end()) continue;
            for (const auto& [word, canary] : found->second)
                if (low.compare(i, word.size(), word) == 0) out.insert(canary);
        }
        return out;
    }

private:
    std::unordered_map<std::string, std::vector<std::pair<std::string, const Canary*>>> by_start_;
};

// Who may see which canary: DOMAIN.md 6, H-025 and the Somerset protocol, by hand.
class Rules {
public:
    explicit Rules(const Town& town) {
        for (const auto& user : personas())
            agency_[user] = town.ids("SELECT agency FROM user_account WHERE user_name = $1", user).at(0);
        for (const auto& user : personas()) ids_[user] = town.id_of(user);
        for (const auto& c : Town::canaries()) {
            if (c.of == Canary::Of::record) agencies_[c.person].insert(c.agency);
            if (c.of == Canary::Of::referral) referred_[c.user].insert(c.person);
        }
    }

    bool may(const std::string& user, const Canary& c) const {
        const bool restricted = c.person == Town::restricted_person() || c.person == Town::alike_person() ||
                                (c.person == Town::sealed_person() && user == "martha") ||
                                (c.person == Town::named_person() && !kNamed.contains(user)),
                   own = c.user == ids_.at(user), all = kFrontDoor.contains(user);
        // Why a record was opened in an emergency, and why a seal should go: for information governance.
        if (c.of == Canary::Of::oversight) return user == "petra" || user == "piers";
        if (!kWorkers.contains(user)) return false;
        switch (c.of) {
            case Canary::Of::record:
                if (!full(user, c.person)) return false;
                if (c.person == Town::safe_person() && (c.field == "address" || c.field == "phone") &&
                    user != "dev")
                    return false;
                if (all || c.agency == agency_.at(user) || shared(user, c.person)) return true;
                return !agencies_.at(c.person).contains(agency_.at(user)) &&
                       kReadIdentity.contains(agency_.at(user));
            case Canary::Of::referral:
                return own || (all && !restricted);
            case Canary::Of::decision:
                return all && !restricted;
            case Canary::Of::answer:
                return own || (all && !restricted);
            case Canary::Of::screening:
                return !restricted && (own || (full(user, c.person) && (all || c.agency == agency_.at(user) ||
                                                                        agency_.at(user) == "SCC")));
            case Canary::Of::draft:
                return own;
            // S-070: the police look for everybody and every return is offered an interview; others see their own
            // agency's.
            case Canary::Of::episode:
                if (c.person == Town::safe_person() && c.field == "placement" && user != "dev") return false;
                return !restricted && (all || user == "safiya" || user == "bea" || c.agency == agency_.at(user) ||
                                       full(user, c.person));
            // Code C: those whose it is, and those who work with the holding list.
            case Canary::Of::on_conditions:
                return !restricted && (kHolders.contains(user) || (c.agency == agency_.at(user)));
            // The demonstration shares each interview that was held with the council.
            case Canary::Of::interview:
                return !restricted && (all || user == "bea");
            // Who may protect a record reads why it is protected, if they see the person.
            case Canary::Of::protection:
                return kProtect.contains(user) && full(user, c.person);
            case Canary::Of::oversight:
                return false;
            // What somebody works with a person for: they themselves, and whoever could have given it.
            case Canary::Of::work:
                return own || (c.field == "why_disclosed"   ? user == "owen"
                               : c.field == "why_allocated" ? kProtect.contains(user)
                                                            : all);
            case Canary::Of::apart:
                return kReview.contains(user) && !restricted;
        }
        return false;
    }

private:
    // A meeting or a disclosure (town.cpp): with every agency's words.
    static bool shared(const std::string& user, const std::string& person) {
        return person == Town::safe_person() && (user == "june" || user == "ravi");
    }
    bool full(const std::string& user, const std::string& person) const {
        if (person == Town::restricted_person() || person == Town::alike_person()) return false;
        if (person == Town::named_person()) return kNamed.contains(user);
        if (person == Town::sealed_person() && user == "martha") return false;  // for her there is nobody
        if (kFrontDoor.contains(user)) return true;
        if (shared(user, person)) return true;
        const auto referred = referred_.find(ids_.at(user));
        return agencies_.at(person).contains(agency_.at(user)) ||
               (referred != referred_.end() && referred->second.contains(person));
    }

    const std::set<std::string> kWorkers = {"imogen", "dev",    "martha", "owen", "safiya",
                                            "june",   "tomasz", "bea",    "ravi"};
    const std::set<std::string> kFrontDoor = {"imogen", "dev", "martha", "owen"},
                                kHolders = {"imogen", "dev", "martha", "owen", "safiya"};
    const std::set<std::string> kNamed = {"imogen", "martha", "tomasz"}, kProtect = {"imogen", "dev", "martha"},
                                kReview = {"imogen", "dev"};
    const std::set<std::string> kReadIdentity = {"ASP", "SCC", "SFT",
                                                 "BASE"};  // of those whom the personas work for
    std::map<std::string, std::string> agency_, ids_;
    std::map<std::string, std::set<std::string>> agencies_, referred_;
};

class Crawl {
public:
    Crawl(Town& town, std::string user, const Scanner& scanner, const Rules& rules)
        : town_(town), user_(std::move(user)), scanner_(scanner), rules_(rules), client_(town.client(user_)) {}

    void run() {
        wait_for("/");
        // Not everybody is behind a link; those whom they may see are found by their name.
        for (const auto& canary : Town::canaries())
            if (canary.of == Canary::Of::record && canary.field == "family_name" && rules_.may(user_, canary))
                wait_for("/search?q=" + canary.text);
        pairs();
        while (!waiting_.empty() && pages < kMostPages) {
            const auto address = waiting_.front();
            waiting_.pop_front();
            visit(address);
        }
        EXPECT_LT(pages, kMostPages) << user_ << " did not come to an end";
        searches();
    }

    std::size_t pages = 0, people = 0;
    std::set<const Canary*> seen;

private:
    static constexpr std::size_t kMostPages = 4000;

    void wait_for(std::string address) {
        address = address.substr(0, address.find('#'));
        // Of lists in all their orders, one way is enough.
        if (address.find("sort=") != std::string::npos || address.starts_with("/assets/")) return;
        if (known_.insert(address).second) waiting_.push_back(address);
    }

    void visit(const std::string& address) {
        const auto answer = client_.get(address);
        ++pages;
        people += address.starts_with("/people/") && answer.status() == 200;
        EXPECT_TRUE(answer.status() == 200 || answer.status() == 303 || answer.status() == 409)
            << user_ << " was led to " << address << " -> " << answer.status();
        // There she reads what she declared herself.
        judge(address, answer,
              user_ == "martha" && address == "/account/interests"
                  ? std::set<std::string>{"07700 900003", "+447700900003"}
                  : std::set<std::string>{});
        for (const auto* a : answer.document.all("a"))
            if (a->get("href").starts_with("/")) wait_for(a->get("href"));
        // No link leads to what programs are told.
        if (address.starts_with("/people/") && address.find('/', 8) == std::string::npos)
            wait_for("/api" + address);
    }

    // `typed`: what the viewer wrote themselves comes back in the search box.
    void judge(const std::string& address, const Answer& answer, const std::set<std::string>& typed) {
        std::string all = answer.body();
        for (const auto& [name, value] : answer.response.headers) all += "\n" + value;
        const auto found = scanner_.in(all);
        // Two agencies may hold the same number; who may see it from one of them may see it.
        std::set<std::string> theirs;
        for (const auto* canary : found)
            if (rules_.may(user_, *canary)) theirs.insert(canary->text);
        for (const auto* canary : found) {
            if (typed.contains(canary->text)) continue;
            if (theirs.contains(canary->text)) seen.insert(canary);
            // A date may be another's day too.
            else if (!canary->clear_dates)
                ADD_FAILURE() << user_ << " saw " << canary->field << " \"" << canary->text << "\" of "
                              << canary->agency << "'s " << canary->person << " " << canary->id << " at "
                              << address << ": …" << around(all, canary->text) << "…";
        }
    }

    // Each pair that waits, as the queue shows it and as an answer without a verdict shows it again.
    void pairs() {
        if (user_ != "imogen" && user_ != "dev") return;
        for (const auto& pair :
             town_.ids("SELECT record_a || '/' || record_b FROM link_proposal WHERE decided_at IS NULL")) {
            const auto half = pair.find('/');
            wait_for("/matches?a=" + pair.substr(0, half) + "&b=" + pair.substr(half + 1));
            judge("/matches/" + pair, client_.post("/matches/" + pair, {{"verdict", "perhaps"}}), {});
        }
    }

    // Looks for those whom they may not see, by everything that could find them.
    void searches() {
        int tried = 0;
        for (const auto& canary : Town::canaries()) {
            if (canary.of != Canary::Of::record || rules_.may(user_, canary) || canary.field == "local_ref" ||
                ++tried % 7)
                continue;
            for (const auto* path : {"/search?q=", "/people?q=", "/api/people?q="}) {
                const auto address = path + http::url_encode(canary.text);
                const auto answer = client_.get(address);
                ++pages;
                judge(address, answer, {canary.text});
            }
        }
    }

    Town& town_;
    const std::string user_;
    const Scanner& scanner_;
    const Rules& rules_;
    CheckedClient client_;
    std::set<std::string> known_;
    std::deque<std::string> waiting_;
};

Scanner scanner_of_all() {
    Scanner out;
    for (const auto& canary : Town::canaries()) out.add(&canary);
    return out;
}

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

TEST(CanaryCrawl, H_025_S_053_nobody_is_shown_a_word_that_is_not_theirs_to_see) {
    Town town;
    const auto scanner = scanner_of_all();
    const Rules rules(town);
    std::map<std::string, std::size_t> shown;
    testing::internal::CaptureStderr();
    for (const auto& user : personas()) {
        Crawl crawl(town, user, scanner, rules);
        crawl.run();
        shown[user] = crawl.seen.size();
        RecordProperty(user, "pages=" + std::to_string(crawl.pages) + " people=" + std::to_string(crawl.people) +
                                 " canaries=" + std::to_string(crawl.seen.size()));
    }
    const auto log = testing::internal::GetCapturedStderr();
    EXPECT_THAT(scanner.in(log), testing::IsEmpty()) << "a word stands in the program's log";
    // The crawl did go where the words are: those who may see nearly all of them did.
    for (const auto* user : {"imogen", "dev", "martha", "owen"}) {
        std::size_t theirs = 0;
        for (const auto& canary : Town::canaries()) theirs += rules.may(user, canary);
        EXPECT_GT(shown[user] * 100, theirs * 60) << user << " saw " << shown[user] << " of " << theirs;
    }
    for (const auto* user : {"safiya", "june", "tomasz"}) EXPECT_GT(shown[user], 20u) << user;
    for (const auto* user : {"gwen", "noor", "hugh", "alan", "clara", "vera"}) EXPECT_EQ(shown[user], 0u) << user;
    for (const auto* user : {"petra", "piers"})
        EXPECT_EQ(shown[user], 2u) << user
                                   << ": why a record was opened in an emergency, why a seal should be lifted";
}

TEST(CanaryCrawl, The_scanner_finds_what_it_looks_for) {
    const auto scanner = scanner_of_all();
    const auto& some = Town::canaries().front();
    EXPECT_THAT(scanner.in("before " + some.text + " after"), testing::Contains(&some));
    EXPECT_THAT(scanner.in("x=" + lower(some.text)), testing::Contains(&some));
    EXPECT_THAT(scanner.in("nothing of the kind"), testing::IsEmpty());
    EXPECT_GT(Town::canaries().size(), 800u);
    Town town;
    const Rules rules(town);
    EXPECT_TRUE(rules.may("imogen", some) || some.person == Town::restricted_person() ||
                some.person == Town::alike_person());
    // Somebody opens the episode and does not find what is on conditions.
    std::size_t kept_back = 0;
    for (const auto& canary : Town::canaries())
        if (canary.of == Canary::Of::on_conditions) {
            auto episode = canary;
            episode.of = Canary::Of::episode;
            kept_back += rules.may("tomasz", episode) && !rules.may("tomasz", canary);
            EXPECT_FALSE(rules.may("bea", canary));
        }
    EXPECT_GE(kept_back, 2u);
    // Those who are protected by name are in the crawl, and somebody may read each of their words.
    for (const auto& [person, user] : {std::pair{Town::named_person(), "martha"},
                                       {Town::safe_person(), "dev"},
                                       {Town::sealed_person(), "imogen"}}) {
        std::size_t words = 0;
        for (const auto& canary : Town::canaries()) words += canary.person == person && rules.may(user, canary);
        EXPECT_GT(words, 6u);
    }
    EXPECT_FALSE(rules.may("alan", some));
    auto imogen = town.client("imogen");
    EXPECT_THAT(scanner.in(imogen.get("/referrals").body()), testing::Not(testing::IsEmpty()))
        << "what the front door sees would be a finding for anybody else";
}

TEST(CanaryCrawl, At_rest_no_word_stands_in_any_file) {
    Town town;
    // Something written and not yet moved from the write-ahead log.
    auto tomasz = town.client("tomasz");
    const auto at = tomasz.post("/referrals/new").location();
    ASSERT_EQ(tomasz.submit(tomasz.get(at), at, {{"subject_kind", "child"}}, "continue").status(), 303);
    const auto search = at.substr(0, at.rfind('/')) + "/search",
               details = at.substr(0, at.rfind('/')) + "/details";
    ASSERT_EQ(tomasz.submit(tomasz.get(search), search, {{"q", "Zqsoughtword"}}, "search").status(), 303);
    ASSERT_EQ(tomasz.submit(tomasz.get(search), search, {{"person", "none"}}, "continue").status(), 303);
    ASSERT_EQ(tomasz.submit(tomasz.get(details), details, {{"given_names", "Zqtypedword"}}, "continue").status(),
              303);
    tomasz.get("/search?q=Zqsoughtword");

    std::vector<Canary> words;
    std::set<std::string> dates;  // flags and days out of school are kept in clear
    for (const auto& day :
         town.ids("SELECT set_on FROM agency_flag UNION SELECT cleared_on FROM agency_flag WHERE cleared_on IS "
                  "NOT NULL UNION SELECT started_on FROM education_missing UNION "
                  "SELECT ended_on FROM education_missing WHERE ended_on IS NOT NULL UNION SELECT as_at FROM "
                  "exclusion_count"))
        dates.insert(day);
    for (const auto& canary : Town::canaries())
        if (!dates.contains(canary.text)) words.push_back(canary);
    for (const auto* typed : {"Zqsoughtword", "Zqtypedword"}) {
        Canary canary;
        canary.text = typed;
        canary.field = "typed";
        words.push_back(canary);
    }
    Scanner scanner;
    for (const auto& canary : words) scanner.add(&canary);
    std::set<std::string> names;
    for (const auto& file : std::filesystem::recursive_directory_iterator(town.folder())) {
        if (!file.is_regular_file()) continue;
        names.insert(file.path().filename().string());
        const auto bytes = bytes_of(file.path());
        for (const auto* found : scanner.in(bytes))
            ADD_FAILURE() << found->field << " \"" << found->text << "\" stands in " << file.path().filename();
        // The scanner does read this file: what may stand there in clear is found by the same means.
        if (file.path().filename() == "rowan.db") {
            EXPECT_NE(bytes.find("tomasz"), std::string::npos);
        }
    }
    EXPECT_TRUE(names.contains("rowan.db"));
    EXPECT_TRUE(names.contains("rowan.db-wal"));
}

}  // namespace
}  // namespace rowan::pages
