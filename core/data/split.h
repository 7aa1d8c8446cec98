// Which pictures train and which test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/data/dataset.h"

namespace limpid {

struct SplitSettings {
  double test_size = 0.25;  // share of the pictures, 0 < test_size < 1
  uint32_t seed = 42;
  bool group_duplicates = false;  // byte-identical pictures stay on one side

  bool operator==(const SplitSettings&) const = default;
};

struct Split {
  std::vector<size_t> train;  // indices into the Dataset, in scikit-learn's order
  std::vector<size_t> test;
  size_t straddling_groups = 0;  // groups of byte-identical pictures with members on both sides
};

// scikit-learn's train_test_split(range(n), test_size, random_state=seed): the first
// ceil(n * test_size) of numpy's RandomState(seed).permutation(n) test, the others train.
Split train_test_split(size_t n, double test_size, uint32_t seed);

// The same over the data set's sorted list. With group_duplicates, groups of identical content are
// permuted instead of pictures and taken for the test side until it has ceil(n * test_size). Where
// the data set has pictures that only test, these are the test side, and nothing is drawn.
// Throws Error when a side would be empty.
Split split(const Dataset& dataset, const SplitSettings& settings);

// A hash over the names and contents on both sides, in order, noisy pictures included: equal when
// the same pictures are on the same sides. 16 hexadecimal digits.
std::string split_hash(const Dataset& dataset, const Split& split);

}  // namespace limpid
