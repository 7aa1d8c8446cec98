#include "native/cli/noise_options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <limits>
#include <optional>

#include "native/cli/option_values.h"
#include "native/cli/usage_error.h"

namespace limpid {

namespace {

constexpr const char* group = "Noise";

struct Strengths {
  float strongest = 0;
  std::optional<float> weakest;
};

// All of `text` as a number.
std::optional<float> number(const std::string& text) {
  char* end = nullptr;
  const float value = std::strtof(text.c_str(), &end);
  if (text.empty() || *end != 0) return std::nullopt;
  return value;
}

// "0.4" or "0..0.5".
Strengths parse_strengths(const std::string& text) {
  const size_t dots = text.find("..");
  const std::optional<float> first = number(text.substr(0, dots));
  if (dots == std::string::npos && first) return {*first, std::nullopt};
  const std::optional<float> last =
      dots == std::string::npos ? std::nullopt : number(text.substr(dots + 2));
  if (!first || !last) {
    throw UsageError("--noise: '" + text + "' is neither a strength (0.4) nor a range (0..0.5)");
  }
  return {*last, first};
}

}  // namespace

void NoiseOptions::add_to(CLI::App& command, const NoiseHelp& help) {
  add_strength(command, help.strength.empty() ? "no noise" : help.strength);
  add_kind(command);
  if (!help.to_files) {
    const auto leave = [this] { changes_.push_back([](NoiseSettings& s) { s.clip = false; }); };
    command.add_flag_callback("--no-clip", leave, "Leave noisy values outside of 0..1 as they are")
        ->group(group);
    add_share(command, "--no-clip-share", "Share of the pictures left unclipped",
              &NoiseSettings::no_clip_share);
  }
  add_share(command, "--monochrome-share",
            "Share of the pictures whose channels all get the same noise",
            &NoiseSettings::monochrome_share);
  add_share(command, "--camera-share",
            "Share of the pictures that get a camera's noise instead of gaussian",
            &NoiseSettings::camera_share);
  command
      .add_option_function<uint64_t>(
          "--seed",
          [this](uint64_t seed) { changes_.push_back([=](NoiseSettings& s) { s.seed = seed; }); },
          help.seed)
      ->transform(whole_in(0, std::numeric_limits<uint64_t>::max()))
      ->type_name("N")
      ->group(group);
  if (!help.strength.empty()) return;
  CLI::Option* const strength = command.get_option("--noise");
  for (CLI::Option* const option : command.get_options()) {
    if (option != strength && option->get_group() == group) option->needs(strength);
  }
}

void NoiseOptions::exclude(CLI::App& command, CLI::Option& option) {
  for (CLI::Option* const other : command.get_options()) {
    if (other->get_group() == group && other->get_name() != "--seed") option.excludes(other);
  }
}

void NoiseOptions::add_strength(CLI::App& command, const std::string& otherwise) {
  command
      .add_option_function<std::string>(
          "--noise",
          [this](const std::string& text) {
            const Strengths strengths = parse_strengths(text);
            strength_given_ = true;
            changes_.push_back([=](NoiseSettings& s) {
              s.strength = strengths.strongest;
              s.weakest = strengths.weakest;
              // All alike, whatever was trained on.
              if (!strengths.weakest) s.no_clip_share = s.monochrome_share = s.camera_share = 0;
            });
          },
          "Strength on the 0..1 scale: 0.4 is 102 of 255; 0..0.5: each picture gets one of these, "
          "weak ones more often (" +
              otherwise + " if not given)")
      ->type_name("0..1")
      ->group(group);
}

void NoiseOptions::add_kind(CLI::App& command) {
  command
      .add_option_function<std::string>(
          "--noise-kind",
          [this](const std::string& name) {
            const NoiseKind kind = parse_noise_kind(name);
            changes_.push_back([=](NoiseSettings& s) {
              s.kind = kind;
              s.camera_share = 0;  // all of this kind, whatever was trained on
            });
          },
          "gaussian, poisson, salt-pepper, speckle or camera (of a sensor's mosaic, in specks) "
          "(gaussian)")
      ->type_name("KIND")
      ->group(group);
  command
      .add_option_function<std::string>(
          "--noise-field",
          [this](const std::string& field) {
            changes_.push_back([=](NoiseSettings& s) { s.fixed_field = field == "fixed"; });
          },
          "fresh: new noise each time; fixed: one field for all, the article's (fresh)")
      ->check(CLI::IsMember({"fresh", "fixed"}))
      ->type_name("FIELD")
      ->group(group);
}

void NoiseOptions::add_share(CLI::App& command, const char* name, const char* text,
                             float NoiseSettings::*share) {
  const auto remember = [=, this](float value) {
    changes_.push_back([=](NoiseSettings& settings) { settings.*share = value; });
  };
  command.add_option_function<float>(name, remember, text)->type_name("0..1")->group(group);
}

NoiseSettings NoiseOptions::applied_to(NoiseSettings settings) const {
  for (const auto& change : changes_) change(settings);
  asked([&] { check(settings); });
  return settings;
}

}  // namespace limpid
