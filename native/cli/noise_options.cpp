#include "native/cli/noise_options.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "native/cli/usage_error.h"

namespace limpid {

void NoiseOptions::add_to(CLI::App& command, const std::string& seed_text) {
  const std::string group = "Noise";
  command
      .add_option_function<float>(
          "--noise",
          [this](float strength) {
            strength_given_ = true;
            changes_.push_back([=](NoiseSettings& s) { s.strength = strength; });
          },
          "Strength on the 0..1 scale: 0.4 is 102 of 255")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("0..1")
      ->group(group);
  command
      .add_option_function<std::string>(
          "--noise-kind",
          [this](const std::string& name) {
            const NoiseKind kind = parse_noise_kind(name);
            changes_.push_back([=](NoiseSettings& s) { s.kind = kind; });
          },
          "gaussian, poisson, salt-pepper or speckle")
      ->type_name("KIND")
      ->group(group);
  command
      .add_option_function<std::string>(
          "--noise-field",
          [this](const std::string& field) {
            changes_.push_back([=](NoiseSettings& s) { s.fixed_field = field == "fixed"; });
          },
          "fresh: new noise each time; fixed: one field for all (the article's)")
      ->check(CLI::IsMember({"fresh", "fixed"}))
      ->type_name("FIELD")
      ->group(group);
  command
      .add_flag_callback(
          "--no-clip", [this] { changes_.push_back([](NoiseSettings& s) { s.clip = false; }); },
          "Leave noisy values outside of 0..1 as they are")
      ->group(group);
  command
      .add_option_function<uint64_t>(
          "--seed",
          [this](uint64_t seed) { changes_.push_back([=](NoiseSettings& s) { s.seed = seed; }); },
          seed_text)
      ->type_name("N")
      ->group(group);
}

NoiseSettings NoiseOptions::applied_to(NoiseSettings settings) const {
  for (const auto& change : changes_) change(settings);
  try {
    check(settings);
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
  return settings;
}

std::string noise_text(const NoiseSettings& settings) {
  char strength[64];
  std::snprintf(strength, sizeof strength, " noise of %g (%.0f/255)", double(settings.strength),
                double(settings.strength) * 255);
  return to_string(settings.kind) + strength + (settings.fixed_field ? ", one fixed field" : "") +
         (settings.clip ? ", clipped to 0..1" : ", not clipped") + ", seed " +
         std::to_string(settings.seed);
}

}  // namespace limpid
