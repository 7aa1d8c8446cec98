#include "core/model/presets.h"

#include <utility>

#include "core/names.h"

namespace limpid {
namespace {

Layer conv(std::string name, int channels, Activation activation = Activation::relu) {
  return {.name = std::move(name), .channels = channels, .activation = activation};
}
Layer pool(std::string name) {
  return {.name = std::move(name), .kind = LayerKind::max_pool, .stride = 2};
}
Layer up(std::string name) {
  return {.name = std::move(name), .kind = LayerKind::upsample, .stride = 2};
}

// One size of a residual U-net, with its blocks on the way down and on the way up; the smallest has
// but one way.
struct Level {
  int channels = 0;
  int down = 0;
  int up = 0;
};

class UNet {
 public:
  // strides: the activation behind those that make the picture smaller, but for the first.
  UNet(std::string name, int channels, Activation strides)
      : model_{std::move(name), channels, {}}, strides_(strides) {}

  // From half the picture's size to the smallest, and back.
  Model of(const std::vector<Level>& levels) {
    std::vector<std::string> skips;
    for (size_t i = 0; i < levels.size(); ++i) {
      const std::string number = std::to_string(i + 1);
      down("down" + number, levels[i].channels);
      blocks("enc" + number, levels[i].channels, levels[i].down);
      skips.push_back(last());
    }
    for (size_t i = levels.size() - 1; i-- > 0;) {
      const std::string number = std::to_string(i + 1);
      up("up" + number, levels[i].channels, 2);
      add("skip" + number, {skips[i], last()});
      blocks("dec" + number, levels[i].channels, levels[i].up);
    }
    up("noise", model_.channels, 4);
    add("out", {"input", last()});
    return std::move(model_);
  }

 private:
  const std::string& last() const { return model_.layers.back().name; }

  void down(std::string name, int channels) {
    Layer layer = conv(std::move(name), channels, strides_);
    layer.stride = 2;
    if (model_.layers.empty()) {  // wide enough to lose nothing of the picture, nor its signs
      layer.kernel = 5;
      layer.activation = Activation::linear;
    }
    model_.layers.push_back(std::move(layer));
  }
  void up(std::string name, int channels, int kernel) {
    model_.layers.push_back({.name = std::move(name),
                             .kind = LayerKind::transposed_conv,
                             .channels = channels,
                             .kernel = kernel,
                             .stride = 2});
  }
  void add(std::string name, std::vector<std::string> inputs) {
    model_.layers.push_back(
        {.name = std::move(name), .kind = LayerKind::add, .inputs = std::move(inputs)});
  }
  void blocks(const std::string& name, int channels, int count) {
    for (int i = 1; i <= count; ++i) {
      const std::string block = name + "_" + std::to_string(i);
      const std::string before = last();
      model_.layers.push_back(conv(block + "a", channels));
      model_.layers.push_back(conv(block + "b", channels, Activation::linear));
      add(block, {before, last()});
    }
  }

  Model model_;
  Activation strides_;
};

}  // namespace

Model article(int channels) {
  return {"article",
          channels,
          {
              conv("enc1", 256),
              pool("pool1"),
              conv("enc2", 128),
              pool("pool2"),
              conv("bottleneck", 64),
              conv("dec1", 128),
              up("up1"),
              conv("dec2", 256),
              up("up2"),
              conv("out", channels, Activation::sigmoid),
          }};
}

Model classroom(int channels) {
  return {"classroom",
          channels,
          {
              conv("enc1", 16),
              pool("pool1"),
              conv("enc2", 32),
              pool("pool2"),
              conv("bottleneck", 32),
              conv("dec1", 32),
              up("up1"),
              conv("dec2", 16),
              up("up2"),
              conv("out", channels, Activation::sigmoid),
          }};
}

Model fast(int channels) {
  return UNet("fast", channels, Activation::relu).of({{32, 1, 2}, {48, 1, 1}, {64, 1}});
}

Model photo(int channels) {
  return UNet("photo", channels, Activation::relu).of({{48, 2, 2}, {96, 1, 1}, {128, 2}});
}

Model deep(int channels) {
  return UNet("deep", channels, Activation::linear).of({{64, 5, 4}, {96, 1, 1}, {96, 1}});
}

namespace {

struct Preset {
  const char* name;
  Model (*make)(int channels);
};
constexpr Preset presets[] = {{"article", article},
                              {"classroom", classroom},
                              {"fast", fast},
                              {"photo", photo},
                              {"deep", deep}};

const Preset* find_preset(const std::string& name) {
  for (const Preset& preset : presets) {
    if (preset.name == name) return &preset;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets) names.push_back(preset.name);
  return names;
}

bool is_preset(const std::string& name) { return find_preset(name) != nullptr; }

Model preset(const std::string& name, int channels) {
  const Preset* const found = find_preset(name);
  if (!found) throw unknown_name("preset", name, preset_names());
  return found->make(channels);
}

}  // namespace limpid
