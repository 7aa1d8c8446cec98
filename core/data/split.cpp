#include "core/data/split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <utility>

#include "core/data/hash.h"
#include "core/error.h"

namespace limpid {

namespace {

// numpy's random_interval: a value of 0..max, by rejecting those of the next power of two above.
// Source: numpy 1.24, numpy/random/src/distributions/distributions.c.
uint32_t random_interval(std::mt19937& generator, uint32_t max) {
  uint32_t mask = max;
  for (int shift = 1; shift < 32; shift *= 2) mask |= mask >> shift;
  uint32_t value = 0;
  do {
    value = uint32_t(generator()) & mask;
  } while (value > max);
  return value;
}

// RandomState(seed).permutation(n). std::mt19937 is seeded as numpy's legacy seeding does it for an
// integer (init_genrand of Matsumoto and Nishimura's mt19937ar.c).
std::vector<size_t> numpy_permutation(size_t n, uint32_t seed) {
  std::mt19937 generator(seed);
  std::vector<size_t> result(n);
  for (size_t i = 0; i < n; ++i) result[i] = i;
  for (size_t i = n; i-- > 1;) {
    std::swap(result[i], result[random_interval(generator, uint32_t(i))]);
  }
  return result;
}

size_t test_count(size_t n, double test_size) {
  if (!(test_size > 0 && test_size < 1)) {
    throw Error("split: test size " + std::to_string(test_size) + " is not between 0 and 1");
  }
  return size_t(std::ceil(double(n) * test_size));
}

void check_sides(const Split& split) {
  if (!split.train.empty() && !split.test.empty()) return;
  const size_t n = split.train.size() + split.test.size();
  throw Error("split: of " + std::to_string(n) + (n == 1 ? " picture" : " pictures") +
              " none is left to " + (split.train.empty() ? "train" : "test"));
}

using Groups = std::vector<std::vector<size_t>>;

// Of identical content, in the order of their first members.
Groups group_by_content(const Dataset& dataset) {
  std::map<uint64_t, size_t> group_of;
  Groups groups;
  for (size_t i = 0; i < dataset.size(); ++i) {
    const auto [place, is_new] = group_of.try_emplace(dataset.content_hash(i), groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(i);
  }
  return groups;
}

size_t count_straddling(const Groups& groups, const Split& split, size_t pictures) {
  std::vector<bool> is_test(pictures);
  for (const size_t i : split.test) is_test[i] = true;
  return size_t(std::count_if(groups.begin(), groups.end(), [&](const auto& group) {
    return std::any_of(group.begin(), group.end(),
                       [&](size_t i) { return is_test[i] != is_test[group.front()]; });
  }));
}

Split split_groups(const Groups& groups, size_t wanted, uint32_t seed) {
  Split split;
  for (const size_t g : numpy_permutation(groups.size(), seed)) {
    std::vector<size_t>& side = split.test.size() < wanted ? split.test : split.train;
    side.insert(side.end(), groups[g].begin(), groups[g].end());
  }
  return split;
}

Split split_as_given(const Dataset& dataset) {
  Split split;
  for (size_t i = 0; i < dataset.size(); ++i) {
    (dataset.only_tests(i) ? split.test : split.train).push_back(i);
  }
  return split;
}

std::string to_hex(uint64_t value) {
  std::string text(16, '0');
  for (size_t i = 16; i-- > 0; value >>= 4) text[i] = "0123456789abcdef"[value & 15];
  return text;
}

}  // namespace

Split train_test_split(size_t n, double test_size, uint32_t seed) {
  const size_t tests = test_count(n, test_size);
  const std::vector<size_t> order = numpy_permutation(n, seed);
  Split split;
  split.test.assign(order.begin(), order.begin() + ptrdiff_t(tests));
  split.train.assign(order.begin() + ptrdiff_t(tests), order.end());
  check_sides(split);
  return split;
}

Split split(const Dataset& dataset, const SplitSettings& settings) {
  const size_t n = dataset.size();
  const Groups groups = group_by_content(dataset);
  const auto drawn = [&] {
    return settings.group_duplicates
               ? split_groups(groups, test_count(n, settings.test_size), settings.seed)
               : train_test_split(n, settings.test_size, settings.seed);
  };
  Split split = dataset.settings().tests.empty() ? drawn() : split_as_given(dataset);
  check_sides(split);
  split.straddling_groups = count_straddling(groups, split, n);
  return split;
}

std::string split_hash(const Dataset& dataset, const Split& split) {
  std::string text;
  const auto add = [&](const char* side, const std::vector<size_t>& pictures) {
    text += side;
    for (const size_t i : pictures) {
      text += dataset.name(i) + '\0' + to_hex(dataset.content_hash(i));
      if (dataset.has_noisy()) text += to_hex(dataset.content_hash(i, Side::noisy));
    }
  };
  add("train", split.train);
  add("test", split.test);
  return to_hex(fnv1a({reinterpret_cast<const uint8_t*>(text.data()), text.size()}));
}

}  // namespace limpid
