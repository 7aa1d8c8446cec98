// Small pictures in a folder of their own, for the tests of training: smooth in colour, each
// different, so that there is something to learn.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

#include "core/data/dataset.h"
#include "core/data/split.h"
#include "core/image/picture.h"
#include "core/model/model.h"

namespace limpid {

class TrainingPictures {
 public:
  explicit TrainingPictures(int n, int side = 8)
      : folder_(std::filesystem::temp_directory_path() /
                ("limpid training " + std::to_string(getpid()) + "-" + std::to_string(made_++))) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    for (int i = 0; i < n; ++i) write_picture(file(i), {.color = picture(i, side), .alpha = {}});
  }
  ~TrainingPictures() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TrainingPictures(const TrainingPictures&) = delete;
  TrainingPictures& operator=(const TrainingPictures&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path file(int i) const {
    return folder_ / ((i < 10 ? "picture 0" : "picture ") + std::to_string(i) + ".png");
  }
  Dataset open(const DatasetSettings& settings = {.size = 0}) const {
    return Dataset({folder_}, settings);
  }

 private:
  static Image picture(int i, int side) {
    Image image(side, side, 3);
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        image.at(y, x, 0) = float((x + 3 * i) % 16) / 15;
        image.at(y, x, 1) = float((y + 5 * i) % 16) / 15;
        image.at(y, x, 2) = float(i % 4) / 3;
      }
    }
    return image;
  }

  static inline int made_ = 0;
  std::filesystem::path folder_;
};

// Enough layers to have all that a training moves, few enough for plain loops.
inline Model tiny_model() {
  return {"tiny",
          3,
          {{.name = "enc", .channels = 6, .activation = Activation::relu},
           {.name = "pool", .kind = LayerKind::max_pool, .stride = 2},
           {.name = "dec", .channels = 6, .activation = Activation::relu},
           {.name = "up", .kind = LayerKind::upsample, .stride = 2},
           {.name = "out", .channels = 3, .activation = Activation::sigmoid}}};
}

}  // namespace limpid
