#include "core/engine/limits.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/model/presets.h"

namespace limpid {
namespace {

template <class Check>
std::string refusal(Check check) {
  try {
    check();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Limits, SidesSuitTheModel) {
  const Model model = classroom();
  const auto of = [&](int height, int width) {
    return refusal([&] { check_size(model, {.height = height, .width = width}); });
  };
  EXPECT_EQ(of(8, 12), "");
  EXPECT_EQ(of(8, 10),
            "model 'classroom' takes pictures whose sides are multiples of 4, not 10 x 8");
  EXPECT_NE(of(0, 8), "");
  EXPECT_NE(of(8, -4), "");
}

TEST(Limits, DropoutHasPositionsForAll) {
  const Model model{.name = "drops",
                    .channels = 1,
                    .layers = {{.name = "a", .kind = LayerKind::dropout, .rate = 0.5f},
                               {.name = "b", .channels = 1, .kernel = 1}}};
  EXPECT_NO_THROW(check_size(model, {.height = 1 << 16, .width = 1 << 16}));
  EXPECT_EQ(refusal([&] { check_size(model, {.height = 1 << 16, .width = (1 << 16) + 1}); }),
            "model 'drops' has more than 2^32 dropout values at 65537 x 65536");
}

TEST(Limits, MemoryIsCappedWhereItIsSet) {
  const Model model = classroom();
  const Limits capped{.height = 8, .width = 8, .memory_bytes = 1000};
  EXPECT_NO_THROW(check_memory(model, capped, 1000, "the CPU engine"));
  EXPECT_EQ(refusal([&] { check_memory(model, capped, 1001, "the CPU engine"); }),
            "model 'classroom' needs 1001 bytes on the CPU engine at 8 x 8, only 1000 are allowed");
  EXPECT_NO_THROW(check_memory(model, {.height = 8, .width = 8}, size_t(1) << 50, "any engine"));
}

}  // namespace
}  // namespace limpid
