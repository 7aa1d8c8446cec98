#include "core/ui/work/message.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <typeinfo>
#include <utility>

#include "core/error.h"
#include "core/ui/work/message_fields.h"

namespace limpid {
namespace {

Request there_and_back(const Request& request) {
  const Message message = to_message(request);
  return request_from(message.json, message.bytes);
}

Event there_and_back(const Event& event) {
  const Message message = to_message(event);
  return event_from(message.json, message.bytes);
}

SharedPyramid picture(int height, int width, int channels, int maximum = 255) {
  Image image(height, width, channels);
  for (size_t i = 0; i < image.count(); ++i) image.pixels[i] = float(i % 8) / 7;
  return make_pyramid(to_raster(image, maximum));
}

// A value for any field.
struct Any {
  template <class T>
  operator T() const;
};

// How many an aggregate has: so many that one more value is too many. An std::optional takes no
// Any, for that could be its value as well.
template <class Aggregate, class... Values>
constexpr size_t field_count() {
  if constexpr (requires { Aggregate{std::declval<Values>()..., Any{}}; })
    return field_count<Aggregate, Values..., Any>();
  else if constexpr (requires { Aggregate{std::declval<Values>()..., std::nullopt}; })
    return field_count<Aggregate, Values..., std::nullopt_t>();
  else
    return sizeof...(Values);
}

// Counts the fields that fields() names, and expects them to be all, of what they hold too.
class Counter {
 public:
  template <class T>
  static void expect_all() {
    if constexpr (requires(Counter & counter, T & value) { fields(counter, value); }) {
      Counter counter;
      T value;
      fields(counter, value);
      EXPECT_EQ(counter.count_, field_count<T>()) << typeid(T).name();
    }
  }
  template <class T>
  void operator()(const char*, T&) {
    ++count_;
    expect_all<T>();
  }
  template <class T>
  void operator()(const char*, std::vector<T>&) {
    ++count_;
    expect_all<T>();
  }

 private:
  size_t count_ = 0;
};

template <class... Kind>
void expect_all_fields(const std::variant<Kind...>*) {
  (Counter::expect_all<Kind>(), ...);
}

TEST(Message, EveryFieldOfEveryMessageIsNamed) {
  expect_all_fields(static_cast<const Request*>(nullptr));
  expect_all_fields(static_cast<const Event*>(nullptr));
}

TEST(Message, ARestoreComesBackAsItWas) {
  const Restore request{.picture = 3,
                        .model = 4,
                        .already_noisy = true,
                        .noise = {.kind = NoiseKind::speckle,
                                  .strength = 0.1f,
                                  .seed = 0xFFFFFFFFFFFFFFFF,
                                  .clip = false,
                                  .fixed_field = true,
                                  .weakest = 0.05f,
                                  .no_clip_share = 0.2f,
                                  .monochrome_share = 0.3f,
                                  .camera_share = 0.4f},
                        .engine = "cpu",
                        .memory_bytes = 12345,
                        .threads = 2,
                        .views = 4,
                        .amount = 0.3f,
                        .first = true,
                        .send_pictures = false,
                        .queue = 6,
                        .save_to = "ordner/straße \"1\".png"};
  EXPECT_EQ(std::get<Restore>(there_and_back(Request(request))), request);
}

TEST(Message, EveryKindOfNoiseComesBack) {
  for (const char* name : {"gaussian", "poisson", "salt-pepper", "speckle", "camera"}) {
    const Restore request{.noise = {.kind = parse_noise_kind(name)}};
    EXPECT_EQ(std::get<Restore>(there_and_back(Request(request))), request) << name;
  }
}

// limpid.mjs and host.mjs write and read them so.
TEST(Message, ChoicesTravelByTheirNames) {
  const auto holds = [](const Message& message, const std::string& part) {
    EXPECT_NE(message.json.find(part), std::string::npos) << message.json << "\n" << part;
  };
  holds(to_message(Request(Restore{.noise = {.kind = NoiseKind::salt_pepper}})),
        R"("kind":"salt-pepper")");
  holds(to_message(Request(EncodePicture{.version = Version::restored})),
        R"("version":"restored")");
  holds(to_message(Request(EncodePicture{.format = PictureFormat::jpeg})), R"("format":"jpeg")");
  holds(to_message(Request(CancelQueue{.queue = 7, .goes_on = true})), R"("goes_on":true)");
  holds(to_message(Event(TrainingEnded{.end = TrainingEnd::stopped_early})),
        R"("end":"stopped early")");
  holds(to_message(Event(Failed{.what = Failed::What::training})), R"("what":"training")");
  holds(to_message(Event(Failed{.what = Failed::What::model})), R"("what":"model")");
}

TEST(Message, EveryFailureAndEndComesBack) {
  for (int what = 0; what <= int(Failed::What::maps); ++what) {
    const Failed failed{.what = Failed::What(what)};
    EXPECT_EQ(std::get<Failed>(there_and_back(Event(failed))).what, failed.what);
  }
  for (int end = 0; end <= int(TrainingEnd::diverged); ++end) {
    const TrainingEnded ended{.end = TrainingEnd(end)};
    EXPECT_EQ(std::get<TrainingEnded>(there_and_back(Event(ended))).end, ended.end);
  }
}

TEST(Message, ATrainingOrderComesBackAsItWas) {
  TrainingOrder order{.paths = {"a", "b/c"}, .size = 128, .channels = 1, .model_name = "classroom"};
  order.begins_with = 3;
  order.noisy = "d";
  order.tests = "e";
  order.settings.learning_rate = 3e-4f;
  order.settings.schedule = Schedule::cosine;
  order.settings.noise.kind = NoiseKind::poisson;
  order.split = {.test_size = 0.1, .seed = 7, .group_duplicates = true};
  const StartTraining request{.order = order, .model = 9, .checkpoint = "x", .keep_every_s = 2.5};
  const StartTraining back = std::get<StartTraining>(there_and_back(Request(request)));
  EXPECT_EQ(back.order, order);
  EXPECT_EQ(back.model, 9);
  EXPECT_EQ(back.checkpoint, "x");
  EXPECT_EQ(back.keep_every_s, 2.5);
}

TEST(Message, EveryKindOfRequestAndEventComesBackAsItsKind) {
  const Request requests[] = {FindPictures{},  OpenPicture{},  ClosePicture{},  Restore{},
                              CancelRestore{}, CancelQueue{},  EncodePicture{}, DrawMaps{},
                              LoadModel{},     PlanTraining{}, OpenRun{},       StartTraining{},
                              PauseTraining{}, StopTraining{}};
  static_assert(std::size(requests) == std::variant_size_v<Request>);
  for (const Request& request : requests) {
    EXPECT_EQ(there_and_back(request).index(), request.index());
  }
  const Event events[] = {EnginesFound{},    PicturesFound{},   PictureOpened{},
                          NoiseAdded{},      Restoring{},       Restored{},
                          EncodingPicture{}, PictureEncoded{},  MapsDrawn{},
                          ModelLoaded{},     TrainingPlanned{}, RunOpened{},
                          ReadingPictures{}, TrainingBegun{},   TrainingProgressed{},
                          EpochEnded{},      PreviewDrawn{},    CheckpointKept{},
                          TrainingPaused{},  TrainingEnded{},   Failed{}};
  static_assert(std::size(events) == std::variant_size_v<Event>);
  for (const Event& event : events) EXPECT_EQ(there_and_back(event).index(), event.index());
}

TEST(Message, PicturesFollowOneAnother) {
  PreviewDrawn preview{.epoch = 2};
  preview.rows.push_back({.name = "one",
                          .clean = picture(2, 3, 3),
                          .noisy = picture(2, 3, 3),
                          .restored = nullptr,
                          .noisy_rmse = 0.25});
  preview.rows.push_back({.name = "two", .clean = picture(5, 4, 1)});
  preview.filters = picture(48, 3, 3);
  const PreviewDrawn back = std::get<PreviewDrawn>(there_and_back(Event(preview)));
  ASSERT_EQ(back.rows.size(), 2u);
  EXPECT_EQ(back.rows[0].noisy->picture().steps, preview.rows[0].noisy->picture().steps);
  EXPECT_EQ(back.rows[0].restored, nullptr);
  EXPECT_EQ(back.rows[0].noisy_rmse, 0.25);
  EXPECT_TRUE(back.rows[1].clean->picture().same_size(preview.rows[1].clean->picture()));
  EXPECT_EQ(back.rows[1].clean->picture().steps, preview.rows[1].clean->picture().steps);
  EXPECT_EQ(back.filters->picture().steps, preview.filters->picture().steps);
}

TEST(Message, PicturesOfOtherDepthsBecomeBytes) {
  for (const int maximum : {7, 65535}) {
    const Event event = PictureOpened{.image = picture(300, 3, 3, maximum)};
    EXPECT_EQ(to_message(event).bytes.size(), 300u * 3 * 3);
    const SharedPyramid back = std::get<PictureOpened>(there_and_back(event)).image;
    EXPECT_EQ(back->picture().steps, picture(300, 3, 3)->picture().steps);
    EXPECT_EQ(back->levels.size(), 2u);
  }
}

TEST(Message, FilesAndNumbersThatAreNotFinite) {
  PictureEncoded encoded{.picture = 1, .version = Version::noisy, .name = "n", .file = {1, 2, 3}};
  EXPECT_EQ(std::get<PictureEncoded>(there_and_back(Event(encoded))).file, encoded.file);
  Restored restored;
  restored.restored = {.rmse = 0,
                       .psnr = std::numeric_limits<double>::infinity(),
                       .ssim = std::numeric_limits<double>::quiet_NaN()};
  const Restored back = std::get<Restored>(there_and_back(Event(restored)));
  EXPECT_TRUE(std::isinf(back.restored.psnr));
  EXPECT_TRUE(std::isnan(back.restored.ssim));
}

TEST(Message, BrokenOnesAreRefused) {
  const Message message = to_message(Event(NoiseAdded{.image = picture(4, 4, 3)}));
  EXPECT_NO_THROW(event_from(message.json, message.bytes));
  const std::span<const uint8_t> bytes = message.bytes;
  EXPECT_THROW(event_from(message.json, bytes.first(bytes.size() - 1)), Error);
  std::vector<uint8_t> more = message.bytes;
  more.push_back(0);
  EXPECT_THROW(event_from(message.json, more), Error);
  for (const char* json : {"", "[]", "{}", R"({"type": 1})", R"({"type": "Nothing"})",
                           R"({"type": "OpenPicture", "picture": 1})",
                           R"({"type": "OpenPicture", "picture": "a", "path": "b"})",
                           R"({"type": "OpenPicture", "picture": 1.5, "path": "b"})",
                           R"({"type": "OpenPicture", "picture": 4294967297, "path": "b"})",
                           R"({"type": "OpenPicture", "picture": 1e300, "path": "b"})",
                           R"({"type": "EncodePicture", "picture": 1, "version": 1,
                               "format": "png"})",
                           R"({"type": "EncodePicture", "picture": 1, "version": "sideways",
                               "format": "png"})",
                           R"({"type": "EncodePicture", "picture": 1, "version": "clean",
                               "format": "gif"})"}) {
    EXPECT_THROW(request_from(json, {}), Error) << json;
  }
  std::string huge = message.json;
  huge.replace(huge.find("[4,4,3]"), 7, "[2000000000,2000000000,3]");
  EXPECT_THROW(event_from(huge, message.bytes), Error);
  huge = message.json;
  huge.replace(huge.find("[4,4,3]"), 7, "[4,4,3.5]");
  EXPECT_THROW(event_from(huge, message.bytes), Error);
}

}  // namespace
}  // namespace limpid
