// make_seeds FOLDER: valid files for the fuzz targets to start from, a folder in FOLDER for each.
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "core/image/file.h"
#include "core/image/picture.h"
#include "core/model/json.h"
#include "core/model/model_file.h"
#include "core/model/presets.h"
#include "core/train/checkpoint.h"
#include "core/train/run_settings.h"
#include "core/ui/work/message.h"
#include "tests/tiff_file.h"

namespace {

namespace fs = std::filesystem;
using namespace limpid;

Model plain() {
  return {"plain",
          1,
          {{.name = "a", .channels = 2, .kernel = 1, .activation = Activation::relu},
           {.name = "pool", .kind = LayerKind::max_pool, .stride = 2},
           {.name = "up", .kind = LayerKind::upsample, .stride = 2},
           {.name = "b", .channels = 1, .kernel = 1}}};
}

Model every_kind() {
  return {"every",
          3,
          {{.name = "down", .channels = 2, .kernel = 1, .stride = 2},
           {.name = "norm", .kind = LayerKind::batch_norm, .activation = Activation::leaky_relu},
           {.name = "drop", .kind = LayerKind::dropout, .rate = 0.5f},
           {.name = "grow",
            .kind = LayerKind::transposed_conv,
            .channels = 3,
            .kernel = 2,
            .stride = 2},
           {.name = "join", .kind = LayerKind::concat, .inputs = {"grow", "input"}},
           {.name = "out", .channels = 3, .kernel = 1, .activation = Activation::sigmoid},
           {.name = "sum", .kind = LayerKind::add, .inputs = {"out", "input"}}}};
}

Picture picture_of(int channels, int bit_depth) {
  Picture picture = {.color = Image(9, 7, channels), .bit_depth = bit_depth};
  for (size_t i = 0; i < picture.color.pixels.size(); ++i) {
    picture.color.pixels[i] = float(i * 37 % 256) / 255;
  }
  return picture;
}

// Those that Pillow has packed lie in tests/golden.
TiffFile tiff_of(int bits, uint32_t photometric) {
  TiffFile file = {.bits = bits, .samples = photometric == 2 ? 3 : 1, .photometric = photometric};
  file.value = [=](int y, int x, int sample) {
    return uint32_t(y * 37 + x * 11 + sample) & ((1u << bits) - 1);
  };
  return file;
}

void write_tiffs(const fs::path& folder) {
  write_file(folder / "white.tif", tiff_of(1, 0).bytes());
  TiffFile tiles = tiff_of(16, 2);
  tiles.little = false;
  tiles.planes = true;
  tiles.rows = tiles.columns = 16;
  write_file(folder / "tiles.tif", tiles.bytes());
  TiffFile palette = tiff_of(4, 3);
  palette.fields[320] = {3, std::vector<uint32_t>(3 << 4, 300)};
  write_file(folder / "palette.tif", palette.bytes());
  TiffFile alpha = tiff_of(8, 2);
  alpha.samples = 4;
  alpha.fields = {{274, {3, {6}}}, {338, {3, {1}}}};
  write_file(folder / "alpha.tif", alpha.bytes());
}

// Two of three epochs and a batch, with everything that a training can keep.
Checkpoint checkpoint_of(Optimizer optimizer) {
  Checkpoint checkpoint;
  checkpoint.model = every_kind();
  checkpoint.shape = {2, 2, 3};
  checkpoint.pictures = 4;
  TrainingSettings& settings = checkpoint.settings;
  settings.epochs = 3;
  settings.batch = 2;
  settings.optimizer = optimizer;
  settings.keep_best = true;
  settings.average_decay = 0.9f;
  checkpoint.split_hash = "0123456789abcdef";
  checkpoint.epoch = 2;
  checkpoint.picture = 2;
  checkpoint.step = 5;
  checkpoint.history = {{1, 0.5, 0.4, 0.3, 2, 1e-3f}, {2, 0.4, 0.3, 0.2, 2, 1e-3f}};
  checkpoint.state.weights = initial_weights(checkpoint.model, 1);
  checkpoint.state.first_moment = zeros(checkpoint.model);
  if (optimizer == Optimizer::adam) checkpoint.state.second_moment = zeros(checkpoint.model);
  checkpoint.state.average = checkpoint.best = checkpoint.state.weights;
  return checkpoint;
}

template <class Content>
void add_message(const fs::path& folder, const std::string& name, const Content& content) {
  const Message message = to_message(content);
  std::vector<uint8_t> bytes(message.json.begin(), message.json.end());
  bytes.push_back(0);
  bytes.insert(bytes.end(), message.bytes.begin(), message.bytes.end());
  write_file(folder / name, bytes);
}

template <size_t i, class Variant>
void add_each_message(const fs::path& folder, const std::string& name) {
  if constexpr (i < std::variant_size_v<Variant>) {
    add_message(folder, name + std::to_string(i), Variant(std::in_place_index<i>));
    add_each_message<i + 1, Variant>(folder, name);
  }
}

void add_messages(const fs::path& folder) {
  add_each_message<0, Request>(folder, "request");
  add_each_message<0, Event>(folder, "event");
  const SharedPyramid image = make_pyramid(to_raster(picture_of(3, 8).color, 255));
  add_message(folder, "opened", Event(PictureOpened{.picture = 1, .image = image}));
  add_message(folder, "preview", Event(PreviewDrawn{.epoch = 1, .rows = {{"a", image, image}}}));
  add_message(folder, "encoded", Event(PictureEncoded{.picture = 1, .name = "a", .png = {1, 2}}));
}

void add_settings(const fs::path& folder) {
  RunSettings settings;
  settings.data = {"/a", "/latin \xe9"};
  settings.begins_with = "fast";
  settings.engine = "cpu";
  write_file(folder / "run", to_json(settings));
  write_file(folder / "training", to_json(settings.training));
  write_file(folder / "history", history_json(checkpoint_of(Optimizer::sgd).history));
  write_file(folder / "data",
             R"({"size":64,"test_size":0.25,"split_seed":1,"group_duplicates":true})");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_seeds FOLDER\n");
    return 2;
  }
  const fs::path folder = argv[1];
  for (const char* name : {"checkpoint", "message", "model", "model_file", "picture", "settings"}) {
    fs::create_directories(folder / name);
  }
  add_messages(folder / "message");
  add_settings(folder / "settings");
  for (const Optimizer optimizer : {Optimizer::adam, Optimizer::sgd}) {
    write_checkpoint(folder / "checkpoint" / to_string(optimizer), checkpoint_of(optimizer));
  }
  for (const std::string& name : preset_names()) {
    write_file(folder / "model" / name, to_json(preset(name)));
  }
  for (const Model& model : {plain(), every_kind()}) {
    write_file(folder / "model" / model.name, to_json(model));
    write_model_file(folder / "model_file" / model.name,
                     {model, initial_weights(model, 1), {{"training", "{\"seed\":1}"}}});
  }
  for (const int channels : {1, 3}) {
    for (const int bit_depth : {8, 16}) {
      const std::string name = std::to_string(channels) + "_" + std::to_string(bit_depth);
      const Picture picture = picture_of(channels, bit_depth);
      write_file(folder / "picture" / (name + ".png"), encode_png(picture));
      write_file(folder / "picture" / (name + ".jpg"), encode_jpeg(picture));
    }
  }
  write_tiffs(folder / "picture");
}
