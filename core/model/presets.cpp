#include "core/model/presets.h"

#include "core/error.h"

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

std::vector<std::string> preset_names() { return {"article", "classroom"}; }

Model preset(const std::string& name, int channels) {
  if (name == "article") return article(channels);
  if (name == "classroom") return classroom(channels);
  std::string list;
  for (const std::string& known : preset_names()) list += (list.empty() ? "" : ", ") + known;
  throw Error("no preset is called '" + name + "' (there are: " + list + ")");
}

}  // namespace limpid
