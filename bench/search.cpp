// How fast is somebody found among 100,000? 2,000 questions as people type them: misspelt, by nickname, date of
// birth, NHS number, postcode, one or two words. In the index itself, through the desk (with its access
// decisions), and over HTTP; beside it reading every name once, which is what a search without an index costs.
// Goal: p99 under 20 ms.
#include "app/house.h"
#include "base/text.h"
#include "measuring/program.h"
#include "partnership/accounts.h"
#include "partnership/viewer.h"
#include "people/people_desk.h"
#include "people/person_store.h"

#include <cstdlib>
#include <random>

using namespace rowan;
using namespace rowan::bench;

namespace {

struct Question {
    const char* kind;
    std::string words;
};

std::string misspelt(std::string word, std::mt19937_64& dice) {
    if (word.size() < 4) return word;
    const auto at = 1 + dice() % (word.size() - 2);
    switch (dice() % 3) {
        case 0:
            word.erase(at, 1);
            break;
        case 1:
            std::swap(word[at], word[at + 1]);
            break;
        default:
            word[at] = static_cast<char>('a' + dice() % 26);
    }
    return word;
}

std::string nickname(const std::string& given) {
    static const std::pair<const char*, const char*> kShort[] = {
        {"william", "bill"},     {"robert", "bob"},     {"elizabeth", "liz"},  {"katherine", "kate"},
        {"thomas", "tom"},       {"james", "jim"},      {"alexander", "alex"}, {"daniel", "dan"},
        {"charlotte", "lottie"}, {"isabella", "bella"}, {"oliver", "ollie"},   {"samuel", "sam"},
        {"joseph", "joe"},       {"benjamin", "ben"},   {"matthew", "matt"},   {"jessica", "jess"}};
    for (const auto& [whole, brief] : kShort)
        if (given == whole) return brief;
    return given.substr(0, 3);
}

std::vector<Question> questions(const std::vector<people::Identity>& people, std::size_t count) {
    std::mt19937_64 dice(20);
    std::vector<Question> out;
    while (out.size() < count) {
        const auto& who = people[dice() % people.size()];
        const auto given = base::words(base::fold(who.given_names)),
                   family = base::words(base::fold(who.family_name));
        if (given.empty() || family.empty()) continue;
        switch (out.size() % 8) {
            case 0:
                out.push_back({"two words", given.front() + " " + family.front()});
                break;
            case 1:
                out.push_back({"two words, one misspelt", given.front() + " " + misspelt(family.front(), dice)});
                break;
            case 2:
                out.push_back({"one word, misspelt", misspelt(family.front(), dice)});
                break;
            case 3:
                out.push_back({"nickname and family name", nickname(given.front()) + " " + family.front()});
                break;
            case 4:
                out.push_back({"one word", dice() % 2 ? given.front() : family.front()});
                break;
            case 5:
                if (who.born)
                    out.push_back({"name and date of birth", given.front() + " " + base::to_iso(*who.born)});
                break;
            case 6:
                if (!who.nhs_number.empty()) out.push_back({"NHS number", who.nhs_number});
                break;
            default:
                if (!who.postcode.empty()) out.push_back({"postcode", who.postcode});
        }
    }
    return out;
}

struct Kinds {
    std::vector<std::pair<std::string, Times>> all;
    Times processor;  // empty where another process does the work
    void add(const std::string& kind, double millis) {
        for (auto& [name, times] : all)
            if (name == kind) return times.add(millis);
        all.emplace_back(kind, Times{}).second.add(millis);
    }
    void measure(const std::string& kind, const auto& work) {
        const double before = thread_millis();
        const Stopwatch watch;
        work();
        add(kind, watch.millis());
        processor.add(thread_millis() - before);
    }
};

Times everything(const Kinds& kinds) {
    Times out;
    for (const auto& [kind, times] : kinds.all) out.add(times);
    return out;
}

// What a search without an index does: reads every name once.
double reading_all(const std::vector<people::Identity>& people, const std::string& word) {
    std::vector<std::string> names;
    for (const auto& who : people) names.push_back(base::fold(who.display_name()));
    Times runs;
    std::size_t found = 0;
    for (int i = 0; i < 20; ++i) {
        const Stopwatch watch;
        for (const auto& name : names) found += name.find(word) != std::string::npos;
        runs.add(watch.millis());
    }
    return found > 0 ? runs.percentile(50) : runs.percentile(51);
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t children = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
    return benchmark([&] {
        const auto data = demonstration(children);
        Table table({"Where", "Question", "Asked", "p50", "p99", "Slowest", "Processor p50, p99", "Goal", "Load"});
        std::vector<Question> asked;
        double index_p50 = 0, scan = 0;
        auto tell = [&](const std::string& where, const Kinds& kinds) {
            for (const auto& [kind, times] : kinds.all)
                table.row({where, kind, std::to_string(times.count()), millis(times.percentile(50)),
                           millis(times.percentile(99)), millis(times.percentile(100)), "", "", load()});
            const auto all = everything(kinds);
            table.row({where, "all", std::to_string(all.count()), millis(all.percentile(50)),
                       millis(all.percentile(99)), millis(all.percentile(100)),
                       kinds.processor.count() > 0
                           ? millis(kinds.processor.percentile(50)) + ", " + millis(kinds.processor.percentile(99))
                           : "",
                       against(all.percentile(99), 20, "ms"), load()});
        };
        {
            app::HouseOptions options;
            options.data = data;
            auto house = app::House::open(options);
            if (!house.ok()) throw std::runtime_error(house.error().message);
            const auto& office = (*house)->office();
            people::PeopleIndex index;
            people::PeopleDesk desk(office, index);
            const Stopwatch opening;
            const double processor = processor_seconds(), before = static_cast<double>(resident_bytes());
            const auto records = desk.open_index();
            if (!records.ok()) throw std::runtime_error(records.error().message);
            std::printf(
                "The index of %s people (%s records of agencies) was filled in %s s (processor %s s) and holds %s "
                "MB.\n\n",
                number(static_cast<double>(index.people())).c_str(), number(static_cast<double>(*records)).c_str(),
                number(opening.seconds(), 1).c_str(), number(processor_seconds() - processor, 1).c_str(),
                number((static_cast<double>(resident_bytes()) - before) / 1e6).c_str());
            std::vector<people::Identity> people;
            std::optional<partnership::Viewer> viewer;
            office.database.read([&](database::Session& s) {
                people::store::each_record(office, s, [&](people::store::RecordRow&& row) {
                    people.push_back(std::move(row.record.identity));
                });
                if (const auto account = partnership::account_by_name(s, "imogen"))
                    viewer = partnership::viewer_for(office, s, account->id);
            });
            if (!viewer) throw std::runtime_error("the demonstration has no front door");
            asked = questions(people, 2000);
            Kinds in_index, in_desk;
            for (const auto& q : asked) in_index.measure(q.kind, [&] { (void)index.search(q.words, 1000); });
            for (const auto& q : asked) in_desk.measure(q.kind, [&] { (void)desk.find(*viewer, q.words, 20); });
            tell("index", in_index);
            tell("desk", in_desk);
            index_p50 = everything(in_index).percentile(50);
            scan = reading_all(people, "quillfeather");
        }
        const Stopwatch starting;
        const Server server({"--data", data.string()});
        const double started = starting.seconds();
        const auto cookie = sign_in(server.port(), "Imogen Achterberg");
        Client client(server.port());
        Kinds over_http;
        for (const auto& q : asked) {
            const Stopwatch watch;
            const auto answer = client.get("/search?q=" + url_encoded(q.words), cookie);
            if (answer.status != 200)
                throw std::runtime_error("a search was answered " + std::to_string(answer.status));
            over_http.add(q.kind, watch.millis());
        }
        tell("HTTP", over_http);
        table.print();
        std::printf(
            "\nReading all names once takes %s: half of the questions take the index %s of that. The server was "
            "open after %s s and holds %s MB.\n",
            millis(scan).c_str(), times(index_p50 / scan).c_str(), number(started, 1).c_str(),
            number(static_cast<double>(resident_bytes(server.pid())) / 1e6).c_str());
    });
}
