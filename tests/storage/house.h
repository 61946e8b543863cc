// A small partnership over an empty database of either kind, for the tests of the stores.
#pragma once
#include "storage/fixture.h"
#include "unit/protect/house.h"

#include <initializer_list>
#include <memory>

namespace rowan::storage {

class HouseTest : public SchemaTest {
protected:
    using House = protect::sample::House;

    void SetUp() override {
        SchemaTest::SetUp();
        house = std::make_unique<House>(db());
    }
    void TearDown() override {
        house.reset();
        SchemaTest::TearDown();
    }
    template <class F>
    void write(F&& f) {
        House::must(db().write([&](database::Session& s) -> base::Result<> {
            f(s);
            return base::done();
        }));
    }
    template <class F>
    auto read(F&& f) {
        return db().read([&](database::Session& s) { return f(s); });
    }
    void make_people(std::initializer_list<const char*> ids) {
        write([&](auto& s) {
            for (const char* id : ids)
                s.execute(
                    "INSERT INTO person (id, ref, root, sensitivity, created_at, version) VALUES ($1, $1, $1, "
                    "'ordinary', 0, 1)",
                    id);
        });
    }
    std::unique_ptr<House> house;
};

}  // namespace rowan::storage
