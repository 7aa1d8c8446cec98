#include <gtest/gtest.h>

#include "core/classical/classical.h"
#include "core/engine/reference.h"
#include "core/error.h"
#include "core/noise/estimate.h"
#include "native/cli/restorer.h"
#include "tests/golden_image.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

const EngineList engines = {
    {.name = "reference", .make = [](int) { return make_reference_engine(); }}};

bool go_on(int, int) { return true; }

Restorer nlm(std::optional<double> level = {}) {
  return Restorer({.model = {}, .method = "nlm", .level = level}, {}, engines);
}

TEST(Restorer, AMethodTakesTheLevelThatIsSaidAddedOrFound) {
  const Image clean = pattern(24, 24, 3);
  const NoiseSettings added = {.strength = 0.1f};
  const Image noisy = add_noise(clean, added);
  const auto expected = [&](double sigma) {
    return classical_denoise(ClassicalMethod::nlm, noisy, sigma).pixels;
  };
  EXPECT_EQ(nlm().restore(noisy, added, go_on).pixels, expected(0.1f));
  EXPECT_EQ(nlm(0.3).restore(noisy, added, go_on).pixels, expected(0.3));
  EXPECT_EQ(nlm().restore(noisy, {}, go_on).pixels, expected(estimate_noise(noisy)));
  const NoiseSettings other = {.kind = NoiseKind::speckle, .strength = 0.1f};
  EXPECT_EQ(nlm().restore(noisy, other, go_on).pixels, expected(estimate_noise(noisy)));
  EXPECT_EQ(nlm().name(), "nlm");
  EXPECT_FALSE(nlm().model());
}

TEST(Restorer, ANetworkRestoresAsItsDenoiser) {
  const TemporaryFolder folder;
  const Model model{"mine", 3, {{.name = "out", .channels = 3}}};
  const std::vector<Tensor> weights = initial_weights(model, 1);
  const std::string file = (folder.path() / "mine.safetensors").string();
  write_model_file(file, {model, weights, {}});
  Restorer restorer({.model = file, .method = {}, .level = {}}, {.engine = "reference"}, engines);
  const auto engine = make_reference_engine();
  const Image noisy = pattern(9, 12, 3);
  EXPECT_EQ(restorer.restore(noisy, {}, go_on).pixels,
            Denoiser(*engine, model, weights, {}).denoise(noisy).pixels);
  Restorer twice({.model = file, .method = {}, .level = {}, .views = 2}, {.engine = "reference"},
                 engines);
  EXPECT_EQ(twice.restore(noisy, {}, go_on).pixels,
            Denoiser(*engine, model, weights, {.views = 2}).denoise(noisy).pixels);
  EXPECT_EQ(restorer.name(), "mine");
  EXPECT_TRUE(restorer.restore(noisy, {}, [](int, int) { return false; }).empty());
}

TEST(Restorer, AnUnknownMethodIsNamed) {
  EXPECT_THROW(Restorer({.model = {}, .method = "magic", .level = {}}, {}, engines), Error);
}

}  // namespace
}  // namespace limpid
