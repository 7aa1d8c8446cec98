// The gradient by weight, tap by tap, for every shape.
//
// Each tap's gradient is a sum over pixels of outer products, output gradient x input. The picture
// is walked in strips of rows that stay in the second-level cache; within a strip a tile of the
// gradient stays in registers, for all taps in turn.
#pragma once

#include "core/engine/filter_gradient.h"

namespace limpid {

class DirectFilterGradient : public FilterGradient {
 public:
  explicit DirectFilterGradient(const ConvolutionShape& shape);

  void run(ThreadPool& pool, const float* input, const float* output_gradient, float* sum,
           float* scratch) const override;
  void run_by_rows(ThreadPool& pool, const float* input, const GradientRows& output_gradient,
                   float* sum, float* scratch) const override;
  size_t scratch_floats() const override;

 private:
  // One factor of the products: pixel (y, x) of the walk reads (step y + dy, step x + dx) of it.
  struct Factor {
    Shape shape;
    int step = 1;
    bool moves = false;  // with the taps; the other factor stays at (y, x)
    int values = 0;      // read at each pixel
  };
  struct Pixels {
    const float* rows = nullptr;  // of the first row held
    int first = 0;                // that row
  };

  void walk(ThreadPool& pool, int first, int count, const Pixels& m, const Pixels& n,
            float* sum) const;
  void add_tile(int first, int count, const Pixels& m, const Pixels& n, int m0, int m1, int n0,
                float* sum) const;
  void add_thin(const float* thin, float* sum) const;

  ConvolutionShape shape_;
  bool thin_ = false;  // a row of taps of the narrow picture is one run of m values
  Shape padded_;       // of the narrow picture
  Factor m_, n_;
  int rows_ = 0, cols_ = 0;  // of the walk
  int strip_rows_ = 0;
  int taps_ = 0;
  size_t sum_row_ = 0, sum_tap_ = 0;  // between values of m, between taps
};

}  // namespace limpid
