#include "native/cli/engines.h"

#include <gtest/gtest.h>

#include "core/engine/reference.h"
#include "core/error.h"
#include "native/cli/usage_error.h"

namespace limpid {
namespace {

int made = -1;

std::unique_ptr<Engine> make(int device) {
  made = device;
  return make_reference_engine();
}

const EngineList engines = {
    {.name = "absent", .absent = "not built"},
    {.name = "lacking", .make = make, .missing = [] { return std::string("no card"); }},
    {.name = "one", .make = make},
    {.name = "three", .make = make, .devices = [] { return 3; }},
};

template <class Problem>
std::string message(const std::string& name) {
  try {
    make_engine(engines, name);
  } catch (const Problem& problem) {
    return problem.what();
  }
  ADD_FAILURE() << name << " is made";
  return "";
}

TEST(Engines, TheFirstThatIsThereIsTheDefault) { EXPECT_EQ(default_engine(engines), "one"); }

TEST(Engines, OneForAGpuIsKnown) {
  EXPECT_EQ(gpu_engine(engines), "three");
  const EngineList without = {{.name = "one", .make = make},
                              {.name = "lacking",
                               .make = make,
                               .missing = [] { return std::string("no card"); },
                               .devices = [] { return 1; }}};
  EXPECT_EQ(gpu_engine(without), "");
}

TEST(Engines, DevicesHaveNumbers) {
  for (const auto& [name, device] : {std::pair("one", 0), std::pair("three", 0),
                                     std::pair("three:1", 1), std::pair("three:2", 2)}) {
    EXPECT_NE(make_engine(engines, name), nullptr);
    EXPECT_EQ(made, device) << name;
  }
}

TEST(Engines, WhatIsNotThereIsRefusedInWords) {
  EXPECT_EQ(message<Error>("absent"), "engine absent: not built");
  EXPECT_EQ(message<Error>("lacking:1"), "engine lacking:1: no card");
  EXPECT_EQ(message<UsageError>("three:3"),
            "there is no engine three:3: the last one of its kind is three:2");
  for (const char* name : {"one:1", "three:", "three:0", "three:01", "three:x"}) {
    EXPECT_NE(message<UsageError>(name).find(name), std::string::npos);
  }
  EXPECT_EQ(message<UsageError>("four"),
            "no engine is called 'four' (there are: absent, lacking, one, three)");
}

}  // namespace
}  // namespace limpid
