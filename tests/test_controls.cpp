#include "core/ui/controls.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace limpid {
namespace {

TEST(Controls, AreOfOneFrame) {
  begin_controls();
  note_control(Control{.name = "Save"});
  EXPECT_EQ(controls().size(), 1u);
  begin_controls();
  EXPECT_TRUE(controls().empty());
}

TEST(Controls, AreTold) {
  const nlohmann::json told = nlohmann::json::parse(to_json({{.role = Role::slider,
                                                              .name = "Strength",
                                                              .value = "0.40",
                                                              .x = 8,
                                                              .y = 16,
                                                              .width = 200,
                                                              .height = 22},
                                                             {.role = Role::text,
                                                              .name = "RMSE",
                                                              .value = "0.1 became 0.05",
                                                              .chosen = true,
                                                              .enabled = false}}));
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0]["role"], "slider");
  EXPECT_EQ(told[0]["value"], "0.40");
  EXPECT_EQ(told[0]["box"], nlohmann::json({8, 16, 200, 22}));
  EXPECT_EQ(told[0]["enabled"], true);
  EXPECT_EQ(told[1]["role"], "text");
  EXPECT_EQ(told[1]["chosen"], true);
  EXPECT_EQ(told[1]["enabled"], false);
}

TEST(Controls, NamesThatAreNoTextAreToldToo) {
  const nlohmann::json told = nlohmann::json::parse(to_json({{.name = "a\xff.png"}}));
  EXPECT_EQ(told[0]["name"], "a\xef\xbf\xbd.png");
}

}  // namespace
}  // namespace limpid
