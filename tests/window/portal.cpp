// window_portal FOLDER: org.freedesktop.portal.Desktop with nobody in front of it, on the session
// bus. Each question goes to FOLDER/asked as "METHOD parent title options"; the answer is in
// FOLDER/answer: "0" and the chosen paths, line by line; "1" and what is not to be believed, as
// when the user closes the dialog; "end", to go away with the dialog open. Writes FOLDER/ready when
// it can be asked.
#include <gio/gio.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr const char* interfaces = R"(<node>
  <interface name='org.freedesktop.portal.FileChooser'>
    <method name='OpenFile'>
      <arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/>
      <arg type='o' direction='out'/>
    </method>
    <method name='SaveFile'>
      <arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/>
      <arg type='o' direction='out'/>
    </method>
    <property name='version' type='u' access='read'/>
  </interface>
</node>)";

std::string take(char* text) {
  const std::string copy = text ? text : "";
  g_free(text);
  return copy;
}

GVariant* results(const std::vector<std::string>& paths) {
  GVariantBuilder uris;
  g_variant_builder_init(&uris, G_VARIANT_TYPE_STRING_ARRAY);
  for (const std::string& path : paths) {
    const std::string uri = take(g_filename_to_uri(path.c_str(), nullptr, nullptr));
    g_variant_builder_add(&uris, "s", uri.c_str());
  }
  GVariantBuilder builder;
  g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add(&builder, "{sv}", "uris", g_variant_builder_end(&uris));
  return g_variant_builder_end(&builder);
}

void answer(GDBusConnection* bus, const char* sender, const char*, const char*, const char* method,
            GVariant* arguments, GDBusMethodInvocation* invocation, void* data) {
  const fs::path folder = *static_cast<const std::string*>(data);
  const char *parent = nullptr, *title = nullptr, *token = nullptr;
  GVariant* options = nullptr;
  g_variant_get(arguments, "(&s&s@a{sv})", &parent, &title, &options);
  g_variant_lookup(options, "handle_token", "&s", &token);
  std::ofstream(folder / "asked") << method << ' ' << parent << ' ' << title << ' '
                                  << take(g_variant_print(options, false)) << '\n';
  std::ifstream prepared(folder / "answer");
  std::string code;
  std::getline(prepared, code);
  std::vector<std::string> paths;
  for (std::string path; std::getline(prepared, path);) paths.push_back(path);
  std::string name = sender + 1;
  for (char& c : name) c = c == '.' ? '_' : c;
  const std::string path = "/org/freedesktop/portal/desktop/request/" + name + "/" + token;
  if (code == "end") {
    g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", path.c_str()));
    g_dbus_connection_flush_sync(bus, nullptr, nullptr);
    std::exit(0);
  }
  // Before the method returns, as a quick portal may.
  g_dbus_connection_emit_signal(
      bus, sender, path.c_str(), "org.freedesktop.portal.Request", "Response",
      g_variant_new("(u@a{sv})", guint32(std::stoul(code)), results(paths)), nullptr);
  g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", path.c_str()));
  g_variant_unref(options);
}

GVariant* version(GDBusConnection*, const char*, const char*, const char*, const char*, GError**,
                  void*) {
  return g_variant_new_uint32(3);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::string folder = argv[1];
  GDBusConnection* bus = g_bus_get_sync(G_BUS_TYPE_SESSION, nullptr, nullptr);
  GDBusNodeInfo* node = g_dbus_node_info_new_for_xml(interfaces, nullptr);
  if (!bus || !node) return 1;
  GDBusInterfaceVTable calls{};
  calls.method_call = answer;
  calls.get_property = version;
  g_dbus_connection_register_object(bus, "/org/freedesktop/portal/desktop", node->interfaces[0],
                                    &calls, &folder, nullptr, nullptr);
  const auto announce = [](GDBusConnection*, const char*, void* data) {
    std::ofstream(fs::path(*static_cast<const std::string*>(data)) / "ready") << "ready\n";
  };
  g_bus_own_name_on_connection(bus, "org.freedesktop.portal.Desktop", G_BUS_NAME_OWNER_FLAGS_NONE,
                               announce, nullptr, &folder, nullptr);
  g_main_loop_run(g_main_loop_new(nullptr, false));
}
