#include "native/desktop/portal.h"

#include <gio/gio.h>

#include <array>
#include <filesystem>
#include <memory>

#include "core/error.h"

namespace limpid {
namespace {

constexpr const char* service = "org.freedesktop.portal.Desktop";
constexpr const char* object = "/org/freedesktop/portal/desktop";
constexpr const char* request = "org.freedesktop.portal.Request";
constexpr const char* file_chooser = "org.freedesktop.portal.FileChooser";
constexpr int patience_ms = 25'000;  // of a call, as is usual on D-Bus; the user is not in it

template <auto release>
struct Release {
  template <class T>
  void operator()(T* held) const {
    release(held);
  }
};
template <class T, auto release>
using Held = std::unique_ptr<T, Release<release>>;
using Variant = Held<GVariant, g_variant_unref>;
using Connection = Held<GDBusConnection, g_object_unref>;

// The main context in which this thread hears the answer.
class OwnContext {
 public:
  OwnContext() { g_main_context_push_thread_default(context_.get()); }
  ~OwnContext() { g_main_context_pop_thread_default(context_.get()); }
  GMainContext* get() const { return context_.get(); }

 private:
  Held<GMainContext, g_main_context_unref> context_{g_main_context_new()};
};

[[noreturn]] void refuse(GError* error) {
  const Held<GError, g_error_free> held(error);
  throw Error(std::string("the desktop's file dialog cannot be reached: ") + error->message);
}

Connection session_bus() {
  GError* error = nullptr;
  Connection bus(g_bus_get_sync(G_BUS_TYPE_SESSION, nullptr, &error));
  if (!bus) refuse(error);
  // The desktop's end is not the program's: it may have a picture to save.
  g_dbus_connection_set_exit_on_close(bus.get(), false);
  return bus;
}

Variant call(GDBusConnection* bus, const char* interface, const char* method, GVariant* arguments,
             const char* answer) {
  GError* error = nullptr;
  Variant result(g_dbus_connection_call_sync(bus, service, object, interface, method, arguments,
                                             G_VARIANT_TYPE(answer), G_DBUS_CALL_FLAGS_NONE,
                                             patience_ms, nullptr, &error));
  if (!result) refuse(error);
  return result;
}

GVariant* filter_of(const FileKind& kind) {
  constexpr guint32 is_pattern = 0;
  GVariantBuilder rules;
  g_variant_builder_init(&rules, G_VARIANT_TYPE("a(us)"));
  for (const std::string& pattern : kind.patterns()) {
    g_variant_builder_add(&rules, "(us)", is_pattern, pattern.c_str());
  }
  return g_variant_new("(s@a(us))", kind.name.c_str(), g_variant_builder_end(&rules));
}

GVariant* options(const Question& question, const std::string& token) {
  GVariantBuilder builder;
  g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
  const auto add = [&](const char* name, GVariant* value) {
    g_variant_builder_add(&builder, "{sv}", name, value);
  };
  add("handle_token", g_variant_new_string(token.c_str()));
  const std::filesystem::path proposed = question.proposed;
  if (question.kind == Question::Kind::files) add("multiple", g_variant_new_boolean(true));
  if (question.kind == Question::Kind::folder) add("directory", g_variant_new_boolean(true));
  if (question.kind == Question::Kind::save) {
    add("current_name", g_variant_new_string(proposed.filename().c_str()));
    add("current_folder", g_variant_new_bytestring(proposed.parent_path().c_str()));
  }
  if (!question.offers_all()) {
    const std::array filters = {filter_of(question.offered), filter_of(all_files())};
    add("filters", g_variant_new_array(nullptr, filters.data(), filters.size()));
    add("current_filter", filter_of(question.offered));
  }
  return g_variant_builder_end(&builder);
}

struct Conversation {
  bool answered = false;
  bool deserted = false;
  std::vector<std::string> paths;
};

void take_answer(GDBusConnection*, const char*, const char*, const char*, const char*,
                 GVariant* parameters, void* data) {
  Conversation& conversation = *static_cast<Conversation*>(data);
  conversation.answered = true;
  guint32 refused = 0;
  GVariant* results = nullptr;
  g_variant_get(parameters, "(u@a{sv})", &refused, &results);
  const Variant held(results);
  const Variant uris(g_variant_lookup_value(results, "uris", G_VARIANT_TYPE_STRING_ARRAY));
  if (refused || !uris) return;
  GVariantIter iterator;
  g_variant_iter_init(&iterator, uris.get());
  for (const char* uri = nullptr; g_variant_iter_next(&iterator, "&s", &uri);) {
    const Held<char, g_free> path(g_filename_from_uri(uri, nullptr, nullptr));
    if (path) conversation.paths.emplace_back(path.get());
  }
}

void note_desertion(GDBusConnection*, const char*, void* data) {
  static_cast<Conversation*>(data)->deserted = true;
}

// Where the portal will answer: it says so before it is asked, so that no answer is too early.
std::string request_path(GDBusConnection* bus, const std::string& token) {
  std::string sender = g_dbus_connection_get_unique_name(bus) + 1;  // ":1.42"
  for (char& c : sender) c = c == '.' ? '_' : c;
  return std::string(object) + "/request/" + sender + "/" + token;
}

}  // namespace

bool has_portal() {
  try {
    call(session_bus().get(), "org.freedesktop.DBus.Properties", "Get",
         g_variant_new("(ss)", file_chooser, "version"), "(v)");
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::vector<std::string> ask_portal(const Question& question, const std::string& parent) {
  const OwnContext context;
  const Connection bus = session_bus();
  const std::string token = "limpid" + std::to_string(g_random_int());
  Conversation conversation;
  const guint answer = g_dbus_connection_signal_subscribe(
      bus.get(), service, request, "Response", request_path(bus.get(), token).c_str(), nullptr,
      G_DBUS_SIGNAL_FLAGS_NONE, take_answer, &conversation, nullptr);
  const guint watch =
      g_bus_watch_name_on_connection(bus.get(), service, G_BUS_NAME_WATCHER_FLAGS_NONE, nullptr,
                                     note_desertion, &conversation, nullptr);
  const auto listen = [&] {
    const char* method = question.kind == Question::Kind::save ? "SaveFile" : "OpenFile";
    call(bus.get(), file_chooser, method,
         g_variant_new("(ss@a{sv})", parent.c_str(), question.title.c_str(),
                       options(question, token)),
         "(o)");
    while (!conversation.answered && !conversation.deserted) {
      g_main_context_iteration(context.get(), true);
    }
  };
  const auto end = [&] {
    g_dbus_connection_signal_unsubscribe(bus.get(), answer);
    g_bus_unwatch_name(watch);
  };
  try {
    listen();
  } catch (...) {
    end();
    throw;
  }
  end();
  if (!conversation.answered) throw Error("the desktop's file dialog has ended by itself");
  return conversation.paths;
}

}  // namespace limpid
